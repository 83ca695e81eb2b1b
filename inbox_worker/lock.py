"""One worker for one registry: an exclusive lock that ends with the process that holds it, however it ends."""

from __future__ import annotations

import contextlib
import fcntl
import os
from pathlib import Path
from types import TracebackType
from typing import Self


class LockError(Exception):
    """Somebody else works on this registry, or it cannot be found out."""


class RegistryLock:
    """``<registry>.lock``, held between entering and leaving.

    It is an flock (2), so it needs no clearing away after a crash, and child processes do not inherit it. The file
    stays where it is: to remove it would let two workers lock two files of the same name.

    Raises:
        LockError: on entering, where another process holds it or the file cannot be written.
    """

    def __init__(self, registry: Path) -> None:
        self._registry = registry
        self._path = registry.with_name(registry.name + ".lock")
        self._descriptor = -1

    def __enter__(self) -> Self:
        try:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise LockError(f"{self._path}: cannot be locked: {error.strerror}; create its directory") from None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = _holder(descriptor)
            os.close(descriptor)
            if not isinstance(error, BlockingIOError):
                raise LockError(f"{self._path}: cannot be locked: {error.strerror}") from None
            raise LockError(
                f"{self._registry}: another worker{holder} works on this registry; stop it first, or use another"
                " [registry] path"
            ) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        self._descriptor = descriptor
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._descriptor)
        self._descriptor = -1


def worker(registry: Path) -> str | None:
    """The worker that holds the lock of a registry, as "process 123", or None. Nothing is written.

    It looks with a shared lock held for an instant: a worker that starts in that very instant is refused.

    Raises:
        LockError: where the file of the lock is not one that this user can lock.
    """
    path = registry.with_name(registry.name + ".lock")
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise LockError(f"{path}: cannot be locked: {error.strerror}; correct its owner") from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _holder(descriptor).strip(" ()") or "another process"
    except OSError as error:
        raise LockError(f"{path}: cannot be locked: {error.strerror}") from None
    finally:
        os.close(descriptor)
    return None


def _holder(descriptor: int) -> str:
    with contextlib.suppress(OSError, ValueError):
        return f" (process {int(os.pread(descriptor, 20, 0))})"
    return ""
