"""Messages that are kept together: what was understood of several is one transaction, and one wait for the disk."""

from __future__ import annotations

import time

from inbox_worker.model import RawMessage
from inbox_worker.worker import Cursor, Outcome, Step, Worker

MOST = 50  # messages of one transaction
MOST_BYTES = 8_000_000  # of raw mail that waits in memory
LONGEST = 1.0  # seconds that the first of them waits


class Together:
    """Collects steps until they are ``full``. What is not written yet is lost with the process, and read once more."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker
        self._most = 1 if worker.wary else MOST
        self._steps: list[Step] = []
        self._bytes, self._since = 0, 0.0

    def add(self, raw: RawMessage, cursor: Cursor | None = None) -> None:
        """Understand a message."""
        self._append(self._worker.step(raw, cursor))

    def set_aside(self, in_its_place: RawMessage, why: str, cursor: Cursor | None = None) -> None:
        """Have a message flagged that cannot be had."""
        self._append(self._worker.aside(in_its_place, why, cursor))

    def pass_over(self, cursor: Cursor) -> None:
        """Have the cursor moved."""
        self._append(Step(cursor, passed_over=True))

    def _append(self, step: Step) -> None:
        if not self._steps:
            self._since = time.monotonic()
        self._steps.append(step)
        self._bytes += len(step.raw.content) if step.raw is not None else 0

    @property
    def full(self) -> bool:
        """Whether it is time to write."""
        waited = time.monotonic() - self._since
        return bool(self._steps) and (len(self._steps) >= self._most or self._bytes >= MOST_BYTES or waited >= LONGEST)

    def write(self) -> list[tuple[Step, Outcome]]:
        """Keep them all; what became of each."""
        steps, self._steps, self._bytes = self._steps, [], 0
        return list(zip(steps, self._worker.keep(steps), strict=True)) if steps else []
