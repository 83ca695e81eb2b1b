"""A real Dovecot for the session, with accounts of these tests, and others for those that ill-treat it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path

import pytest

from tests.flow.station import PASSWORD, Station
from tests.ground.dovecot import Dovecot
from tests.mailbox.conftest import _need_dovecot

_folders = count(1)

MakeStation = Callable[..., Station]


@pytest.fixture(scope="session")
def server() -> Iterator[Dovecot]:
    _need_dovecot()
    with Dovecot(password=PASSWORD) as dovecot:
        yield dovecot


@pytest.fixture
def new_server() -> Iterator[Callable[..., Dovecot]]:
    _need_dovecot()
    with ExitStack() as stack:
        yield lambda **options: stack.enter_context(Dovecot(password=PASSWORD, **options))


@pytest.fixture
def folder(server: Dovecot) -> str:
    """A folder of alice's that only this test uses."""
    name = f"Flow{next(_folders)}"
    client = server.client()
    client.create_folder(name)
    client.logout()
    return name


@pytest.fixture
def station(tmp_path: Path) -> Station:
    """One that has no mailbox: messages come by ``import``."""
    return Station(tmp_path / "station")


@pytest.fixture
def watching(tmp_path: Path) -> MakeStation:
    """One that watches a folder of a server over TLS."""

    def make(server: Dovecot, *folders: str, service: str = "poll_every = 1", **changes: str) -> Station:
        lines = {
            "host": '"localhost"',
            "port": str(server.tls),
            "ca_file": f'"{server.ca_file}"',
            "user": '"alice"',
            "password_env": '"IW_TEST_PASSWORD"',
            "folders": str(list(folders or ("INBOX",))).replace("'", '"'),
            "timeout": "10",
            **changes,
        }
        text = "\n".join(f"{key} = {value}" for key, value in lines.items() if value)
        return Station(tmp_path / "station", text, service)

    return make
