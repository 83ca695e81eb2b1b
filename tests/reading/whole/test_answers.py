"""Forms of labels and values."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inbox_worker.model import Part, Partstat, Role
from inbox_worker.reading.whole.answers import as_answers
from inbox_worker.reading.whole.wording import wording_for
from tests.reading.whole.test_crosses import reading_of
from tests.reading.whole.test_listed import names_in

BESIDE = """Registration form
Name of organisation: Wetlands Watch
Will you take part? {answer}
Number of delegates: 2
Delegate 1 (name, function): Ms Simi Oyelaran, treasurer
Delegate 2 (name, function): Mr Teo Quiroga
Dietary requirements: no nuts (Mr Quiroga)
Emergency contact: Lea Falk, 555 0100
Form completed by: Max Falk, office
"""
BOTH = {"Simi Oyelaran", "Teo Quiroga"}


@pytest.mark.parametrize("answer", ["yes", "[x] yes  [ ] no", "Yes ☒  No ☐", "(X) yes ( ) no", "yes ✓ no"])
def test_who_comes_is_not_who_filled_in_the_form(answer: str) -> None:
    assert names_in(reading_of(BESIDE.format(answer=answer))) == BOTH


def test_cells_beside_and_lines_above_are_labels_too() -> None:
    form = BESIDE.format(answer="[x] yes  [ ] no")
    assert names_in(reading_of(form.replace(": ", " | ").replace("? ", "? | "))) == BOTH
    assert names_in(reading_of(form.replace(": ", "\n").replace("? ", "?\n"))) == BOTH


@pytest.mark.parametrize(
    "form",
    [
        "Anmeldung\nOrganisation | Wetlands Watch\nTeilnahme | ja\nAnzahl Personen | 2\nPerson 1 | Frau Simi Oyelaran\n"
        "Person 2 | Herr Teo Quiroga\nAusgefüllt durch | Max Falk\n",
        "Ficha\nInstitución\nWetlands Watch\nAsistencia\n[x] Sí   [ ] No\nDelegada 1 - apellido y nombre\nOyelaran, Simi\n"
        "Delegado 2 - apellido y nombre\nQuiroga, Teo\nContacto ante emergencias\nMax Falk, 555 0100\n",
        "Scheda di adesione\nEnte ........ Wetlands Watch\nParteciperà ........ (X) sì   ( ) no\nNumero di partecipanti ... 2\n"
        "Nome .......... Simi Oyelaran; Teo Quiroga\nCompilato da ....... Max Falk\n",
        "Form\nOrganisation: Wetlands Watch\nAttending: yes\nFamily name: Oyelaran\nGiven name: Simi\nPosition: Treasurer\n"
        "Family name: Quiroga\nGiven name: Teo\nPosition: Adviser\nContact person: Max Falk\n",
        "REGISTRATION\n1. Organisation\nName of organisation | Wetlands Watch\n2. Participation (tick one)\n"
        "[X] The organisation will take part. Number of participants: 2\n[ ] The organisation will not take part.\n"
        "[ ] Not decided yet. We will inform you by: \n3. Participants\nNo. | Family name | Given name(s) | Attending? (yes/no)\n"
        "1 | Oyelaran | Simi | yes\n2 | Quiroga | Teo | yes\n3\n4\n4. Contacts\n"
        "Contact person for this registration (name, e-mail, telephone) | Max Falk, max@wetlands.example\n"
        "5. This form was completed by\nName and function | Max Falk, office\nDate | 1 March\n",
    ],
)
def test_forms_in_several_languages_and_layouts(form: str) -> None:
    assert names_in(reading_of(form)) == BOTH


def test_a_refusal_with_a_contact_has_no_delegate() -> None:
    form = "Form\nOrganisation: Wetlands Watch\nWill you take part? [ ] yes  [x] no\nNumber of delegates: \n"
    (claim,) = reading_of(form + "Form completed by: Max Falk\n").claims
    assert (claim.partstat, claim.delegates, claim.people) == (Partstat.DECLINED, None, ())


def test_an_empty_form_is_asked_about() -> None:
    form = "Form\nName of organisation:\nWill you take part? [ ] yes  [ ] no\nNumber of delegates:\nDelegates:\n"
    reading = reading_of(form + "Form completed by:\n")
    assert [*reading.doubts, *(d for c in reading.claims for d in c.doubts)]


def test_more_people_than_names_is_not_less_than_it_says() -> None:
    form = BESIDE.format(answer="yes").replace("delegates: 2", "delegates: 5")
    (claim,) = reading_of(form).claims
    assert claim.delegates == 5 or claim.doubts


LABELS = st.sampled_from(
    ["Name", "Number of delegates", "Will you attend?", "Contact", "Position", "Colour", "Ann Lee"]
)
VALUES = st.text("ab AB|,;:\t  1x[].", max_size=16)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(LABELS, st.sampled_from([": ", " | ", "\n", " .... "]), VALUES), max_size=8))
def test_what_a_form_is_read_as_has_its_length(fields: list[tuple[str, str, str]]) -> None:
    text = "\n".join(label + mark + value for label, mark, value in fields)
    part = Part("2", "text/plain", Role.ATTACHMENT, text)
    assert len(as_answers(part, wording_for(text))[0].text) == len(text)
