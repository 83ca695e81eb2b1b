"""The child's side of ``poller``: polls when told to, stops when told to, and does not outlive its parent."""

from __future__ import annotations

import importlib
import signal
import sys
import time

import structlog

from inbox_worker import logs
from inbox_worker.child import Stop, channel_to
from inbox_worker.poller import PollResult, PollTarget
from inbox_worker.settings import Settings

log = structlog.get_logger(__name__)


def main(arguments: list[str]) -> int:
    """Serve polls over the socket whose number is given, for the parent whose process id is given."""
    channel = channel_to(arguments)
    if channel is None:
        return 1
    stop = Stop()
    signal.signal(signal.SIGTERM, stop.on_signal)
    signal.signal(signal.SIGINT, stop.on_signal)  # Ctrl-C reaches the whole group; the parent says what to do
    try:
        settings, name = channel.recv()
        logs.start(as_json=settings.logs.json)
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
    facts = {"seen": result.seen, "new": result.new, "failed": result.failed, "seconds": time.monotonic() - start}
    if result.error is None:
        log.info("poll done", **facts)
    else:
        log.error("poll failed", **facts, retry=result.retry, error=result.error)
    return result


def _load(name: str) -> PollTarget:
    module, _, function = name.partition(":")
    target: PollTarget = getattr(importlib.import_module(module), function)
    return target


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
