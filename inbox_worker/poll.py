"""One look into the mailbox: what is new goes through all stages into the registry."""

from __future__ import annotations

import contextlib
import errno
import sqlite3
import time

import structlog

from inbox_worker import __version__
from inbox_worker.afterwards import change_mailbox
from inbox_worker.asking import ask_waiting
from inbox_worker.mailbox import Arrival, Cursor, Mailbox, MailboxError, Moment, open_mailbox
from inbox_worker.message import received_time
from inbox_worker.model import Location, RawMessage
from inbox_worker.poller import PollResult, StopFlag
from inbox_worker.retention import forget_expired
from inbox_worker.settings import Settings, SettingsError
from inbox_worker.together import Together
from inbox_worker.worker import Outcome, Worker, stand_in

log = structlog.get_logger(__name__)

DISK = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO}  # said without the name of a file


def poll(settings: Settings, stop: StopFlag) -> PollResult:
    """Take in what the mailbox has that the registry has not; write down that we looked, and how it ended.

    What was committed before an error stays; the next poll goes on from there.
    """
    start = time.monotonic()
    worker = Worker.open(settings)
    try:
        if changes := worker.registry.report.counts:
            log.info("invited list taken in", **changes)
        if reread := worker.follow_invited_list():
            log.info("invited list changed", read_anew=reread)
        if reread := worker.follow_rulings():
            log.info("rulings followed", read_anew=reread)
        worker.retry_failed()
        counts = dict.fromkeys(Outcome, 0)
        error, retry = None, True
        try:
            _take_in_new(worker, settings, stop, counts)
            _ask_model(worker, settings, stop, start)
            if not stop.is_set():
                change_mailbox(worker.registry, settings)
                if forgotten := forget_expired(worker.registry, settings):
                    log.info("messages forgotten", messages=forgotten)
        except (MailboxError, SettingsError) as problem:
            error, retry = str(problem), getattr(problem, "retry", False)
        except OSError as problem:
            if problem.filename is None and problem.errno not in DISK:
                raise
            error = f"what arrived cannot be written down: {problem}; make room there, or let this user write there"
        with contextlib.suppress(*([sqlite3.OperationalError] if error else [])):  # the same disk, perhaps
            worker.registry.heartbeat(__version__, error)
    finally:
        worker.registry.close()
    return PollResult(
        seen=sum(counts.values()),
        new=counts[Outcome.RECORDED] + counts[Outcome.FAILED],
        failed=counts[Outcome.FAILED],
        error=error,
        retry=retry,
    )


def _take_in_new(worker: Worker, settings: Settings, stop: StopFlag, counts: dict[Outcome, int]) -> None:
    cursors = {source: Cursor(source, *numbers) for source, numbers in worker.registry.cursors().items()}
    together = Together(worker)
    with open_mailbox(settings.mailbox, received_time) as mailbox:
        try:
            for arrival in mailbox.arrivals(cursors):
                _understand(together, arrival)
                if together.full:
                    _write(together, counts)
                if stop.is_set():
                    break
        except MailboxError:
            _write(together, counts)
            raise
        _write(together, counts)
        if not stop.is_set():
            _follow_answers(worker, mailbox)


def _write(together: Together, counts: dict[Outcome, int]) -> None:
    for step, outcome in together.write():
        if step.passed_over:
            continue
        counts[outcome] += 1
        if outcome is Outcome.FAILED and step.raw is not None:
            where = step.raw.location
            log.error("message failed", sha256=step.raw.sha256, source=where.source, uid=where.uid)


def _ask_model(worker: Worker, settings: Settings, stop: StopFlag, start: float) -> None:
    """Ask a language model about what waits for it, as long as that cannot make the poll too long: nothing is asked
    after a third of the deadline, and an answer takes a third at most."""
    if settings.language_model is None:
        return
    until = start + settings.service.poll_deadline / 3
    tally = ask_waiting(worker, settings.language_model, lambda: stop.is_set() or time.monotonic() > until)
    if tally.answered or tally.failed:
        log.info("language model asked", answered=tally.answered, failed=tally.failed, waiting=tally.waiting)


def _follow_answers(worker: Worker, mailbox: Mailbox) -> None:
    """Close the questions of messages that somebody of us has answered in their mail program."""
    followed = worker.registry.answers_followed()
    answers = mailbox.answered({source: Moment(source, *numbers) for source, numbers in followed.items()})
    moments = {moment.source: (moment.uidvalidity, moment.modseq) for moment in answers.moments}
    if not answers.places and not moments:
        return
    if closed := worker.registry.answered(answers.places, moments):
        log.info("questions answered", messages=closed)


def _understand(together: Together, arrival: Arrival) -> None:
    cursor = (arrival.cursor.source, arrival.cursor.uidvalidity, arrival.cursor.last_uid)
    if arrival.problem is not None:
        together.set_aside(_stand_in(arrival), arrival.problem, cursor)
    elif arrival.raw is None:
        together.pass_over(cursor)
    else:
        together.add(arrival.raw, cursor)


def _stand_in(arrival: Arrival) -> RawMessage:
    """Something to hang a flag on, for a message that the mailbox does not hand over."""
    if arrival.path is not None:
        return stand_in(arrival.path)
    cursor = arrival.cursor
    where = f"{cursor.source};UIDVALIDITY={cursor.uidvalidity};UID={cursor.last_uid}"
    return stand_in(where, Location(cursor.source, cursor.uidvalidity, cursor.last_uid))
