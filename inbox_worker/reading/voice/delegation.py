"""Who may come: everybody named, how likely each is to come, and who may come together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from inbox_worker.model import Evidence, Person
from inbox_worker.reading.answer.claims import spelt
from inbox_worker.reading.answer.heard import Heard, same_person
from inbox_worker.reading.grammar.said import Mention
from inbox_worker.reading.organisations import is_organisation
from inbox_worker.reading.voice.evaluation import log_odds
from inbox_worker.reading.voice.opinion import Named, Opinion

Members = frozenset[int]  # places in a list of the people who may come
UNSETTLED = 3.0  # log odds, one in twenty: within, somebody is thought of as coming and as not coming
MOST_UNSETTLED = 3  # people of whom both is thought
MOST_LEFT_OUT = 2  # of those who are likely to come


@dataclass(frozen=True)
class Possible:
    """Somebody who may come: the logarithm of the odds, and where the message says so."""

    person: Person
    odds: float
    evidence: tuple[Evidence, ...]


def possible(heard: Heard, opinion: Opinion) -> list[Possible]:
    """Everybody named, each once, the writer last."""
    writer = heard.sender[0] if heard.sender is not None else ""
    found: list[Possible] = []
    for named in opinion.people:
        if writer and same_person(named.name, writer):
            writer = _fuller(writer, named.name)
            continue
        if is_organisation(named.name, heard.index):
            continue
        there = [heard.evidence(name, named.part, named.start, named.end) for name in ("people", "delegates")]
        evidence = tuple(e for e in there if e.end > e.start)
        odds = log_odds(named.comes)
        at = next((i for i, p in enumerate(found) if same_person(named.name, p.person.name)), None)
        if at is None:
            mention = _mention(heard, named)
            told = (mention.title, mention.function) if mention else (None, None)
            found.append(Possible(Person(spelt(named.name), *told), odds, evidence))
        else:
            one = found[at]
            person = replace(one.person, name=_fuller(one.person.name, spelt(named.name)))
            more = evidence if odds > 0 else ()
            found[at] = Possible(person, max(one.odds, odds), (*one.evidence, *more))
    if writer and heard.sender is not None:
        places = (*opinion.words, heard.sender[1:])
        evidence = tuple(e for e in (heard.evidence("people", *place) for place in places) if e.end > e.start)
        found.append(Possible(Person(spelt(writer)), log_odds(opinion.writer), evidence))
    return found


def _fuller(one: str, other: str) -> str:
    """The longer of two names of one person."""
    return max(one, other, key=len)


def gatherings(people: Sequence[Possible], known: Sequence[Person]) -> list[Members]:
    """Who may come together: all who are likely to, some of them left out or others added where it is not sure; and
    those who are ``known``, by another reader."""
    likely = sorted((i for i, p in enumerate(people) if p.odds > 0), key=lambda i: people[i].odds)
    found = [frozenset(likely)]
    unsettled = sorted((i for i, p in enumerate(people) if abs(p.odds) < UNSETTLED), key=lambda i: abs(people[i].odds))
    for one in unsettled[:MOST_UNSETTLED]:
        found += [members ^ {one} for members in found]
    found += [frozenset(likely[left_out:]) for left_out in range(1, min(MOST_LEFT_OUT + 1, len(likely)))]
    found.append(members_of(people, known))
    return list(dict.fromkeys(found))


def members_of(people: Sequence[Possible], known: Sequence[Person]) -> Members:
    """Which of the people who may come are ``known``."""
    return frozenset(i for i, p in enumerate(people) if any(same_person(p.person.name, k.name) for k in known))


def _mention(heard: Heard, named: Named) -> Mention | None:
    """Where the grammar found somebody, with title and function."""
    return next((m for m, place in _mentions(heard) if place == (named.part, named.start, named.end)), None)


def _mentions(heard: Heard) -> Iterable[tuple[Mention, tuple[str, int, int]]]:
    for part, said in heard.said:
        yield from ((m, (part, *said.offsets(m.start, m.end))) for m in said.names)
    for part, block in heard.blocks:
        for item in block.items:
            yield from ((m, (part, *span)) for m, span in zip(item.mentions, item.spans, strict=True))
