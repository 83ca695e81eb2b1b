"""Whether those who were counted add up: numbers and names that a careful clerk would not write down unasked."""

from __future__ import annotations

from collections.abc import Sequence

from inbox_worker.model import Code, Doubt, Op
from inbox_worker.reading.answer.heard import Heard
from inbox_worker.reading.answer.party import Party
from inbox_worker.reading.text import tokens


def miscounted(heard: Heard, party: Party, op: Op, number: int | None, leaves: Sequence[str]) -> Doubt | None:
    """A doubt where number, names and persons told do not fit each other, or cannot be told to fit."""
    named = len(party.people) + bool(party.selves)
    told = named + sum(n for n, *_ in party.unnamed)
    if op is Op.ADD and number == 0 and not leaves:
        return _doubt(heard, party, "Somebody comes in another's place; whether that one was announced is not said.")
    bare = next((m for m, *_ in party.people if " " not in m.name and m.name.isascii() and not m.title), None)
    if bare is not None:
        return _doubt(heard, party, f"{bare.name!r} may not be the whole name of a person.")
    if op is not Op.SET or number is None or not named:
        return None
    if party.totals and named > 1 and number > told and not _of_more(heard):
        return _doubt(heard, party, f"Says {number} and tells of {told}.")
    if party.totals or party.listed:
        return None
    if party.selves and party.people and heard.sender is None:
        return _doubt(heard, party, "Whether the writer comes too is not clear, nor who writes.")
    if party.people and any(_is_definite(heard, part, start, end) for _, part, start, end, _ in party.unnamed):
        return _doubt(heard, party, "Somebody told by an office only may be one of those named, or not come.")
    return None


def _of_more(heard: Heard) -> bool:
    """Whether some of those who come are named as some of more."""
    return any(s.has("subset", "undecided") for _, s in heard.said)


def _is_definite(heard: Heard, part: str, start: int, end: int) -> bool:
    """Whether words begin with a definite article: "the ambassador" rather than "an assistant"."""
    first = next((t.norm for t in tokens(heard.message.text_of(part) or "", start, end) if t.is_word), "")
    return any(first in said.lexicon.lists["definite"] for p, said in heard.said if p == part)


def _doubt(heard: Heard, party: Party, why: str) -> Doubt:
    spans = [(p, s, e) for _, p, s, e in party.totals] + [(p, s, e) for _, p, s, e in party.people]
    spans += [(p, s, e) for _, p, s, e, _ in party.unnamed] + party.selves
    return Doubt(Code.COUNT_UNCLEAR, why, tuple(heard.evidence("count-unclear", *span) for span in spans[:20]))
