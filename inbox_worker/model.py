"""The types that flow through all stages. No behaviour beyond what a type says of itself."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timezone
from enum import StrEnum


class Kind(StrEnum):
    """What a message is, before anybody asks what it says."""

    REPLY = "reply"  # says something on participation in this event
    AUTO_REPLY = "auto-reply"  # written by a machine in answer to us (RFC 3834)
    BOUNCE = "bounce"  # tells that our mail was not delivered (RFC 3464)
    OTHER = "other"  # everything else


class Partstat(StrEnum):
    """Participation status (RFC 5545, section 3.2.12), in lower case as the registry shows it."""

    NEEDS_ACTION = "needs-action"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    TENTATIVE = "tentative"


class Op(StrEnum):
    """How a claim's number relates to what the organisation said before."""

    SET = "set"
    ADD = "add"
    REMOVE = "remove"


class Code(StrEnum):
    """Flag codes. The first three are service flags and say nothing against the reading; the others are doubts."""

    LATE = "late"
    QUESTION = "question"
    ASSISTANCE = "assistance"
    ORGANISATION_UNLISTED = "organisation-unlisted"
    ORGANISATION_UNCLEAR = "organisation-unclear"
    PARTSTAT_UNCLEAR = "partstat-unclear"
    COUNT_MISSING = "count-missing"
    COUNT_UNCLEAR = "count-unclear"
    SENDER_UNVERIFIED = "sender-unverified"
    UNREADABLE = "unreadable"
    CONFLICT = "conflict"
    FAILED = "failed"

    @property
    def is_doubt(self) -> bool:
        """Whether the flag doubts the reading, rather than asking for a service."""
        return self not in SERVICE_CODES


SERVICE_CODES = frozenset({Code.LATE, Code.QUESTION, Code.ASSISTANCE})


@dataclass(frozen=True)
class Location:
    """Where a message was found. A cursor, never an identity: servers reuse UIDs."""

    source: str  # "imaps://user@host/INBOX" or the path of a file
    uidvalidity: int | None = None  # RFC 3501, section 2.3.1.1
    uid: int | None = None


@dataclass(frozen=True)
class RawMessage:
    """A message as its mailbox holds it, before anybody looked inside."""

    content: bytes
    received: datetime | None  # when our server took it in, aware; None where nothing tells
    location: Location

    @property
    def sha256(self) -> str:
        """The identity of a message."""
        return identity(self.content)


def identity(content: bytes) -> str:
    """Hex SHA-256 of a message with LF line ends: it is the same message from a server (CRLF) and from a file (LF)."""
    return hashlib.sha256(content.replace(b"\r\n", b"\n")).hexdigest()


class Zone(StrEnum):
    """Whose words a stretch of text is."""

    NEW = "new"  # what the sender wrote now
    QUOTED = "quoted"  # earlier mail, and the line that introduces it
    SIGNATURE = "signature"  # name, office, address below the text
    DISCLAIMER = "disclaimer"  # what the organisation's server adds


@dataclass(frozen=True)
class Span:
    """A stretch ``text[start:end]`` of a part, in code points, and whose words it is."""

    start: int
    end: int
    zone: Zone


class Role(StrEnum):
    """What a part is to the message."""

    BODY = "body"  # shown as the message itself
    ALTERNATIVE = "alternative"  # the body once more in another form (RFC 2046, section 5.1.4)
    ATTACHMENT = "attachment"
    CALENDAR = "calendar"  # text/calendar (RFC 6047)
    MESSAGE = "message"  # text of an attached message
    REPORT = "report"  # machine-readable part of a report (RFC 3464, RFC 8098)


@dataclass(frozen=True)
class Part:
    """One part of a message with the text a person would see in it.

    ``text`` has "\\n" line ends; offsets into it count code points. ``spans`` are disjoint, in order, and cover
    the text of a body; they are empty where zones mean nothing. ``problem`` is a sentence about what could not be
    read, or None.
    """

    section: str  # IMAP section (RFC 3501, section 6.4.5): "1", "2.1"
    media_type: str  # lower case, as declared
    role: Role
    text: str = ""
    spans: tuple[Span, ...] = ()
    filename: str | None = None
    size: int = 0  # bytes after transfer decoding
    parameters: tuple[tuple[str, str], ...] = ()  # Content-Type parameters, names in lower case
    problem: str | None = None

    def zone_spans(self, zone: Zone) -> tuple[Span, ...]:
        """The spans of one zone, in order."""
        return tuple(s for s in self.spans if s.zone is zone)

    def zone_text(self, zone: Zone) -> str:
        """The text of one zone, its stretches joined by line ends."""
        return "\n".join(self.text[s.start : s.end] for s in self.zone_spans(zone))


@dataclass(frozen=True)
class Address:
    """A mailbox of RFC 5322, section 3.4, decoded for display."""

    name: str  # display name, "" if there is none
    address: str  # "local@domain", domain in lower case; "" if it could not be parsed

    @property
    def domain(self) -> str:
        """The part after the last @, or ""."""
        return self.address.rpartition("@")[2]


@dataclass(frozen=True)
class Message:
    """A decoded message. ``headers`` holds every header in order, decoded (RFC 2047), names in lower case."""

    message_id: str  # as written, "" if absent; proves nothing
    from_: Address
    subject: str
    received: datetime | None  # copied from RawMessage
    headers: tuple[tuple[str, str], ...] = ()
    parts: tuple[Part, ...] = ()
    problems: tuple[str, ...] = ()  # sentences about damage that may hide words from us

    def header(self, name: str) -> str | None:
        """The first (topmost) header of that name, or None."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key == wanted), None)

    def all_headers(self, name: str) -> tuple[str, ...]:
        """All headers of that name, topmost first."""
        wanted = name.lower()
        return tuple(value for key, value in self.headers if key == wanted)

    def part(self, section: str) -> Part | None:
        """The part with that section number."""
        return next((part for part in self.parts if part.section == section), None)

    @property
    def bodies(self) -> tuple[Part, ...]:
        """The parts a mail program shows as the message itself."""
        return tuple(part for part in self.parts if part.role is Role.BODY)

    def text_of(self, part: str) -> str | None:
        """The text that evidence naming ``part`` (a section, or a header's name) counts its offsets in."""
        found = self.part(part)
        return found.text if found is not None else self.header(part)


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


@dataclass(frozen=True)
class Organisation:
    """A row of the invited list."""

    id: str
    name: str
    acronym: str = ""
    aliases: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()  # lower case
    category: str = ""
    country: str = ""  # ISO 3166-1 alpha-2
    contact: str = ""  # an address, optional
    language: str = ""  # ISO 639-1, optional


@dataclass(frozen=True)
class Invitation:
    """The event and who was invited to it: all that reading and deciding may know of it."""

    title: str
    starts: datetime  # aware, in the event's zone
    ends: datetime
    reply_by: datetime  # aware; the last moment that is in time lies before it
    mailbox: str  # the address that replies go to
    organisations: tuple[Organisation, ...] = ()
    subtitle: str = ""
    venue: str = ""
    capacity: int | None = None  # people the room holds
    own_domains: tuple[str, ...] = ()  # domains of the inviting secretariat


class Effect(StrEnum):
    """What the policy makes of a claim before its organisation's story is told."""

    APPLY = "apply"
    WITHOUT_NUMBER = "without-number"  # the participation stands, the number stays unknown
    WAIT = "wait"  # nothing changes until somebody rules


@dataclass(frozen=True)
class Flag:
    """A reason for a person to look, as the registry keeps it. ``claim`` is an index into the claims, or None."""

    code: Code
    detail: str
    claim: int | None = None


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


class Verb(StrEnum):
    """What a person decides."""

    ACCEPT = "accept"  # the claim is right as it was read
    CORRECT = "correct"  # the claim is what the ruling says
    DISMISS = "dismiss"  # it says nothing for the registry
    ADMIT = "admit"  # a late answer counts as if it had been in time
    REFUSE = "refuse"  # a late answer does not count
    ENTER = "enter"  # an answer that came by telephone or on paper
    UNDO = "undo"  # the ruling named in ``undoes`` never was


@dataclass(frozen=True)
class Ruling:
    """What a person decided about a claim, or entered without one."""

    id: int
    verb: Verb
    made_at: datetime
    made_by: str
    why: str = ""
    entry: int | None = None  # the claim it is about
    claim: Claim | None = None  # what holds instead (correct) or from now on (enter)
    undoes: int | None = None


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


UTC = timezone.utc

__all__ = [
    "SERVICE_CODES",
    "UTC",
    "Address",
    "Claim",
    "Code",
    "Decision",
    "Doubt",
    "Effect",
    "Entry",
    "Evidence",
    "Flag",
    "Invitation",
    "Kind",
    "Location",
    "Message",
    "Op",
    "Organisation",
    "Part",
    "Participation",
    "Partstat",
    "Person",
    "RawMessage",
    "Reading",
    "Role",
    "Ruling",
    "Span",
    "Story",
    "Verb",
    "Zone",
    "identity",
]
