"""What a message may say: the claims that the network holds for possible, and that of the grammar."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from inbox_worker.model import Claim, Evidence, Op, Partstat
from inbox_worker.reading.answer.heard import Heard
from inbox_worker.reading.voice.delegation import Members, Possible, gatherings, members_of, possible
from inbox_worker.reading.voice.evaluation import STEEP, op_of, place_of, tells_the_same
from inbox_worker.reading.voice.opinion import Opinion

MOST = 10  # claims that are weighed
THOUGHT_OF = 0.1  # probability from which an answer or a change is
NUMBERS = 3  # of the likeliest
LEAST = 1e-4  # probability below which nothing is less likely
UNKNOWN = math.log(1 / 2)  # of somebody of whom the network was not asked
OFF, MOST_OFF = 2.0, 3.0  # for each step that the logarithm of the number is off the total, and at most


@dataclass(frozen=True)
class Proposal:
    """A claim, and how likely the network holds all of it together: the logarithm of a probability, not to scale."""

    claim: Claim
    likely: float


@dataclass(frozen=True)
class _Draft:
    claim: Claim  # without people and evidence
    members: Members


_Rated = tuple[_Draft, float]


def proposals(heard: Heard, opinion: Opinion, beside: Claim | None) -> list[Proposal]:
    """What the message may say, the likeliest first. Empty where an answer is not possible, or never a complete one.

    ``beside`` is what the grammar makes of it: it is among them, if it is complete, and alone tells in whose place
    somebody comes.
    """
    people = possible(heard, opinion)
    mine = _complete(beside)
    drafts = dict.fromkeys(_drafts(heard, people, opinion, beside))
    rated = [(d, _likely(d, people, opinion)) for d in drafts]
    others = [r for r in rated if mine is None or not tells_the_same(_told(r, people), mine)]
    likeliest = sorted(others, key=lambda r: -r[1])[: MOST if mine is None else MOST - 1]
    found = [_dressed(heard, r, people, opinion, beside) for r in likeliest]
    if mine is not None:
        members = members_of(people, mine.people)
        strangers = max(0, len(mine.people) - len(members))
        found.append(Proposal(mine, _likely(_Draft(mine, members), people, opinion) + strangers * UNKNOWN))
    return sorted(found, key=lambda p: -p.likely)


def _complete(beside: Claim | None) -> Claim | None:
    """The grammar's claim without its doubts, if nothing is missing but that they are lifted."""
    if beside is None or (beside.partstat is Partstat.ACCEPTED and beside.delegates is None):
        return None
    return replace(beside, doubts=())


def _drafts(heard: Heard, people: Sequence[Possible], opinion: Opinion, beside: Claim | None) -> Iterator[_Draft]:
    together = gatherings(people, beside.people if beside is not None else ())
    numbers = _numbers(opinion, beside, together)
    for answer in opinion.partstat:
        thought_of = opinion.partstat[answer] >= THOUGHT_OF
        if answer == "none" or not (thought_of or (beside is not None and beside.partstat == answer)):
            continue
        claim = Claim(heard.answerer.organisation, heard.answerer.name, Partstat(answer))
        if claim.partstat is Partstat.DECLINED:
            yield _Draft(claim, frozenset())
            continue
        for op in opinion.op:
            if op != "set" and opinion.op[op] < THOUGHT_OF:
                continue
            for members in together:
                yield from _counted(claim, op, members, numbers, beside)


def _numbers(opinion: Opinion, beside: Claim | None, together: Sequence[Members]) -> list[int | None]:
    """The numbers that are thought of; None for none told."""
    told = len(opinion.count) - 2  # beyond are "that many or more" and "none"
    ranked = sorted(range(1, len(opinion.count)), key=lambda n: -opinion.count[n])
    found = [n if n < told else None for n in ranked[:NUMBERS]]
    if beside is not None and beside.delegates:
        found.append(beside.delegates)
    return list(dict.fromkeys((*found, *(len(m) for m in together if 0 < len(m) < told))))


def _counted(
    claim: Claim, op: str, members: Members, numbers: Sequence[int | None], beside: Claim | None
) -> Iterator[_Draft]:
    """A claim with each number that goes with its change and its people."""
    if op == "replace":
        if members:
            leaves = beside.leaves if beside is not None and beside.op is Op.ADD else ()
            yield _Draft(replace(claim, op=Op.ADD, delegates=0, revises=True, leaves=leaves), members)
        return
    changed = claim if op == "set" else replace(claim, op=Op(op), revises=True)
    for number in numbers:
        if number is None and (op != "set" or claim.partstat is Partstat.ACCEPTED):
            continue  # how many has to be asked
        if number is None or len(members) <= number:
            yield _Draft(replace(changed, delegates=number), members)


def _likely(draft: _Draft, people: Sequence[Possible], opinion: Opinion) -> float:
    """How likely all of a claim is."""
    claim = draft.claim
    total = _log(opinion.partstat[claim.partstat.value])
    if claim.partstat is Partstat.DECLINED:
        return total
    op = op_of(claim)
    total += _log(opinion.op[op])
    if op != "replace":
        total += _log(opinion.count[place_of(claim, opinion)])
    for i, one in enumerate(people):
        bounded = max(-STEEP, min(STEEP, one.odds))
        total -= math.log1p(math.exp(-bounded if i in draft.members else bounded))
    if claim.delegates:
        total -= min(MOST_OFF, OFF * abs(math.log1p(opinion.total) - math.log1p(claim.delegates)))
    return total


def _log(probability: float) -> float:
    return math.log(max(probability, LEAST))


def _told(rated: _Rated, people: Sequence[Possible]) -> Claim:
    draft = rated[0]
    return replace(draft.claim, people=tuple(people[i].person for i in sorted(draft.members)))


def _dressed(
    heard: Heard, rated: _Rated, people: Sequence[Possible], opinion: Opinion, beside: Claim | None
) -> Proposal:
    """A claim with its people and the words that it rests on."""
    draft, likely = rated
    claim = _told(rated, people)
    evidence = [*heard.answerer.evidence, *(heard.evidence("partstat", *place) for place in opinion.grounds)]
    if claim.partstat is not Partstat.DECLINED:
        told = [e for i in sorted(draft.members) for e in people[i].evidence]
        changed = op_of(claim) != "set"
        evidence += told if changed else [*_sentences_of(heard, told), *told]
        if beside is not None and beside.delegates == claim.delegates:
            evidence += [e for e in beside.evidence if e.field == "delegates"]
        evidence += [heard.evidence("delegates", *place) for place in (*opinion.words, *opinion.tally)]
        evidence += [heard.evidence("op", *place) for place in opinion.grounds[:1]] if changed else []
    return Proposal(replace(claim, evidence=tuple(dict.fromkeys(evidence))), likely)


def _sentences_of(heard: Heard, told: list[Evidence]) -> list[Evidence]:
    """The sentences in which those who come are named: that they come rests on them as well."""
    places = [(e.part, e.start) for e in told if e.field == "people"]
    return [
        heard.evidence("partstat", part, said.sentence.start, said.sentence.end)
        for part, said in heard.said
        if any(part == p and said.sentence.start <= at < said.sentence.end for p, at in places)
    ]
