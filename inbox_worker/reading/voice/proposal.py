"""The claim that the network would make of a message."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from inbox_worker.model import Claim, Evidence, Op, Partstat, Person
from inbox_worker.reading.answer.claims import spelt
from inbox_worker.reading.answer.heard import Heard, same_person
from inbox_worker.reading.grammar.said import Mention
from inbox_worker.reading.voice.opinion import Named, Opinion

LIKELY = 0.5  # that somebody comes, or that the writer does


def proposal(heard: Heard, opinion: Opinion, beside: Claim | None = None) -> Claim | None:
    """What the network makes of a message, None where nothing is answered or who changes is not clear. ``beside`` is
    what the grammar makes of it, which alone tells who leaves."""
    answer = max(opinion.partstat, key=lambda k: opinion.partstat[k])
    if answer == "none":
        return None
    partstat, op = Partstat(answer), max(opinion.op, key=lambda k: opinion.op[k])
    evidence = [*heard.answerer.evidence]
    evidence += [heard.evidence("partstat", *place) for place in opinion.grounds]
    if op != "set" and partstat is not Partstat.DECLINED:
        return _change(heard, opinion, Change(op, partstat, tuple(evidence)), beside)
    people: list[Person] = []
    number: int | None = None
    if partstat is not Partstat.DECLINED:
        people, told = _people(heard, opinion)
        evidence += told
        place = max(range(len(opinion.count)), key=lambda i: opinion.count[i])
        number = place if place < len(opinion.count) - 2 else None
        if number is not None and number < len(people):
            number = len(people)  # names count; the judge sees that the network had another number in mind
        if number is None and partstat is Partstat.ACCEPTED:
            return None  # how many has to be asked
        evidence += [heard.evidence("delegates", *place) for place in (*opinion.words, *opinion.tally)]
    return Claim(
        heard.answerer.organisation, heard.answerer.name, partstat, number, Op.SET, tuple(people),
        evidence=tuple(dict.fromkeys(evidence)),
    )  # fmt: skip


@dataclass(frozen=True)
class Change:
    """That some join, leave or are replaced, with the words that tell it."""

    op: str  # "add", "remove" or "replace"
    partstat: Partstat
    evidence: tuple[Evidence, ...]


def _change(heard: Heard, opinion: Opinion, change: Change, beside: Claim | None) -> Claim | None:
    """The claim of a change: how many join or leave, or who comes in somebody's place."""
    place = max(range(len(opinion.count)), key=lambda i: opinion.count[i])
    number = 0 if change.op == "replace" else place
    if number >= len(opinion.count) - 2 or (number == 0) is not (change.op == "replace"):
        return None
    op = Op.REMOVE if change.op == "remove" else Op.ADD
    people, told = _people(heard, opinion)
    leaves = beside.leaves if beside is not None and beside.op is op else ()
    evidence = [*change.evidence, *(heard.evidence("op", *place) for place in opinion.grounds[:1])]
    if op is Op.REMOVE:
        if beside is None or beside.op is not op:
            return None
        people = list(beside.people)
        told = [e for e in beside.evidence if e.field in {"people", "delegates"}]
        if len(people) > number:
            return None
    elif (len(people) > number and not (change.op == "replace" and people)) or (change.op == "replace" and not people):
        return None
    evidence += told
    evidence += [heard.evidence("delegates", *place) for place in (*opinion.words, *opinion.tally)]
    return Claim(
        heard.answerer.organisation, heard.answerer.name, change.partstat, number, op, tuple(people), leaves=leaves,
        revises=True, evidence=tuple(dict.fromkeys(evidence)),
    )  # fmt: skip


def _people(heard: Heard, opinion: Opinion) -> tuple[list[Person], list[Evidence]]:
    """Those who come, the writer last, and the words in which they stand."""
    writer = heard.sender[0] if heard.sender is not None else ""
    people: list[Person] = []
    evidence = []
    for named in opinion.people:
        if named.comes <= LIKELY or (writer and same_person(named.name, writer)):
            continue
        if not any(same_person(named.name, p.name) for p in people):
            mention = _mention(heard, named)
            people.append(
                Person(spelt(named.name), mention.title if mention else None, mention.function if mention else None)
            )
        evidence += [heard.evidence(name, named.part, named.start, named.end) for name in ("people", "delegates")]
    if writer and opinion.writer > LIKELY and heard.sender is not None:
        people.append(Person(spelt(writer)))
        evidence += [heard.evidence("people", *place) for place in (*opinion.words, heard.sender[1:])]
    return people, [e for e in evidence if e.end > e.start]


def _mention(heard: Heard, named: Named) -> Mention | None:
    """Where the grammar found somebody, with title and function."""
    return next((m for m, place in _mentions(heard) if place == (named.part, named.start, named.end)), None)


def _mentions(heard: Heard) -> Iterable[tuple[Mention, tuple[str, int, int]]]:
    for part, said in heard.said:
        yield from ((m, (part, *said.offsets(m.start, m.end))) for m in said.names)
    for part, block in heard.blocks:
        for item in block.items:
            yield from ((m, (part, *span)) for m, span in zip(item.mentions, item.spans, strict=True))
