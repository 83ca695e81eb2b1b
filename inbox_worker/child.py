"""A child process of the service with a channel to it: it can be killed when it hangs, and ends with its parent."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
from multiprocessing.connection import Connection
from pathlib import Path
from types import FrameType

import structlog

log = structlog.get_logger(__name__)

PR_SET_PDEATHSIG = 1  # prctl (2)


class Child:
    """The parent's side: ``module`` run by this Python, with ``first`` sent to it.

    The thread that makes it must not end before the child: the kernel would take that for our death (prctl (2),
    PR_SET_PDEATHSIG).
    """

    def __init__(self, module: str, name: str, first: object) -> None:
        ours, theirs = socket.socketpair()
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path or str(Path.cwd()) for path in sys.path)}
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - ourselves, no word of a message in it
                [sys.executable, "-m", module, str(theirs.fileno()), str(os.getpid())],
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                env=environment,
            )
        self._name = name
        self._channel = Connection(ours.detach())
        log.info(f"{name} process started", pid=self._process.pid)
        self.tell(first)

    def tell(self, what: object) -> None:
        """Send something. That nobody is there any more shows when an answer is waited for."""
        with contextlib.suppress(OSError):
            self._channel.send(what)

    def hear(self, seconds: float) -> object | None:
        """What it says next; None if nothing was heard in that time.

        Raises:
            EOFError: where the process is gone.
        """
        try:
            return self._channel.recv() if self._channel.poll(seconds) else None
        except OSError:
            raise EOFError from None

    def stop(self, grace: float) -> None:
        """Ask it to stop, whether it works or waits; kill it when it has not after ``grace`` seconds."""
        self._process.send_signal(signal.SIGTERM)
        self.tell("stop")
        try:
            self._process.wait(grace)
        except subprocess.TimeoutExpired:
            log.warning(f"{self._name} process killed", pid=self._process.pid, grace=grace)
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

    def close(self) -> None:
        """Let go of the channel of a process that is gone."""
        self._channel.close()


class Stop:
    """Whether a signal said to stop. A bare attribute, for a handler must not wait for any lock."""

    def __init__(self) -> None:
        self._set = False

    def is_set(self) -> bool:
        """Whether a signal came."""
        return self._set

    def on_signal(self, number: int, frame: FrameType | None) -> None:
        """The handler."""
        self._set = True


def channel_to(arguments: list[str]) -> Connection | None:
    """The child's side: the channel whose number is given, to the parent whose process id is given.

    From now on the kernel kills us when the parent dies. None if it has died already.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    return Connection(int(arguments[0])) if os.getppid() == int(arguments[1]) else None
