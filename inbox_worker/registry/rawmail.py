"""Raw messages as files named by their identity, outside the file that Datasette opens."""

from __future__ import annotations

import os
from pathlib import Path

from inbox_worker.model import identity


class RawMail:
    """A directory of raw messages, one file each, readable by their owner only."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def path(self, sha256: str) -> Path:
        """Where the message of that hash lies, or would lie."""
        return self.directory / sha256[:2] / f"{sha256}.eml"

    def store(self, content: bytes) -> str:
        """Keep a message and give its hash. When this returns, the file is on the disk.

        A file that no registry mentions is harmless: the next run finds it in place.
        """
        sha256 = identity(content)
        path = self.path(sha256)
        if path.exists():
            return sha256
        self._make(path.parent)
        temporary = path.with_name(f".{sha256}.{os.getpid()}")
        descriptor = os.open(temporary, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        _sync_directory(path.parent)
        return sha256

    def load(self, sha256: str) -> bytes:
        """The message of that hash.

        Raises:
            OSError: where it cannot be read.
        """
        return self.path(sha256).read_bytes()

    def _make(self, directory: Path) -> None:
        if not directory.exists():
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.directory.chmod(0o700)
            _sync_directory(self.directory)


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
