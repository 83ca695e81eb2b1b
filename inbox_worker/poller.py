"""The poll in a process of its own, which lives on between polls and can be killed when it hangs."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import structlog

from inbox_worker.child import Child
from inbox_worker.settings import Settings

log = structlog.get_logger(__name__)

GRACE = 20.0  # seconds that a poll has to finish the message at hand; systemd kills after 90


@dataclass(frozen=True)
class PollResult:
    """What one look into the mailbox came to."""

    seen: int = 0  # messages offered by the mailbox
    new: int = 0  # of those, not in the registry before
    failed: int = 0  # of those, set aside
    error: str | None = None  # why it ended early, a sentence for the operator
    retry: bool = True  # with an error: whether waiting may help


class StopFlag(Protocol):
    """Asked between two messages."""

    def is_set(self) -> bool:
        """Whether to finish the message at hand and return."""
        ...


PollTarget = Callable[[Settings, StopFlag], PollResult]


class Poller:
    """Runs a ``PollTarget``, given as "module:function", in a child process.

    ``poll`` may run in one thread while another calls ``stop`` or ``kill``. The thread that calls ``poll`` first, or
    first after a child was lost, must not end before the child (see ``Child``).
    """

    def __init__(self, settings: Settings, target: str) -> None:
        self._settings = settings
        self._target = target
        self._deadline = settings.service.poll_deadline
        self._child: Child | None = None
        self._guard = threading.Lock()  # around the start of a child and the order to stop
        self._stopping = False

    def poll(self) -> PollResult:
        """One poll. A child that does not answer within the deadline is killed; the next poll starts a new one."""
        with self._guard:
            if self._stopping:
                return PollResult()
            if self._child is None:
                self._child = Child("inbox_worker.poll_process", "poll", (self._settings, self._target))
            child = self._child
            child.tell("poll")
        try:
            result = child.hear(self._deadline)
        except EOFError:
            self._forget(child)
            return self._cut(f"the process that polls ended {child.reap()}")
        if not isinstance(result, PollResult):
            self._forget(child)
            child.kill()
            return self._cut(f"the poll took longer than [service] poll_deadline, {self._deadline} s, and was cut")
        return result

    def _cut(self, error: str) -> PollResult:
        """A poll that could not tell itself how it ended. On our way out that is no fault."""
        if self._stopping:
            return PollResult()
        log.error("poll failed", retry=True, error=error)
        return PollResult(error=error)

    def _forget(self, child: Child) -> None:
        with self._guard:
            if self._child is child:
                self._child = None

    def stop(self, grace: float = GRACE) -> None:
        """Let the child finish the message at hand, for ``grace`` seconds at most. No poll starts after that."""
        with self._guard:
            self._stopping = True
            child = self._child
        if child is not None:
            child.stop(grace)

    def kill(self) -> None:
        """End the child at once."""
        with self._guard:
            self._stopping = True
            child = self._child
        if child is not None:
            child.kill()
