"""A claim with the words it rests on."""

from __future__ import annotations

from collections.abc import Sequence

from inbox_worker.model import Claim, Doubt, Evidence, Op, Partstat, Person
from inbox_worker.reading.answer.heard import Heard, same_person
from inbox_worker.reading.answer.party import Party
from inbox_worker.reading.grammar.said import Status


def count_evidence(heard: Heard, party: Party, name: str = "delegates") -> tuple[Evidence, ...]:
    spans = (
        [(p, s, e) for _, p, s, e in party.totals]
        + [(p, s, e) for _, p, s, e, _ in party.unnamed]
        + [(p, s, e) for _, p, s, e in party.more]
    )
    spans += [(p, s, e) for _, p, s, e in party.people] + party.selves
    return tuple(heard.evidence(name, *span) for span in spans[:20])


def people_evidence(heard: Heard, party: Party) -> tuple[Evidence, ...]:
    spans = [(p, s, e) for _, p, s, e in party.people] + party.selves[:1]
    if party.selves and heard.sender is not None and heard.sender[3] > heard.sender[2]:
        spans.append(heard.sender[1:])
        header = heard.message.header("from") or ""
        at = header.find(heard.message.from_.name) if heard.message.from_.name else -1
        if at >= 0 and heard.sender[1] != "from":
            spans.append(("from", at, at + len(heard.message.from_.name)))
    return tuple(heard.evidence("people", *span) for span in spans[:60])


def spelt(name: str) -> str:
    """A name with its words in capitals written like the others: "Ann LEE" as "Ann Lee"."""
    words = name.split()
    if not any(w[1:] != w[1:].upper() for w in words):
        return name
    return " ".join(_lowered(w) if len(w) > 2 and w.isupper() and not set(w) <= set("IVX") else w for w in words)


def _lowered(word: str) -> str:
    return "".join(c if i == 0 or not word[i - 1].isalpha() else c.lower() for i, c in enumerate(word))


def people_of(heard: Heard, party: Party) -> tuple[Person, ...]:
    found = [
        Person(spelt(m.name), m.title, m.function)
        for m, *_ in party.people
        if not any(same_person(m.name, a) for a in party.absent)
    ]
    if party.selves and heard.sender is not None:
        found.append(Person(spelt(heard.sender[0])))
    return tuple(found)


def _support(heard: Heard, partstat: Partstat, pivot: tuple[str, int, int] | None) -> list[tuple[str, int, int]]:
    """The sentences and lists that say the same as the words which decide, so that nobody overlooks one of them."""
    said_so = {Status.DECLINED} if partstat is Partstat.DECLINED else {Status.ACCEPTED, Status.TENTATIVE}
    spans = []
    for part, said in heard.said:
        start, end = said.sentence.start, said.sentence.end
        decides = pivot is not None and part == pivot[0] and start <= pivot[1] < end
        if (said.status in said_so and not said.foreign) or decides:
            spans.append((part, start, end))
    if partstat is not Partstat.DECLINED:
        spans += [(part, block.start, block.end) for part, block in heard.blocks]
    return spans[:MOST_SPANS]


MOST_SPANS = 30  # pieces of evidence for one field; more explain nothing


def claim_of(
    heard: Heard,
    partstat: Partstat,
    number: int | None,
    op: Op,
    party: Party,
    doubts: Sequence[Doubt],
    confidence: float,
    pivot: tuple[str, int, int] | None,
    *,
    revises: bool = False,
    leaves: tuple[str, ...] = (),
) -> Claim:
    answerer = heard.answerer
    evidence = [*answerer.evidence]
    support = _support(heard, partstat, pivot)
    if pivot is not None and pivot[2] > pivot[1]:
        evidence += [heard.evidence("partstat", *span) for span in dict.fromkeys((pivot, *support))]
        if op is not Op.SET:
            evidence.append(heard.evidence("op", *pivot))
    people: tuple[Person, ...] = ()
    if partstat is not Partstat.DECLINED:
        people = people_of(heard, party)
        evidence += [*count_evidence(heard, party), *people_evidence(heard, party)]
        if party.selves:  # that the writer comes is said by the sentence, not by one word of it
            evidence += [heard.evidence(name, *span) for span in support for name in ("delegates", "people")]
    return Claim(
        answerer.organisation, answerer.name, partstat, number, op, people, leaves, revises,
        (*answerer.doubts, *doubts), round(min(confidence, answerer.confidence), 2), tuple(evidence),
    )  # fmt: skip
