"""A language model as a reader: the table [reading.model]. Without it nobody is asked."""

from __future__ import annotations

import os
from dataclasses import dataclass, fields
from pathlib import Path
from urllib.parse import urlsplit

from inbox_worker.toml_table import SettingsError, Table

ROLES = ("second", "agree")
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True)
class ModelSettings:
    """Which language model is asked, and how much. ``endpoint`` is the address below which /chat/completions lies."""

    endpoint: str
    model: str
    role: str = "second"
    key_env: str = ""  # name of the environment variable that holds the key
    key_file: Path | None = None  # file that holds it; a line end after it does not count
    timeout: int = 60  # seconds for one answer, all in all
    concurrency: int = 2  # questions at once
    daily_budget: int = 500  # questions a day, UTC
    hide_contacts: bool = False  # whether e-mail addresses and phone numbers are taken out of what is sent

    @property
    def leaves_the_machine(self) -> bool:
        """Whether messages are sent to another machine."""
        return (urlsplit(self.endpoint).hostname or "") not in LOOPBACK

    def key(self) -> str:
        """The key, read at each use so that a new one needs no restart; "" where none is configured.

        Raises:
            SettingsError: where the variable or file that is named holds none.
        """
        if self.key_env:
            value = os.environ.get(self.key_env, "").strip()
            if not value:
                raise SettingsError(
                    f"the environment variable {self.key_env} named by [reading.model] key_env is not set; set it"
                )
        elif self.key_file is not None:
            try:
                value = self.key_file.read_text(encoding="utf-8-sig").strip()
            except (OSError, UnicodeDecodeError) as error:
                raise SettingsError(f"[reading.model] key_file {self.key_file} cannot be read: {error}") from None
            if not value:
                raise SettingsError(f"[reading.model] key_file {self.key_file} is empty; put the key in it")
        else:
            return ""
        if not value.isascii() or not value.isprintable():
            raise SettingsError("the key of [reading.model] has characters that no key has; see key_env or key_file")
        return value


def read_model(table: Table, poll_deadline: int) -> ModelSettings | None:
    """``[reading.model]``; None where no endpoint is given. ``poll_deadline``: seconds after which a poll is cut, and
    with it a question."""
    table.reject_unknown(tuple(f.name for f in fields(ModelSettings)))
    if not any(key in table.values for key in ("endpoint", "model", "key_env", "key_file")):
        return None
    endpoint = table.string("endpoint").strip().rstrip("/")
    _require_url(table, endpoint)
    role = table.string("role", "second")
    if role not in ROLES:
        raise table.fail("role", f"must be one of {', '.join(ROLES)}, is {role!r}")
    settings = ModelSettings(
        endpoint=endpoint,
        model=table.string("model").strip(),
        role=role,
        key_env=table.string("key_env", ""),
        key_file=table.path("key_file"),
        timeout=table.number("timeout", 60, 1, 600),
        concurrency=table.number("concurrency", 2, 1, 32),
        daily_budget=table.number("daily_budget", 500, 0, 1_000_000),
        hide_contacts=table.flag("hide_contacts", False),
    )
    if settings.key_env and settings.key_file:
        raise table.fail("key_file", "give either key_env or key_file, not both")
    if settings.timeout > poll_deadline // 3:
        raise table.fail("timeout", f"must be at most a third of [service] poll_deadline, that is {poll_deadline // 3}")
    return settings


def _require_url(table: Table, endpoint: str) -> None:
    valid = 'must be an address such as "http://127.0.0.1:11434/v1" or "https://api.example.org/v1"'
    try:
        parts = urlsplit(endpoint)
        port = parts.port
    except ValueError:
        raise table.fail("endpoint", f"{valid}, is {endpoint!r}") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        raise table.fail("endpoint", f"{valid}, is {endpoint!r}")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise table.fail("endpoint", f"{valid}, with nothing after the path; the key goes into key_env or key_file")
    if parts.path.endswith("/chat/completions"):
        raise table.fail("endpoint", "leave out /chat/completions; it is added")
