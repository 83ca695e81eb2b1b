"""The unattended service: when to poll, and how to end."""

from __future__ import annotations

import logging
import queue
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from inbox_worker import poll_process
from inbox_worker.lock import RegistryLock
from inbox_worker.logs import pairs
from inbox_worker.model import UTC
from inbox_worker.poller import GRACE, Poller, PollResult, PollTarget
from inbox_worker.settings import Settings

log = logging.getLogger(__name__)

ENDING = (signal.SIGTERM, signal.SIGINT)


def serve(settings: Settings, target: str, grace: float = GRACE) -> None:
    """Poll every ``[service] poll_every`` seconds until SIGTERM or SIGINT, then finish the message at hand.

    ``target`` is "module:function", a PollTarget. The child gets ``grace`` seconds to finish; a second signal ends it
    at once. Call it in the main thread.

    Raises:
        LockError: where another worker has this registry.
    """
    with RegistryLock(settings.registry.path), _signals() as signals:
        poller = Poller(settings, target)
        scheduler = _scheduler(settings, poller)
        scheduler.start()
        log.info("service started %s", pairs(registry=settings.registry.path, poll_every=settings.service.poll_every))
        log.info("service ending %s", pairs(signal=signals.get()))
        scheduler.pause()

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


def run_once(settings: Settings, target: PollTarget) -> PollResult:
    """One poll in this process. SIGTERM and SIGINT let it finish the message at hand.

    Raises:
        LockError: where another worker has this registry.
    """
    stop = poll_process.Stop()
    with RegistryLock(settings.registry.path), _handled(stop.on_signal):
        return poll_process.run(target, settings, stop)


def _scheduler(settings: Settings, poller: Poller) -> BackgroundScheduler:
    """A scheduler whose poll starts at once. A poll that was due while another ran is made up for by one, not many."""
    scheduler = BackgroundScheduler(
        timezone=UTC,
        executors={"default": ThreadPoolExecutor(4)},  # its threads live until shutdown, as Poller asks for
        job_defaults={
            "coalesce": True,
            "max_instances": 1,
            "misfire_grace_time": settings.service.misfire_grace,
        },
    )
    scheduler.add_job(
        poller.poll,
        "interval",
        id="poll",
        seconds=settings.service.poll_every,
        next_run_time=datetime.now(UTC),
    )
    return scheduler


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
