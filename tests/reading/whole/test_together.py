"""Words and attachments together."""

from __future__ import annotations

from dataclasses import replace

import pytest

from inbox_worker.message import decode
from inbox_worker.model import (
    Claim,
    Code,
    Doubt,
    Kind,
    Limits,
    Location,
    Message,
    Part,
    Partstat,
    RawMessage,
    Reading,
    Role,
)
from inbox_worker.reading import read
from inbox_worker.reading.whole.combine import joined
from tests.reading.making import INVITATION, message
from tests.reading.whole.test_calendar import said

LETTER = """WETLANDS WATCH
1 Marsh Road

2 May 2031

Dear organisers,

We will attend the forum with two people: Ada Moreau and Bo Chen.

Yours sincerely,
Carla Diaz
Director
"""
TWO = ("wetlands", "accepted", 2, ["Ada Moreau", "Bo Chen"], [])


def with_attached(words: str, *texts: str, problem: str | None = None, name: str = "letter.docx") -> Message:
    made = message(words)
    parts = [
        Part(str(n), "application/x-test", Role.ATTACHMENT, text, filename=name, size=len(text), problem=problem)
        for n, text in enumerate(texts, 2)
    ]
    return replace(made, parts=(*made.parts, *parts))


def codes(reading: Reading) -> list[str]:
    return sorted({d.code.value for d in (*reading.doubts, *(d for c in reading.claims for d in c.doubts))})


def test_see_attached_is_answered_by_the_letter_and_not_by_who_signed_it() -> None:
    assert said(read(with_attached("Please find attached our reply.\n\nAda\n", LETTER), INVITATION)) == [TWO]


def test_words_and_letter_that_agree_are_one_answer() -> None:
    assert said(read(with_attached("We will attend with two people, see attached.\n", LETTER), INVITATION)) == [TWO]


def test_names_come_from_the_letter() -> None:
    assert said(read(with_attached("We will attend. The names are attached.\n", LETTER), INVITATION)) == [TWO]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("We will attend with four people.\n", "count-unclear"),
        ("Unfortunately we cannot attend.\n", "partstat-unclear"),
    ],
)
def test_a_contradiction_is_flagged(words: str, code: str) -> None:
    assert codes(read(with_attached(words, LETTER), INVITATION)) == [code]


def test_what_could_not_be_read_is_flagged_whatever_the_words_say() -> None:
    made = with_attached("We will be two.\n", "", problem="it is locked by a password")
    reading = read(made, INVITATION)
    assert codes(reading) == ["unreadable"]
    assert reading.doubts[0].detail == "The attachment letter.docx was not read: it is locked by a password."


def test_our_own_invitation_sent_back_says_nothing() -> None:
    own = (
        "Annual Forum on River Basins\n\nDear friends, we would be honoured if you came. Please write to "
        "forum@rivers.example by 1 June 2031 whether you will attend and with how many people.\n"
    )
    assert said(read(with_attached("We will be two.\n", own), INVITATION))[0][1:3] == ("accepted", 2)
    assert codes(read(with_attached("We will be two.\n", own), INVITATION)) == []


def test_a_brochure_changes_nothing() -> None:
    brochure = "Wetlands Watch protects marshes in 14 countries. Founded in 1990, it has 300 members.\n"
    assert codes(read(with_attached("We will be two.\n", brochure), INVITATION)) == []


def test_a_letter_without_an_answer_that_the_words_point_to_is_flagged() -> None:
    made = with_attached("Please find attached our reply.\n", "Wetlands Watch, 1 Marsh Road\n")
    assert codes(read(made, INVITATION)) == ["partstat-unclear"]


def test_a_list_is_read_without_its_headings_and_with_its_total() -> None:
    rows = "First name | Last name | Function\nAda | Moreau | Chair\nBo | Chen | Adviser\nTotal | 2\n"
    found = said(read(with_attached("Please find attached the list of our delegation.\n", rows), INVITATION))
    assert [(c[0], c[1], c[2], sorted(" ".join(n.split()) for n in c[3]), c[4]) for c in found] == [TWO]


def test_a_total_that_is_not_the_number_of_names_is_flagged() -> None:
    rows = "Name | Function\nAda Moreau | Chair\nBo Chen | Adviser\nTotal | 1\n"
    assert "count-unclear" in codes(read(with_attached("Please find attached our list.\n", rows), INVITATION))


@pytest.mark.parametrize(
    ("form", "wanted"),
    [
        ("Will attend: [X]\nWill not attend: [ ]\nNumber of delegates: 2\n", ("accepted", 2)),
        ("Will attend: [ ]\nWill not attend: [X]\nNumber of delegates: \n", ("declined", None)),
        ("Will you attend?  [ ] yes  [X] no\n", ("declined", None)),
        ("☒ We will attend the forum\n☐ We will not attend the forum\nNumber of persons: 3\n", ("accepted", 3)),
        ("Participera : [X]\nNe participera pas : [ ]\nNombre de délégués : 4\n", ("accepted", 4)),
    ],
)
def test_a_form_is_what_is_ticked(form: str, wanted: tuple[str, int | None]) -> None:
    found = said(read(with_attached("Please find attached the reply form.\n", form), INVITATION))
    assert [(c[1], c[2]) for c in found] == [wanted]


def attached_message(author: str, text: str) -> Message:
    made = message("You find his answer attached.\n")
    head = Part("2.HEADER", "message/rfc822", Role.MESSAGE, f"From: {author}\nSubject: Forum\n")
    return replace(made, parts=(*made.parts, head, Part("2.1", "text/plain", Role.MESSAGE, text)))


def test_an_attached_message_answers() -> None:
    made = attached_message("Bo Chen <bo@wetlands.example>", "We will attend with two people.\n")
    assert [(c[:3], c[4]) for c in said(read(made, INVITATION))] == [(("wetlands", "accepted", 2), [])]


def test_an_attached_message_of_another_address_is_flagged() -> None:
    made = attached_message("Bo Chen <bo@fishers.example>", "We will attend with two people.\n")
    assert "sender-unverified" in codes(read(made, INVITATION))


def test_our_own_message_attached_says_nothing() -> None:
    made = attached_message("Forum <forum@rivers.example>", "Please tell us whether you will attend. We will be 40.\n")
    assert read(made, INVITATION).claims == ()


def test_certified_mail_is_read_in_its_envelope() -> None:
    made = message("Il messaggio originale e' incluso in allegato.\n", sender="Per conto di: x <posta@pec.example>",
                   headers=(("x-trasporto", "posta-certificata"),))  # fmt: skip
    head = Part("2.HEADER", "message/rfc822", Role.MESSAGE, "From: Ada Moreau <ada@wetlands.example>\n")
    made = replace(made, parts=(*made.parts, head, Part("2.1", "text/plain", Role.MESSAGE, "Saremo in due.\n")))
    assert [c[:3] for c in said(read(made, INVITATION))] == [("wetlands", "accepted", 2)]


@pytest.mark.parametrize(("value", "kind"), [("accettazione", Kind.AUTO_REPLY), ("errore-consegna", Kind.BOUNCE)])
def test_receipts_of_certified_mail_are_a_machines(value: str, kind: Kind) -> None:
    assert read(message("Ricevuta\n", headers=(("x-ricevuta", value),)), INVITATION).kind is kind


def test_evidence_of_a_form_is_what_stands_in_it() -> None:
    made = with_attached("Please find attached the reply form.\n", "Will attend: [X]\nNumber of delegates: 2\n")
    found = {e.text for e in read(made, INVITATION).claims[0].evidence if e.part == "2"}
    assert any("[X]" in text or "Number of delegates" in text for text in found)
    assert not any("We will" in text for text in found)


def test_a_message_beyond_the_limits_is_flagged_however_well_it_reads() -> None:
    part = b'--b\nContent-Disposition: attachment; filename="a.txt"\n\nx\n'
    words = b"--b\nContent-Type: text/plain\n\nWe will attend with two people.\n"
    head = b'From: Ada <ada@wetlands.example>\nContent-Type: multipart/mixed; boundary="b"\n\n'
    found = decode(RawMessage(head + words + part * 30 + b"--b--\n", None, Location("test")), Limits(parts=10))
    reading = read(found, INVITATION)
    assert (reading.kind, codes(reading)) == (Kind.REPLY, ["unreadable"])
    assert reading.claims[0].delegates == 2


def test_a_column_of_yes_and_no_is_not_asked_about() -> None:
    table = """Nominations

Name | Department | Attending
Ada Moreau | Health | Yes
Bo Chen | Press | No
Carla Diaz | Ponds | Yes
"""
    made = with_attached("Nominations as per sheet.\n", table, name="list.xlsx")
    (claim,) = read(made, replace(INVITATION, two_readers=True)).claims
    assert (claim.partstat.value, claim.delegates, claim.doubts) == ("accepted", 2, ())
    assert {p.name for p in claim.people} == {"Ada Moreau", "Carla Diaz"}


def read_as(number: int, *doubts: Doubt, partstat: Partstat = Partstat.ACCEPTED) -> Reading:
    coming = number if partstat is Partstat.ACCEPTED else None
    claim = Claim("wetlands", "Wetlands Watch", partstat, coming, confidence=0.4 if doubts else 0.9, doubts=doubts)
    return Reading("test", Kind.REPLY, "en", (claim,))


SLIGHT = Doubt(Code.COUNT_UNCLEAR, "A second reader is not sure who comes, and how many.", slight=True)
GRAVE = Doubt(Code.COUNT_UNCLEAR, "Read as 3; a second reader reads 2.")


@pytest.mark.parametrize(
    ("words", "letter", "left"),
    [
        (read_as(3, SLIGHT), read_as(3), ()),
        (read_as(3), read_as(3, SLIGHT), ()),
        (read_as(3, SLIGHT), read_as(3, SLIGHT), (SLIGHT,)),
        (read_as(3, GRAVE), read_as(3), (GRAVE,)),
        (read_as(3, SLIGHT), read_as(3, GRAVE), (SLIGHT, GRAVE)),
    ],
)
def test_a_slight_doubt_falls_where_words_and_letter_say_the_same(
    words: Reading, letter: Reading, left: tuple[Doubt, ...]
) -> None:
    (claim,) = joined(words, [letter]).claims
    assert (claim.delegates, claim.doubts) == (3, left)


def test_a_slight_doubt_does_not_fall_where_words_and_letter_differ() -> None:
    (claim,) = joined(read_as(3, SLIGHT), [read_as(4)]).claims
    assert SLIGHT in claim.doubts and len(claim.doubts) == 2
    no = read_as(0, partstat=Partstat.DECLINED)
    (claim,) = joined(read_as(3, SLIGHT), [no]).claims
    assert {d.code for d in claim.doubts} == {Code.COUNT_UNCLEAR, Code.PARTSTAT_UNCLEAR}
