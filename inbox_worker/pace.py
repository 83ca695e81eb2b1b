"""How long to wait: longer after each failure, and never in step with others who wait for the same server."""

from __future__ import annotations

import random
from collections.abc import Callable


class Backoff:
    """Exponential back-off with jitter: each failure doubles the wait, up to ``most``; a success forgets them.

    A wait is drawn from the upper half of its range, so that it neither falls to nothing nor is the same everywhere.
    All in seconds.
    """

    def __init__(self, first: float, most: float, draw: Callable[[], float] = random.random) -> None:
        self._first, self._most, self._draw = first, max(first, most), draw
        self._failures = 0

    def failed(self, *, hopeless: bool = False) -> float:
        """How long to wait after one more failure; ``hopeless`` where only the operator can mend it."""
        wait = self._most if hopeless else min(self._most, self._first * 2.0 ** min(self._failures, 40))
        self._failures += 1
        return wait * (0.5 + self._draw() / 2)

    def succeeded(self) -> None:
        """Begin anew at the next failure."""
        self._failures = 0
