"""From sentences, lists and tables to claims: what the message says as a whole, and what in it stays in doubt."""

from __future__ import annotations

from collections.abc import Sequence

from inbox_worker.model import Claim, Code, Doubt
from inbox_worker.reading.answer.acceptance import acceptance
from inbox_worker.reading.answer.changes import correction, removal
from inbox_worker.reading.answer.gathering import party_of
from inbox_worker.reading.answer.heard import Heard
from inbox_worker.reading.answer.joint import joint_claims
from inbox_worker.reading.answer.refusal import TERSE, fallback, refusal
from inbox_worker.reading.blocks import Block
from inbox_worker.reading.grammar.dates import dates_told
from inbox_worker.reading.grammar.said import Said, Status, Who


def combine(heard: Heard) -> tuple[tuple[Claim, ...], tuple[Doubt, ...]]:
    """The claims of a message and the doubts that no claim carries."""
    retracted = next(((p, s) for p, s in heard.said if s.op == "retract"), None)
    if retracted is not None:
        part, said = retracted
        evidence = (heard.evidence("partstat-unclear", part, said.sentence.start, said.sentence.end),)
        return (), (Doubt(Code.PARTSTAT_UNCLEAR, "Takes an earlier message back.", evidence),)
    if elsewhere := _another_event(heard):
        return (), () if elsewhere == "subject" else (_elsewhere(heard),)
    joint = joint_claims(heard)
    if joint:
        return joint, ()
    return _single(heard)


def _another_event(heard: Heard) -> str:
    """ "subject" or "text" where dates there speak of a later event and none of this one, else ""."""
    told = [dates_told(s, heard.event) for _, s in heard.said]
    about = [dates_told(s, heard.event) for s in heard.subject]
    if any(near for near, _ in (*told, *about)):
        return ""
    if any(later for _, later in about):
        return "subject"
    answer = next((i for i, (_, s) in enumerate(heard.said) if s.status is not Status.NONE and s.strong), None)
    if answer is None or heard.answers_us:
        return ""
    return "text" if any(later for _, later in told[: answer + 1]) else ""


def _elsewhere(heard: Heard) -> Doubt:
    part, said = next((p, s) for p, s in heard.said if dates_told(s, heard.event)[1])
    evidence = (heard.evidence("partstat-unclear", part, said.sentence.start, said.sentence.end),)
    return Doubt(Code.PARTSTAT_UNCLEAR, "Speaks of a later date and may be about another event.", evidence)


def _single(heard: Heard) -> tuple[tuple[Claim, ...], tuple[Doubt, ...]]:
    said = [(p, s) for p, s in heard.said]
    inside = _block_sentences(heard)
    free = [(i, p, s) for i, (p, s) in enumerate(said) if i not in inside]
    blocks = _live_blocks(heard, free)
    accepted = [(i, p, s) for i, p, s in free if s.status is Status.ACCEPTED]
    tentative = [(i, p, s) for i, p, s in free if s.status is Status.TENTATIVE]
    declined = [(i, p, s) for i, p, s in free if s.status is Status.DECLINED]
    if any(not s.has("remote") for _, _, s in accepted):  # others follow from afar: they are no delegates
        accepted = [a for a in accepted if not a[2].has("remote")]
        tentative = [t for t in tentative if not t[2].has("remote")]
    refused = any(s.strong and s.who in {Who.WE, Who.NOBODY} for _, _, s in declined)
    removed = [(i, p, s) for i, p, s in free if s.op == "remove" and not (refused and all(n.vague for n in s.names))]
    corrected = [(i, p, s) for i, p, s in free if s.op == "correct"]
    party = party_of(heard, accepted + tentative, blocks, free)
    if corrected and not blocks and not party.totals:
        return (correction(heard, corrected[0]),), ()
    if removed and not blocks and not party.totals and not _joins(accepted):
        if _all_of_us(removed[0][2]):
            return refusal(heard, [*declined, removed[0]], free)
        return removal(heard, removed[0], free)
    told = party.people or party.totals or party.unnamed or party.selves or party.open_range
    if accepted and not (declined or blocks or told) and sum(len(s.words) for _, _, s in free) <= TERSE:
        bare = fallback(heard, free)
        if bare[0]:
            return bare
    if not accepted and not tentative and not blocks:
        if left := _one_of_several(declined, free):
            return removal(heard, left, free)
        if declined:
            return refusal(heard, declined, free)
        return fallback(heard, free)
    return acceptance(heard, party, accepted, tentative, declined, blocks, free)


def _one_of_several(
    declined: Sequence[tuple[int, str, Said]], free: Sequence[tuple[int, str, Said]]
) -> tuple[int, str, Said] | None:
    """The refusal of somebody named where the others still come: "Tom cannot travel. The rest of us come"."""
    if len(declined) != 1 or not any(s.has("unchanged") for _, _, s in free):
        return None
    names = [m for m in declined[0][2].absent if m.kind == "name" and not m.vague]
    return declined[0] if names and len(names) == len(declined[0][2].names) else None


def _all_of_us(said: Said) -> bool:
    """Whether those who are to be taken off the list are all of ours: "please take us off your list"."""
    taken = [h for h in said.hits if h.kind == "remove"]
    us = [h for h in said.hits if h.kind == "we" and any(t.start - 2 <= h.start < t.end for t in taken)]
    return bool(us) and not said.names and not said.numbers and not said.has("colleague", "people_left")


def _joins(accepted: Sequence[tuple[int, str, Said]]) -> bool:
    return any(s.op == "replace" for _, _, s in accepted)


def _block_sentences(heard: Heard) -> set[int]:
    """Sentences that lie within lists and tables."""
    found = set()
    for i, (part, said) in enumerate(heard.said):
        if any(
            p == part and b.start <= said.sentence.start and said.sentence.end <= b.end + 2 for p, b in heard.blocks
        ):
            found.add(i)
    return found


def _live_blocks(heard: Heard, free: Sequence[tuple[int, str, Said]]) -> list[tuple[str, Block]]:
    """Lists that name people who come: what leads to them does not speak of something else."""
    live = []
    for part, block in heard.blocks:
        before = [s for _, p, s in free if p == part and s.sentence.end <= block.start + 1]
        lead = before[-1] if before else None
        if lead is not None and (
            lead.foreign or lead.status is Status.DECLINED or (lead.asks and not lead.has("request"))
        ):
            continue
        if not any(m.kind in {"name", "self"} for item in block.items for m in item.mentions):
            continue
        if (
            any(item.verdict is not None for item in block.items)
            or (
                lead is None
                or lead.status in {Status.ACCEPTED, Status.TENTATIVE}
                or lead.has("lead_list", "attend", "attend_weak", "people", "delegation", "request", "add")
                or lead.sentence.tokens[-1].raw in ":："
            )
            or any(s.status in {Status.ACCEPTED, Status.TENTATIVE} for _, _, s in free)
        ):
            live.append((part, block))
    return live
