"""Mail in files: .eml files and directories of them, mbox files, Maildirs."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import BinaryIO

from inbox_worker.mailbox.mbox import LARGEST, is_mbox, read_mbox
from inbox_worker.model import Location, RawMessage

ReceivedTime = Callable[[bytes], datetime | None]  # the topmost Received header of a message


class PathError(Exception):
    """A path that was named cannot be used. The message says which, why and what is valid."""


class NoMailError(PathError):
    """The path is there and sound, and no mail is in it."""


@dataclass(frozen=True)
class Unreadable:
    """A file among others that could not be read, and why. Set aside, never in the way."""

    path: str  # as RawMessage.location.source would have been
    reason: str


class Kind(Enum):
    """How a file holds mail."""

    MESSAGE = "message"
    MBOX = "mbox"
    MAILDIR = "maildir"  # a message whose file is complete from the moment it is there


@dataclass(frozen=True)
class MailFile:
    """A file that should hold mail, found but not opened; ``problem`` says why it cannot be."""

    path: Path
    kind: Kind
    problem: str | None = None

    @property
    def label(self) -> str:
        """The path as text, whatever bytes are in its name."""
        return os.fsencode(self.path).decode("utf-8", "backslashreplace")


def read_paths(paths: Iterable[Path], received_time: ReceivedTime) -> Iterator[RawMessage | Unreadable]:
    """All messages below ``paths``, in natural order of their names, one in memory at a time.

    Every path is checked before the first message comes. The time of reception is what ``received_time`` finds, else
    the From_ line of an mbox, else None: a file's own time says when somebody copied it.

    Raises:
        PathError: at once, where a path is missing, a directory without mail, or a file that cannot be read.
    """
    files = [file for path in paths for file in find_mail(path)]
    return (message for file in files for message in read_file(file, received_time))


def find_mail(path: Path) -> list[MailFile]:
    """The files with mail at or below a path, in natural order of their names.

    Raises:
        PathError: where there is none, or it cannot be looked for.
    """
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        raise PathError(f"{path}: there is no such file or directory") from None
    except OSError as error:
        raise PathError(f"{path}: cannot be read: {error.strerror}") from None
    if not stat.S_ISDIR(mode):
        return [_named(path)]
    found = list(_below(path, set()))
    if not found:
        if _is_maildir(path):
            return []
        raise NoMailError(f"{path}: holds no mail; a directory must hold .eml or .mbox files, or be a Maildir")
    if found == [MailFile(path, Kind.MESSAGE, found[0].problem)]:
        raise PathError(f"{path}: cannot be read: {found[0].problem}")
    return found


def _named(path: Path) -> MailFile:
    """A file that was named itself: what it holds decides what it is, whatever it is called."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise PathError(f"{path}: is neither a file nor a directory")
        with path.open("rb") as file:
            start = file.read(5)
    except OSError as error:
        raise PathError(f"{path}: cannot be read: {error.strerror}") from None
    if path.suffix.lower() == ".eml" or not is_mbox(start):
        if not start and not _is_mbox_name(path):
            raise NoMailError(f"{path}: is empty; there is no message in it")
        return MailFile(path, Kind.MBOX if _is_mbox_name(path) else Kind.MESSAGE)
    return MailFile(path, Kind.MBOX)


def _below(directory: Path, visited: set[tuple[int, int]]) -> Iterator[MailFile]:
    """Mail files of a directory and those in it. Hidden entries, other files and what was visited are passed over."""
    try:
        facts = directory.stat()
        if (facts.st_dev, facts.st_ino) in visited:
            return
        visited.add((facts.st_dev, facts.st_ino))
        if _is_maildir(directory):
            yield from _maildir(directory)
            return
        entries = sorted((e for e in directory.iterdir() if not e.name.startswith(".")), key=natural)
    except OSError as error:
        yield MailFile(directory, Kind.MESSAGE, error.strerror or str(error))
        return
    for entry in entries:
        if entry.suffix.lower() == ".eml":
            yield MailFile(entry, Kind.MESSAGE)
        elif entry.is_dir():
            yield from _below(entry, visited)
        elif _is_mbox_name(entry):
            yield MailFile(entry, Kind.MBOX)


def _maildir(directory: Path) -> Iterator[MailFile]:
    """Messages of a Maildir, old and new alike, in the order of their unique names, which begin with a time."""
    found = [e for part in ("cur", "new") for e in (directory / part).iterdir() if not e.name.startswith(".")]
    yield from (MailFile(entry, Kind.MAILDIR) for entry in sorted(found, key=natural))


def _is_maildir(directory: Path) -> bool:
    return (directory / "cur").is_dir() and (directory / "new").is_dir()


def _is_mbox_name(path: Path) -> bool:
    return path.suffix.lower() == ".mbox" or path.name.lower() == "mbox"


def natural(path: Path) -> tuple[tuple[int, str], ...]:
    """A key that sorts 2.eml before 10.eml."""
    parts = re.split(r"([0-9]+)", path.name)
    return (*((int(p), "") if i % 2 else (0, p) for i, p in enumerate(parts)), (0, str(path)))


def read_file(file: MailFile, received_time: ReceivedTime) -> Iterator[RawMessage | Unreadable]:
    """The messages of one file."""
    label = file.label
    if file.problem:
        yield Unreadable(label, file.problem)
        return
    try:
        with _opened(file.path) as stream:
            if file.kind is Kind.MBOX:
                yield from _mbox(label, stream, received_time)
            else:
                yield _single(file, stream, received_time)
    except OSError as error:
        yield Unreadable(label, error.strerror or str(error))


def _opened(path: Path) -> BinaryIO:
    if not stat.S_ISREG(path.stat().st_mode):  # to open a pipe would wait for ever
        raise OSError("is not a regular file")
    return path.open("rb")


def _single(file: MailFile, stream: BinaryIO, received_time: ReceivedTime) -> RawMessage | Unreadable:
    content = stream.read(LARGEST + 1)
    if not content:
        return Unreadable(file.label, "is empty")
    if len(content) > LARGEST:
        return Unreadable(file.label, f"is larger than {LARGEST // 1_000_000} MB")
    return RawMessage(content, received_time(content), Location(file.label))


def _mbox(label: str, stream: BinaryIO, received_time: ReceivedTime) -> Iterator[RawMessage | Unreadable]:
    for message in read_mbox(stream):
        name = f"{label}:{message.number}"
        if message.content is None:
            yield Unreadable(name, f"is larger than {LARGEST // 1_000_000} MB")
        elif not message.content:
            yield Unreadable(name, "is empty")
        else:
            yield RawMessage(message.content, received_time(message.content) or message.delivered, Location(name))
