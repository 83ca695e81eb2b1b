"""The unattended service: when to poll, and how to end."""

from __future__ import annotations

import queue
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from inbox_worker import jobs, poll_process, systemd
from inbox_worker.alerts import Alerts
from inbox_worker.child import Stop
from inbox_worker.lock import RegistryLock
from inbox_worker.metrics import Metrics
from inbox_worker.model import UTC
from inbox_worker.poller import GRACE, Poller, PollResult, PollTarget
from inbox_worker.polls import Polls
from inbox_worker.registry.registry import utc_now
from inbox_worker.settings import Settings
from inbox_worker.watcher import Watcher

log = structlog.get_logger(__name__)

TENDING = 5.0  # seconds between two looks at whether all is going on
ENDING = (signal.SIGTERM, signal.SIGINT)


def serve(settings: Settings, target: str, grace: float = GRACE) -> None:
    """Poll until SIGTERM or SIGINT, then finish the message at hand.

    ``target`` is "module:function", a PollTarget. The child gets ``grace`` seconds to finish; a second signal ends it
    at once. Call it in the main thread.

    Raises:
        LockError: where another worker has this registry.
    """
    with RegistryLock(settings.registry.path), _signals() as signals:
        poller = Poller(settings, target)
        scheduler = _scheduler(settings)
        alerts, metrics = Alerts(settings, utc_now), Metrics(settings, utc_now)
        metrics.serve()
        after: list[Callable[[PollResult], None]] = [alerts.polled, metrics.polled]
        polls = Polls(scheduler, poller.poll, settings.service, after)
        watcher = _watcher(settings, polls, after)
        jobs.schedule(scheduler, settings, alerts, utc_now)
        scheduler.start()
        log.info("service started", registry=settings.registry.path, poll_every=settings.service.poll_every)
        systemd.notify("READY=1")
        log.info("service ending", signal=_tend(signals, scheduler, polls))
        systemd.notify("STOPPING=1")
        scheduler.pause()
        polls.stop()
        if watcher is not None:
            watcher.stop()

        def stop() -> None:
            poller.stop(grace)
            signals.put(None)

        stopping = threading.Thread(target=stop)
        stopping.start()
        if signals.get() is not None:  # a second signal: somebody does not want to wait
            poller.kill()
        stopping.join()
        scheduler.shutdown(wait=True)
        log.info("service ended")


def _watcher(settings: Settings, polls: Polls, after: list[Callable[[PollResult], None]]) -> Watcher | None:
    """Whoever waits for news, begun by the first poll that goes well; None where nobody is to."""
    if not (settings.service.idle and settings.mailbox.host):
        return None
    watcher = Watcher(settings, polls.soon)
    after.append(lambda result: None if result.error else watcher.looked())
    watcher.start()
    return watcher


def _tend(signals: queue.SimpleQueue[str | None], scheduler: BackgroundScheduler, polls: Polls) -> str | None:
    """Wait for a signal, and see meanwhile that polls are made; without that systemd is to start us anew."""
    while True:
        try:
            return signals.get(timeout=TENDING)
        except queue.Empty:
            polls.tend()
            jobs.tend(scheduler, utc_now())
            if scheduler.running and not polls.stuck():
                systemd.notify("WATCHDOG=1")


def run_once(settings: Settings, target: PollTarget) -> PollResult:
    """One poll in this process. SIGTERM and SIGINT let it finish the message at hand.

    Raises:
        LockError: where another worker has this registry.
    """
    stop = Stop()
    with RegistryLock(settings.registry.path), _handled(stop.on_signal):
        return poll_process.run(target, settings, stop)


def _scheduler(settings: Settings) -> BackgroundScheduler:
    """A scheduler of jobs that are made up for when they were due while nothing ran: once, not as often as missed."""
    return BackgroundScheduler(
        timezone=UTC,
        executors={"default": ThreadPoolExecutor(4)},  # its threads live until shutdown, as Child asks for
        job_defaults={
            "coalesce": True,
            "max_instances": 1,
            "misfire_grace_time": settings.service.misfire_grace,
        },
    )


@contextmanager
def _signals() -> Iterator[queue.SimpleQueue[str | None]]:
    """The names of ending signals, as they come. Unlike a lock the queue may be used whatever a handler interrupts."""
    received: queue.SimpleQueue[str | None] = queue.SimpleQueue()
    with _handled(lambda number, _: received.put(signal.Signals(number).name)):
        yield received


@contextmanager
def _handled(handler: signal._HANDLER) -> Iterator[None]:
    before = {number: signal.signal(number, handler) for number in ENDING}
    try:
        yield
    finally:
        for number, previous in before.items():
            signal.signal(number, previous)
