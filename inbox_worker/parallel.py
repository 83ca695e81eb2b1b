"""A function over many messages in several processes: the same results in the same order as in one."""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import chain, islice
from multiprocessing import get_context
from typing import Any, Protocol, TypeVar

from inbox_worker.apart import DiedError, apart, die_with

Item = TypeVar("Item")
Result = TypeVar("Result")

FIRST = 4  # items done in this process: fewer are not worth others, and the reader is warm before it is forked
AHEAD = 4  # items under way for each process: results wait in memory until it is their turn
PATIENCE = 60.0  # seconds for an item that is suspected of having ended its process

_functions: list[Callable[[Any], Any]] = []  # in a process of a pool: last, what it does with each item


class Engine(Protocol):
    """What does the reading of many messages: each item with what a function makes of it, in their order."""

    def __call__(
        self, items: Iterable[Item], function: Callable[[Item], Result], died: Callable[[Item], Result], /
    ) -> Iterator[tuple[Item, Result]]:
        """``died`` gives the result of an item that ends the processes it is read in."""
        ...


def cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def in_order(
    items: Iterable[Item], function: Callable[[Item], Result], died: Callable[[Item], Result], *, jobs: int
) -> Iterator[tuple[Item, Result]]:
    """Each item with what ``function`` makes of it, in their order, by so many processes.

    They are forks of this one, which share what it has loaded, and must touch nothing that is open here. An item that
    ends its process is tried once more in one of its own; where that ends too its result is what ``died`` gives.
    """
    left = iter(items)
    for item in left if jobs < 2 else islice(left, FIRST):
        yield item, function(item)
    started = next(left, None) if jobs > 1 else None
    if started is None:
        return
    yield from _forked(chain([started], left), function, jobs, died)


def _forked(
    items: Iterator[Item], function: Callable[[Item], Result], jobs: int, died: Callable[[Item], Result]
) -> Iterator[tuple[Item, Result]]:
    pool = _pool(jobs, function)
    waiting: deque[tuple[Item, Future[Result]]] = deque()
    try:
        while True:
            try:
                while len(waiting) < jobs * AHEAD and (item := next(items, None)) is not None:
                    waiting.append((item, _submitted(pool, item)))
                if not waiting:
                    return
                found = waiting[0][1].result()
            except BrokenProcessPool:
                pool.shutdown(cancel_futures=True)
                for item, future in waiting:
                    yield item, _once_more(item, future, function, died)
                waiting.clear()
                pool = _pool(jobs, function)
            else:
                yield waiting.popleft()[0], found
    finally:
        # With nothing under way its thread ends at once, and is waited for: the end of the program races with it else.
        pool.shutdown(wait=not waiting, cancel_futures=True)


def _submitted(pool: ProcessPoolExecutor, item: Any) -> Future[Any]:
    try:
        return pool.submit(_done, item)
    except BrokenProcessPool as error:
        lost: Future[Any] = Future()
        lost.set_exception(error)
        return lost


def _once_more(
    item: Item, future: Future[Result], function: Callable[[Item], Result], died: Callable[[Item], Result]
) -> Result:
    """The result of an item whose pool broke, or that of a process of its own: nobody knows which item broke it."""
    if future.done() and future.exception() is None:
        return future.result()
    try:
        return apart(PATIENCE, function, item)
    except DiedError:
        return died(item)


def _pool(jobs: int, function: Callable[[Any], Any]) -> ProcessPoolExecutor:
    """Processes that have the function from their birth: sent with each item it would bring an invited list of its own
    along, of which all that was worked out would have to be worked out anew."""
    begin = (os.getpid(), function)
    return ProcessPoolExecutor(jobs, mp_context=get_context("fork"), initializer=_begin, initargs=begin)


def _begin(parent: int, function: Callable[[Any], Any]) -> None:
    _functions.append(function)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent says what to do
    die_with(parent)


def _done(item: Any) -> Any:
    return _functions[-1](item)
