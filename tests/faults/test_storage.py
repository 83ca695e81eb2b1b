"""The disk is full or read-only, somebody locks the registry, the clock jumps: nothing is lost, and it goes on by itself.

INBOX_WORKER_LOCKED=65 locks the registry for so many seconds.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.conftest import Held, MakeRunning, full, needs_faketime
from tests.faults.running import wait_until
from tests.flow.station import Station
from tests.ground.dovecot import Dovecot

LOCKED = int(os.environ.get("INBOX_WORKER_LOCKED", "3"))
WITHIN = 15.0
PROMISE = f"nothing lost, goes on alone within {WITHIN:.0f} s of its end"


def mount(*arguments: str) -> None:
    subprocess.run(["mount", *arguments], check=True, capture_output=True, text=True)


@contextlib.contextmanager
def small_disk(directory: Path, size: str) -> Iterator[None]:
    """A file system of its own at a directory."""
    directory.mkdir(parents=True, exist_ok=True)
    try:
        mount("-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(directory))
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"nothing may be mounted here: {error}")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(directory)], check=True)


def _turned_read_only(path: Path) -> bool:
    return subprocess.run(["mount", "-o", "remount,bind,ro", str(path)], capture_output=True).returncode == 0


def status(station: Station) -> str:
    done = station.run("status")
    assert done.returncode == 1
    return done.stdout


def test_a_full_disk(server: Dovecot, make_running: MakeRunning, held: Held, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "8m"):
        running = make_running(server, server.plain, directory=tmp_path / "disk/station")
        running.well()
        running.senders.send()
        running.caught_up()
        filler = tmp_path / "disk/filler"
        descriptor = os.open(filler, os.O_CREAT | os.O_WRONLY)
        with contextlib.suppress(OSError):
            while os.write(descriptor, b"x" * 4096):
                pass
        os.close(descriptor)
        for _ in range(4):
            running.senders.send(size=100_000)
        wait_until(lambda: " poll failed " in running.log(), "a failure")
        time.sleep(2)
        assert len(running.subjects()) < 5
        assert running.process is not None
        assert running.process.poll() is None
        filler.unlink()
        took = running.caught_up(WITHIN)
        running.well(WITHIN)
        running.once_each()
        assert "No space left" in running.log() or "full" in running.log()
        assert running.end() == 0
        held("disk full", "while four messages arrive", PROMISE, f"yes, {took:.1f} s")


@full
@pytest.mark.parametrize("what", ["raw mail", "registry"])
def test_a_file_system_that_turns_read_only(
    server: Dovecot, make_running: MakeRunning, held: Held, tmp_path: Path, what: str
) -> None:
    with small_disk(tmp_path / "mail", "8m"):
        running = make_running(server, server.plain)
        config = running.station.config
        running.end()
        config.write_text(
            config.read_text().replace('path = "registry.db"', f'path = "registry.db"\nmail = "{tmp_path}/mail"')
        )
        running.start()
        running.senders.send()
        running.caught_up()
        if what == "raw mail":
            mount("-o", "remount,ro", str(tmp_path / "mail"))
        else:
            mount("--bind", str(running.station.registry), str(running.station.registry))
            wait_until(lambda: _turned_read_only(running.station.registry), "a moment when nobody writes")
        try:
            if what == "registry":  # a poll that has it open already can still write
                wait_until(lambda: " poll failed " in running.log(), "a poll that finds it read-only")
            running.senders.send()
            wait_until(lambda: " poll failed " in running.log(), f"a failure\n{running.log()[-2000:]}")
            assert len(running.subjects()) == 1
            if what == "raw mail":
                assert "could not look at the mailbox: what arrived cannot be written" in status(running.station)
        finally:
            if what == "raw mail":
                mount("-o", "remount,rw", str(tmp_path / "mail"))
            else:
                subprocess.run(["umount", "-l", str(running.station.registry)], check=True)
        took = running.caught_up(WITHIN)
        running.well(WITHIN)
        running.once_each()
        assert running.end() == 0
        held(f"{what} read-only", "while a message arrives", PROMISE, f"yes, {took:.1f} s")


def test_somebody_locks_the_registry(server: Dovecot, make_running: MakeRunning, held: Held) -> None:
    running = make_running(server, server.plain)
    running.well()
    other = sqlite3.connect(running.station.registry, isolation_level=None, timeout=20)
    other.execute("begin exclusive")
    running.senders.send()
    running.senders.send()
    time.sleep(LOCKED)
    other.execute("rollback")
    other.close()
    took = running.caught_up(WITHIN)
    running.well(WITHIN)
    running.once_each()
    held("registry locked by somebody", f"for {LOCKED} s, while messages arrive", PROMISE, f"yes, {took:.1f} s")


@full  # tests/service/test_polls.py and test_daylight.py show in an ordinary run that polls outlive a wrong clock
@needs_faketime
@pytest.mark.parametrize(("jump", "name"), [("-2d", "back by two days"), ("+40d", "ahead by forty days")])
def test_the_clock_is_set(
    server: Dovecot, clock: Path, make_running: MakeRunning, held: Held, jump: str, name: str
) -> None:
    running = make_running(server, server.plain, service="poll_every = 2\nidle = false\nretry_after = 1")
    running.well()
    clock.write_text(f"{jump}\n")
    running.senders.send()
    took = running.caught_up(WITHIN)
    running.well(WITHIN)
    running.well(WITHIN)
    running.once_each()
    (at,) = running.station.query("select julianday(polled_at) - julianday('now') from heartbeat")
    assert abs(at[0] - int(jump[:-1])) < 1, "the clock was not set at all"
    held(f"clock set {name}", "between two polls", PROMISE, f"yes, {took:.1f} s")
