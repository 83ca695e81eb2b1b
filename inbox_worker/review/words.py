"""Words for pages: dates as people say them, and text that looks as it is stored."""

from __future__ import annotations

from datetime import datetime, time, timedelta, tzinfo

# Marks that make text look otherwise than it is stored (UAX #9): they are not shown. The implicit ones, which
# right-to-left mail needs, do no harm.
TURNING = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])


def plain(text: str | None) -> str:
    """Text in the order in which it is stored."""
    return (text or "").translate(TURNING)


def until(reply_by: datetime) -> str:
    """The deadline as one says it: a day, where it lasts until that day is over."""
    if reply_by.time() == time():
        return _day(reply_by - timedelta(days=1))
    return f"{_day(reply_by)}, {reply_by:%H:%M}"


def day(stamp: str, zone: tzinfo | None) -> str:
    """A stored time by which something is due, as one says it in short: "26 Feb"; the end of a day is that day."""
    moment = datetime.fromisoformat(stamp).astimezone(zone)
    moment -= timedelta(days=1) if moment.time() == time() else timedelta()
    return f"{moment.day} {moment:%b}"


def _day(moment: datetime) -> str:
    return f"{moment.day} {moment:%B %Y}"


def sentence(text: str) -> str:
    """With a capital at its beginning."""
    return text[:1].upper() + text[1:]
