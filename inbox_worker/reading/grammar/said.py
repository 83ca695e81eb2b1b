"""What a sentence says, as values: the words of the grammar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from inbox_worker.reading.counts import Number
from inbox_worker.reading.lexicon import Hit, Lexicon
from inbox_worker.reading.text import Sentence, Token


class Status(StrEnum):
    """What a sentence says of the writers' own participation."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    TENTATIVE = "tentative"
    UNDECIDED = "undecided"
    NONE = "none"


class Who(StrEnum):
    """Who a predicate speaks of."""

    WE = "we"
    I = "i"  # noqa: E741 - the word itself
    PERSON = "person"  # a name or a role of ours
    NOBODY = "nobody"
    OTHER = "other"
    UNSAID = "unsaid"


@dataclass(frozen=True, slots=True)
class Mention:
    """Somebody counted in: words ``start`` to ``end`` (exclusive) of their sentence."""

    kind: str  # "name", "self", "role", "part" (a number of people besides others), "total", "more"
    start: int
    end: int
    number: int = 1
    name: str = ""
    title: str | None = None
    function: str | None = None
    vague: bool = False  # a first name only, or a bare place in a list


@dataclass(frozen=True, slots=True)
class Clause:
    """Words ``start`` to ``end`` (exclusive) with one predicate at most."""

    start: int
    end: int
    status: Status
    who: Who
    strong: bool
    reason: bool
    mark: str  # the mark or class before it
    pivot: tuple[int, int]  # words of the predicate
    reach: int = 0  # where the clause begins when what interrupts it is left out


@dataclass(frozen=True)
class Said:
    """What a sentence says. Offsets in ``hits`` and ``clauses`` count words."""

    sentence: Sentence
    lexicon: Lexicon
    words: tuple[Token, ...]
    hits: tuple[Hit, ...]
    clauses: tuple[Clause, ...]
    numbers: tuple[Number, ...]
    names: tuple[Mention, ...]  # all persons named, whether they come or not
    status: Status = Status.NONE
    who: Who = Who.UNSAID
    strong: bool = False
    mixed: bool = False  # says yes and no
    asks: bool = False
    op: str = ""  # "add", "remove", "replace", "set", "cancel", "retract", "correct", ""
    revises: bool = False
    coming: tuple[Mention, ...] = ()
    absent: tuple[Mention, ...] = ()
    range: bool = False
    foreign: bool = False  # of another event, another time or other people
    span: tuple[int, int] = (0, 0)  # offsets in the part of the words that decide
    classes: Mapping[str, bool] = field(default_factory=dict)

    def has(self, *kinds: str) -> bool:
        """Whether a phrase of one of these classes occurs."""
        return any(k in self.classes for k in kinds)

    def offsets(self, start: int, end: int) -> tuple[int, int]:
        """Words as offsets in the part."""
        return self.words[start].start, self.words[max(start, end - 1)].end


@dataclass(frozen=True)
class Context:
    """What the message and the invitation tell about its sentences."""

    event: date
    own: tuple[tuple[int, int], ...] = ()  # offsets of names of the organisation that answers
    others: tuple[tuple[int, int], ...] = ()  # offsets of names of other organisations
    title: frozenset[str] = frozenset()  # folded words of the event's title

    def of(self, words: Sequence[Token]) -> Context:
        """What of it a sentence of these words can be about: where that is the same, the sentence says the same."""
        if not words:
            return Context(self.event)
        start, end = words[0].start, words[-1].end
        own, others = (
            tuple(sorted({s for s in spans if s[0] < end and s[1] > start})) for spans in (self.own, self.others)
        )
        return Context(self.event, own, others, self.title.intersection(w.norm for w in words))
