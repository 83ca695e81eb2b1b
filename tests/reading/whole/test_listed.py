"""Lists of people whose headings say what their columns hold."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inbox_worker.model import Code, Part, Reading, Role, Span, Zone
from inbox_worker.reading import read
from inbox_worker.reading.whole.listed import with_rosters
from tests.reading.making import INVITATION, message
from tests.reading.whole.test_crosses import reading_of

LEAD = "Dear all,\n\nPlease find below who will attend.\n\n"


def names_in(reading: Reading) -> set[str]:
    """The names of the only claim, which has as many as it counts."""
    (claim,) = reading.claims
    assert not claim.doubts, claim.doubts
    assert claim.delegates == len(claim.people)
    return {p.name for p in claim.people}


@pytest.mark.parametrize(
    "table",
    [
        "Family name | Given name | Post\nOYELARAN | Simi | Treasurer\nQuiroga | Teo | Adviser\n",
        "No. | Post | Surname | First name\n1 | Treasurer | Oyelaran | Simi\n2 | Adviser | Quiroga | Teo\n",
        "#\tGiven name\tLast name\n1\tSimi\tOyelaran\n2\tTeo\tQuiroga\n",
        "Name        Title\nSimi Oyelaran   Treasurer\nTeo Quiroga     Adviser\n".replace(
            "Name        ", "Name            "
        ),
        "Surname, given name;Function\nOyelaran, Simi;Treasurer\nQuiroga, Teo;Adviser\n",
        "Nom et prénom | Fonction\nOyelaran, Simi | Trésorière\nQuiroga, Teo | Conseiller\n",
        "Name | Attending?\nSimi Oyelaran | yes\nMax Falk | no, on leave\nTeo Quiroga | yes, from noon\n",
        "Nachname | Vorname | Teilnahme\nOyelaran | Simi | ja\nFalk | Max | nimmt nicht teil\nQuiroga | Teo | ja\n",
        "Cognome | Nome | Presente\nOyelaran | Simi | sì\nFalk | Max | no\nQuiroga | Teo | sì\n",
        "Apellidos | Nombre | Asistirá\nOyelaran | Simi | Sí\nFalk | Max | No\nQuiroga | Teo | Sí\n",
        "Name | Role\ne.g. Jane Doe | example\nSimi Oyelaran | Treasurer\nTeo Quiroga | Adviser\n",
        "Name | Remarks\nSimi Oyelaran | vegetarian\nMax Falk | will not attend\nTeo Quiroga | no visa needed\n",
        "Name | Remarks\nSimi Oyelaran | no nuts\nTeo Quiroga | no allergies\n",
        "Name | Role\nSimi Oyelaran | Treasurer\nTeo Quiroga | Adviser\nContact: | Max Falk, office\n",
    ],
)
def test_who_comes_is_read_by_what_the_headings_say(table: str) -> None:
    assert names_in(reading_of(table)) == {"Simi Oyelaran", "Teo Quiroga"}


def test_a_table_in_the_words_is_read_alike() -> None:
    table = "Position    Comes?        Family name  First name\n"
    table += "Treasurer   yes           Oyelaran     Simi\nClerk       no (leave)    Falk         Max\n"
    assert names_in(read(message(LEAD + table), INVITATION)) == {"Simi Oyelaran"}


def test_rows_that_the_plain_text_has_lost_are_those_of_the_html() -> None:
    plain = "Surname\nFirst name\nComes\nOyelaran\nSimi\nyes\nFalk\nMax\nno\n"
    rows = "Surname   First name  Comes\nOyelaran  Simi        yes\nFalk      Max         no\n"
    made = message(LEAD + plain)
    html = Part("2", "text/html", Role.ALTERNATIVE, LEAD + rows, (Span(0, len(LEAD + rows), Zone.NEW),))
    assert names_in(read(replace(made, parts=(*made.parts, html)), INVITATION)) == {"Simi Oyelaran"}


@pytest.mark.parametrize(
    "table",
    [
        "Name | Attending\nSimi Oyelaran | yes\nMax Falk | to be confirmed\n",
        "Name | Role\nSimi Oyelaran | Treasurer\nLea Falk | spouse of the treasurer\n",
        "Name | Role\nSimi Oyelaran | Treasurer\nto be communicated | Adviser\n",
        "Name | Attending\nSimi Oyelaran | yes\nMax Falk | \n",
    ],
)
def test_a_row_that_is_not_plain_is_asked_about(table: str) -> None:
    reading = reading_of(table)
    doubts = [*reading.doubts, *(d for c in reading.claims for d in c.doubts)]
    assert any(d.code is Code.COUNT_UNCLEAR and "row of the list" in d.detail for d in doubts), doubts


def test_whom_to_call_is_no_delegate() -> None:
    table = "Name | Role\nSimi Oyelaran | Treasurer\nTeo Quiroga | Adviser\n\nEmergency contacts\n"
    table += "Name | Telephone\nMax Falk | 555 0100\nLea Falk | 555 0101\n"
    assert names_in(reading_of(table)) == {"Simi Oyelaran", "Teo Quiroga"}


def test_whom_to_call_below_a_list_in_the_words_is_no_delegate() -> None:
    table = "Name            Position\nSimi Oyelaran   Treasurer\nTeo Quiroga     Adviser\n\n\n"
    table += "Contact for travel matters:\n\nName       Max Falk\nTelephone  555 0100\n\nBest wishes\n"
    assert names_in(read(message(LEAD + table), INVITATION)) == {"Simi Oyelaran", "Teo Quiroga"}


CELLS = st.text("ab AB|,;\t\n  1x", max_size=12)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(CELLS, min_size=1, max_size=5), max_size=6))
def test_what_is_written_anew_has_the_same_length_and_lines(rows: list[list[str]]) -> None:
    text = "Name | Role | Attending\n" + "\n".join(" | ".join(row) for row in rows)
    made = message(text)
    listed, _ = with_rosters(made)
    assert len(listed.bodies[0].text) == len(text)
    assert listed.bodies[0].text.count("\n") == text.count("\n")
