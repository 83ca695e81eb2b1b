"""When the clocks of a time zone show an hour: once a day, on the days they are changed as well."""

from __future__ import annotations

from datetime import datetime, time, timedelta, tzinfo

from apscheduler.triggers.base import BaseTrigger

from inbox_worker.model import UTC
from inbox_worker.service_settings import WEEKDAYS


class AtHour(BaseTrigger):  # type: ignore[misc] # APScheduler comes without types
    """Each day at an hour, or each week on one day; APScheduler's own skips days, or runs twice, around a change.

    An hour that the clocks skip is the moment at which they skip it; of one that comes twice it is the first.

    Args:
        hour: 0 to 23.
        zone: whose clocks are meant.
        weekday: one of ``WEEKDAYS``; "" for every day.
    """

    def __init__(self, hour: int, zone: tzinfo, weekday: str = "") -> None:
        self._hour, self._zone = time(hour), zone
        self._weekday = WEEKDAYS.index(weekday) if weekday else None

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        """The next moment after the previous one, or without one from ``now`` on; in UTC."""
        after = (previous_fire_time or now - timedelta(microseconds=1)).astimezone(UTC)
        day = after.astimezone(self._zone).date() - timedelta(days=1)
        while True:
            moment = datetime.combine(day, self._hour, self._zone).astimezone(UTC)
            if moment > after and self._weekday in {None, day.weekday()}:
                return moment
            day += timedelta(days=1)
