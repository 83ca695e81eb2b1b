"""The types that flow through all stages: frozen dataclasses in the vocabulary of the RFCs. No behaviour beyond what a
type says of itself."""

from __future__ import annotations

from datetime import timezone

from inbox_worker.model.claims import Claim, Doubt, Evidence, Opinion, Person, Reading
from inbox_worker.model.domains import is_free_mail
from inbox_worker.model.event import Invitation, Organisation
from inbox_worker.model.limits import MEGABYTE, Limits
from inbox_worker.model.mail import Address, Location, Message, Part, RawMessage, Span, Undelivered, identity
from inbox_worker.model.state import Decision, Entry, Flag, Known, Participation, Ruling, Story
from inbox_worker.model.terms import SERVICE_CODES, Code, Effect, Kind, Op, Partstat, Role, Verb, Zone

UTC = timezone.utc

__all__ = [
    "MEGABYTE",
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
    "Known",
    "Limits",
    "Location",
    "Message",
    "Op",
    "Opinion",
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
    "Undelivered",
    "Verb",
    "Zone",
    "identity",
    "is_free_mail",
]
