"""Raw messages as files named by their identity, outside the file that Datasette opens."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from inbox_worker.model import identity
from inbox_worker.registry.syncing import sync_all


class RawMail:
    """A directory of raw messages, one file each, readable by their owner only."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def path(self, sha256: str) -> Path:
        """Where the message of that hash lies, or would lie."""
        return self.directory / sha256[:2] / f"{sha256}.eml"

    def store(self, content: bytes) -> str:
        """Keep a message and give its hash. When this returns, the file is on the disk."""
        sha256 = identity(content)
        self.store_all([(sha256, content)])
        return sha256

    def store_all(self, messages: Iterable[tuple[str, bytes]]) -> None:
        """Keep messages, each with its hash. When this returns, all files are on the disk under their names.

        A file that no registry mentions is harmless: the next run finds it in place. Each is complete before it gets
        its name, so that one that is in place can be trusted.
        """
        written: dict[Path, Path] = {}  # temporary name -> name
        try:
            for sha256, content in messages:
                path = self.path(sha256)
                temporary = path.with_name(f".{sha256}.{os.getpid()}")
                if temporary not in written and not path.exists():
                    self._make(path.parent)
                    written[temporary] = path
                    _write(temporary, content)
            if written:
                sync_all(self.directory, list(written))
                for temporary, path in written.items():
                    temporary.replace(path)
                sync_all(self.directory, list({path.parent for path in written.values()}))
        except BaseException:
            for temporary in written:
                temporary.unlink(missing_ok=True)
            raise

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
            sync_all(self.directory, [self.directory])


def _write(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
