"""Which message is at hand, written down first, so that one that kills its reader is not read for ever."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MOST = 3  # times that the process may end over a message before it is read in a process of its own


class Attempts:
    """A small file beside the registry that names the message at hand and how often it was begun.

    It needs no fsync: it tells of processes that died, not of power cuts. It stays open from message to message,
    empty between them, until ``clear``.
    """

    def __init__(self, registry: Path) -> None:
        self._path = registry.with_name(registry.name + ".at-hand")
        self._file: int | None = None

    def left(self) -> bool:
        """Whether a process died over a message, and nobody has begun another since."""
        return self._last()[1] > 0

    @contextmanager
    def at_hand(self, sha256: str) -> Iterator[int]:
        """A message is at hand: gives how often it was begun without an end, this time included.

        An exception is an end as well: only a process that dies leaves the file filled.
        """
        before, count = self._last()
        attempt = count + 1 if before == sha256 else 1
        if self._file is None:
            self._file = os.open(self._path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        try:
            os.pwrite(self._file, f"{sha256} {attempt}".encode("ascii"), 0)
            yield attempt
        finally:
            os.ftruncate(self._file, 0)

    def clear(self) -> None:
        """Nothing is at hand, for now: the file goes, unless it tells of a death and nothing was at hand since."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
            self._path.unlink(missing_ok=True)

    def _last(self) -> tuple[str, int]:
        if self._file is not None:
            return "", 0  # we emptied it ourselves
        try:
            sha256, count = self._path.read_text(encoding="ascii").split()
            return sha256, int(count)
        except (OSError, ValueError):
            return "", 0  # none, or cut short: nobody was at work
