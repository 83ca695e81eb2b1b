"""``check`` for what the service needs besides mailbox and registry: tokens, backups, and who is told of trouble."""

from __future__ import annotations

import os
import shutil
import smtplib
import stat
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from inbox_worker.commands.check_lines import Line, fail, ok, warn
from inbox_worker.registry.backup import copies, made_at
from inbox_worker.settings import MailSettings, OAuthSettings, Settings, SettingsError

LEAST_FREE = 1_000_000_000  # bytes on a disk, below which the operator is warned
OLD = timedelta(days=2)  # age of the newest copy
TIMEOUT = 15  # seconds for each answer of a mail server
AUTHORIZE = "run 'inbox-worker authorize' as the user that the worker runs as"


def existing(directory: Path) -> Path:
    """The directory, or the nearest one above it that is there."""
    return next(found for found in (directory, *directory.absolute().parents) if found.exists())


def readable_by_all(name: str, path: Path | None) -> Iterator[Line]:
    """A warning, where a file that holds a secret is open to everybody on the machine."""
    if path is not None and path.exists() and path.stat().st_mode & stat.S_IROTH:
        yield warn(name, f"everybody on this machine can read {path}; chmod 600 it")


def tokens(oauth: OAuthSettings | None) -> Iterator[Line]:
    """The client's secret and the file of tokens; nothing where a password is used."""
    if oauth is None:
        return
    yield from readable_by_all("client secret", oauth.client_secret_file)
    try:
        oauth.client_secret()
    except SettingsError as error:
        yield fail("client secret", str(error))
    yield from readable_by_all("tokens", oauth.token_file)
    yield _token_file(oauth)


def _token_file(oauth: OAuthSettings) -> Line:
    path = oauth.token_file
    home = existing(path.parent)
    if not home.is_dir() or not os.access(home, os.W_OK | os.X_OK):
        return fail(
            "tokens", f"{path} cannot be written anew, since this user may not write in {home}; correct its owner or"
            " [oauth] token_file",
        )  # fmt: skip
    if not path.exists():
        if oauth.way == "app":
            return ok("tokens", f"{path} is not there yet; the first login makes it")
        return fail("tokens", f"{path} is not there: nobody has consented yet that the mailbox is read; {AUTHORIZE}")
    if not path.is_file() or not os.access(path, os.R_OK):
        return fail("tokens", f"{path} cannot be read by this user; it must be a file of the worker's, with mode 600")
    from inbox_worker.mailbox.tokens import consented

    if not consented(oauth, path.read_text(encoding="utf-8", errors="replace")):
        return fail("tokens", f"{path} is damaged, or holds no consent for {oauth.provider}; {AUTHORIZE}")
    return ok("tokens", f"{path}, renewed by the worker")


def backups(settings: Settings, now: datetime) -> Iterator[Line]:
    """Where the nightly copies go, and how old the newest is."""
    directory = settings.backup.directory
    if directory is None:
        yield warn("backup", "none is made; name a directory in [backup] directory, best on another disk")
        return
    home = existing(directory)
    if not home.is_dir():
        yield fail("backup", f"{home} is no directory; correct [backup] directory, or move the file away")
        return
    if not os.access(home, os.W_OK | os.X_OK):
        yield fail("backup", f"this user may not write in {home}; correct its owner, or [backup] directory")
        return
    free = shutil.disk_usage(home).free
    if free < LEAST_FREE:
        yield warn("backup", f"only {free / 1e9:.1f} GB free at {home}; make room, or set [backup] keep lower")
    if home == directory and home.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield warn("backup", f"others on this machine can look into {home}, which holds all mail; chmod 700 it")
    same = existing(settings.registry.path.parent).stat().st_dev == home.stat().st_dev
    where = f"{directory}, each night at {settings.backup.hour}:00" + (", on the registry's own disk" if same else "")
    if not (found := copies(directory)):
        yield ok("backup", f"{where}; no copy yet, the worker makes the first")
    elif now - made_at(found[-1]) > OLD:
        age = (now - made_at(found[-1])).days
        yield warn("backup", f"{where}; the newest copy is {age} days old: see that the worker runs and what it logs")
    else:
        yield ok("backup", f"{where}; {len(found)} copies, the newest of {made_at(found[-1]):%Y-%m-%d %H:%M} UTC")


def telling(settings: Settings) -> Iterator[Line]:
    """Who is told when the mailbox cannot be read, who gets the report, and whether mail can leave."""
    alerts, summary, mail = settings.alerts, settings.summary, settings.mail
    to = ", ".join(mail.to)
    ways = [*alerts.command[:1], *([f"mail to {to}"] if alerts.mail else ())]
    if alerts.command and shutil.which(alerts.command[0]) is None:
        yield fail(
            "alerts", f"[alerts] command: {alerts.command[0]} is no program that this user may run; give its full path,"
            " and chmod +x it",
        )  # fmt: skip
    elif ways:
        yield ok("alerts", f"by {' and '.join(ways)}, after {alerts.after} s without a look into the mailbox")
    else:
        yield warn("alerts", "nobody is told when the mailbox cannot be read; set [alerts] command or mail")
    if summary.on:
        when = "each day" if summary.on == "daily" else f"each {summary.on.capitalize()}"
        yield ok("report", f"by mail to {to}, {when} at {summary.hour}:00")
    if alerts.mail or summary.on:
        yield _server(mail) if mail.smtp_host else _sendmail(mail)


def _sendmail(mail: MailSettings) -> Line:
    if mail.sendmail.is_file() and os.access(mail.sendmail, os.X_OK):
        return ok("mail", f"leaves by {mail.sendmail}, from {mail.sender}")
    return fail(
        "mail", f"[mail] sendmail: {mail.sendmail} is no program that this user may run; install a mail server, give"
        " the path of its sendmail, or name a server in [mail] smtp_host",
    )  # fmt: skip


def _server(mail: MailSettings) -> Line:
    """Whether a server would take mail from us for those who are to get it. It is asked, and nothing is sent."""
    where = f"{mail.smtp_host}:{mail.smtp_port}"
    try:
        with smtplib.SMTP(mail.smtp_host, mail.smtp_port, timeout=TIMEOUT) as server:
            server.ehlo_or_helo_if_needed()
            for address, (code, said) in ((mail.sender, server.mail(mail.sender)), *_asked(server, mail)):
                if code not in {250, 251}:
                    words = f"{code} {said.decode(errors='replace')}"
                    return fail(
                        "mail", f"{where} does not take mail for {address}: {words}; correct [mail] sender and to, or"
                        " let that server take mail from this machine",
                    )  # fmt: skip
            server.rset()
    except (OSError, smtplib.SMTPException) as error:
        return fail(
            "mail", f"[mail] smtp_host: {where} does not answer as a mail server: {error}; is it up, and the port"
            " right?",
        )  # fmt: skip
    return ok("mail", f"leaves by {where}, from {mail.sender}")


def _asked(server: smtplib.SMTP, mail: MailSettings) -> Iterator[tuple[str, tuple[int, bytes]]]:
    return ((address, server.rcpt(address)) for address in mail.to)
