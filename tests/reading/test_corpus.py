"""The reader on the mailboxes it was made with: exact evidence, few errors, quick."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from inbox_worker import message, settings
from inbox_worker.model import Location, RawMessage
from inbox_worker.reading import read
from tests.bench.mailboxes import CORPUS, FORMS, MAILBOXES, folder_of, mailbox, scores_of, together
from tests.pace import pace
from tests.reading.test_properties import evidence_of


@pytest.mark.parametrize("name", MAILBOXES + FORMS)
def test_evidence_is_exactly_where_it_says(name: str) -> None:
    invitation = settings.load(folder_of(name).parent / "event.toml").invitation
    for path in sorted(folder_of(name).glob("*.eml")):
        decoded = message.decode(RawMessage(path.read_bytes(), None, Location(str(path))))
        for evidence in evidence_of(read(decoded, invitation)):
            text = decoded.text_of(evidence.part) or ""
            assert text[evidence.start : evidence.end] == evidence.text, (path.name, evidence)


@pytest.mark.parametrize(
    ("name", "straight", "silent"),
    [
        ("letters-en", 0.9, 0),
        ("letters-romance", 0.85, 1),
        ("season", 0.88, 0),
        ("attachments-and-noise", 0.6, 0),
        ("mixed", 0.8, 2),
        ("last", 0.78, 1),
        ("letters", 0.8, 1),
    ],
)
def test_what_the_grammar_reached_is_kept(name: str, straight: float, silent: int) -> None:
    scores = mailbox(name, two_readers=False)
    assert scores["silent"] <= silent
    assert scores["straight_through"] >= straight


@pytest.mark.parametrize(
    ("name", "straight"), [("attachments-2", 0.68), ("attachments-3", 0.5), ("attachments-4", 0.52), ("season-2", 0.72)]
)
def test_lists_and_forms_are_read_as_well_as_they_were(name: str, straight: float) -> None:
    scores = mailbox(name)
    assert scores["silent"] <= 2
    assert scores["straight_through"] >= straight


def test_both_readers_make_few_errors_on_mail_that_neither_knows() -> None:
    rows = together(("d22", "d23", "d24"))
    scores = scores_of(rows)
    assert scores["silent"] <= 0.035 * len(rows)
    assert scores["straight_through"] >= 0.55


def test_a_typical_message_takes_little_time() -> None:
    before = pace()
    grammar, both = seconds_a_message(two_readers=False), seconds_a_message(two_readers=True)
    assert grammar < 0.02 * max(before, pace())
    assert both < 12 * grammar  # where the processor has instructions for numbers of eight bits, it is 4; without, 8


def seconds_a_message(*, two_readers: bool) -> float:
    """CPU time of reading, the mean of a mailbox."""
    event = settings.load(CORPUS / "pledging" / "event.toml").invitation
    invitation = replace(event, two_readers=two_readers)
    paths = sorted((CORPUS / "pledging" / "letters-en").glob("*.eml"))
    decoded = [message.decode(RawMessage(p.read_bytes(), None, Location(str(p)))) for p in paths]
    read(decoded[0], invitation)
    begun = time.process_time()
    for made in decoded:
        read(made, invitation)
    return (time.process_time() - begun) / len(decoded)
