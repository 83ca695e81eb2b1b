"""The event, its deadline and who is invited: the table [event]."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from inbox_worker.invited import InvitedError, read_invited
from inbox_worker.model import UTC, Invitation
from inbox_worker.toml_table import SettingsError, Table

KEYS = (
    "title", "subtitle", "starts", "ends", "timezone", "venue", "mailbox", "reply_by", "invited", "capacity",
    "own_domains",
)  # fmt: skip
YEARS = range(1900, 9000)


def read_event(table: Table, invited: Path | None) -> Invitation:
    """``[event]``, with the list that lies in a file of its own."""
    table.reject_unknown(KEYS)
    name = table.string("timezone")
    try:
        zone = ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise table.fail("timezone", f'"{name}" is not in the time zone database; e.g. "Europe/Zurich"') from None
    starts, ends = (_in(zone, _written(table, key)) for key in ("starts", "ends"))
    if ends.astimezone(UTC) < starts.astimezone(UTC):  # times of one zone are compared by its clocks otherwise
        raise table.fail("ends", "lies before starts")
    try:
        organisations = read_invited(invited) if invited else ()
    except InvitedError as error:
        raise SettingsError(str(error)) from None
    mailbox = table.string("mailbox").strip()
    if "@" not in mailbox:
        raise table.fail("mailbox", "must be the address that replies go to, such as meeting@example.org")
    return Invitation(
        title=table.string("title"),
        subtitle=table.string("subtitle", ""),
        starts=starts,
        ends=ends,
        reply_by=_deadline(zone, _written(table, "reply_by")),
        venue=table.string("venue", ""),
        mailbox=mailbox,
        organisations=organisations,
        capacity=table.number("capacity", 0, 1, 1_000_000) if "capacity" in table.values else None,
        own_domains=tuple(d.lower() for d in table.strings("own_domains", (mailbox.rpartition("@")[2].lower(),))),
    )


def _written(table: Table, key: str) -> date | datetime:
    """A TOML date or date-time."""
    value = table.values.get(key)
    if not isinstance(value, date):
        problem = "is missing" if value is None else f"{str(value)!r} is not a date"
        raise table.fail(key, f"{problem}; write 2016-02-26 or 2016-02-26T18:00:00, without quotes")
    if value.year not in YEARS:
        raise table.fail(key, f"{value} is too far away; the year must be from {YEARS[0]} to {YEARS[-1]}")
    return value


def _in(zone: ZoneInfo, value: date | datetime) -> datetime:
    """The moment that a date or date-time means by the clocks of a zone, or by its own offset from UTC."""
    if not isinstance(value, datetime):
        return datetime.combine(value, time(), tzinfo=zone)
    return value.astimezone(zone) if value.tzinfo else value.replace(tzinfo=zone)


def _deadline(zone: ZoneInfo, value: date | datetime) -> datetime:
    """The first moment that is late: a bare date lasts until the day is over.

    A time that the clocks show twice is the later one, and one that they skip is what they show instead: nobody is late
    who kept to a clock.
    """
    if not isinstance(value, datetime):
        return _in(zone, value + timedelta(days=1))
    if value.tzinfo is not None:
        return value.astimezone(zone)
    either = (value.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    return max(either).astimezone(zone)
