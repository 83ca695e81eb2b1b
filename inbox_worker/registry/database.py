"""Opening the SQLite file: pragmas, migrations, and transactions that never wait for a read to become a write."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlite_utils import Database

from inbox_worker.registry.lookups import migrations

BUSY_TIMEOUT = 30.0  # seconds that a statement waits for somebody else's transaction


class RegistryError(Exception):
    """The registry cannot be used. The message says why and what to do."""


class NotARegistryError(RegistryError):
    """The file is something else, or damaged."""


class NewerRegistryError(RegistryError):
    """The registry was written by a later version of inbox-worker."""


def connect(path: Path, *, create: bool = False) -> Database:
    """Open a registry for writing and bring its schema up to date.

    Commits are on the disk when they return (``synchronous=FULL``): the mailbox's cursor is committed with the
    message it passed, and a power cut must not lose one without the other.

    Raises:
        RegistryError: where the file is missing (without ``create``), is no registry, or cannot be written.
        NewerRegistryError: where a later version wrote it; nothing is changed.
    """
    exists = path.exists() and path.stat().st_size > 0
    if not create:
        refuse_missing(path)
    refuse_newer(path)
    try:
        if not exists:
            path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
        connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT, isolation_level=None, check_same_thread=False)
        connection.execute("pragma journal_mode = wal")
        connection.execute("pragma synchronous = full")
        connection.execute("pragma foreign_keys = on")
        db = Database(connection, execute_plugins=False)
        if migrations.pending(db):
            migrations.apply(db)
    except (OSError, sqlite3.Error) as error:
        raise RegistryError(f"{path}: cannot be opened as a registry: {error}") from error
    return db


def connect_readonly(path: Path) -> Database:
    """Open a registry to look at it; a worker may write meanwhile.

    Raises:
        RegistryError: where the file is missing, is no registry, or needs a migration first.
    """
    refuse_missing(path)
    refuse_newer(path)
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=BUSY_TIMEOUT)
    db = Database(connection, execute_plugins=False)
    if migrations.pending(db):
        raise RegistryError(
            f"{path}: was written by an earlier version; 'inbox-worker run --once' brings it up to date"
        )
    return db


def refuse_missing(path: Path) -> None:
    """For what needs a registry and makes none.

    Raises:
        RegistryError: where there is none, or an empty file in its place.
    """
    if not path.exists() or path.stat().st_size == 0:
        raise RegistryError(f"{path}: there is no registry yet; 'inbox-worker import' or 'inbox-worker run' makes it")


def refuse_newer(path: Path) -> None:
    """Look, without writing anything, whether a file can be used as a registry; one that is not there can.

    Raises:
        RegistryError: where it cannot be opened.
        NotARegistryError: where it is something else.
        NewerRegistryError: where a later version wrote it.
    """
    if not path.exists() or path.stat().st_size == 0:
        return
    known = {migration.name for migration in migrations._migrations}
    try:
        applied = _applied(path)
    except sqlite3.OperationalError as error:
        raise RegistryError(f"{path}: cannot be opened as a registry: {error}") from error
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_CORRUPT:  # it is SQLite's, but its list of tables cannot be read
            raise RegistryError(_damaged(path, str(error))) from error
        raise NotARegistryError(f"{path}: is no registry: {error}; name another file or restore a backup") from error
    if unknown := sorted(applied - known):
        raise NewerRegistryError(
            f"{path}: was written by a later version of inbox-worker (it knows {unknown[-1]}); "
            "install that version or restore a backup"
        )


def refuse_damaged(path: Path) -> None:
    """Look whether a registry is whole, as far as that can be told in a few seconds; one that is not there is.

    Raises:
        RegistryError: where it is damaged.
    """
    if not path.exists() or path.stat().st_size == 0:
        return
    connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT)
    try:
        faults = [str(row[0]) for row in connection.execute("pragma quick_check(1)") if row[0] != "ok"]
    except sqlite3.OperationalError as error:  # a lock or a full disk, which pass
        raise RegistryError(f"{path}: cannot be looked at: {error}") from error
    except sqlite3.DatabaseError as error:
        faults = [str(error)]
    finally:
        connection.close()
    if faults:
        raise RegistryError(_damaged(path, faults[0]))


def _damaged(path: Path, fault: str) -> str:
    return f"{path} is damaged ({fault[:100]}); bring a backup back with 'inbox-worker restore'"


def _applied(path: Path) -> set[str]:
    """The migrations that a file has gone through.

    A file in WAL mode cannot be read without files beside it, unless it is declared not to change; so that is said
    where nobody has it open.
    """
    alone = not path.with_name(path.name + "-wal").exists()
    uri = f"{path.resolve().as_uri()}?{'immutable=1' if alone else 'mode=ro'}"
    connection = sqlite3.connect(uri, uri=True, timeout=BUSY_TIMEOUT)
    try:
        tables = {name for (name,) in connection.execute("select name from sqlite_master where type = 'table'")}
        if tables and migrations.migrations_table not in tables:
            raise NotARegistryError(f"{path}: is an SQLite file, but not a registry; name another file")
        return {m.name for m in migrations.applied(Database(connection, execute_plugins=False))}
    finally:
        connection.close()


@contextmanager
def writing(db: Database) -> Iterator[None]:
    """One transaction, all or nothing. It begins as a writer (``BEGIN IMMEDIATE``), so it cannot fail half-way
    because somebody else wrote since it read."""
    if db.conn.in_transaction:
        yield
        return
    db.conn.execute("begin immediate")
    try:
        yield
    except BaseException:
        if db.conn.in_transaction:
            db.conn.execute("rollback")
        raise
    db.conn.execute("commit")
