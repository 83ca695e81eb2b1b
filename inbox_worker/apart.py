"""A call in a process of its own, for what may kill the process it runs in."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import TypeVar

R = TypeVar("R")

PR_SET_PDEATHSIG = 1  # prctl (2)


class DiedError(Exception):
    """The process ended over it, or took too long."""


def apart(seconds: float, function: Callable[..., R], *arguments: object) -> R:
    """Call a function in a fork of this process, which lives for so many seconds at most. It must touch nothing that
    is open here, such as the registry; its result must be one that can be pickled.

    Raises:
        DiedError: where that process ended before it had a result.
    """
    context = get_context("fork")  # the reader is warm here, and needs some time to get warm elsewhere
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_call, args=(sender, os.getpid(), seconds, function, arguments), daemon=True)
    process.start()
    sender.close()
    try:
        result: R = receiver.recv()
    except EOFError:
        raise DiedError from None
    finally:
        receiver.close()
        process.join()
    return result


def _call(
    sender: Connection, parent: int, seconds: float, function: Callable[..., object], arguments: tuple[object, ...]
) -> None:
    """Let nothing end this process but the function, the clock and the end of its parent."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)  # whatever our parent did with it: here it is the end
    signal.setitimer(signal.ITIMER_REAL, seconds)
    if die_with(parent):
        sender.send(function(*arguments))


def die_with(parent: int) -> bool:
    """Have the kernel end this process when its parent ends. Whether the parent is there yet."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    return os.getppid() == parent
