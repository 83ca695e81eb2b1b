"""The claim that the network would make of a message."""

from __future__ import annotations

from dataclasses import replace

from inbox_worker.model import Claim, Evidence, Op, Partstat
from inbox_worker.reading.answer.heard import Heard
from inbox_worker.reading.voice.delegation import delegation
from inbox_worker.reading.voice.opinion import Opinion


def proposal(heard: Heard, opinion: Opinion, beside: Claim | None = None) -> Claim | None:
    """What the network makes of a message, None where nothing is answered, or not clearly how many or who.

    ``beside`` is what the grammar makes of it, which alone tells in whose place somebody comes.
    """
    answer = max(opinion.partstat, key=lambda k: opinion.partstat[k])
    if answer == "none":
        return None
    op = max(opinion.op, key=lambda k: opinion.op[k])
    evidence = [*heard.answerer.evidence]
    evidence += [heard.evidence("partstat", *place) for place in opinion.grounds]
    claim = Claim(heard.answerer.organisation, heard.answerer.name, Partstat(answer), evidence=tuple(evidence))
    if claim.partstat is Partstat.DECLINED:
        return _resting(claim, [])
    counted = [heard.evidence("delegates", *place) for place in (*opinion.words, *opinion.tally)]
    if op != "set":
        counted += [heard.evidence("op", *place) for place in opinion.grounds[:1]]
        changed = _change(heard, opinion, replace(claim, revises=True), op, beside)
        return _resting(changed, counted) if changed is not None else None
    number, people, told = delegation(heard, opinion)
    if number is None and claim.partstat is Partstat.ACCEPTED:
        return None  # how many has to be asked
    claim = replace(claim, delegates=number, people=tuple(people))
    return _resting(claim, [*_sentences_of(heard, told), *told, *counted])


def _change(heard: Heard, opinion: Opinion, claim: Claim, op: str, beside: Claim | None) -> Claim | None:
    """How many join or leave, or who comes in somebody's place."""
    mine = beside if beside is not None and beside.op is Op.ADD else None
    number, people, told = delegation(heard, opinion, counted=op != "replace")
    if (op == "replace" and not people) or (op != "replace" and number is None):
        return None
    if op == "remove":
        return _resting(replace(claim, delegates=number, op=Op.REMOVE, people=tuple(people)), told)
    leaves = mine.leaves if mine is not None else ()
    changed = replace(claim, delegates=number if op == "add" else 0, op=Op.ADD, people=tuple(people), leaves=leaves)
    return _resting(changed, told)


def _sentences_of(heard: Heard, told: list[Evidence]) -> list[Evidence]:
    """The sentences in which those who come are named: that they come rests on them as well."""
    places = [(e.part, e.start) for e in told if e.field == "people"]
    return [
        heard.evidence("partstat", part, said.sentence.start, said.sentence.end)
        for part, said in heard.said
        if any(part == p and said.sentence.start <= at < said.sentence.end for p, at in places)
    ]


def _resting(claim: Claim, evidence: list[Evidence]) -> Claim:
    """A claim that rests on more words."""
    return replace(claim, evidence=tuple(dict.fromkeys((*claim.evidence, *evidence))))
