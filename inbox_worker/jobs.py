"""What the service does besides polling, at its hours: the nightly backup, and the report by mail."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from apscheduler.schedulers.base import BaseScheduler

from inbox_worker.alerts import Alerts
from inbox_worker.hours import AtHour
from inbox_worker.logs import describe
from inbox_worker.model import UTC
from inbox_worker.outgoing import OutgoingError, send
from inbox_worker.registry import RawMail, RegistryError
from inbox_worker.registry.backup import copies, made_at, make
from inbox_worker.settings import Settings

log = structlog.get_logger(__name__)

STALE = timedelta(hours=25)  # age of the newest backup from which one is made soon after a start
SOON = timedelta(seconds=5)
BETTER_LATE = {"misfire_grace_time": None}  # than never, where the machine slept at that hour


def schedule(scheduler: BaseScheduler, settings: Settings, alerts: Alerts, now: Callable[[], datetime]) -> None:
    """Enter the jobs that the settings ask for. Hours are those of the event's time zone."""
    zone = settings.invitation.reply_by.tzinfo or UTC
    if settings.backup.directory is not None:
        about = [settings, alerts, now]
        scheduler.add_job(back_up, AtHour(settings.backup.hour, zone), id="backup", args=about, **BETTER_LATE)
        if _stale(settings, now()):
            scheduler.add_job(back_up, "date", id="backup now", run_date=now() + SOON, args=about)
    if settings.summary.on:
        day = "" if settings.summary.on == "daily" else settings.summary.on
        hour = AtHour(settings.summary.hour, zone, day)
        scheduler.add_job(report, hour, id="report", args=[settings, now], **BETTER_LATE)


def tend(scheduler: BaseScheduler, now: datetime) -> None:
    """Bring forward what waits for an hour that comes earlier since somebody set the clock back.

    An hour within the last minute is held to be done: a clock that is corrected a little makes nothing happen twice.
    """
    for job in scheduler.get_jobs():
        if isinstance(job.trigger, AtHour) and job.next_run_time is not None:
            due = job.trigger.get_next_fire_time(None, now + timedelta(minutes=1))
            if due < job.next_run_time:
                scheduler.modify_job(job.id, next_run_time=due)


def _stale(settings: Settings, now: datetime) -> bool:
    found = copies(settings.backup.directory) if settings.backup.directory else []
    return not found or now - made_at(found[-1]) > STALE


def back_up(settings: Settings, alerts: Alerts, now: Callable[[], datetime]) -> None:
    """The nightly backup. Where it fails, somebody is told; the next night tries again."""
    place, wanted = settings.registry, settings.backup
    if wanted.directory is None or not place.path.exists():
        return
    try:
        copy = make(place.path, RawMail(place.mail_directory), wanted.directory, wanted.keep, now())
    except RegistryError as error:
        log.error("backup failed", error=error)  # noqa: TRY400 - no traceback in a line
        alerts.tell("backup failed", f"{error}\n")
    except Exception as error:  # noqa: BLE001 - the service must go on
        log.error("backup failed", error=describe(error))  # noqa: TRY400
        alerts.tell("backup failed", f"{describe(error)}\n")
    else:
        log.info("backup done", path=copy.path, messages=copy.messages, taken=copy.taken)


def report(settings: Settings, now: Callable[[], datetime]) -> None:
    """The page of ``report``, sent."""
    from inbox_worker.commands.report import page

    try:
        text = "\n".join(page(settings, now()))
        send(settings.mail, f"Replies to: {settings.invitation.title}", text, now())
    except (OutgoingError, RegistryError) as error:
        log.error("report not sent", error=error)  # noqa: TRY400 - no traceback in a line
    except Exception as error:  # noqa: BLE001 - the service must go on
        log.error("report not sent", error=describe(error))  # noqa: TRY400
    else:
        log.info("report sent", to=len(settings.mail.to))
