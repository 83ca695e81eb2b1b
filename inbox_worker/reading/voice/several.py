"""An answer for several organisations: each is asked about by itself, in the words that are about it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from inbox_worker.model import Message, Span, Zone
from inbox_worker.reading.answer.heard import Heard
from inbox_worker.reading.grammar.said import Said
from inbox_worker.reading.organisations import Found, find
from inbox_worker.reading.sender import Answerer

PAUSES = ",;:.–—،؛、，；。\n|"
SURE = 0.9  # that an organisation is meant where it is written as in the list
MOST = 6  # organisations that one message answers for

Place = tuple[str, int, int]  # part, start, end


def by_organisation(heard: Heard) -> list[Heard]:
    """A message that names several organisations as one message for each; empty where fewer than two are named.

    Each has the words from where its organisation is named to where another one is.

    Sentences that name none belong to the one that was named last, and to the one that writes if they speak of "us".
    """
    if heard.blocks:
        return []
    words: dict[str, list[Place]] = defaultdict(list)
    named: dict[str, tuple[str, Found]] = {}
    current = writer = heard.answerer.organisation
    for part, said in heard.said:
        found = _named_in(heard, said)
        named |= {f.organisation: (part, f) for f in found if f.organisation not in named}
        if not found:
            own = writer if said.has("we", "our", "i", "me") and not said.has("pronoun") else current
            if own is not None:
                words[own].append((part, said.sentence.start, said.sentence.end))
            continue
        for one, (start, end) in zip(found, _divided(said, found), strict=True):
            words[one.organisation].append((part, start, end))
        current = found[-1].organisation
    if not 1 < len(named) <= MOST:
        return []
    return [_about(heard, words[o], *named[o]) for o in named]


def _named_in(heard: Heard, said: Said) -> list[Found]:
    """The organisations that a sentence names, one after the other, each once in a row."""
    found: list[Found] = []
    for one in sorted(find(said.words, heard.index), key=lambda f: f.start):
        if not found or found[-1].organisation != one.organisation:
            found.append(one)
    return found


def _divided(said: Said, found: list[Found]) -> Iterator[tuple[int, int]]:
    """Where the words about each organisation stand: from the last pause before it to the one before the next."""
    text, start = said.sentence.text, said.sentence.start
    for one, after in zip(found, [*found[1:], None], strict=True):
        if after is None:
            yield start, said.sentence.end
            return
        pauses = [i for i in range(one.end, after.start) if text[i] in PAUSES]
        joins = [
            w.start for w in said.words if one.end <= w.start < after.start and w.norm in said.lexicon.lists["and"]
        ]
        end = max([*pauses[-1:], *joins[-1:]], default=one.end)
        yield start, end
        start = end


def _about(heard: Heard, places: list[Place], part: str, found: Found) -> Heard:
    """The same message with nothing but some of its words, answered by an organisation that is named in them."""
    organisation = heard.index.by_id[found.organisation]
    evidence = (heard.evidence("organisation", part, found.start, found.end),)
    answerer = Answerer(organisation.id, organisation.name, (), evidence, SURE)
    said = tuple((p, s) for p, s in heard.said if any(p == q and _overlaps(s, a, b) for q, a, b in places))
    return replace(heard, message=_only(heard.message, places), said=said, answerer=answerer)


def _overlaps(said: Said, start: int, end: int) -> bool:
    return said.sentence.start < end and start < said.sentence.end


def _only(message: Message, places: list[Place]) -> Message:
    parts = []
    for part in message.parts:
        spans = tuple(Span(a, b, Zone.NEW) for p, a, b in sorted(places) if p == part.section)
        nothing = (Span(0, len(part.text), Zone.QUOTED),)
        parts.append(replace(part, spans=spans or nothing) if part in message.bodies else part)
    return replace(message, parts=tuple(parts))
