"""The claim that the network would make of a message."""

from __future__ import annotations

from collections.abc import Iterable

from inbox_worker.model import Claim, Evidence, Op, Partstat, Person
from inbox_worker.reading.answer.claims import spelt
from inbox_worker.reading.answer.heard import Heard, same_person
from inbox_worker.reading.grammar.said import Mention
from inbox_worker.reading.voice.opinion import Named, Opinion

LIKELY = 0.5  # that somebody comes, or that the writer does


def proposal(heard: Heard, opinion: Opinion) -> Claim | None:
    """What the network makes of a message, None where nothing is answered or an earlier answer is changed."""
    answer = max(opinion.partstat, key=lambda k: opinion.partstat[k])
    if answer == "none" or max(opinion.op, key=lambda k: opinion.op[k]) != "set":
        return None
    partstat = Partstat(answer)
    evidence = [*heard.answerer.evidence]
    evidence += [heard.evidence("partstat", *place) for place in opinion.grounds]
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
