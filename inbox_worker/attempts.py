"""Which message is at hand, written down first, so that one that kills its reader is not read for ever."""

from __future__ import annotations

from pathlib import Path

MOST = 3  # times that reading a message may end with the process before it is set aside


class Attempts:
    """A small file beside the registry that names the message at hand and how often it was begun.

    It needs no fsync: it tells of processes that died, not of power cuts.
    """

    def __init__(self, registry: Path) -> None:
        self._path = registry.with_name(registry.name + ".at-hand")
        self._sha256, self._count = "", 0
        try:
            self._sha256, count = self._path.read_text(encoding="ascii").split()
            self._count = int(count)
        except (OSError, ValueError):
            pass  # none, or cut short: nobody was at work

    def begin(self, sha256: str) -> int:
        """Take a message in hand. Returns how often it was begun without an end, this time included."""
        self._count = self._count + 1 if sha256 == self._sha256 else 1
        self._sha256 = sha256
        self._path.write_text(f"{sha256} {self._count}", encoding="ascii")
        return self._count

    def end(self) -> None:
        """The message is dealt with, whatever became of it."""
        self._count = 0
