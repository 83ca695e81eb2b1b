"""A call in a process of its own, for what may kill the process it runs in."""

from __future__ import annotations

import signal
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

SECONDS = 60  # that such a process lives at most, whatever becomes of ours


class DiedError(Exception):
    """The process ended over it, or took too long."""


def apart(function: Callable[P, R], *arguments: P.args, **options: P.kwargs) -> R:
    """Call a function of a module in a new process; arguments and result must be such as can be pickled.

    Raises:
        DiedError: where that process ended before it had a result.
    """
    context = get_context("spawn")  # a fork would inherit our connections and locks
    with ProcessPoolExecutor(1, mp_context=context, initializer=_prepare) as pool:
        try:
            return pool.submit(function, *arguments, **options).result()
        except BrokenProcessPool:
            raise DiedError from None


def _prepare() -> None:
    """Let nothing end this process but the function itself and the clock, so that its end tells of the function."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    signal.alarm(SECONDS)
