"""The poll in a process of its own, which lives on between polls and can be killed when it hangs."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Protocol

from inbox_worker.logs import pairs
from inbox_worker.settings import Settings

log = logging.getLogger(__name__)

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
    first after a child was lost, must not end before the child: the kernel would take that for our death (prctl (2),
    PR_SET_PDEATHSIG).
    """

    def __init__(self, settings: Settings, target: str) -> None:
        self._settings = settings
        self._target = target
        self._deadline = settings.service.poll_deadline
        self._child: _Child | None = None
        self._guard = threading.Lock()  # around the start of a child and the order to stop
        self._stopping = False

    def poll(self) -> PollResult:
        """One poll. A child that does not answer within the deadline is killed; the next poll starts a new one."""
        with self._guard:
            if self._stopping:
                return PollResult()
            if self._child is None:
                self._child = _Child(self._settings, self._target)
            child = self._child
            child.tell("poll")
        try:
            result = child.answer(self._deadline)
        except EOFError:
            self._forget(child)
            return self._cut(f"the process that polls ended {child.reap()}")
        if result is None:
            self._forget(child)
            child.kill()
            return self._cut(f"the poll took longer than [service] poll_deadline, {self._deadline} s, and was cut")
        return result

    def _cut(self, error: str) -> PollResult:
        """A poll that could not tell itself how it ended. On our way out that is no fault."""
        if self._stopping:
            return PollResult()
        log.error("poll failed %s", pairs(retry=True, error=error))
        return PollResult(error=error)

    def _forget(self, child: _Child) -> None:
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


class _Child:
    """One child process and the channel to it."""

    def __init__(self, settings: Settings, target: str) -> None:
        ours, theirs = socket.socketpair()
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path or str(Path.cwd()) for path in sys.path)}
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - ourselves, no word of a message in it
                [sys.executable, "-m", "inbox_worker.poll_process", str(theirs.fileno()), str(os.getpid())],
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                env=environment,
            )
        self._channel = Connection(ours.detach())
        log.info("poll process started %s", pairs(pid=self._process.pid))
        self.tell((settings, target))

    def tell(self, what: object) -> None:
        """Send something. That nobody is there any more shows when an answer is waited for."""
        with contextlib.suppress(OSError):
            self._channel.send(what)

    def answer(self, seconds: float) -> PollResult | None:
        """What came of a poll; None if nothing was heard in that time.

        Raises:
            EOFError: where the process is gone.
        """
        try:
            result: PollResult | None = self._channel.recv() if self._channel.poll(seconds) else None
        except OSError:
            raise EOFError from None
        return result

    def stop(self, grace: float) -> None:
        """Ask it to stop, whether it polls or waits; kill it when it has not after ``grace`` seconds."""
        self._process.send_signal(signal.SIGTERM)
        self.tell("stop")
        try:
            self._process.wait(grace)
        except subprocess.TimeoutExpired:
            log.warning("poll process killed %s", pairs(pid=self._process.pid, grace=grace))
            self.kill()

    def kill(self) -> None:
        """SIGKILL."""
        self._process.kill()
        self._process.wait()

    def reap(self) -> str:
        """How a process ended that closed its channel."""
        try:
            status = self._process.wait(5)
        except subprocess.TimeoutExpired:
            self.kill()
            return "its conversation with us, and was killed"
        return f"by signal {signal.Signals(-status).name}" if status < 0 else f"by itself with status {status}"
