"""Calendar replies as the programs send them (RFC 5546 over RFC 6047)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from inbox_worker.model import Kind, Message, Part, Partstat, Reading, Role
from inbox_worker.reading import read
from tests.reading.making import INVITATION, message

TITLE = "Annual Forum on River Basins"


def calendar(method: str = "REPLY", partstat: str = "ACCEPTED", **changed: str) -> str:
    lines = {
        "ATTENDEE": f";PARTSTAT={partstat};CN=Ada Moreau:mailto:ada@wetlands.example",
        "UID": ":1@rivers.example",
        "SUMMARY": f":{TITLE}",
        "DTSTART": ";TZID=W. Europe Standard Time:20310612T090000",
    } | changed
    body = "\r\n".join(f"{name}{value}" for name, value in lines.items())
    return f"BEGIN:VCALENDAR\r\nMETHOD:{method}\r\nBEGIN:VEVENT\r\n{body}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"


def answer(
    ics: str, words: str = "", subject: str = f"Accepted: {TITLE}", headers: tuple[tuple[str, str], ...] = ()
) -> Message:
    made = message(words, subject=subject, headers=headers)
    part = Part("2", "text/calendar", Role.CALENDAR, ics.replace("\r\n", "\n"))
    return replace(made, parts=(*made.parts, part))


def said(reading: Reading) -> list[tuple[str | None, str, int | None, list[str], list[str]]]:
    return [
        (
            c.organisation,
            c.partstat.value,
            c.delegates,
            sorted(p.name for p in c.people),
            [d.code.value for d in c.doubts],
        )
        for c in reading.claims
    ]


@pytest.mark.parametrize(
    ("partstat", "wanted"),
    [
        ("ACCEPTED", ("wetlands", "accepted", 1, ["Ada Moreau"], [])),
        ("TENTATIVE", ("wetlands", "tentative", 1, ["Ada Moreau"], [])),
        ("DECLINED", ("wetlands", "declined", None, [], [])),
        ("accepted", ("wetlands", "accepted", 1, ["Ada Moreau"], [])),
        ("DELEGATED", ("wetlands", "tentative", 1, ["Ada Moreau"], ["partstat-unclear"])),
    ],
)
def test_partstat_is_the_answer(partstat: str, wanted: object) -> None:
    assert said(read(answer(calendar(partstat=partstat)), INVITATION)) == [wanted]


def test_a_stamp_of_a_machine_does_not_make_it_automatic() -> None:
    stamped = answer(calendar(), headers=(("auto-submitted", "auto-generated"), ("precedence", "bulk")))
    reading = read(stamped, INVITATION)
    assert (reading.kind, reading.claims[0].partstat) == (Kind.REPLY, Partstat.ACCEPTED)


def test_evidence_is_the_line_of_the_attendee() -> None:
    made = answer(calendar())
    evidence = next(e for e in read(made, INVITATION).claims[0].evidence if e.field == "partstat")
    text = made.text_of("2") or ""
    assert evidence.text == text[evidence.start : evidence.end]
    assert evidence.text.startswith("ATTENDEE;PARTSTAT=ACCEPTED")


@pytest.mark.parametrize("method", ["REQUEST", "CANCEL", "PUBLISH"])
def test_what_is_no_reply_is_no_acceptance(method: str) -> None:
    reading = read(answer(calendar(method)), INVITATION)
    assert (reading.claims, [d.code.value for d in reading.doubts]) == ((), ["partstat-unclear"])


@pytest.mark.parametrize(
    "changed",
    [
        {"RECURRENCE-ID": ":20310612T070000Z"},
        {"DTSTART": ":20310619T070000Z"},
    ],
)
def test_an_occurrence_or_another_day_is_flagged(changed: dict[str, str]) -> None:
    assert said(read(answer(calendar(**changed)), INVITATION))[0][4] == ["partstat-unclear"]


def test_a_counter_proposal_is_flagged() -> None:
    assert said(read(answer(calendar("COUNTER", "TENTATIVE")), INVITATION))[0][4] == ["partstat-unclear"]


def test_an_answer_to_another_invitation_says_nothing() -> None:
    other = calendar(UID=":9@lunch.example", SUMMARY=":Lunch with Ada", DTSTART=":20310612T100000Z")
    reading = read(answer(other, subject="Accepted: Lunch with Ada"), INVITATION)
    assert (reading.kind, reading.claims, reading.doubts) == (Kind.OTHER, (), ())


def test_words_beside_the_answer_complete_it() -> None:
    reading = read(answer(calendar(), "We will be three: Ada Moreau, Bo Chen and Carla Diaz.\n"), INVITATION)
    assert said(reading) == [("wetlands", "accepted", 3, ["Ada Moreau", "Bo Chen", "Carla Diaz"], [])]


def test_words_that_contradict_the_answer_are_flagged() -> None:
    reading = read(answer(calendar(), "Unfortunately we cannot attend.\n"), INVITATION)
    assert said(reading)[0][4] == ["partstat-unclear"]


def test_a_comment_in_the_calendar_is_read() -> None:
    ics = calendar(COMMENT=":Unfortunately we cannot attend.")
    assert said(read(answer(ics), INVITATION))[0][4] == ["partstat-unclear"]


def test_what_a_calendar_program_writes_is_no_word_of_the_attendee() -> None:
    words = f"Ada Moreau has accepted this invitation.\n\n{TITLE}\nWhen: Thu Jun 12\nInvitation from Google Calendar\n"
    assert said(read(answer(calendar(), words), INVITATION)) == [("wetlands", "accepted", 1, ["Ada Moreau"], [])]


def test_an_answer_of_somebody_else_is_flagged() -> None:
    ics = calendar(ATTENDEE=";PARTSTAT=ACCEPTED;CN=Bo Chen:mailto:bo@fishers.example")
    assert said(read(answer(ics), INVITATION))[0][4] == ["sender-unverified"]
