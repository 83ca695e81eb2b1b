"""What the network learns from: messages and phrases with their answers, as it will be asked about them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from inbox_worker.reading import rules
from inbox_worker.reading.answer.heard import Heard, same_person
from inbox_worker.reading.lexicon import lexicons
from inbox_worker.reading.phrases import opinion
from inbox_worker.reading.voice.network import FIRST, INSIDE, OUTSIDE
from inbox_worker.reading.voice.opinion import Asked, asked_about, span_in
from inbox_worker.reading.voice.pieces import Pieces
from inbox_worker.worker import understand
from tests.bench.mailboxes import CORPUS, messages_of
from tests.voice.gold import SERVICE
from tests.voice.varied import other_numbers

PARTSTATS = ("accepted", "declined", "tentative", "none")
NOBODY = (PARTSTATS.index("declined"), PARTSTATS.index("none"))
OPS = ("set", "replace", "add", "remove")
MOST_COUNTED = 13  # this many people or more are one class
UNTOLD = MOST_COUNTED + 1  # the class of a number that is not told, or not clearly
UNKNOWN = -1  # the label does not say
VARIED = 3  # times that a message is told with other numbers


@dataclass(frozen=True)
class Example:
    """Numbers of pieces, the pieces of everybody named, and the answers; ``UNKNOWN`` where there is none."""

    numbers: list[int]
    spans: list[tuple[int, int]]
    partstat: int = UNKNOWN
    op: int = UNKNOWN
    count: int = UNKNOWN
    writer: int = UNKNOWN
    ask: int = UNKNOWN  # that somebody must be asked before it is written down
    people: tuple[int, ...] = ()
    tags: tuple[int, ...] = ()  # for each number: outside, first or inside of a name of somebody who comes
    varied: tuple[Example, ...] = ()  # the same with another number

    @property
    def total(self) -> float:
        """How many come, join or leave; ``UNKNOWN`` where it is not told."""
        if self.partstat in NOBODY:
            return 0.0
        return float(self.count) if self.count < MOST_COUNTED else UNKNOWN


class Listener:
    """Keeps what the grammar heard in each message."""

    def __init__(self) -> None:
        self.heard: list[Heard] = []
        self._combine = rules.combine

    def __enter__(self) -> Listener:
        rules.combine = self._listen
        return self

    def __exit__(self, *_: object) -> None:
        rules.combine = self._combine

    def _listen(self, heard: Heard) -> Any:
        self.heard.append(heard)
        return self._combine(heard)


def of_mailboxes(names: Iterable[str], pieces: Pieces, most: int) -> Iterator[Example]:
    """The messages of some mailboxes."""
    with Listener() as listener:
        for name in names:
            for raw, gold, invitation in messages_of(name):
                listener.heard.clear()
                understand(raw, replace(invitation, two_readers=False))
                for heard in listener.heard[:1]:
                    yield _of_message(heard, gold, pieces, most)


def of_phrases(pieces: Pieces, most: int) -> Iterator[Example]:
    """All phrases."""
    with Listener() as listener:
        for path in sorted((CORPUS / "phrases").glob("*.tsv")):
            head, *lines = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines())
            for row in (dict(zip(head, line, strict=False)) for line in lines):
                listener.heard.clear()
                opinion(row["text"], row["lang"] if row["lang"] in lexicons() else "en", date(2016, 3, 2))
                for heard in listener.heard[:1]:
                    yield _of_phrase(heard, row, pieces, most)


def _of_message(heard: Heard, gold: dict[str, Any], pieces: Pieces, most: int) -> Example:
    """A message with its answers, and what it would be with other numbers."""
    asked = asked_about(heard, pieces, most)
    names = [a[0] for a in asked.people]
    unknown = (UNKNOWN,) * len(asked.numbers)
    claims = [c for c in gold["claims"] if c["partstat"] in PARTSTATS]
    ask = {"yes": 1, "no": 0}.get(gold["review"], UNKNOWN)
    if set(gold["flags"]) - SERVICE == {"conflict"}:
        ask = 0  # only the history of the mailbox shows it
    if not claims:
        if set(gold["flags"]) - SERVICE:
            return Example(asked.numbers, asked.spans, ask=ask, people=(UNKNOWN,) * len(names), tags=unknown)
        nobody = (OUTSIDE,) * len(asked.numbers)
        return Example(asked.numbers, asked.spans, 3, UNKNOWN, UNTOLD, 0, ask, (0,) * len(names), nobody)
    claim = claims[0]
    coming = [c for c in claims if c["partstat"] != "declined"]
    partstats = {c["partstat"] for c in claims}
    partstat = PARTSTATS.index(claim["partstat"]) if len(partstats) == 1 else UNKNOWN
    op = count = writer = UNKNOWN
    if len(claims) == 1:
        op = OPS.index(_op(claim.get("op") or "set", claim.get("delegates"))) if coming else 0
        number = claim.get("delegates")
        count = UNTOLD if number is None or not coming else min(number, MOST_COUNTED)
    people = (UNKNOWN,) * len(names)
    tags, places = unknown, ()
    if all("people" in c for c in coming):
        come = [p for c in coming for p in c["people"]]  # or leave, where the claim says so
        people = tuple(int(any(same_person(n, p) for p in come)) for n in names)
        if heard.sender is not None:
            own = heard.sender[0]
            writer = int(any(same_person(own, p) for p in come))
            people = tuple(writer if same_person(n, own) else p for n, p in zip(names, people, strict=True))
        known = [*names, heard.sender[0]] if heard.sender is not None else names
        tags, places = _tags(asked, come, people, known)
    example = Example(asked.numbers, asked.spans, partstat, op, count, writer, ask, people, tags)
    if op != 0 or "people" not in claim or not gold["lang"]:
        return example
    return _with_others(example, asked, gold["lang"], len(claim["people"]), places, pieces, most)


def _of_phrase(heard: Heard, row: dict[str, str], pieces: Pieces, most: int) -> Example:
    asked = asked_about(heard, pieces, most)
    act, op, count = row["act"], row["op"], row["count"]
    partstat = PARTSTATS.index(act) if act in PARTSTATS else UNKNOWN
    if act == "change":
        partstat = 0 if op in {"set", "add"} else (1 if not op else UNKNOWN)
    number = UNKNOWN
    if act in {"none", "declined"}:
        number = UNTOLD
    elif op != "remove":
        number = min(int(count), MOST_COUNTED) if count.isdigit() else UNTOLD
    kind = UNKNOWN
    if op == "set" or act in {"accepted", "tentative", "declined"}:
        kind = 0
    elif op in {"add", "remove"}:
        kind = OPS.index(_op(op, int(count) if count.isdigit() else None))
    people = (UNKNOWN,) * len(asked.people)
    tags, places = (UNKNOWN,) * len(asked.numbers), ()
    if op != "remove" and "partial-name" not in row["also"]:
        come = [p.strip() for p in row["people"].split(";") if p.strip()]
        people = tuple(int(any(same_person(a[0], p) for p in come)) for a in asked.people)
        tags, places = _tags(asked, come, people, [])
    ask = 1 if count == "?" else UNKNOWN
    example = Example(asked.numbers, asked.spans, partstat, kind, number, UNKNOWN, ask, people, tags)
    if kind != 0 or UNKNOWN in people:
        return example
    return _with_others(example, asked, row["lang"], sum(people), places, pieces, most)


def _tags(
    asked: Asked, come: Sequence[str], people: Sequence[int], known: Sequence[str]
) -> tuple[tuple[int, ...], tuple[tuple[int, int], ...]]:
    """For each number of a text whether it belongs to the name of somebody who comes, and where those names stand; not
    known where a name is not found. ``known`` are names by which somebody is told already."""
    places: list[tuple[int, int]] = []
    for name in come:
        found = [span_in(asked.pieces, *m.span()) for m in _spelling(name).finditer(asked.text)]
        if not found and not any(same_person(name, k) for k in known):
            return (UNKNOWN,) * len(asked.numbers), ()
        places += [span for span in found if span]
    for (start, end), comes in zip(asked.spans, people, strict=True):  # also where only a part of the name is said
        if comes == 1 and not any(start < b and a < end for a, b in places):
            places.append((start, end))
    return _tagged(len(asked.numbers), places), tuple(sorted(set(places)))


def _tagged(size: int, places: Sequence[tuple[int, int]]) -> tuple[int, ...]:
    tags = [OUTSIDE] * size
    for start, end in sorted(places, key=lambda place: place[1] - place[0]):
        tags[start:end] = [FIRST] + [INSIDE] * (end - start - 1)
    return tuple(tags)


def _spelling(name: str) -> re.Pattern[str]:
    """A name as it may stand in a text: over the end of a line, in capitals; a single word only as a word."""
    words = [re.escape(word) for word in name.split()]
    edge = r"\b" if len(words) == 1 and words[0].isascii() else ""
    return re.compile(edge + r"\s+".join(words) + edge, re.IGNORECASE)


def _with_others(
    example: Example,
    asked: Asked,
    language: str,
    named: int,
    places: Sequence[tuple[int, int]],
    pieces: Pieces,
    most: int,
) -> Example:
    """An example with what it would be with other numbers: those that its names do not tell already."""
    if named + 1 >= example.count >= named and named > 1:
        change = {"ask": 1}  # fewer than are named: that cannot be
        lower = True
    elif not named or named + 1 < example.count:
        change, lower = {}, False
    else:
        return example
    found = []
    told = other_numbers(asked, language, example.count, named, places, pieces, most, VARIED)
    for other, numbers, spans, moved in told:
        if (other < named) is not lower or other == named:
            continue
        tags = _tagged(len(numbers), moved) if UNKNOWN not in example.tags else (UNKNOWN,) * len(numbers)
        count = UNTOLD if lower else other
        found.append(replace(example, numbers=numbers, spans=spans, count=count, tags=tags, **change))
    return replace(example, varied=tuple(found))


def _op(op: str, number: int | None) -> str:
    return "replace" if op == "add" and number == 0 else op


def corpus_digest() -> str:
    """What the mailboxes and phrases were, in a few characters."""
    import hashlib

    digest = hashlib.sha256()
    for path in sorted(Path(CORPUS).rglob("*")):
        if path.suffix in {".eml", ".json", ".tsv"}:
            digest.update(path.read_bytes())
    return digest.hexdigest()[:8]
