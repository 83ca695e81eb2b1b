"""Copies of the registry and its raw mail, each verified, and the way back.

A copy of the registry is one file, made by SQLite while others write. Raw messages never change, so they lie once in
a directory that all copies share: ``registry-20260226T010000Z.db`` beside ``mail/ab/abcd....eml``.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from inbox_worker.model import UTC, identity
from inbox_worker.registry.database import BUSY_TIMEOUT, RegistryError, refuse_missing, refuse_newer
from inbox_worker.registry.rawmail import RawMail

STAMP = "%Y%m%dT%H%M%SZ"
PATTERN = "registry-[0-9]*T[0-9]*Z.db"


class BackupError(RegistryError):
    """A copy could not be made, or is not what it should be."""


@dataclass(frozen=True)
class Copy:
    """A verified copy."""

    path: Path
    messages: int  # in the registry, those that were forgotten included
    taken: int  # raw messages that were not in the backup yet


def copies(directory: Path) -> list[Path]:
    """The copies in a directory, oldest first."""
    return sorted(directory.glob(PATTERN))


def made_at(copy: Path) -> datetime:
    """When a copy was made, by its name; in UTC."""
    return datetime.strptime(copy.stem, f"registry-{STAMP}").replace(tzinfo=UTC)


def make(registry: Path, mail: RawMail, directory: Path, keep: int, now: datetime) -> Copy:
    """Copy a registry and the raw messages it mentions; then remove all but the newest ``keep`` copies.

    The registry is copied first: a message is on the disk before the registry mentions it, so none is missed.

    Raises:
        BackupError: where it cannot be copied, or the copy does not hold. Earlier copies stay.
    """
    refuse_missing(registry)
    refuse_newer(registry)
    path = directory / f"registry-{now:{STAMP}}.db"
    part = directory / f".{path.name}.part"
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        for old in directory.glob(f".{PATTERN}.part"):  # what an earlier attempt left
            old.unlink()
        os.close(os.open(part, os.O_CREAT | os.O_WRONLY, 0o600))
        _vacuum_into(registry, part)
        kept = RawMail(directory / "mail")
        taken = _take(mail, kept, _mentioned(part))
        messages = verify(part, kept)
        _sync(part)
        part.replace(path)
        _sync(directory)
        _rotate(directory, kept, keep)
    except (OSError, sqlite3.Error) as error:
        part.unlink(missing_ok=True)
        raise BackupError(
            f"{directory}: no backup could be made: {error}; make room there or choose another"
        ) from error
    except BackupError:
        part.unlink(missing_ok=True)
        raise
    return Copy(path, messages, taken)


def _vacuum_into(registry: Path, path: Path) -> None:
    source = sqlite3.connect(registry, timeout=BUSY_TIMEOUT, isolation_level=None)
    try:
        source.execute("vacuum into ?", [str(path)])
    finally:
        source.close()


def _open(path: Path) -> sqlite3.Connection:
    """A copy, which nobody writes: nothing is created beside it."""
    return sqlite3.connect(f"{path.resolve().as_uri()}?immutable=1", uri=True)


def _mentioned(path: Path) -> list[str]:
    """The hashes of the messages that a copy mentions and that are not forgotten."""
    db = _open(path)
    try:
        columns = {row[1] for row in db.execute("pragma table_info(messages)")}
        forgotten = " where forgotten_at is null" if "forgotten_at" in columns else ""
        return [row[0] for row in db.execute(f"select sha256 from messages{forgotten}")]  # noqa: S608 - our own words
    finally:
        db.close()


def _take(source: RawMail, target: RawMail, hashes: Iterable[str]) -> int:
    taken = 0
    for sha256 in hashes:
        if not target.path(sha256).exists():
            if not source.path(sha256).exists():
                raise BackupError(f"{source.path(sha256)} is missing; bring it back from an earlier backup")
            target.store(source.load(sha256))
            taken += 1
    return taken


def verify(path: Path, mail: RawMail) -> int:
    """Open a copy and look whether all is there and whole. How many messages it holds.

    Raises:
        BackupError: where it does not hold.
    """
    try:
        db = _open(path)
        try:
            faults = [str(row[0]) for row in db.execute("pragma integrity_check(5)") if row[0] != "ok"]
            faults += [f"{row[0]} row {row[1]}" for row in db.execute("pragma foreign_key_check")]
            messages = int(db.execute("select count(*) from messages").fetchone()[0])
        finally:
            db.close()
        damaged = [sha256 for sha256 in _mentioned(path) if not _whole(mail, sha256)]
    except sqlite3.Error as error:
        raise BackupError(f"{path}: cannot be read: {error}; use another backup") from error
    if faults or damaged:
        raise BackupError(
            f"{path} does not hold: {len(faults)} faults in the registry, {len(damaged)} messages missing or damaged in"
            f" {mail.directory}; use another backup"
        )
    return messages


def _whole(mail: RawMail, sha256: str) -> bool:
    try:
        return identity(mail.load(sha256)) == sha256
    except OSError:
        return False


def _rotate(directory: Path, mail: RawMail, keep: int) -> None:
    """Remove the oldest copies, and raw messages that no copy mentions any more."""
    for path in copies(directory)[:-keep]:
        path.unlink()
    wanted = {sha256 for path in copies(directory) for sha256 in _mentioned(path)}
    for file in mail.directory.glob("*/*.eml"):
        if file.stem not in wanted:
            file.unlink()


def restore(copy: Path, registry: Path, mail: RawMail, now: datetime) -> tuple[int, Path | None]:
    """Put a copy in the place of a registry, with its raw messages. Call it while nobody has the registry open.

    What was there is kept beside it. How many messages the registry holds now, and where the earlier one is.

    Raises:
        RegistryError: where the copy does not hold; nothing is changed then.
    """
    refuse_missing(copy)
    refuse_newer(copy)
    kept = RawMail(copy.parent / "mail")
    messages = verify(copy, kept)
    registry.parent.mkdir(parents=True, exist_ok=True)
    part = registry.with_name(f".{registry.name}.restored")
    try:
        _take(kept, mail, _mentioned(copy))
        shutil.copyfile(copy, part)
        part.chmod(0o600)
        _sync(part)
        aside = _set_aside(registry, now)
        part.replace(registry)
        _sync(registry.parent)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise BackupError(f"{registry}: could not be restored: {error}; make room there and try again") from error
    return messages, aside


def _set_aside(registry: Path, now: datetime) -> Path | None:
    """Rename a registry with the files that belong to it, its log first: what it holds must not reach the new one."""
    aside = registry.with_name(f"{registry.name}.before-{now:{STAMP}}")
    for suffix in ("-wal", "-shm", ""):
        path = registry.with_name(registry.name + suffix)
        if path.exists():
            path.replace(aside.with_name(aside.name + suffix))
    return aside if aside.exists() else None


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
