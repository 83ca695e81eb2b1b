"""Whether a message says once more what another one said: re-sent, sent by a colleague too, or passed on."""

from __future__ import annotations

from collections.abc import Sequence

from inbox_worker.decision.delegation import Delegation
from inbox_worker.decision.names import same_person
from inbox_worker.model import Entry, Op


def same_words(one: Entry, other: Entry) -> bool:
    """Whether two claims rest on the same words, wherever in their messages those stand."""
    a, b = ({" ".join(e.text.split()) for e in entry.claim.evidence if e.field in FACTS} for entry in (one, other))
    return bool(a) and a == b


FACTS = ("partstat", "delegates", "people", "op", "leaves")


def same_claim(one: Entry, other: Entry) -> bool:
    """Whether two claims say the same: answer, kind of change, number and people."""
    a, b = one.claim, other.claim
    return (
        (a.partstat, a.op, a.delegates, set(a.leaves)) == (b.partstat, b.op, b.delegates, set(b.leaves))
        and one.effect is other.effect
        and len(a.people) == len(b.people)
        and all(any(same_person(p.name, q.name) for q in b.people) for p in a.people)
    )


def old_news(entry: Entry, earlier: Sequence[Entry]) -> Entry | None:
    """The last earlier entry that says the same in the same words, or None."""
    return next((other for other in reversed(earlier) if same_claim(entry, other) and same_words(entry, other)), None)


def done_already(entry: Entry, earlier: Sequence[Entry], state: Delegation) -> bool:
    """Whether an addition, replacement or removal was applied before: the same words, or the same people whom the
    delegation shows added (or gone) already."""
    same = [other for other in earlier if same_claim(entry, other)]
    if any(same_words(entry, other) for other in same):
        return True
    claim = entry.claim
    if not same or not (claim.people or claim.leaves):
        return False
    there = [any(same_person(person.name, p.name) for p in state.people) for person in claim.people]
    gone = [state.find(name) is None for name in claim.leaves]
    return (all(there) if claim.op is Op.ADD else not any(there)) and all(gone)


def maybe_done(entry: Entry, earlier: Sequence[Entry]) -> bool:
    """Whether an unnamed addition or removal may be one that somebody else has told: the same number, other words,
    another writer."""
    if entry.claim.people or entry.claim.leaves or entry.claim.revises:
        return False
    return any(same_claim(entry, other) and other.sender.casefold() != entry.sender.casefold() for other in earlier)
