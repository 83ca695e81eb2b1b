"""Jobs at an hour of the event's time zone: once a day, whatever the clocks do."""

from __future__ import annotations

from datetime import datetime, time, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from apscheduler.schedulers.background import BackgroundScheduler

from inbox_worker.alerts import Alerts
from inbox_worker.hours import AtHour
from inbox_worker.jobs import schedule, tend
from inbox_worker.settings import load
from tests.flow.station import Station

ZONES = (  # clocks that change at 2 or 3, at midnight, at 1, by half an hour, for Ramadan, never
    "Europe/Zurich", "America/New_York", "America/Havana", "Asia/Beirut", "America/Asuncion", "Africa/Cairo",
    "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Kathmandu", "UTC",
)  # fmt: skip
START = datetime(2023, 1, 1, tzinfo=timezone.utc)


def moments(trigger: AtHour, days: int, begin: datetime = START) -> list[datetime]:
    found = [trigger.get_next_fire_time(None, begin)]
    while found[-1] < begin + timedelta(days=days):
        found.append(trigger.get_next_fire_time(found[-1], found[-1]))
    return found


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("hour", [0, 1, 2, 3, 23])
def test_it_comes_once_a_day_for_two_years_of_changing_clocks(zone: str, hour: int) -> None:
    local = [moment.astimezone(ZoneInfo(zone)) for moment in moments(AtHour(hour, ZoneInfo(zone)), 730)]
    first = local[0].date()
    assert [moment.date() for moment in local] == [first + timedelta(days=n) for n in range(len(local))]
    others = [moment for moment in local if (moment.hour, moment.minute) != (hour, 0)]
    assert len(others) <= 2 * (zone != "UTC")
    for moment in others:  # the hour was skipped: there is no such time on that day
        meant = datetime.combine(moment.date(), time(hour), ZoneInfo(zone)).astimezone(timezone.utc)
        assert meant.astimezone(ZoneInfo(zone)).time() == moment.time() != time(hour)


def test_of_an_hour_that_comes_twice_it_is_the_first() -> None:
    begin = datetime(2016, 10, 29, 12, tzinfo=timezone.utc)
    assert moments(AtHour(2, ZoneInfo("Europe/Zurich")), 1, begin) == [
        datetime(2016, 10, 30, 0, tzinfo=timezone.utc),
        datetime(2016, 10, 31, 1, tzinfo=timezone.utc),
    ]


def test_a_weekday_comes_once_a_week_also_after_a_night_with_a_change() -> None:
    begin = datetime(2016, 3, 21, 12, tzinfo=timezone.utc)
    assert moments(AtHour(0, ZoneInfo("Europe/Zurich"), "monday"), 9, begin) == [
        datetime(2016, 3, 27, 22, tzinfo=timezone.utc),
        datetime(2016, 4, 3, 22, tzinfo=timezone.utc),
    ]


def test_hours_come_earlier_when_the_clock_is_set_back_and_never_twice_for_a_small_correction(tmp_path: Path) -> None:
    station = Station(tmp_path, service='[backup]\ndirectory = "backup"')
    settings = load(station.config)
    now = datetime(2016, 2, 10, 12, tzinfo=timezone.utc)
    scheduler = BackgroundScheduler(timezone=timezone.utc)
    schedule(scheduler, settings, Alerts(settings, lambda: now), lambda: now)
    scheduler.start(paused=True)
    try:
        job = scheduler.get_job("backup")
        scheduler.modify_job("backup", next_run_time=job.trigger.get_next_fire_time(None, now))
        assert scheduler.get_job("backup").next_run_time == datetime(2016, 2, 11, 1, tzinfo=timezone.utc)
        tend(scheduler, now - timedelta(days=2))
        assert scheduler.get_job("backup").next_run_time == datetime(2016, 2, 9, 1, tzinfo=timezone.utc)
        scheduler.modify_job("backup", next_run_time=datetime(2016, 2, 10, 1, tzinfo=timezone.utc))
        tend(scheduler, datetime(2016, 2, 9, 0, 59, 30, tzinfo=timezone.utc))
        assert scheduler.get_job("backup").next_run_time == datetime(2016, 2, 10, 1, tzinfo=timezone.utc)
    finally:
        scheduler.shutdown()
