"""Which message is at hand, written down first, so that one that kills its reader is not read for ever."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MOST = 3  # times that the process may end over a message before it is read in a process of its own


class Attempts:
    """A small file beside the registry that names the message at hand and how often it was begun.

    It needs no fsync: it tells of processes that died, not of power cuts.
    """

    def __init__(self, registry: Path) -> None:
        self._path = registry.with_name(registry.name + ".at-hand")

    @contextmanager
    def at_hand(self, sha256: str) -> Iterator[int]:
        """A message is at hand: gives how often it was begun without an end, this time included.

        An exception is an end as well: only a process that dies leaves the file behind.
        """
        before, count = self._last()
        attempt = count + 1 if before == sha256 else 1
        try:
            self._path.write_text(f"{sha256} {attempt}", encoding="ascii")
            yield attempt
        finally:
            self._path.unlink(missing_ok=True)

    def _last(self) -> tuple[str, int]:
        try:
            sha256, count = self._path.read_text(encoding="ascii").split()
            return sha256, int(count)
        except (OSError, ValueError):
            return "", 0  # none, or cut short: nobody was at work
