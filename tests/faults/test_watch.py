"""IDLE: how soon a message is in the registry, and what becomes of a watch that dies.

INBOX_WORKER_LATENCY=100 measures that many messages.
"""

from __future__ import annotations

import os
import re
import signal
import statistics
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.faults.conftest import Held, MakeRunning, full
from tests.faults.network import Network
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


@pytest.fixture
def network() -> Iterator[Network]:
    with ExitStack() as stack:
        try:
            found = stack.enter_context(Network())
        except OSError as error:
            pytest.skip(f"no network of our own can be had here: {error}")
        yield found


def test_a_network_that_goes_dark_while_we_wait_in_idle(
    network: Network, server: Dovecot, make_running: MakeRunning, held: Held
) -> None:
    running = make_running(server, server.plain)
    watching(running)
    network.down()
    began = time.monotonic()
    subject = running.senders.send()
    wait_until(lambda: " watch lost " in running.log(), f"that the watch is dead\n{running.log()[-3000:]}")
    noticed = time.monotonic() - began
    assert "the server stopped answering" in running.log()
    wait_until(lambda: " poll failed " in running.log(), "a poll that fails")
    assert subject not in running.subjects()
    watches, began = running.log().count(" watching folder="), time.monotonic()
    network.up()
    running.caught_up(15)
    running.well(15)
    took = time.monotonic() - began
    watching(running, watches + 1)
    assert latency(running) < 10
    running.once_each()
    held("network dark: no packet passes, no reset", "while nothing happens in IDLE",
         "noticed at the next renewal; polls go on by themselves within 15 s of its end, the watch too",
         f"yes, noticed after {noticed:.1f} s, polls {took:.1f} s after its end")  # fmt: skip


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
