"""What several readers made of one message, side by side: for pages as rows, for the terminal as lines."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Row = Mapping[str, Any]
ANSWERS = {"accepted": "comes", "declined": "does not come", "tentative": "may come", "needs-action": "not clear"}
AMOUNTS = {"set": "{}", "add": "{} more", "remove": "{} fewer"}
NOTHING = "no answer"
WIDEST = 44  # characters of a column in the terminal


@dataclass(frozen=True)
class Beside:
    """One thing that a message says of an organisation, as each reader reads it."""

    organisation: str  # name
    what: str
    words: tuple[str, ...]  # of each reader
    differs: bool


@dataclass(frozen=True)
class Opinions:
    """What readers made of a message. ``dropped``: of each reader, what it said that the message does not bear out."""

    readers: tuple[str, ...]
    rows: tuple[Beside, ...]
    dropped: tuple[str, ...]

    @property
    def several(self) -> bool:
        """Whether they speak of more than one organisation."""
        return len({row.organisation for row in self.rows}) > 1


def opinions_of(column: str | None) -> Opinions | None:
    """What ``readings.opinions`` holds; None where one reader alone was heard, or the message was forgotten."""
    opinions: list[Row] = json.loads(column or "[]")
    if not opinions:
        return None
    readers = tuple(
        f"{'language model' if at else 'built-in reader'} {one['reader']}" for at, one in enumerate(opinions)
    )
    dropped = tuple("; ".join(one["dropped"]) for one in opinions)
    return Opinions(readers, tuple(_rows([one["claims"] for one in opinions])), dropped)


def _rows(opinions: Sequence[Sequence[Row]]) -> Iterator[Beside]:
    about = [{_key(claim): claim for claim in claims} for claims in opinions]
    for key in dict.fromkeys(key for claims in about for key in claims):
        beside = [claims.get(key) for claims in about]
        name = next(str(claim["name"]) for claim in beside if claim)
        nobody = any(claim and claim["partstat"] == "declined" for claim in beside)  # then only that counts
        for what, say, compare in _FIELDS:
            words = tuple(say(claim) if claim else (NOTHING if what == "answer" else "") for claim in beside)
            if any(words):
                differs = len({compare(claim) if claim else None for claim in beside}) > 1
                differs = differs and (what == "answer" or not nobody)
                yield Beside(name, what, words, differs)
    if not any(about):
        yield Beside("", "answer", tuple(NOTHING for _ in opinions), False)


def _key(claim: Row) -> str:
    return str(claim["organisation_id"] or claim["name"].casefold())


def _answer(claim: Row) -> str:
    return ANSWERS[claim["partstat"]]


def _number(claim: Row) -> str:
    if claim["partstat"] == "declined":
        return ""
    number = claim["delegates"]
    return "not said" if number is None else AMOUNTS[claim["op"]].format(number)


def _people(claim: Row) -> str:
    return ", ".join(person["name"] for person in json.loads(claim["people"]))


def _leaves(claim: Row) -> str:
    return ", ".join(json.loads(claim["leaves"]))


def _names(claim: Row) -> frozenset[str]:
    return frozenset(person["name"].casefold() for person in json.loads(claim["people"]))


_FIELDS = (
    ("answer", _answer, _answer),
    ("number", _number, _number),
    ("people", _people, _names),
    ("instead of", _leaves, _leaves),
)


def dropped_lines(opinions: Opinions) -> Iterator[str]:
    """What readers said that the message does not bear out, a line for each."""
    for reader, dropped in zip(opinions.readers, opinions.dropped, strict=True):
        if dropped:
            yield f"Of what the {reader} says the message does not bear out: {dropped}"


def opinion_lines(opinions: Opinions) -> Iterator[str]:
    """A column for each reader, a line for each thing said; a star where they differ."""
    table: list[tuple[str, tuple[str, ...], bool]] = [("", opinions.readers, False)]
    last = ""
    for row in opinions.rows:
        if opinions.several and row.organisation != last:
            table.append((row.organisation, ("",) * len(row.words), False))
        last = row.organisation
        table.append((row.what, row.words, row.differs))
    first = min(WIDEST, max(len(what) for what, _, _ in table))
    widths = [min(WIDEST, max(len(words[at]) for _, words, _ in table)) for at in range(len(opinions.readers))]
    for what, words, differs in table:
        cells = [text.ljust(width) for text, width in zip(words, widths, strict=True)]
        yield f"{'*' if differs else ' '} {what.ljust(first)}  {'  '.join(cells)}".rstrip()
