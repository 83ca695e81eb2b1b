"""Corrections of names, and people who leave."""

from __future__ import annotations

from collections.abc import Sequence

from inbox_worker.model import Claim, Code, Doubt, Op, Partstat
from inbox_worker.reading.answer.claims import claim_of
from inbox_worker.reading.answer.confidence import SUMMED, WEAK_YES
from inbox_worker.reading.answer.heard import Heard, is_sender, same_person
from inbox_worker.reading.answer.party import Party
from inbox_worker.reading.answer.safeguards import may_still_come
from inbox_worker.reading.counts import MOST
from inbox_worker.reading.grammar.said import Mention, Said

MOST_LEAVING = 2  # people taken off a list at once; more are asked about


def correction(heard: Heard, corrected: tuple[int, str, Said]) -> Claim:
    _, part, said = corrected
    names = said.names
    right = next((n for n in reversed(names) if not n.vague), names[-1])
    party = Party(people=[(right, part, *said.offsets(right.start, right.end))])
    leaves = tuple(m.name for m in names if m is not right and not same_person(m.name, right.name))
    return claim_of(
        heard,
        Partstat.ACCEPTED,
        0,
        Op.ADD,
        party,
        (),
        WEAK_YES,
        (part, said.sentence.start, said.sentence.end),
        revises=True,
        leaves=leaves,
    )


def _named_before(heard: Heard, removed: tuple[int, str, Said]) -> tuple[Mention, str, int, int] | None:
    """The only person named in the sentence before one that says "please take him off the list"."""
    at, _, said = removed
    if at == 0 or said.numbers or said.has("people"):
        return None
    part, before = heard.said[at - 1]
    names = [m for m in before.names if not m.vague and not is_sender(heard, m.name)]
    if len(names) != 1:
        return None
    return names[0], part, *before.offsets(names[0].start, names[0].end)


def _miscounted(heard: Heard, part: str, said: Said, number: int) -> tuple[Doubt, ...]:
    """A doubt where fewer or more are named of those who leave than are counted."""
    told = next((n for n in said.numbers if number and 1 < n.value <= MOST and n.value != number), None)
    if told is None or any(h.kind == "unit" and h.start in {told.end, told.start - 1} for h in said.hits):
        return ()
    evidence = (heard.evidence("count-unclear", part, *said.offsets(told.start, told.end)),)
    return (Doubt(Code.COUNT_UNCLEAR, f"{number} leave, and {told.value} are spoken of.", evidence),)


def removal(
    heard: Heard, removed: tuple[int, str, Said], free: Sequence[tuple[int, str, Said]]
) -> tuple[tuple[Claim, ...], tuple[Doubt, ...]]:
    _, part, said = removed
    leaving = Party(people=[(m, part, *said.offsets(m.start, m.end)) for m in said.names])
    if not leaving.people and said.has("me", "i", "my_attend"):
        hit = next(h for h in said.hits if h.kind in {"me", "i", "my_attend"})
        leaving.selves.append((part, *said.offsets(hit.start, hit.end)))
    if not leaving.people and not leaving.selves and (found := _named_before(heard, removed)) is not None:
        leaving.people.append(found)
    number = len(leaving.people) + len(leaving.selves)
    doubts: tuple[Doubt, ...] = ()
    if not number:
        evidence = (heard.evidence("count-unclear", part, said.sentence.start, said.sentence.end),)
        doubts = (
            Doubt(Code.COUNT_UNCLEAR, "Somebody leaves the delegation; who or how many was not understood.", evidence),
        )
    other = next(((p, s) for _, p, s in free if s is not said and s.has("replace", "replaced_by") and s.names), None)
    if not doubts and (other is not None or len(leaving.people) > MOST_LEAVING):
        p, s = other or (part, said)
        evidence = (heard.evidence("count-unclear", p, s.sentence.start, s.sentence.end),)
        doubts = (Doubt(Code.COUNT_UNCLEAR, "Some leave and others may come; who was not understood.", evidence),)
    doubts = (*doubts, *_miscounted(heard, part, said, number))
    if (maybe := may_still_come(heard, said, free)) is not None:
        doubts = (*doubts, maybe)
    claim = claim_of(
        heard,
        Partstat.ACCEPTED,
        number or None,
        Op.REMOVE,
        leaving,
        doubts,
        SUMMED,
        (part, said.sentence.start, said.sentence.end),
        revises=True,
    )
    return (claim,), ()
