"""How the service works: the tables [service], [backup], [alerts], [summary], [mail], [metrics] and [logs]."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

from inbox_worker.toml_table import Table

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DAYS = ("daily", *WEEKDAYS)


@dataclass(frozen=True)
class ServiceSettings:
    """How often the worker looks, and how long it waits. All in seconds but ``idle``."""

    poll_every: int = 120
    poll_deadline: int = 900  # a poll that takes longer is cut and started anew
    misfire_grace: int = 3600  # a poll that could not start in time still runs within this time
    idle: bool = True  # whether to wait in IDLE (RFC 2177), so that a poll begins when something arrives
    idle_renew: int = 240  # after which IDLE is begun anew, for who is silent may be gone
    retry_after: int = 5  # after a poll that failed; twice as long after each that fails too
    retry_at_most: int = 300  # and never longer


@dataclass(frozen=True)
class BackupSettings:
    """Copies of the registry and its raw mail."""

    directory: Path | None = None  # None: none are made
    keep: int = 14  # copies of the registry
    hour: int = 2  # of the night, in the event's time zone


@dataclass(frozen=True)
class AlertSettings:
    """Who is told when the mailbox cannot be read for long, and when it can again."""

    after: int = 1800  # seconds
    command: tuple[str, ...] = ()  # program and arguments; the text comes on its standard input
    mail: bool = False  # to [mail] to


@dataclass(frozen=True)
class SummarySettings:
    """The page of ``report`` by mail."""

    on: str = ""  # "daily" or a day of the week; "": never
    hour: int = 7  # in the event's time zone


@dataclass(frozen=True)
class MailSettings:
    """How mail leaves: by a local sendmail, or over SMTP to a server that takes it without a login."""

    sendmail: Path = Path("/usr/sbin/sendmail")
    smtp_host: str = ""  # instead of sendmail
    smtp_port: int = 25
    sender: str = ""
    to: tuple[str, ...] = ()


@dataclass(frozen=True)
class MetricsSettings:
    """Figures for Prometheus."""

    file: Path | None = None  # for node_exporter's textfile collector
    port: int = 0  # on loopback; 0: none


@dataclass(frozen=True)
class LogSettings:
    """How events are written."""

    json: bool = False


def read_service(table: Table) -> ServiceSettings:
    """``[service]``."""
    _known(table, ServiceSettings)
    return ServiceSettings(
        poll_every=table.number("poll_every", 120, 1, 86_400),
        poll_deadline=table.number("poll_deadline", 900, 5, 86_400),
        misfire_grace=table.number("misfire_grace", 3600, 1, 86_400),
        idle=table.flag("idle", True),
        idle_renew=table.number("idle_renew", 240, 1, 1_740),  # RFC 2177: a server may log out after 30 minutes
        retry_after=table.number("retry_after", 5, 1, 3600),
        retry_at_most=table.number("retry_at_most", 300, 1, 86_400),
    )


def read_backup(table: Table) -> BackupSettings:
    """``[backup]``."""
    _known(table, BackupSettings)
    return BackupSettings(table.path("directory"), table.number("keep", 14, 1, 10_000), table.number("hour", 2, 0, 23))


def read_alerts(table: Table, mail: MailSettings) -> AlertSettings:
    """``[alerts]``."""
    _known(table, AlertSettings)
    settings = AlertSettings(
        table.number("after", 1800, 1, 864_000), table.strings("command", ()), table.flag("mail", False)
    )
    if settings.mail:
        _can_send(table, "mail", mail)
    return settings


def read_summary(table: Table, mail: MailSettings) -> SummarySettings:
    """``[summary]``."""
    _known(table, SummarySettings)
    settings = SummarySettings(table.string("on", ""), table.number("hour", 7, 0, 23))
    if settings.on and settings.on not in DAYS:
        raise table.fail("on", f'must be one of {", ".join(DAYS)}, or "" for never; is {settings.on!r}')
    if settings.on:
        _can_send(table, "on", mail)
    return settings


def read_mail(table: Table) -> MailSettings:
    """``[mail]``."""
    _known(table, MailSettings)
    settings = MailSettings(
        sendmail=table.path("sendmail") or MailSettings.sendmail,
        smtp_host=table.string("smtp_host", ""),
        smtp_port=table.number("smtp_port", 25, 1, 65535),
        sender=table.string("sender", ""),
        to=table.strings("to", ()),
    )
    for key, addresses in (("sender", (settings.sender,)), ("to", settings.to)):
        for address in addresses:
            if address and ("@" not in address or not address.isprintable() or " " in address):
                raise table.fail(key, f"{address!r} is no address such as operator@example.org")
    return settings


def read_metrics(table: Table) -> MetricsSettings:
    """``[metrics]``."""
    _known(table, MetricsSettings)
    return MetricsSettings(table.path("file"), table.number("port", 0, 0, 65535))


def read_logs(table: Table) -> LogSettings:
    """``[logs]``."""
    _known(table, LogSettings)
    return LogSettings(table.flag("json", False))


def _known(table: Table, kind: type) -> None:
    table.reject_unknown(tuple(f.name for f in fields(kind)))


def _can_send(table: Table, key: str, mail: MailSettings) -> None:
    if not (mail.sender and mail.to):
        raise table.fail(key, "needs [mail] sender and to, so that mail can be sent")
