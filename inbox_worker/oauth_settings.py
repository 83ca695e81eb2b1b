"""How to log in by token instead of password: the table [oauth]."""

from __future__ import annotations

import os
from dataclasses import dataclass, fields
from pathlib import Path

from inbox_worker.toml_table import SettingsError, Table

PROVIDERS = ("microsoft", "google")
MECHANISMS = ("XOAUTH2", "OAUTHBEARER")
WAYS = ("user", "app")


@dataclass(frozen=True)
class OAuthSettings:
    """Whose tokens, and for whom. The secret itself is never in the configuration."""

    provider: str  # "microsoft" or "google"
    client_id: str
    token_file: Path  # tokens lie there, readable by the worker only
    way: str = "user"  # "user": somebody consents once; "app": the client's own rights (client credentials, RFC 6749)
    tenant: str = "organizations"  # Microsoft: the directory's id or domain
    client_secret_env: str = ""
    client_secret_file: Path | None = None
    mechanism: str = "XOAUTH2"  # or "OAUTHBEARER" (RFC 7628)
    authority: str = ""  # base URL of another token service; "": the provider's
    authority_ca: Path | None = None  # PEM file of certificate authorities for it; None: the system's

    def client_secret(self) -> str:
        """The client's secret, read whenever it is needed; "" where none is named.

        Raises:
            SettingsError: where the place that is named holds none.
        """
        if self.client_secret_env:
            value = os.environ.get(self.client_secret_env, "")
            where = f"the environment variable {self.client_secret_env}"
        elif self.client_secret_file is not None:
            where = f"[oauth] client_secret_file {self.client_secret_file}"
            try:
                value = self.client_secret_file.read_text(encoding="utf-8-sig").strip()
            except (OSError, UnicodeDecodeError) as error:
                raise SettingsError(f"{where} cannot be read: {error}") from None
        else:
            return ""
        if not value:
            raise SettingsError(f"{where} is empty; put the client's secret there")
        return value


def read_oauth(table: Table) -> OAuthSettings | None:
    """``[oauth]``; None where it is not there."""
    if not table.values:
        return None
    table.reject_unknown(tuple(f.name for f in fields(OAuthSettings)))
    settings = OAuthSettings(
        provider=_one_of(table, "provider", PROVIDERS, None),
        client_id=table.string("client_id"),
        token_file=table.path("token_file") or table.source.parent / "token.json",
        way=_one_of(table, "way", WAYS, "user"),
        tenant=table.string("tenant", "organizations"),
        client_secret_env=table.string("client_secret_env", ""),
        client_secret_file=table.path("client_secret_file"),
        mechanism=_one_of(table, "mechanism", MECHANISMS, "XOAUTH2"),
        authority=table.string("authority", "").rstrip("/"),
        authority_ca=table.path("authority_ca"),
    )
    secret = bool(settings.client_secret_env or settings.client_secret_file)
    if settings.client_secret_env and settings.client_secret_file:
        raise table.fail("client_secret_file", "give either client_secret_env or client_secret_file, not both")
    if settings.authority and not settings.authority.startswith("https://"):
        raise table.fail("authority", "must begin with https://, for secrets are sent there")
    if settings.way == "app" and settings.provider == "google":
        raise table.fail("way", 'must be "user" with Google')
    if settings.way == "app" and settings.tenant in {"organizations", "common", "consumers"}:
        raise table.fail("tenant", 'is missing; with way = "app" it is the id or domain of your directory')
    if (settings.way == "app" or settings.provider == "google") and not secret:
        raise table.fail("client_secret_env", "is missing; name the variable of the environment that holds it")
    return settings


def _one_of(table: Table, key: str, valid: tuple[str, ...], default: str | None) -> str:
    value = table.string(key, default)
    if value not in valid:
        raise table.fail(key, f"must be one of {', '.join(valid)}, is {value!r}")
    return value
