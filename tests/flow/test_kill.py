"""kill -9 at random moments: what remains is finished by the next run, as if nothing had happened.

INBOX_WORKER_KILLS and INBOX_WORKER_KILL_MESSAGES ask for more than the few of an ordinary test run.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import time
from pathlib import Path

from tests.flow.conftest import MakeStation
from tests.flow.replies import replies
from tests.flow.station import Station, wait_for
from tests.ground.dovecot import Dovecot

KILLS = int(os.environ.get("INBOX_WORKER_KILLS", "8"))
MESSAGES = int(os.environ.get("INBOX_WORKER_KILL_MESSAGES", "120"))


def begin_and_wait(station: Station, *command: str | Path) -> float:
    """Seconds that a command works, from the moment it holds the lock."""
    with station.start(*command) as process:
        wait_for(station.registry.with_name("registry.db.lock").exists)
        locked = time.monotonic()
        _, err = process.communicate(timeout=600)
    assert (process.returncode, "Traceback" in err) == (0, False), err
    return time.monotonic() - locked


def kill_during(
    disturbed: Station, undisturbed: Station, kills: int, work: float, *command: str | Path
) -> list[list[int]]:
    """Kill a command so many times while it works, which takes ``work`` seconds without that, and run it to its end.

    Whenever a run gets there before it is killed, what it left is compared, and the next begins with nothing.
    Gives, for each such round, how many messages were in the registry after each kill.
    """
    rng = random.Random(kills)
    lock = disturbed.registry.with_name("registry.db.lock")
    rounds: list[list[int]] = [[]]
    while sum(map(len, rounds)) < kills:
        lock.unlink(missing_ok=True)
        with disturbed.start(*command) as process:
            wait_for(lock.exists)
            if sum(map(len, rounds)) % 2:
                time.sleep(rng.uniform(0, work) * rng.choice((0.3, 0.6, 1)))  # any moment, the start too
            else:
                until_further(disturbed, process, rng.randint(1, 10))  # surely in the middle, however slow we are
                time.sleep(rng.uniform(0, 0.02))
            process.kill()
            process.communicate()
        if process.returncode == -signal.SIGKILL:
            rounds[-1].append(count(disturbed))
        else:
            compare(disturbed, undisturbed)
            for path in disturbed.directory.glob("registry.db*"):
                shutil.rmtree(path) if path.is_dir() else path.unlink()
            rounds.append([])
    final = disturbed.run(*command)
    assert final.returncode == 0, final.stderr
    compare(disturbed, undisturbed)
    print(f"{work=:.2f} s; messages after each kill: {rounds}")
    return rounds


def until_further(station: Station, process: subprocess.Popen[str], messages: int) -> None:
    """Wait until so many more messages are in the registry, or the process is done."""
    goal = count(station) + messages
    while process.poll() is None and count(station) < goal:
        time.sleep(0.002)


def count(station: Station) -> int:
    """Messages in a registry that may not even have its tables yet."""
    there = station.registry.exists() and station.query("select 1 from sqlite_master where name = 'messages'")
    return len(station.subjects()) if there else 0


def compare(disturbed: Station, undisturbed: Station) -> None:
    """Every row of every table, the clock's columns aside, and every raw message."""
    expected, found = undisturbed.state(), disturbed.state()
    assert list(found) == list(expected)
    for table, rows in expected.items():
        assert found[table] == rows, table
    assert disturbed.raw_mail() == undisturbed.raw_mail()
    assert disturbed.sound()


def test_an_import_killed_at_random_moments_ends_as_an_undisturbed_one(tmp_path: Path) -> None:
    undisturbed = Station(tmp_path / "a")
    mail = Station(tmp_path / "mail").write(replies(MESSAGES))
    (mail / "gone.eml").symlink_to("nowhere")
    work = begin_and_wait(undisturbed, "import", mail)
    state = undisturbed.state()
    assert len(state["messages"]) == MESSAGES + 1
    assert len(state["claims"]) > MESSAGES / 4
    assert state["delegates"]
    assert {flag["code"] for flag in state["flags"]} >= {"failed", "late", "question"}

    rounds = kill_during(Station(tmp_path / "b"), undisturbed, KILLS, work, "import", mail)
    assert len([n for progress in rounds for n in progress if 0 < n < MESSAGES]) >= KILLS / 4


def test_polls_killed_at_random_moments_end_as_an_undisturbed_one(
    server: Dovecot, folder: str, watching: MakeStation, tmp_path: Path
) -> None:
    kills, messages = max(4, KILLS // 4), max(60, MESSAGES // 4)
    disturbed = watching(server, folder, batch="5")
    undisturbed = Station(tmp_path / "a")
    undisturbed.config.write_text(disturbed.config.read_text())
    server.deliver((m.replace(b"\n", b"\r\n") for m in replies(messages, seed=2)), folder=folder)
    work = begin_and_wait(undisturbed, "run", "--once")
    assert len(undisturbed.subjects()) == messages

    rounds = kill_during(disturbed, undisturbed, kills, work, "run", "--once")
    assert any(0 < n < messages for progress in rounds for n in progress)
