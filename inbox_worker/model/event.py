"""The event and who was invited to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


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
    addresses: tuple[str, ...] = ()  # from which it is known to write, lower case


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
    authserv_id: str = ""  # our server's name in Authentication-Results (RFC 8601); "": topmost Received's "by" host
    own_domains: tuple[str, ...] = ()  # domains of the inviting secretariat
    two_readers: bool = True  # whether the network reads beside the grammar
