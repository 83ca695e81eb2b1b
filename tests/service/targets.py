"""Polls that misbehave, for the service to deal with. Each notes what it does in a file beside the registry."""

from __future__ import annotations

import os
import signal
import time

from inbox_worker.poller import PollResult, StopFlag
from inbox_worker.settings import Settings


def note(settings: Settings, text: str) -> int:
    """Append a line "monotonic-seconds pid text"; how many lines there are now."""
    path = settings.registry.path.with_name("notes")
    with path.open("a") as file:
        file.write(f"{time.monotonic():.3f} {os.getpid()} {text}\n")
    return len(path.read_text().splitlines())


def quick(settings: Settings, stop: StopFlag) -> PollResult:
    note(settings, "poll")
    return PollResult(seen=3, new=2, failed=1)


def hang_once(settings: Settings, stop: StopFlag) -> PollResult:
    if note(settings, "poll") == 1:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        time.sleep(1000)
    return PollResult()


def die_once(settings: Settings, stop: StopFlag) -> PollResult:
    if note(settings, "poll") == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    return PollResult()


def exit_once(settings: Settings, stop: StopFlag) -> PollResult:
    if note(settings, "poll") == 1:
        os._exit(3)
    return PollResult()


def raise_once(settings: Settings, stop: StopFlag) -> PollResult:
    if note(settings, "poll") == 1:
        raise ValueError("We come with three, says Mrs Smith")
    return PollResult()


def long_once(settings: Settings, stop: StopFlag) -> PollResult:
    if note(settings, "poll") == 1:
        time.sleep(2.5)
    note(settings, "done")
    return PollResult()


def messages(settings: Settings, stop: StopFlag) -> PollResult:
    """A thousand messages of 0.3 s each."""
    for number in range(1000):
        if stop.is_set():
            return PollResult(seen=number)
        note(settings, f"start {number}")
        end = time.monotonic() + 0.3
        while time.monotonic() < end:
            time.sleep(0.01)
        note(settings, f"end {number}")
    return PollResult(seen=1000)


def stubborn(settings: Settings, stop: StopFlag) -> PollResult:
    note(settings, "poll")
    while True:
        time.sleep(0.1)
