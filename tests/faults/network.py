"""A network of this test's own, whose loopback can go dark: no reset, no end, no answer."""

from __future__ import annotations

import ctypes
import os
import subprocess
from pathlib import Path
from typing import Self

CLONE_NEWNET = 0x40000000  # sched.h
HERE = Path("/proc/thread-self/ns/net")  # namespaces belong to threads; processes inherit that of who begins them


class Network:
    """A network namespace (unshare (2)) for this thread and what it begins, with nothing but ``lo``.

    Raises:
        OSError: on entering, where the machine or its rights do not allow one.
    """

    def __init__(self) -> None:
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._before = -1

    def __enter__(self) -> Self:
        self._before = os.open(HERE, os.O_RDONLY)
        if self._libc.unshare(CLONE_NEWNET) != 0:
            os.close(self._before)
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
        try:
            self.up()
        except BaseException:
            self.__exit__()
            raise
        return self

    def up(self) -> None:
        """Packets pass."""
        self._set("up")

    def down(self) -> None:
        """They are lost, without a word to either side."""
        self._set("down")

    def _set(self, state: str) -> None:
        done = subprocess.run(["ip", "link", "set", "lo", state], capture_output=True, text=True)
        if done.returncode:
            raise OSError(f"ip link set lo {state}: {done.stderr.strip()}")

    def __exit__(self, *_: object) -> None:
        assert self._libc.setns(self._before, CLONE_NEWNET) == 0
        os.close(self._before)
