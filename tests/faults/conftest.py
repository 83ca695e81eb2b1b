"""Servers and services to ill-treat, and the table of what held."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

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


FAKETIME = next(iter(Path("/usr/lib").glob("*/faketime/libfaketime.so.1")), None)
needs_faketime = pytest.mark.skipif(FAKETIME is None, reason="needs libfaketime: apt-get install libfaketime")
FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remember that a test failed, so that its servers leave their mail behind."""
    report = yield
    if report.failed:
        item.stash[FAILED] = True
    return report


@pytest.fixture
def make_server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MakeServer]:
    """Servers; what one of them holds is kept beside the registry and the log where the test fails."""
    _need_dovecot()
    with ExitStack() as stack:

        def make(**options: Any) -> Dovecot:
            server = stack.enter_context(Dovecot(password=PASSWORD, **options))
            stack.callback(keep, server)
            return server

        def keep(server: Dovecot) -> None:
            if request.node.stash.get(FAILED, False):
                server.kill()
                kept = tmp_path / server.directory.name
                shutil.copytree(server.directory, kept, ignore=shutil.ignore_patterns("run", "state"))
                request.node.add_report_section("teardown", "kept", f"the server's directory: {kept}")

        yield make


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
            directory: Path | None = None, reply_by: str = "2016-02-26",
        ) -> Running:  # fmt: skip
            mailbox = (
                f'host = "localhost"\nport = {port}\ntls = "none"\nuser = "alice"\npassword_env = "IW_TEST_PASSWORD"\n'
                f'folders = ["{folder}"]\ntimeout = 1\nbatch = 3\n{more}'
            )
            station = Station(directory or tmp_path / "station", mailbox, f"{service}\n{tables}")
            text = station.config.read_text(encoding="utf-8")
            station.config.write_text(text.replace("reply_by = 2016-02-26", f"reply_by = {reply_by}"), encoding="utf-8")
            return stack.enter_context(Running(station, Senders(server, folder)))

        yield make


@pytest.fixture
def clock(tmp_path: Path) -> Iterator[Path]:
    """A file that says by how much the clock of what is begun within the test goes wrong ("+40d", "-90"): a service
    follows it while it runs, and its monotonic clock does not."""
    path = tmp_path / "clock"
    path.write_text("+0\n")
    with pytest.MonkeyPatch.context() as patch:
        for key, value in {
            "LD_PRELOAD": str(FAKETIME), "FAKETIME_TIMESTAMP_FILE": str(path), "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1",
        }.items():  # fmt: skip
            patch.setenv(key, value)
        yield path


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
