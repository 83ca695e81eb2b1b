"""The reader on the mailboxes it was made with: exact evidence, few errors, quick."""

from __future__ import annotations

import time

import pytest

from inbox_worker import message, settings
from inbox_worker.model import Location, RawMessage
from inbox_worker.reading import read
from tests.bench.reader import CORPUS, mailbox
from tests.reading.test_properties import evidence_of

MAILBOXES = ["letters-en", "season", "attachments-and-noise"]


@pytest.mark.parametrize("name", MAILBOXES)
def test_evidence_is_exactly_where_it_says(name: str) -> None:
    invitation = settings.load(CORPUS / "pledging" / "event.toml").invitation
    for path in sorted((CORPUS / "pledging" / name).glob("*.eml")):
        decoded = message.decode(RawMessage(path.read_bytes(), None, Location(str(path))))
        for evidence in evidence_of(read(decoded, invitation)):
            text = decoded.text_of(evidence.part) or ""
            assert text[evidence.start : evidence.end] == evidence.text, (path.name, evidence)


@pytest.mark.parametrize(
    ("name", "straight", "silent"), [("letters-en", 0.88, 0), ("season", 0.78, 0), ("attachments-and-noise", 0.6, 0)]
)
def test_what_was_reached_is_kept(name: str, straight: float, silent: int) -> None:
    scores = mailbox(name)
    assert scores["silent"] <= silent
    assert scores["straight_through"] >= straight


def test_a_typical_message_takes_less_than_twenty_milliseconds() -> None:
    invitation = settings.load(CORPUS / "pledging" / "event.toml").invitation
    paths = sorted((CORPUS / "pledging" / "letters-en").glob("*.eml"))
    decoded = [message.decode(RawMessage(p.read_bytes(), None, Location(str(p)))) for p in paths]
    read(decoded[0], invitation)
    begun = time.process_time()
    for made in decoded:
        read(made, invitation)
    assert (time.process_time() - begun) / len(decoded) < 0.02
