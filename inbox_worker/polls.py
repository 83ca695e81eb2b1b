"""When to poll: at once, then every so often, at once on news, and less and less often while it fails."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog
from apscheduler.schedulers.base import BaseScheduler

from inbox_worker.logs import describe
from inbox_worker.model import UTC
from inbox_worker.pace import Backoff
from inbox_worker.poller import PollResult
from inbox_worker.settings import ServiceSettings

log = structlog.get_logger(__name__)

JOB = "poll"
OVERDUE = 5.0  # seconds after which a poll that should have begun is begun: somebody set the clock back


class Polls:
    """The poll as a job of a scheduler, and what is done after each.

    The job recurs by itself every ``poll_every`` seconds, whatever happens here; a poll that was due while another ran
    is made up for by one.
    """

    def __init__(
        self,
        scheduler: BaseScheduler,
        poll: Callable[[], PollResult],
        settings: ServiceSettings,
        after: Sequence[Callable[[PollResult], None]] = (),
    ) -> None:
        self._scheduler, self._poll, self._settings, self._after = scheduler, poll, settings, after
        self._backoff = Backoff(min(settings.retry_after, settings.poll_every), settings.retry_at_most)
        self._guard = threading.Lock()
        self._news = self._failing = self._stopped = False
        self._began: float | None = None  # monotonic seconds, while one runs
        self._due = time.monotonic()
        # Two instances, of which the second only tells the first: a scheduler forgets what it may not start.
        scheduler.add_job(
            self._run, "interval", id=JOB, seconds=settings.poll_every, max_instances=2, next_run_time=datetime.now(UTC)
        )

    def soon(self) -> None:
        """Something may have arrived: poll at once, or as soon as the poll that runs is done.

        While polls fail this does not hurry the next one.
        """
        with self._guard:
            self._news = True
            if self._began is None and not self._failing:
                self._set(0)

    def tend(self) -> None:
        """Begin a poll that is overdue by a clock that nobody can set. Call it every few seconds."""
        with self._guard:
            if self._began is None and time.monotonic() > self._due + OVERDUE:
                log.warning("poll overdue, perhaps the clock was set back")
                self._set(0)

    def stuck(self) -> bool:
        """Whether a poll has outlived its deadline by more than a minute: nothing here can be relied on any more."""
        began = self._began
        return began is not None and time.monotonic() - began > self._settings.poll_deadline + 60

    def _run(self) -> None:
        """Poll until there is no news; a second call meanwhile is news, and returns at once."""
        with self._guard:
            if self._began is not None:
                self._news = True
                return
            self._news, self._began = False, time.monotonic()
        while self._again(self._one()):
            pass

    def _one(self) -> PollResult:
        try:
            result = self._poll()
        except Exception as error:  # noqa: BLE001 - polls must go on
            result = PollResult(error=f"unexpected {describe(error)}")
            log.error("poll failed", error=result.error)  # noqa: TRY400 - no traceback in a line
        for each in self._after:
            try:
                each(result)
            except Exception as error:  # noqa: BLE001 - polls must go on
                log.error("failed after the poll", error=describe(error))  # noqa: TRY400
        return result

    def _again(self, result: PollResult) -> bool:
        """Whether to poll again at once; if not, when the next poll is due."""
        with self._guard:
            self._failing = result.error is not None
            if self._stopped:
                return False
            if self._failing:
                wait = self._backoff.failed(hopeless=not result.retry)
            else:
                self._backoff.succeeded()
                if self._news:
                    self._news, self._began = False, time.monotonic()
                    return True
                wait = self._settings.poll_every
            self._began = None
            self._set(wait)
            return False

    def stop(self) -> None:
        """Begin no other poll. A scheduler that shuts down waits for the one that runs, and may not be asked then."""
        with self._guard:
            self._stopped = True

    def _set(self, wait: float) -> None:
        if self._stopped:
            return
        self._due = time.monotonic() + wait
        self._scheduler.modify_job(JOB, next_run_time=datetime.now(UTC) + timedelta(seconds=wait))
