"""``check``: what an operator wants to know before leaving the worker alone."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import click

from inbox_worker.commands.check_lines import Line, fail, ok, warn
from inbox_worker.commands.check_model import language_model
from inbox_worker.commands.check_service import LEAST_FREE, backups, existing, readable_by_all, telling, tokens
from inbox_worker.commands.options import registry_option, settings_of
from inbox_worker.datasette_config import datasette_config
from inbox_worker.lock import LockError, worker
from inbox_worker.mailbox import MailboxError, open_mailbox
from inbox_worker.message import received_time
from inbox_worker.message.confinement import WITHOUT_NETWORK
from inbox_worker.message.formats import scans
from inbox_worker.message.isolation import process_for
from inbox_worker.registry import RawMail, RegistryError, connect_readonly
from inbox_worker.settings import Settings, SettingsError

SHOWN = 5  # of many faults of one kind


@click.command()
@registry_option
@click.pass_context
def command(ctx: click.Context, registry: Path | None) -> int:
    """Test configuration, mailbox, registry and disk: a line each, and for what is wrong how to mend it.

    Nothing is fetched and nothing is written. Exit status 1 where a line says FAIL; "warn" is for you to judge.
    """
    settings = settings_of(ctx, registry)
    failed = False
    for line in look(settings, datetime.now(timezone.utc)):
        click.echo(str(line))
        failed = failed or line.state == "FAIL"
    return 1 if failed else 0


def look(settings: Settings, now: datetime) -> Iterator[Line]:
    """Everything, one by one; ``now`` is aware."""
    yield ok("configuration", str(settings.source))
    looks: tuple[tuple[str, Callable[[], Iterator[Line]]], ...] = (
        ("event", lambda: _event(settings, now)),
        ("tokens", lambda: tokens(settings.mailbox.oauth)),
        ("mailbox", lambda: _mailbox(settings)),
        ("registry", lambda: _registry(settings)),
        ("disk", lambda: _disk(settings)),
        ("worker", lambda: _worker(settings)),
        ("backup", lambda: backups(settings, now)),
        ("alerts", lambda: telling(settings)),
        ("datasette", lambda: _datasette(settings)),
        ("attachments", lambda: _attachments(settings)),
        ("language model", lambda: language_model(settings.language_model)),
    )
    for name, lines in looks:
        try:
            yield from lines()
        except OSError as error:
            yield fail(
                name, f"{error.filename or 'the system'}: {error.strerror or error}; correct the path or its owner"
            )


def _event(settings: Settings, now: datetime) -> Iterator[Line]:
    event = settings.invitation
    invited = len(event.organisations)
    if invited:
        yield ok("invited list", f"{invited} organisations in {settings.invited}")
    else:
        yield warn("invited list", "empty, so every answer waits for a person; name the file in [event] invited")
    zone = event.reply_by.tzinfo
    yield ok("time zone", f"{zone}, where it is now {now.astimezone(zone):%Y-%m-%d %H:%M}")
    until = f"answers are in time before {event.reply_by:%Y-%m-%d %H:%M}{_which(event.reply_by)}"
    if event.reply_by.astimezone(timezone.utc) > event.starts.astimezone(timezone.utc):
        yield warn("deadline", f"{until}, which is after the event begins; see [event] reply_by and starts")
    elif event.reply_by > now:
        yield ok("deadline", f"{until}, that is for {_span(event.reply_by - now)} yet")
    else:
        yield warn("deadline", f"{until}; that was {_span(now - event.reply_by)} ago, what comes now is late")


def _which(moment: datetime) -> str:
    """Which of two moments, where the clocks are set back and show a time twice."""
    if moment.utcoffset() == moment.replace(fold=1 - moment.fold).utcoffset():
        return ""
    return f" {moment:%Z}, the {('first', 'second')[moment.fold]} of two such times"


def _span(length: timedelta) -> str:
    hours = int(length.total_seconds() // 3600)
    if hours >= 48:
        return f"{hours // 24} days"
    return f"{hours} hours" if hours >= 2 else f"{int(length.total_seconds() // 60)} minutes"


def _mailbox(settings: Settings) -> Iterator[Line]:
    if not settings.mailbox.configured:
        yield warn("mailbox", "none is configured; messages come by 'inbox-worker import' only")
        return
    yield from readable_by_all("password", settings.mailbox.password_file)
    try:
        with open_mailbox(settings.mailbox, received_time) as mailbox:
            for finding in mailbox.check():
                yield Line("ok" if finding.sound else "FAIL", finding.name, finding.text)
    except MailboxError as error:
        yield fail("mailbox", str(error))


def _registry(settings: Settings) -> Iterator[Line]:
    path = settings.registry.path
    if not path.exists():
        home = existing(path.parent)
        if os.access(home, os.W_OK | os.X_OK):
            yield ok("registry", f"{path} is not there yet; the first 'run' or 'import' makes it")
        else:
            yield fail("registry", f"{path} cannot be made: this user may not write in {home}; correct its owner")
        return
    try:
        db = connect_readonly(path)
    except RegistryError as error:
        yield fail("registry", str(error))
        return
    try:
        faults = [str(row[0]) for row in db.execute(f"pragma integrity_check({SHOWN})") if row[0] != "ok"]
        faults += [f"{row[0]} row {row[1]} names a missing {row[2]}" for row in db.execute("pragma foreign_key_check")]
        version = db.execute("select max(name) from _sqlite_migrations").fetchone()[0]
        hashes = [row[0] for row in db.execute("select sha256 from messages")]
    except sqlite3.Error as error:
        yield fail("registry", f"{path}: cannot be read: {error}; restore a backup")
        return
    finally:
        db.close()
    if faults:
        yield fail("registry", f"{path} is damaged ({'; '.join(faults[:SHOWN])}); stop the worker, restore a backup")
    elif not os.access(path, os.W_OK):
        yield fail("registry", f"{path}: this user may not write to it; correct its owner")
    else:
        yield ok("registry", f"{path}, schema {version}, {len(hashes)} messages, no fault found")
    yield _raw_mail(settings.registry.mail_directory, hashes)


def _raw_mail(directory: Path, hashes: list[str]) -> Line:
    mail = RawMail(directory)
    missing = [sha256 for sha256 in hashes if not mail.path(sha256).exists()]
    if missing:
        return fail("raw mail", f"{len(missing)} messages are not in {directory}; bring it back from a backup")
    return ok("raw mail", f"every message is in {directory}" if hashes else f"none yet; it will lie in {directory}")


def _disk(settings: Settings) -> Iterator[Line]:
    home = existing(settings.registry.path.parent)
    free = shutil.disk_usage(home).free
    said = f"{free / 1e9:.1f} GB free at {home.resolve()}"
    yield ok("disk", said) if free >= LEAST_FREE else warn("disk", f"only {said}; make room before it is full")


def _worker(settings: Settings) -> Iterator[Line]:
    try:
        holder = worker(settings.registry.path)
    except LockError as error:
        yield fail("worker", str(error))
        return
    yield ok("worker", f"running ({holder})" if holder else "not running; 'inbox-worker run' starts it")


def _datasette(settings: Settings) -> Iterator[Line]:
    try:
        datasette_config(settings)
    except SettingsError as error:
        yield fail("datasette", str(error))
    else:
        yield ok("datasette", f"'inbox-worker web' serves at http://{settings.web.host}:{settings.web.port}/")


def _attachments(settings: Settings) -> Iterator[Line]:
    """What the process that reads attachments has given up, and whether scans are read."""
    try:
        given_up = process_for("documents", settings.limits).start()
    except OSError as error:
        yield fail("attachments", f"the process that reads them does not start ({error}); reinstall inbox-worker")
        return
    said = ", ".join(given_up)
    if any(WITHOUT_NETWORK in what for what in given_up):
        yield ok("attachments", f"read in a process of its own: {said}")
    else:
        yield warn("attachments", f"read in a process with network ({said}); allow user namespaces, or run on Linux")
    if scans.available():
        yield ok("scans", "read with the extra 'ocr'")
    else:
        yield warn("scans", "flagged 'unreadable', since the extra is missing; pip install 'inbox-worker[ocr]'")
