"""Files as a mailbox that is polled: a Maildir, an mbox file or a directory of .eml files that others write to."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from inbox_worker.mailbox.base import Answers, Arrival, Cursor, Finding, MailboxError, Moment
from inbox_worker.mailbox.files import (
    Kind,
    MailFile,
    NoMailError,
    PathError,
    ReceivedTime,
    Unreadable,
    find_mail,
    read_file,
)

SETTLED = 1.0  # seconds a file must have been left alone: whoever writes it may not be done


class FilesMailbox:
    """Files under one path.

    Files have no UIDs, so there is one cursor for all of them: ``last_uid`` is a fingerprint of their names, sizes
    and times. While it is the same nothing is opened. When it changed every message is offered once more, and the
    registry knows those it holds by their content: that is a read of the disk, and cannot miss anything. The
    fingerprint moves only when all files were read to their end.
    """

    def __init__(self, path: Path, received_time: ReceivedTime) -> None:
        self._path = path
        self._received_time = received_time

    def arrivals(self, cursors: Mapping[str, Cursor]) -> Iterator[Arrival]:
        """All messages, if anything changed since the cursor.

        Raises:
            MailboxError: where the path is missing or cannot be read.
        """
        source = str(self._path)
        before = cursors.get(source, Cursor(source, 1, 0))
        files = self._found()
        after = Cursor(source, 1, _fingerprint(files))
        if after == before:
            return
        if _fresh(files):
            time.sleep(SETTLED)
            files = self._found()
            after = Cursor(source, 1, _fingerprint(files))
        complete = True
        for file in files:
            if _fresh([file]):
                complete = False  # still being written: next time
                continue
            for message in read_file(file, self._received_time):
                if not isinstance(message, Unreadable):
                    yield Arrival(message, before)
                elif file.path.exists() or file.path.is_symlink():
                    yield Arrival(None, before, f"{message.path}: cannot be read: {message.reason}", message.path)
                else:
                    complete = False  # moved or removed under our hands, from new to cur perhaps
        if complete:
            yield Arrival(None, after)

    def answered(self, since: Mapping[str, Moment]) -> Answers:
        """None: files bear no numbers by which they could be found again."""
        return Answers()

    def check(self) -> Iterator[Finding]:
        """The path, then each file below it that cannot be read.

        Raises:
            MailboxError: where the path is missing or cannot be read.
        """
        files = self._found()
        yield Finding(str(self._path), f"{len(files)} files with mail" if files else "readable, and no mail in it yet")
        for file in files:
            if file.problem or not os.access(file.path, os.R_OK):
                problem = file.problem or "this user may not read it"
                yield Finding(str(file.path), f"cannot be read: {problem}; correct its owner or mode", sound=False)

    def _found(self) -> list[MailFile]:
        try:
            return find_mail(self._path)
        except NoMailError:
            return []  # yet
        except PathError as error:
            raise MailboxError(f"[mailbox] path: {error}", retry=False) from None

    def close(self) -> None:
        """Nothing stays open between arrivals."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _fingerprint(files: list[MailFile]) -> int:
    """63 bits that change when a file comes, goes or is touched; 0 is left for "never looked"."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(repr((str(file.path), file.problem, _facts(file.path))).encode())
    return int.from_bytes(digest.digest()[:8], "big") >> 1 or 1


def _facts(path: Path) -> tuple[int, ...]:
    try:
        facts = path.stat()
    except OSError:
        return ()
    return facts.st_ino, facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns


def _fresh(files: list[MailFile]) -> bool:
    """Whether one of the files was written a moment ago. Maildir moves complete files only, so they never are."""
    now = time.time()
    for file in files:
        facts = _facts(file.path) if file.kind is not Kind.MAILDIR else ()
        if facts and abs(now - facts[2] / 1e9) < SETTLED:
            return True
    return False
