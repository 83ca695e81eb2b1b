"""How many come, and what about it is doubtful."""

from __future__ import annotations

from inbox_worker.model import Code, Doubt, Op
from inbox_worker.reading.answer.claims import count_evidence
from inbox_worker.reading.answer.confidence import DOUBTED, STATED, SUMMED, TOLD, UNTOLD
from inbox_worker.reading.answer.heard import Heard, same_person
from inbox_worker.reading.answer.party import Party
from inbox_worker.reading.counts import MOST


def number_of(heard: Heard, party: Party, op: Op) -> tuple[int | None, tuple[Doubt, ...], float]:
    """How many come, the doubts about it, and how sure it is."""
    named = len(party.people) + (1 if party.selves else 0)
    enumerated = named + sum(n for n, *_ in party.unnamed)
    totals = list(dict.fromkeys(n for n, *_ in party.totals))

    def unclear(why: str) -> tuple[None, tuple[Doubt, ...], float]:
        return None, (Doubt(Code.COUNT_UNCLEAR, why, count_evidence(heard, party, "count-unclear")),), DOUBTED

    both = [a for a in party.absent if any(same_person(a, m.name) for m, *_ in party.people)]
    if both and not totals:
        return unclear(f"It is not clear whether {both[0]} comes.")
    if party.open_range is not None:
        evidence = (heard.evidence("count-unclear", *party.open_range),)
        return None, (Doubt(Code.COUNT_UNCLEAR, "The number is left open.", evidence),), DOUBTED
    if party.unread is not None and enumerated not in totals:
        evidence = (heard.evidence("count-unclear", *party.unread),)
        why = f"Who {evidence[0].text.strip()!r} in the list is was not understood."
        return None, (Doubt(Code.COUNT_UNCLEAR, why, evidence),), DOUBTED
    told = sorted(n for n, *_ in party.totals)
    if len(totals) > 1 and told[-1] == sum(told[:-1]):
        return told[-1], (), SUMMED  # "five in total: two from Geneva, three from Lima"
    if len(totals) > 1 and told[-1] == enumerated + sum(told[:-1]) and len(told) == len(totals):
        return told[-1], (), SUMMED  # "four: the director, our two officers and me"
    if len(totals) > 1 and party.agreed is not None and named <= party.agreed:
        return party.agreed, (), SUMMED
    if len(totals) > 1:
        if party.listed and enumerated in totals:
            return enumerated, (), SUMMED
        return unclear(f"Speaks of {' and of '.join(str(t) for t in totals)} people.")
    if totals:
        total = totals[0]
        if total == 1 and party.selves and enumerated > 1 and not party.listed:
            return enumerated, (), SUMMED  # "a seat for me and our photographer"
        if total > MOST:
            return unclear(f"{total} people are more than one organisation would send.")
        if named > total:
            return unclear(f"Says {total} and names {named}.")
        if party.listed and named != total and not party.unnamed and len(party.people) > 1:
            return unclear(f"Says {total} and lists {named}.")
        return total, (), STATED if enumerated == total else TOLD
    if party.vague is not None:
        return (
            None,
            (Doubt(Code.COUNT_UNCLEAR, "Gives no exact number.", (heard.evidence("count-unclear", *party.vague),)),),
            DOUBTED,
        )
    if enumerated > MOST:
        return unclear(f"{enumerated} people are more than one organisation would send.")
    if enumerated and party.scattered:
        return unclear(f"{enumerated} people are spoken of, and some of them may be the same.")
    if enumerated and party.others is not None and not party.listed:
        evidence = (heard.evidence("count-unclear", *party.others),)
        return (
            None,
            (
                Doubt(
                    Code.COUNT_UNCLEAR,
                    f"{enumerated} seem to come; what {evidence[0].text!r} adds to that is not clear.",
                    evidence,
                ),
            ),
            DOUBTED,
        )
    if enumerated and op is not Op.ADD:
        return enumerated + sum(n for n, *_ in party.more), (), SUMMED
    if op is Op.ADD and party.more:
        return max(party.more[0][0], enumerated), (), SUMMED
    if enumerated:
        return enumerated, (), TOLD
    return None, (Doubt(Code.COUNT_MISSING, "Says that they come, not how many nor who."),), UNTOLD
