"""Real Dovecots: one for the session that nobody stops, and a factory for those that are ill-treated."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count

import pytest

from inbox_worker.settings import MailboxSettings
from tests.ground.dovecot import DOVECOT, Dovecot

_folders = count(1)


def _need_dovecot() -> None:
    if DOVECOT is None:
        reason = "Dovecot is not installed: apt-get install dovecot-imapd"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    _need_dovecot()
    with Dovecot() as server:
        yield server


@pytest.fixture
def new_dovecot() -> Iterator[Callable[..., Dovecot]]:
    _need_dovecot()
    with ExitStack() as stack:
        yield lambda **options: stack.enter_context(Dovecot(**options))


@pytest.fixture
def folder(dovecot: Dovecot) -> str:
    """A folder of alice's that only this test uses."""
    name = f"Test{next(_folders)}"
    client = dovecot.client()
    client.create_folder(name)
    client.logout()
    return name


@pytest.fixture(autouse=True)
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_PASSWORD", "pw")


@pytest.fixture
def settings_for() -> Callable[..., MailboxSettings]:
    def settings(server: Dovecot, *folders: str, **changes: object) -> MailboxSettings:
        values: dict[str, object] = {
            "host": "localhost",
            "port": server.tls,
            "ca_file": server.ca_file,
            "user": "alice",
            "password_env": "TEST_PASSWORD",
            "folders": folders or ("INBOX",),
            "timeout": 10,
            "batch": 3,
        }
        return MailboxSettings(**{**values, **changes})  # type: ignore[arg-type]

    return settings
