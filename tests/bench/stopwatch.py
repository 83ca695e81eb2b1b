"""CPU seconds of this process by stage: functions of the program are wrapped, and each second counts once."""

from __future__ import annotations

import functools
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any


class Stopwatch:
    """Seconds by stage. A stage that calls another does not count that one's time."""

    def __init__(self, clock: Callable[[], float] = time.process_time) -> None:
        self.clock = clock
        self.seconds: dict[str, float] = defaultdict(float)
        self.calls: dict[str, int] = defaultdict(int)
        self._stack: list[list[Any]] = []  # [stage, when it last went on]

    def begin(self, stage: str) -> None:
        """A stage begins; whichever was under way waits."""
        now = self.clock()
        if self._stack:
            self.seconds[self._stack[-1][0]] += now - self._stack[-1][1]
        self._stack.append([stage, now])
        self.calls[stage] += 1

    def end(self) -> None:
        """The stage ends; whichever it interrupted goes on."""
        now = self.clock()
        stage, since = self._stack.pop()
        self.seconds[stage] += now - since
        if self._stack:
            self._stack[-1][1] = now

    def wrapped(self, function: Callable[..., Any], stage: str) -> Callable[..., Any]:
        """The function, counted as a stage."""

        @functools.wraps(function)
        def call(*arguments: Any, **named: Any) -> Any:
            self.begin(stage)
            try:
                return function(*arguments, **named)
            finally:
                self.end()

        return call

    def wrapped_end(self, function: Callable[..., AbstractContextManager[Any]], stage: str) -> Callable[..., Any]:
        """A context manager of which leaving is counted as a stage, and what is done inside is not."""

        @contextmanager
        def call(*arguments: Any) -> Iterator[Any]:
            manager = function(*arguments)
            with manager as value:
                yield value
                self.begin(stage)
            self.end()

        return call


@contextmanager
def watching(places: dict[str, list[tuple[Any, str]]], watch: Stopwatch) -> Iterator[Stopwatch]:
    """Count functions by stage: for each stage (object, name of its function), put back afterwards."""
    before = [(owner, name, owner.__dict__[name]) for each in places.values() for owner, name in each]
    for stage, each in places.items():
        for owner, name in each:
            wrap = watch.wrapped_end if stage == "commit" else watch.wrapped
            setattr(owner, name, wrap(getattr(owner, name), stage))
    try:
        yield watch
    finally:
        for owner, name, function in before:
            setattr(owner, name, function)
