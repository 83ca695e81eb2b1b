"""Servers and services to ill-treat, and the table of what held."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.faults.proxy import CuttingProxy
from tests.faults.running import Running, Senders
from tests.flow.station import PASSWORD, Station
from tests.ground.dovecot import Dovecot
from tests.mailbox.conftest import _need_dovecot

ALL = os.environ.get("INBOX_WORKER_FAULTS") == "all"
full = pytest.mark.skipif(not ALL, reason="INBOX_WORKER_FAULTS=all runs it")

SERVICE = "poll_every = 2\nidle_renew = 1\nretry_after = 1\nretry_at_most = 2"
HEADS = ("fault", "when it strikes", "what is promised", "held")

MakeServer = Callable[..., Dovecot]
MakeRunning = Callable[..., Running]
Held = Callable[[str, str, str, str], None]


@pytest.fixture
def make_server() -> Iterator[MakeServer]:
    _need_dovecot()
    with ExitStack() as stack:
        yield lambda **options: stack.enter_context(Dovecot(password=PASSWORD, **options))


@pytest.fixture
def server(make_server: MakeServer) -> Dovecot:
    return make_server()


@pytest.fixture
def proxy(server: Dovecot) -> Iterator[CuttingProxy]:
    with CuttingProxy(server.plain) as found:
        yield found


@pytest.fixture
def make_running(tmp_path: Path) -> Iterator[MakeRunning]:
    """A service that watches a folder over a port in plain text; times are short, so that recovery is seen soon."""
    with ExitStack() as stack:

        def make(
            server: Dovecot, port: int, folder: str = "INBOX", service: str = SERVICE, tables: str = "", more: str = "",
            directory: Path | None = None,
        ) -> Running:  # fmt: skip
            mailbox = (
                f'host = "localhost"\nport = {port}\ntls = "none"\nuser = "alice"\npassword_env = "IW_TEST_PASSWORD"\n'
                f'folders = ["{folder}"]\ntimeout = 1\nbatch = 3\n{more}'
            )
            station = Station(directory or tmp_path / "station", mailbox, f"{service}\n{tables}")
            return stack.enter_context(Running(station, Senders(server, folder)))

        yield make


@pytest.fixture
def held(request: pytest.FixtureRequest) -> Held:
    """Note a row of the table: fault, when it strikes, what is promised, and what was seen."""
    return lambda *row: request.node.user_properties.append(("fault", row))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The table of what held; into the file that INBOX_WORKER_FAULT_TABLE names too."""
    rows = [
        row
        for outcome in ("passed", "failed")
        for report in terminalreporter.stats.get(outcome, ())
        for name, row in getattr(report, "user_properties", ())
        if name == "fault"
    ]
    if not rows:
        return
    lines = ["| " + " | ".join(cells) + " |" for cells in (HEADS, ["---"] * len(HEADS), *rows)]
    terminalreporter.write_sep("-", "faults")
    terminalreporter.write("\n".join(lines) + "\n")
    if path := os.environ.get("INBOX_WORKER_FAULT_TABLE"):
        Path(path).write_text("\n".join(lines) + "\n", encoding="utf-8")
