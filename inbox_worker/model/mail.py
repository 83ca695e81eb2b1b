"""A message, raw and decoded."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from inbox_worker.model.terms import Role, Zone


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

    @cached_property
    def sha256(self) -> str:
        """The identity of a message."""
        return identity(self.content)


def identity(content: bytes) -> str:
    """Hex SHA-256 of a message with LF line ends and one at its end: it is the same message from a server (CRLF), from
    a file (LF) and from an mbox, which always ends a message with a line end."""
    return hashlib.sha256(content.replace(b"\r\n", b"\n").rstrip(b"\n") + b"\n").hexdigest()


@dataclass(frozen=True)
class Span:
    """A stretch ``text[start:end]`` of a part, in code points, and whose words it is."""

    start: int
    end: int
    zone: Zone


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
class Undelivered:
    """An address that a delivery report names."""

    address: str  # lower case
    for_good: bool  # False: the server is still trying


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
    beyond: tuple[str, ...] = ()  # those of them that tell of what lies beyond the limits and was not read
    undelivered: tuple[Undelivered, ...] = ()  # what a delivery report says of our mail

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
