"""The worker is killed at random moments while mail keeps arriving, and begins again.

INBOX_WORKER_SERVICE_KILLS=300 kills it that often; INBOX_WORKER_SOAK=1200 mixes arrivals, cuts and kills for so many
seconds and watches memory and file descriptors.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import statistics
import threading
import time
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import psutil
import pytest

from tests.faults.conftest import Held, MakeRunning
from tests.faults.proxy import MANNERS, CuttingProxy
from tests.faults.running import Running, no_process_left, wait_until
from tests.ground.dovecot import Dovecot

KILLS = int(os.environ.get("INBOX_WORKER_SERVICE_KILLS", "4"))
SOAK = int(os.environ.get("INBOX_WORKER_SOAK", "6"))
WITHIN = 20.0
MEGABYTE = 1 << 20


@contextlib.contextmanager
def arriving(running: Running, rng: random.Random, pause: float) -> Iterator[None]:
    """Mail that keeps arriving meanwhile, every ``pause`` seconds on the average."""
    over = threading.Event()

    def deliver() -> None:
        while not over.wait(rng.uniform(0, 2 * pause)):
            running.senders.send(size=rng.choice((200, 2000, 20_000)))

    thread = threading.Thread(target=deliver)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def test_the_service_killed_at_random_moments_of_continuous_arrival(
    server: Dovecot, make_running: MakeRunning, held: Held
) -> None:
    rng = random.Random(KILLS)
    running = make_running(server, server.plain)
    statuses = []
    with no_process_left(running):
        with arriving(running, rng, 0.5):
            for number in range(KILLS):
                time.sleep(rng.uniform(0, 3.5) * rng.choice((0.3, 1)))  # while it starts, or works
                if number % 3 == 2:  # its child alone, which it must replace by itself
                    with contextlib.suppress(psutil.NoSuchProcess, IndexError):
                        rng.choice(running.children()).kill()
                    continue
                statuses.append(running.end((signal.SIGKILL, signal.SIGTERM)[number % 3]))
                running.start()
        took = running.caught_up(WITHIN + 0.3 * len(running.senders.sent))
        running.well()
        running.once_each()
        assert set(statuses) <= {-signal.SIGKILL, 0, -signal.SIGTERM}, statuses
        assert running.end() == 0
    held("worker killed: SIGKILL, SIGTERM, SIGKILL of a child in turn",
         f"{KILLS} random moments, {len(running.senders.sent)} messages arriving", "each message once after a restart",
         f"yes, all there {took:.1f} s after the last")  # fmt: skip


class Usage(NamedTuple):
    """What a service and its children hold at a moment."""

    memory: float  # resident megabytes, together
    files: int  # open ones, together; twice as many for an instant, whenever a child is begun
    own: int  # those of the service, which outlives its children


def usage(running: Running) -> Usage:
    memory, files = 0.0, []
    for process in running.tree():
        with contextlib.suppress(psutil.NoSuchProcess):
            memory += process.memory_info().rss / MEGABYTE
            files.append(process.num_fds())
    return Usage(memory, sum(files), files[0])


def resting(running: Running) -> Usage:
    """What is held between polls while the watch stands: in busy moments there is more, and while a process begins less."""
    looks = []
    while len(looks) < 30:
        time.sleep(0.1)
        if len(running.tree()) == 3:
            looks.append(usage(running))
    memory, files, own = (statistics.median(values) for values in zip(*looks, strict=True))
    return Usage(memory, round(files), round(own))


def assert_flat(seen: Sequence[Usage], before: Usage, after: Usage) -> None:
    """Nothing grew: memory from the first half to the second, open files from one rest to the other."""
    early, late = seen[: len(seen) // 2], seen[len(seen) // 2 :]
    assert max(u.memory for u in late) < max(u.memory for u in early) * 1.15 + 10
    assert max(u.own for u in late) <= max(u.own for u in early) + 2
    assert after.files <= before.files + 1
    assert after.own <= before.own


@pytest.mark.timeout(SOAK * 2 + 300)
def test_a_soak_with_arrivals_cuts_and_kills_mixed(
    server: Dovecot, proxy: CuttingProxy, make_running: MakeRunning, held: Held
) -> None:
    rng = random.Random(SOAK)
    running = make_running(server, proxy.port)
    running.well()
    if SOAK >= 300:
        wait_until(lambda: " watching folder=" in running.log(), "a watch")
        before = resting(running)
    seen: list[Usage] = []
    cuts = kills = 0
    end = time.monotonic() + SOAK
    with arriving(running, rng, 1.0):
        while time.monotonic() < end:
            time.sleep(rng.uniform(0, 2))
            chance = rng.random()
            if chance < 0.35:
                proxy.arm_after(rng.randint(0, 6000), rng.choice(MANNERS))
                cuts += 1
            elif chance < 0.5:
                proxy.cut_all(rng.choice(("rst", "fin", "stall")))
                cuts += 1
            elif chance < 0.6:  # poll, watch, or what reads a suspect apart: the service itself lives through all of it
                with contextlib.suppress(psutil.NoSuchProcess, IndexError):
                    rng.choice(running.tree()[1:]).kill()
                    kills += 1
            if len(running.tree()) == 3:
                seen.append(usage(running))
    proxy.disarm()
    watches = running.log().count(" watching folder=")
    proxy.cut_all()
    took = running.caught_up(WITHIN + 0.3 * len(running.senders.sent))
    running.well()
    running.once_each()
    wait_until(lambda: len(running.tree()) == 3, "service, poll and watch")
    last = usage(running)
    if SOAK >= 300:
        wait_until(lambda: running.log().count(" watching folder=") > watches, "a watch")
        last = resting(running)
        assert_flat(seen, before, last)
    held("arrivals, cuts and kills mixed", f"{SOAK} s: {len(running.senders.sent)} messages, {cuts} cuts, {kills} kills",
         "each message once; memory and file descriptors flat",
         f"yes, all there {took:.1f} s after the end; {last.memory:.0f} MB and {last.files} files in three processes")  # fmt: skip
