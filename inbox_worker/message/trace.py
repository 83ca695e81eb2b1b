"""When a message was received, by its trace headers (RFC 5322, section 3.6.7). All use of mail-parser is here."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime

from mailparser.utils import receiveds_parsing

from inbox_worker.message import structure

HEADER_SCANNED = 200_000  # bytes at the beginning of a message in which the header is looked for
LONGEST = 2_000  # characters of a Received header
_COMMENT = re.compile(r"\([^()]*\)")
_NAMED_ZONE = re.compile(r":\d\d\s+(?!(?:UTC?|GMT|Z)\b)[A-Za-z]+\Z")


def received_time(content: bytes) -> datetime | None:
    """The time in the topmost Received header, aware, in the zone it was written in; None where nothing tells.

    Only the topmost is written by our own server; those below are the sender's word.
    """
    raw = structure.top_header(content[:HEADER_SCANNED], "received")
    if raw is None or len(raw) > LONGEST:
        return None
    text = _COMMENT.sub("", raw.rpartition(";")[2]).strip()
    found = _date(text)
    if found is None and not _NAMED_ZONE.search(text):
        found = _by_mail_parser(raw)
    return found


def _date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
        if found.tzinfo is None and _NAMED_ZONE.search(text):
            return None  # a zone by a name that nobody defined may be hours away from what one would guess
        return _aware(found) if found.year > 1970 else None
    except (ValueError, TypeError, IndexError, OverflowError, AttributeError):
        return None


def _by_mail_parser(raw: str) -> datetime | None:
    """Dates that do not stand plainly behind the last semicolon; mail-parser knows many servers' forms."""
    hops = receiveds_parsing([raw])
    found = hops[0].get("date_utc") if hops else None
    try:
        return _aware(datetime.fromisoformat(found)) if isinstance(found, str) else None
    except ValueError:
        return None


def _aware(found: datetime) -> datetime:
    """RFC 5322 writes -0000 for UTC without a zone, which Python gives as a naive time."""
    aware = found if found.tzinfo else found.replace(tzinfo=timezone.utc)
    aware.astimezone(timezone.utc)  # raises OverflowError at the ends of the calendar
    return aware
