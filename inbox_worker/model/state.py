"""What is decided and where an organisation stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from inbox_worker.model.claims import Claim, Evidence, Person
from inbox_worker.model.terms import Code, Effect, Partstat, Verb


@dataclass(frozen=True)
class Flag:
    """A reason for a person to look, as the registry keeps it. ``claim`` is an index into the claims, or None."""

    code: Code
    detail: str
    claim: int | None = None
    evidence: tuple[Evidence, ...] = field(default=(), compare=False)  # the words that made it doubtful


@dataclass(frozen=True)
class Decision:
    """What to record of a reading: its claims, an effect for each of them, and the flags to open."""

    claims: tuple[Claim, ...]  # the reading's, with the doubts that the rules added
    effects: tuple[Effect, ...]
    flags: tuple[Flag, ...]
    late: bool


@dataclass(frozen=True)
class Entry:
    """A claim as the registry holds it, with what is needed to tell an organisation's story."""

    id: int  # of the claim; negative for an answer entered by a ruling
    message: int | None  # registry id; None for an answer entered by hand
    order: str  # decides between claims received at the same moment: hash of the message, position in it
    received: datetime | None  # None where nothing tells: told last, in the order taken in
    claim: Claim
    effect: Effect
    sender: str = ""  # address
    message_id: str = ""  # RFC 5322 Message-ID, "" if absent
    refers: tuple[str, ...] = ()  # Message-IDs it answers (RFC 5322, section 3.6.4)
    admitted: bool = False  # a person let it count as if it had been in time
    ruled: bool = False  # a person decided what it says


@dataclass(frozen=True)
class Ruling:
    """What a person decided about a claim, about a message as a whole, or entered without one."""

    id: int
    verb: Verb
    made_at: datetime
    made_by: str
    why: str = ""
    entry: int | None = None  # the claim it is about
    claim: Claim | None = None  # what holds instead (correct, merge, add) or from now on (enter)
    undoes: int | None = None
    message: int | None = None  # the message it is about, with or without a claim in it
    received: datetime | None = None  # when that message was received; None where nothing tells
    flag: int | None = None  # the flag it closes by hand
    revision: str = ""  # what the person saw; "" where nobody asked
    told_by: str = ""  # for an answer entered: who told it, whom and when
    told_to: str = ""
    told_at: datetime | None = None


@dataclass(frozen=True)
class Known:
    """By whom an organisation is known to speak, whoever has written so far."""

    domains: frozenset[str] = frozenset()  # of its own and of the secretariat, lower case
    own: frozenset[str] = frozenset()  # those that are its own alone
    addresses: frozenset[str] = frozenset()  # lower case


@dataclass(frozen=True)
class Participation:
    """The state of one organisation: a row of ``participations`` and its ``delegates``."""

    partstat: Partstat = Partstat.NEEDS_ACTION
    delegates: int | None = None
    people: tuple[Person, ...] = ()
    late: bool = False
    first_received: datetime | None = None
    received: datetime | None = None
    message: int | None = None  # registry id of the message of the latest claim applied


@dataclass(frozen=True)
class Story:
    """All an organisation's entries told in order: where it stands, and what its history makes doubtful."""

    state: Participation
    applied: tuple[int, ...] = ()  # entry ids, in the order applied
    conflicts: tuple[tuple[int, str], ...] = ()  # entry id and why, for entries that contradict an earlier one
    elsewhere: tuple[int, ...] = ()  # ids of entries that a ruling gave to another organisation's story
