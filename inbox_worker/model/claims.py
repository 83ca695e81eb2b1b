"""What a message says, and the words it rests on."""

from __future__ import annotations

from dataclasses import dataclass

from inbox_worker.model.terms import Code, Kind, Op, Partstat


@dataclass(frozen=True)
class Evidence:
    """The words a fact rests on: ``text`` is exactly ``message.text_of(part)[start:end]``."""

    field: str  # "kind", "organisation", "partstat", "delegates", "op", "people", "leaves", or a flag code
    part: str
    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Person:
    """Somebody named in a message."""

    name: str
    title: str | None = None
    function: str | None = None


@dataclass(frozen=True)
class Doubt:
    """A reason for a person to look, in a sentence they can act on."""

    code: Code
    detail: str
    evidence: tuple[Evidence, ...] = ()
    # the readers say the same, not surely enough: it falls where another part of the message is sure
    slight: bool = False


@dataclass(frozen=True)
class Claim:
    """What one message says of one organisation."""

    organisation: str | None  # id in the invited list
    name: str  # the organisation as listed, or as written where it is not listed
    partstat: Partstat
    delegates: int | None = None  # people who come (set), join (add) or leave (remove)
    op: Op = Op.SET
    people: tuple[Person, ...] = ()  # who come; with remove, who leave
    leaves: tuple[str, ...] = ()  # names that a replacement or correction takes out
    revises: bool = False  # says in words that it changes an earlier answer
    doubts: tuple[Doubt, ...] = ()
    confidence: float = 0.0  # 0..1, the reader's estimate that every field is right
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True)
class Opinion:
    """What one reader made of a message, before it was compared with another's."""

    reader: str  # name and version
    kind: Kind
    claims: tuple[Claim, ...]
    dropped: tuple[str, ...] = ()  # sentences on what it said that the message does not bear out


@dataclass(frozen=True)
class Reading:
    """What a reader understood of a message. ``doubts`` are those no single claim can carry; ``needs`` carry
    only service codes (question, assistance)."""

    reader: str  # name and version of the reader
    kind: Kind
    language: str | None  # ISO 639-1, None where the words are too few or strange
    claims: tuple[Claim, ...] = ()
    needs: tuple[Doubt, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    opinions: tuple[Opinion, ...] = ()  # where several readers were heard: what each made of it
