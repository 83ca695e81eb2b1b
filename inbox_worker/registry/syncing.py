"""Files and directories brought to the disk: one by one, or by one call for all of a file system."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

FEW = 3  # so many are synced one by one; with more, one call for the file system costs less than theirs together


def sync_all(within: Path, paths: Sequence[Path]) -> None:
    """When this returns, the files and directories are on the disk; all lie below ``within``, on its file system.

    syncfs (2) writes whatever is pending on that file system, once, instead of a journal commit for each file. Since
    Linux 5.8 it tells of errors as fsync does; where there is none, or it fails, each is synced by itself.

    Raises:
        OSError: where the disk fails.
    """
    if len(paths) > FEW and (syncfs := _syncfs()) is not None:
        descriptor = os.open(within, os.O_RDONLY)
        try:
            if syncfs(descriptor) == 0:
                return
        finally:
            os.close(descriptor)
    for path in paths:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@cache
def _syncfs() -> Callable[[int], int] | None:
    if sys.platform != "linux" or _kernel() < (5, 8):
        return None
    found: Callable[[int], int] | None = getattr(ctypes.CDLL(None, use_errno=True), "syncfs", None)
    return found


def _kernel() -> tuple[int, ...]:
    numbers = os.uname().release.partition("-")[0].split(".")[:2]
    return tuple(int(number) for number in numbers if number.isdigit())
