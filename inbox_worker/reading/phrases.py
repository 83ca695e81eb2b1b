"""An opinion on a phrase by itself, with no message around it: for measuring the grammar and for other readers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timezone

from inbox_worker.model import Address, Invitation, Message, Op, Organisation, Part, Role, Span, Zone
from inbox_worker.reading.rules import RuleReader

_HOME = Organisation("home", "Home", domains=("home.example",))


@dataclass(frozen=True)
class Opinion:
    """What a phrase seems to say."""

    act: str  # "accepted", "declined", "tentative" or "none"
    op: str
    count: int | None
    revises: bool
    doubtful: bool
    people: tuple[str, ...]
    confidence: float = 0.0


def opinion(text: str, language: str, event: date) -> Opinion:
    """Read a phrase as if it were all that an invited organisation wrote."""
    starts = datetime(event.year, event.month, event.day, 9, tzinfo=timezone.utc)
    invitation = Invitation("", starts, starts, starts, "", (_HOME,))
    body = Part("1", "text/plain", Role.BODY, text, (Span(0, len(text), Zone.NEW),) if text else ())
    headers = (("from", "x@home.example"), ("subject", ""), ("in-reply-to", "<0@home.example>"))
    message = Message("", Address("", "x@home.example"), "", starts, headers, (body,))
    reading = RuleReader(language).read(message, invitation)
    doubts = [*reading.doubts, *(d for c in reading.claims for d in c.doubts)]
    doubtful = bool(doubts)
    if not reading.claims:
        return Opinion("none", "", None, False, doubtful, ())
    claim = reading.claims[0]
    op = "replace" if claim.op is Op.ADD and claim.delegates == 0 else claim.op.value
    return Opinion(
        claim.partstat.value,
        op,
        claim.delegates,
        claim.revises,
        doubtful,
        tuple(p.name for p in claim.people),
        claim.confidence,
    )
