"""Configuration: one TOML file becomes Settings, or an error that names the file, the key and what is valid."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

from inbox_worker.event_settings import read_event
from inbox_worker.mailbox_settings import DraftSettings, MarkSettings, read_drafts, read_marks
from inbox_worker.model import Invitation, Limits
from inbox_worker.oauth_settings import OAuthSettings, read_oauth
from inbox_worker.reading_settings import ModelSettings, read_model
from inbox_worker.service_settings import (
    AlertSettings,
    BackupSettings,
    LogSettings,
    MailSettings,
    MetricsSettings,
    ServiceSettings,
    SummarySettings,
    read_alerts,
    read_backup,
    read_logs,
    read_mail,
    read_metrics,
    read_service,
    read_summary,
)
from inbox_worker.toml_table import SettingsError, Table

DEFAULT_PATH = Path("config/worker.toml")
ENVIRONMENT = "INBOX_WORKER_CONFIG"


@dataclass(frozen=True)
class MailboxSettings:
    """Where replies arrive: an IMAP account, or files (``path``)."""

    host: str = ""
    port: int = 993  # 143 where tls is not "implicit", unless given
    tls: str = "implicit"  # "implicit" (RFC 8314), "starttls", or "none"
    ca_file: Path | None = None  # PEM file of certificate authorities; None: the system's
    user: str = ""
    password_env: str = ""  # name of the environment variable that holds the password
    password_file: Path | None = None  # file that holds it; a line end after it does not count
    folders: tuple[str, ...] = ("INBOX",)
    path: Path | None = None  # Maildir, mbox or directory of .eml files, instead of a server
    authserv_id: str = ""  # RFC 8601; "": the topmost Received's "by" host
    timeout: int = 60  # seconds, for connecting and for each answer
    batch: int = 25  # messages fetched at once
    marks: bool = False  # whether anything may be changed in the mailbox
    oauth: OAuthSettings | None = None  # how to log in by token; None: by password

    @property
    def configured(self) -> bool:
        """Whether there is a mailbox to poll at all."""
        return bool(self.host or self.path)

    def password(self) -> str:
        """The password, read at each login so that a new one needs no restart.

        Raises:
            SettingsError: where neither source holds one.
        """
        if self.password_env:
            value = os.environ.get(self.password_env)
            if not value:
                raise SettingsError(
                    f"the environment variable {self.password_env} named by [mailbox] password_env is not set; set it"
                )
            return value
        if self.password_file is None:
            raise SettingsError("[mailbox] has neither password_env nor password_file; set one of them")
        try:
            value = self.password_file.read_text(encoding="utf-8-sig").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"[mailbox] password_file {self.password_file} cannot be read: {error}") from None
        if not value:
            raise SettingsError(f"[mailbox] password_file {self.password_file} is empty; put the password in it")
        return value


@dataclass(frozen=True)
class RegistrySettings:
    """Where the registry lies. Raw mail lies beside it in ``<registry>.mail/``."""

    path: Path = Path("registry.db")
    mail: Path | None = None  # the directory of raw messages; None: beside the registry
    keep_days: int = 0  # days after the event after which "forget --expired" removes personal data; 0: never

    @property
    def mail_directory(self) -> Path:
        """The directory of raw messages."""
        return self.mail or self.path.with_name(self.path.name + ".mail")


@dataclass(frozen=True)
class WebSettings:
    """Where ``inbox-worker web`` listens."""

    host: str = "127.0.0.1"
    port: int = 8001


@dataclass(frozen=True)
class Settings:
    """The whole configuration."""

    source: Path
    invitation: Invitation
    invited: Path | None
    mailbox: MailboxSettings = field(default_factory=MailboxSettings)
    registry: RegistrySettings = field(default_factory=RegistrySettings)
    service: ServiceSettings = field(default_factory=ServiceSettings)
    web: WebSettings = field(default_factory=WebSettings)
    drafts: DraftSettings = field(default_factory=DraftSettings)
    marks: MarkSettings = field(default_factory=MarkSettings)
    limits: Limits = field(default_factory=Limits)
    language_model: ModelSettings | None = None  # None: nobody is asked
    backup: BackupSettings = field(default_factory=BackupSettings)
    alerts: AlertSettings = field(default_factory=AlertSettings)
    summary: SummarySettings = field(default_factory=SummarySettings)
    mail: MailSettings = field(default_factory=MailSettings)
    metrics: MetricsSettings = field(default_factory=MetricsSettings)
    logs: LogSettings = field(default_factory=LogSettings)

    def without_secrets(self, environment: Mapping[str, str]) -> dict[str, str]:
        """An environment for a program that is none of ours: without the variables that hold our secrets."""
        oauth, model = self.mailbox.oauth, self.language_model
        secret = {self.mailbox.password_env, oauth and oauth.client_secret_env, model and model.key_env}
        return {name: value for name, value in environment.items() if name not in secret}


LIMITS = {  # what each key of [limits] may be, from and to
    "message_size": (1, 2_000), "parts": (1, 10_000), "depth": (1, 200), "attachment_size": (1, 500),
    "attachment_time": (1, 600), "attachment_memory": (200, 32_000), "message_time": (1, 600), "ocr_time": (1, 600),
    "ocr_memory": (1_000, 64_000),
}  # fmt: skip
TABLES = (
    "event", "mailbox", "oauth", "registry", "service", "web", "drafts", "marks", "limits", "backup", "alerts",
    "summary", "mail", "metrics", "logs", "reading",
)  # fmt: skip
TLS_MODES = ("implicit", "starttls", "none")

__all__ = [
    "AlertSettings",
    "BackupSettings",
    "DraftSettings",
    "LogSettings",
    "MailSettings",
    "MailboxSettings",
    "MarkSettings",
    "MetricsSettings",
    "ModelSettings",
    "OAuthSettings",
    "RegistrySettings",
    "ServiceSettings",
    "Settings",
    "SettingsError",
    "SummarySettings",
    "WebSettings",
    "default_path",
    "load",
]


def default_path() -> Path:
    """The configuration used where ``--config`` is not given."""
    return Path(os.environ.get(ENVIRONMENT) or DEFAULT_PATH)


def load(source: Path) -> Settings:
    """Read a configuration file.

    Raises:
        SettingsError: where the file, a key in it or the invited list it names cannot be used.
    """
    try:
        text = source.read_text(encoding="utf-8-sig")
        document = tomllib.loads(text)
    except FileNotFoundError:
        raise SettingsError(
            f"{source}: there is no such file; write one with 'inbox-worker init DIR', "
            f"or name yours with --config FILE or ${ENVIRONMENT}"
        ) from None
    except OSError as error:
        raise SettingsError(f"{source}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise SettingsError(f"{source}: is not UTF-8; save it as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{source}: is not valid TOML: {error}") from None
    for name, value in document.items():
        if name in TABLES and not isinstance(value, dict):
            raise SettingsError(f"{source}: {name} must be a table; write it once, as [{name}] on a line of its own")
        if name not in TABLES:
            raise SettingsError(f"{source}: [{name}]: no such table; valid are {', '.join(f'[{v}]' for v in TABLES)}")
    tables = {name: Table(source, text, name, document.get(name, {})) for name in TABLES}
    if "event" not in document:
        raise SettingsError(f"{source}: the table [event] is missing; see 'inbox-worker init DIR' for an example")
    invited = tables["event"].path("invited")
    oauth = read_oauth(tables["oauth"])
    mailbox = _mailbox(tables["mailbox"], oauth)
    mail = read_mail(tables["mail"])
    service = read_service(tables["service"])
    return Settings(
        source=source,
        invitation=replace(
            read_event(tables["event"], invited),
            authserv_id=mailbox.authserv_id,
            two_readers=tables["reading"].flag("two_readers", True),
        ),
        invited=invited,
        mailbox=mailbox,
        registry=_registry(tables["registry"]),
        service=service,
        web=_web(tables["web"]),
        drafts=read_drafts(tables["drafts"], writable=bool(mailbox.host and mailbox.marks)),
        marks=read_marks(tables["marks"], writable=bool(mailbox.host and mailbox.marks)),
        limits=_limits(tables["limits"]),
        language_model=_language_model(tables["reading"], service),
        backup=read_backup(tables["backup"]),
        alerts=read_alerts(tables["alerts"], mail),
        summary=read_summary(tables["summary"], mail),
        mail=mail,
        metrics=read_metrics(tables["metrics"]),
        logs=read_logs(tables["logs"]),
    )


def _language_model(table: Table, service: ServiceSettings) -> ModelSettings | None:
    table.reject_unknown(("model", "two_readers"))
    values = table.values.get("model", {})
    if not isinstance(values, dict):
        raise table.fail("model", "must be a table; write it as [reading.model] on a line of its own")
    return read_model(Table(table.source, table.text, "reading.model", values), service.poll_deadline)


def _mailbox(table: Table, oauth: OAuthSettings | None) -> MailboxSettings:
    table.reject_unknown(tuple(f.name for f in fields(MailboxSettings) if f.name != "oauth"))
    tls = table.string("tls", "implicit")
    if tls not in TLS_MODES:
        raise table.fail("tls", f"must be one of {', '.join(TLS_MODES)}, is {tls!r}")
    host, path = table.string("host", ""), table.path("path")
    if host and path:
        raise table.fail("path", "give either host (a server) or path (files), not both")
    settings = MailboxSettings(
        host=host,
        port=table.number("port", 993 if tls == "implicit" else 143, 1, 65535),
        tls=tls,
        ca_file=table.path("ca_file"),
        user=table.string("user", ""),
        password_env=table.string("password_env", ""),
        password_file=table.path("password_file"),
        folders=table.strings("folders", ("INBOX",)),
        path=path,
        authserv_id=table.string("authserv_id", ""),
        timeout=table.number("timeout", 60, 1, 3600),
        batch=table.number("batch", 25, 1, 500),
        marks=table.flag("marks", False),
        oauth=oauth,
    )
    if not settings.folders or len(set(settings.folders)) < len(settings.folders):
        raise table.fail("folders", 'must name at least one folder, and each once, such as ["INBOX", "Junk"]')
    if host and not settings.user:
        raise table.fail("user", "is missing; give the name to log in with")
    if oauth and (settings.password_env or settings.password_file):
        raise table.fail("password_env", "leave it and password_file out where [oauth] says how to log in")
    if host and not (oauth or settings.password_env or settings.password_file):
        raise table.fail(
            "password_env",
            "is missing; name the environment variable that holds the password, or give password_file, or fill [oauth]",
        )
    if settings.password_env and settings.password_file:
        raise table.fail("password_file", "give either password_env or password_file, not both")
    return settings


def _registry(table: Table) -> RegistrySettings:
    table.reject_unknown(tuple(f.name for f in fields(RegistrySettings)))
    path = table.path("path") or table.source.parent / "registry.db"
    return RegistrySettings(path, table.path("mail"), table.number("keep_days", 0, 0, 36_500))


def _web(table: Table) -> WebSettings:
    table.reject_unknown(tuple(f.name for f in fields(WebSettings)))
    return WebSettings(table.string("host", "127.0.0.1"), table.number("port", 8001, 1, 65535))


def _limits(table: Table) -> Limits:
    keys = fields(Limits)
    table.reject_unknown(tuple(f.name for f in keys))
    return Limits(**{f.name: table.number(f.name, getattr(Limits, f.name), *LIMITS[f.name]) for f in keys})
