"""What in a message stands against its answer."""

from __future__ import annotations

from collections.abc import Sequence

from inbox_worker.model import Code, Doubt
from inbox_worker.reading.answer.heard import Heard, is_sender
from inbox_worker.reading.answer.party import Party
from inbox_worker.reading.blocks import Block
from inbox_worker.reading.grammar.heads import totals_of
from inbox_worker.reading.grammar.said import Mention, Said, Status, Who


def contradiction(heard: Heard, one: tuple[int, str, Said], other: tuple[int, str, Said], why: str) -> Doubt:
    evidence = tuple(
        heard.evidence(
            "partstat-unclear", p, *(s.span if s.span[1] > s.span[0] else (s.sentence.start, s.sentence.end))
        )
        for _, p, s in (one, other)
    )
    return Doubt(Code.PARTSTAT_UNCLEAR, why, evidence)


def refused_too(
    heard: Heard,
    party: Party,
    accepted: Sequence[tuple[int, str, Said]],
    tentative: Sequence[tuple[int, str, Said]],
    declined: Sequence[tuple[int, str, Said]],
    blocks: Sequence[tuple[str, Block]],
) -> Doubt | None:
    """A doubt where the message both accepts and declines and it is not one person staying for others to come."""
    strong = [d for d in declined if d[2].strong and not (d[2].who is Who.NOBODY and d[2].has("exclusive"))]
    if not strong:
        return None
    somebody = bool(party.people or party.unnamed or party.totals or blocks)
    answers = sorted([*accepted, *tentative], key=lambda a: a[0])
    for refusal in strong:
        personal = refusal[2].who in {Who.I, Who.PERSON}
        if personal and (somebody or (refusal[2].who is Who.PERSON and party.selves)):
            continue
        general = refusal[2].who in {Who.WE, Who.NOBODY, Who.UNSAID}
        if general and somebody and answers and answers[-1][0] >= refusal[0] and _turns(answers[-1][2]):
            continue
        other = answers[-1] if answers else refusal
        return contradiction(heard, refusal, other, "Says both that they come and that they do not.")
    return None


def unexplained(
    free: Sequence[tuple[int, str, Said]], answers: Sequence[tuple[int, str, Said]], tentative: bool
) -> tuple[int, str, Said] | None:
    """A sentence outside the answer that may weaken it; ``tentative``: the answer is a perhaps already."""
    used = {i for i, _, _ in answers}
    for i, part, said in free:
        if said.foreign and said.has("other_event") and said.has("pronoun") and said.has("attend_weak", "attend"):
            return i, part, said
        if i in used or said.foreign or said.asks or said.status is not Status.NONE:
            continue
        if said.has("cancel", "remove", "replace", "correction") and (said.numbers or said.names) and not said.coming:
            return i, part, said
        if said.has("change") and said.numbers and not said.has("past"):
            return i, part, said
        if said.has("condition") and said.has("attend") and not said.has("assistance") and not tentative:
            return i, part, said
    return None


def is_suspicious(said: Said) -> bool:
    """Whether a sentence that was not understood may still be an answer."""
    leans = ("regret", "hedge", "condition", "tentative", "cancel", "decline", "accept", "change")
    if said.has("receipt", "undecided", "courtesy", "past", "other_event", "newsletter") and not said.has(*leans):
        return False
    ours = said.has("we", "i", "our", "undersigned", "colleague")
    if totals_of(said) and not said.has("past"):
        return True
    return (
        (ours and said.has("attend", "send", "replace", "accept", "cancel"))
        or (said.has("regret") and (ours or said.has("attend", "attend_weak")))
        or (said.has("absent", "alone", "hedge") and ours)
    )


def may_still_come(heard: Heard, leaving: Said, free: Sequence[tuple[int, str, Said]]) -> Doubt | None:
    """A doubt where somebody else may come in place of those who do not: "maybe a colleague takes my seat"."""
    for _, part, said in free:
        if said is leaving or not said.has("hedge") or said.has("other_event"):
            continue
        if said.has("colleague", "people", "replace"):
            evidence = (heard.evidence("partstat-unclear", part, said.sentence.start, said.sentence.end),)
            return Doubt(Code.PARTSTAT_UNCLEAR, "Somebody stays away, and somebody else may come.", evidence)
    return None


def unnoticed(heard: Heard, refusal: Said, free: Sequence[tuple[int, str, Said]]) -> Doubt | None:
    """A doubt where a message that declines names somebody of whom it may say that they come instead."""
    for _, part, said in free:
        if said is refusal and (sent := _sent_after(said)) is not None:
            evidence = (heard.evidence("partstat-unclear", part, *said.offsets(sent.start, sent.end)),)
            return Doubt(Code.PARTSTAT_UNCLEAR, f"Declines, and may send {sent.name}.", evidence)
        if said is refusal or said.foreign or said.asks or said.has("past", "contact", "regret", "absent", "courtesy"):
            continue
        if said.status is Status.DECLINED or (said.has("negation") and not said.has("attend", "send")):
            continue
        if refusal.who is Who.NOBODY and not said.has("attend", "attend_weak", "send", "accept"):
            continue
        name = next((n for n in said.names if not n.vague and not is_sender(heard, n.name)), None)
        if name is not None:
            evidence = (heard.evidence("partstat-unclear", part, *said.offsets(name.start, name.end)),)
            return Doubt(Code.PARTSTAT_UNCLEAR, f"Declines, and speaks of {name.name}, who may come.", evidence)
    return None


def _sent_after(said: Said) -> Mention | None:
    """Somebody named after a word of sending or standing in, in the sentence that declines."""
    verbs = [h for h in said.hits if h.kind in {"send", "replace", "replaced_by"} and h.start >= 1]
    return next((m for m in said.names if not m.vague and any(h.end <= m.start for h in verbs)), None)


def _turns(said: Said) -> bool:
    """Whether a sentence sets somebody's coming against what was said before: "but Ana will represent us"."""
    return said.mixed or said.has(
        "contrast", "replace", "replaced_by", "instead", "send", "unchanged", "change", "correction"
    )
