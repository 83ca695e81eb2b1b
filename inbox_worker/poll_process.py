"""The child's side of ``poller``: polls when told to, stops when told to, and does not outlive its parent."""

from __future__ import annotations

import ctypes
import importlib
import logging
import os
import signal
import sys
import time
from multiprocessing.connection import Connection
from types import FrameType

from inbox_worker import logs
from inbox_worker.poller import PollResult, PollTarget
from inbox_worker.settings import Settings

log = logging.getLogger(__name__)

PR_SET_PDEATHSIG = 1  # prctl (2)


class Stop:
    """A StopFlag that signals set. A bare attribute, for a handler must not wait for any lock."""

    def __init__(self) -> None:
        self._set = False

    def is_set(self) -> bool:
        """Whether a signal came."""
        return self._set

    def on_signal(self, number: int, frame: FrameType | None) -> None:
        """The handler."""
        self._set = True


def main(arguments: list[str]) -> int:
    """Serve polls over the socket whose number is given, for the parent whose process id is given."""
    channel, parent = Connection(int(arguments[0])), int(arguments[1])
    if not _die_with(parent):
        return 1
    stop = Stop()
    signal.signal(signal.SIGTERM, stop.on_signal)
    signal.signal(signal.SIGINT, stop.on_signal)  # Ctrl-C reaches the whole group; the parent says what to do
    logs.start()
    try:
        settings, name = channel.recv()
        target = _load(name)
        while not stop.is_set() and channel.recv() == "poll":
            channel.send(run(target, settings, stop))
    except (EOFError, OSError):  # the parent is gone
        return 1
    return 0


def run(target: PollTarget, settings: Settings, stop: Stop) -> PollResult:
    """One poll, logged; an exception that nobody foresaw is an error like others."""
    start = time.monotonic()
    try:
        result = target(settings, stop)
    except Exception as error:  # noqa: BLE001 - the service must go on
        result = PollResult(error=f"unexpected {logs.describe(error)}")
    facts = logs.pairs(seen=result.seen, new=result.new, failed=result.failed, seconds=time.monotonic() - start)
    if result.error is None:
        log.info("poll done %s", facts)
    else:
        log.error("poll failed %s %s", facts, logs.pairs(retry=result.retry, error=result.error))
    return result


def _load(name: str) -> PollTarget:
    module, _, function = name.partition(":")
    target: PollTarget = getattr(importlib.import_module(module), function)
    return target


def _die_with(parent: int) -> bool:
    """Have the kernel kill us when the parent dies; False if it has died already."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    return os.getppid() == parent


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
