"""IDLE: how soon a message is in the registry, and what becomes of a watch that dies.

INBOX_WORKER_LATENCY=100 measures that many messages.
"""

from __future__ import annotations

import os
import re
import signal
import statistics
import time

import pytest

from tests.faults.conftest import Held, MakeRunning, full
from tests.faults.proxy import CuttingProxy
from tests.faults.running import Running, wait_until
from tests.ground.dovecot import Dovecot

LATENCY = int(os.environ.get("INBOX_WORKER_LATENCY", "5"))
SELDOM = "poll_every = 3600\nidle_renew = 2\nretry_after = 1\nretry_at_most = 2"  # what comes soon comes by IDLE


def watching(running: Running, times: int = 1) -> None:
    """Until a watch stands, and the poll that a new watch asks for is done."""

    def stands() -> bool:
        parts = running.log().split(" watching folder=")
        return len(parts) > times and " poll done " in parts[-1]

    wait_until(stands, f"a watch\n{running.log()[-3000:]}")


def latency(running: Running) -> float:
    subject = running.senders.send()
    return wait_until(lambda: subject in running.subjects(), f"{subject}\n{running.log()[-3000:]}")


def test_a_message_is_in_the_registry_within_two_seconds(
    server: Dovecot, make_running: MakeRunning, held: Held
) -> None:
    running = make_running(server, server.plain, service=SELDOM)
    watching(running)
    took = []
    for number in range(LATENCY):
        took.append(latency(running))
        time.sleep(0.05 * (number % 7))
    middle = statistics.median(took)
    assert middle < 2, took
    running.once_each()
    held("none", f"{LATENCY} messages, polls once an hour", "in the registry within 2 s (median) by IDLE",
         f"yes, median {middle:.2f} s, slowest {max(took):.2f} s")  # fmt: skip


@pytest.mark.parametrize("manner", ["stall", pytest.param("fin", marks=full), pytest.param("rst", marks=full)])
def test_a_watch_that_dies_silently_is_noticed_and_begun_anew(
    server: Dovecot, proxy: CuttingProxy, make_running: MakeRunning, held: Held, manner: str
) -> None:
    running = make_running(server, proxy.port, service=SELDOM)
    watching(running)
    before = running.log().count(" watching folder=")
    began = time.monotonic()
    assert proxy.cut_all(manner)
    watching(running, before + 1)
    seconds = time.monotonic() - began
    assert latency(running) < 10
    held(f"connection ends by {manner}", "while nothing happens in IDLE",
         "noticed at the next renewal, the watch begun anew", f"yes, {seconds:.1f} s")  # fmt: skip


@full
def test_a_process_that_watches_is_replaced_when_it_is_killed(server: Dovecot, make_running: MakeRunning) -> None:
    running = make_running(server, server.plain, service=SELDOM)
    watching(running)
    pids = re.findall(r"watch process started pid=(\d+)", running.log())
    os.kill(int(pids[-1]), signal.SIGKILL)
    watching(running, 2)
    assert latency(running) < 10
    assert "the process that watches ended by signal SIGKILL" in running.log()


def test_a_server_without_idle_is_polled(server: Dovecot, make_running: MakeRunning) -> None:
    conf = server.directory / "dovecot.conf"
    conf.write_text(conf.read_text() + "\nimap_capability = IMAP4rev1 UIDPLUS\n")
    server.kill()
    server.start()
    running = make_running(server, server.plain)
    wait_until(lambda: "no watch, polls only" in running.log(), "that there is no watch")
    running.senders.send()
    running.caught_up(15)
    running.once_each()
