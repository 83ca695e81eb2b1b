"""Who comes, and how many: the likeliest number together with the likeliest people, who cannot be more."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from inbox_worker.model import Evidence, Person
from inbox_worker.reading.answer.claims import spelt
from inbox_worker.reading.answer.heard import Heard, same_person
from inbox_worker.reading.grammar.said import Mention
from inbox_worker.reading.organisations import is_organisation
from inbox_worker.reading.voice.evaluation import TINY, log_odds
from inbox_worker.reading.voice.opinion import Named, Opinion


@dataclass(frozen=True)
class _Candidate:
    """Somebody who may come: the logarithm of the odds, and where the message says it."""

    person: Person
    odds: float
    evidence: tuple[Evidence, ...]


def delegation(
    heard: Heard, opinion: Opinion, *, counted: bool = True
) -> tuple[int | None, list[Person], list[Evidence]]:
    """The number, None where it is not told or not clearly, the people, and the words for them.

    Where more people are held likely than the number allows, either the number is wrong or some of them do not come:
    what is likelier is taken. Not ``counted``: all who are likely to come, whatever the number.
    """
    likely = [c for c in _candidates(heard, opinion) if c.odds > 0]
    doubtful = sorted(likely, key=lambda c: c.odds)
    scores = [math.log(max(p, TINY)) for p in opinion.count]
    numbers = range(1, len(scores) - 2)
    for number in numbers:
        scores[number] -= sum(c.odds for c in doubtful[: max(0, len(likely) - number)])
    best = max(range(1, len(scores)), key=lambda n: scores[n])
    told = best if best in numbers else None
    dropped = doubtful[: max(0, len(likely) - told)] if counted and told is not None else []
    kept = [c for c in likely if c not in dropped]
    return told, [c.person for c in kept], [e for c in kept for e in c.evidence]


def _candidates(heard: Heard, opinion: Opinion) -> list[_Candidate]:
    """Everybody named, each once, the writer last."""
    writer = heard.sender[0] if heard.sender is not None else ""
    found: list[_Candidate] = []
    for named in opinion.people:
        if (writer and same_person(named.name, writer)) or is_organisation(named.name, heard.index):
            continue
        there = [heard.evidence(name, named.part, named.start, named.end) for name in ("people", "delegates")]
        evidence = tuple(e for e in there if e.end > e.start)
        at = next((i for i, c in enumerate(found) if same_person(named.name, c.person.name)), None)
        if at is None:
            mention = _mention(heard, named)
            told = (mention.title, mention.function) if mention else (None, None)
            found.append(_Candidate(Person(spelt(named.name), *told), log_odds(named.comes), evidence))
        elif named.comes > 1 / 2:
            odds = max(found[at].odds, log_odds(named.comes))
            found[at] = _Candidate(found[at].person, odds, (*found[at].evidence, *evidence))
    if writer and heard.sender is not None:
        places = (*opinion.words, heard.sender[1:])
        evidence = tuple(e for e in (heard.evidence("people", *place) for place in places) if e.end > e.start)
        found.append(_Candidate(Person(spelt(writer)), log_odds(opinion.writer), evidence))
    return found


def _mention(heard: Heard, named: Named) -> Mention | None:
    """Where the grammar found somebody, with title and function."""
    return next((m for m, place in _mentions(heard) if place == (named.part, named.start, named.end)), None)


def _mentions(heard: Heard) -> Iterable[tuple[Mention, tuple[str, int, int]]]:
    for part, said in heard.said:
        yield from ((m, (part, *said.offsets(m.start, m.end))) for m in said.names)
    for part, block in heard.blocks:
        for item in block.items:
            yield from ((m, (part, *span)) for m, span in zip(item.mentions, item.spans, strict=True))
