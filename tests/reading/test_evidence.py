"""Evidence carries what rests on it: without its words a field changes, or is no longer sure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from inbox_worker import message, settings
from inbox_worker.model import Address, Claim, Evidence, Location, Message, Part, RawMessage, Reading, Span
from inbox_worker.reading import read
from tests.bench.mailboxes import CORPUS

MAILBOXES = ["letters-en", "season"]
INVITATION = settings.load(CORPUS / "pledging" / "event.toml").invitation
ROUNDS = 2  # "two places ... one is mine, the other is for Wes" says two twice
FIELDS = ["organisation", "partstat", "delegates", "people"]


def without(made: Message, evidence: Sequence[Evidence]) -> Message:
    """The message without some of its words."""
    parts = tuple(shortened(p, [(e.start, e.end) for e in evidence if e.part == p.section]) for p in made.parts)
    headers = []
    sender = made.from_
    for name, value in made.headers:
        cut = merged([(e.start, e.end) for e in evidence if e.part == name])
        kept = removed(value, cut)
        headers.append((name, kept))
        if name == "from" and cut:
            shown, _, address = kept.rpartition("<")
            sender = Address(shown.strip(' "'), address.strip("<> "))
    subject = next((v for n, v in headers if n == "subject"), made.subject)
    return replace(made, parts=parts, headers=tuple(headers), from_=sender, subject=subject)


def merged(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def removed(text: str, cut: Sequence[tuple[int, int]]) -> str:
    kept, at = [], 0
    for start, end in cut:
        kept.append(text[at:start])
        at = end
    return "".join([*kept, text[at:]])


def shortened(part: Part, spans: Sequence[tuple[int, int]]) -> Part:
    cut = merged(spans)

    def moved(at: int) -> int:
        return at - sum(min(end, at) - start for start, end in cut if start < at)

    zones = tuple(Span(moved(s.start), moved(s.end), s.zone) for s in part.spans)
    return replace(part, text=removed(part.text, cut), spans=tuple(s for s in zones if s.end > s.start))


def value(claim: Claim, field: str) -> object:
    found = {
        "organisation": claim.organisation,
        "partstat": claim.partstat,
        "delegates": claim.delegates,
        "people": claim.people,
    }
    return found[field]


def is_shaken(before: Claim, after: Reading, field: str) -> bool:
    """Whether no claim says the same of a field without a doubt."""
    same = [c for c in after.claims if value(c, field) == value(before, field)]
    if field != "organisation":
        same = [c for c in same if c.organisation == before.organisation]
    return not any(not c.doubts and c.confidence >= before.confidence for c in same) or bool(after.doubts)


def is_shaken_in_the_end(made: Message, claim: Claim, field: str) -> bool:
    """Whether a field falls when its evidence goes; what is said several times over must go as often."""
    found = claim
    for _ in range(ROUNDS):
        made = without(made, [e for e in found.evidence if e.field == field])
        after = read(made, INVITATION)
        if is_shaken(claim, after, field):
            return True
        found = next(c for c in after.claims if value(c, field) == value(claim, field))
    return False


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("name", MAILBOXES)
def test_without_its_evidence_a_field_changes_or_is_unsettled(name: str, field: str) -> None:
    firm = []
    for path in sorted((CORPUS / "pledging" / name).glob("*.eml")):
        made = message.decode(RawMessage(path.read_bytes(), None, Location(str(path))))
        for claim in read(made, INVITATION).claims:
            evidence = [e for e in claim.evidence if e.field == field]
            if not evidence or not value(claim, field) or claim.doubts:
                continue
            if not is_shaken_in_the_end(made, claim, field):
                firm.append((path.name, [e.text for e in evidence]))
    assert firm == []
