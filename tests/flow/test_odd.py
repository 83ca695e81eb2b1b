"""Odd mail through ``read`` and ``import``: a line or a row for each message, in bounded time and flat memory.

INBOX_WORKER_ODD asks for more messages than an ordinary test run takes.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

from tests.flow.station import Station
from tests.message.odd import odd_messages

ODD = int(os.environ.get("INBOX_WORKER_ODD", "50"))
SLOWEST = 5.0  # seconds of CPU time for one message
GROWTH = 1.25  # of the peak memory when five times as many messages are read
KEYS = {"file", "message_id", "received", "from", "subject", "language", "kind", "late", "flags", "claims"}


@dataclass
class Run:
    """What a command did, and what it took."""

    status: int = -1
    lines: list[str] = field(default_factory=list)
    errors: str = ""
    slowest: float = 0.0  # seconds of CPU time between two lines
    peak: int = 0  # bytes of resident memory


def measured(station: Station, *command: str | Path) -> Run:
    """Run a command and watch its lines come."""
    run, errors = Run(), station.directory / "stderr"
    with errors.open("w") as stream:
        process = station.start(*command, stderr=stream)
    assert process.stdout
    last, observed = 0.0, psutil.Process(process.pid)
    for line in process.stdout:
        now = sum(observed.cpu_times()[:2])
        run.slowest, last = max(run.slowest, now - last), now
        run.lines.append(line)
        run.peak = peak(process.pid) or run.peak
    process.stdout.close()
    run.status, run.errors = process.wait(), errors.read_text()
    return run


def peak(pid: int) -> int:
    """Bytes of resident memory that a process had at most; 0 when it is gone. What wait4 tells includes our own."""
    found = re.search(r"^VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    return int(found[1]) * 1024 if found else 0


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory of odd messages, with what is no message among them."""
    mail = Station(tmp_path_factory.mktemp("odd")).write(odd_messages(ODD, seed=2026))
    (mail / "0-directory.eml").mkdir()
    (mail / "0-gone.eml").symlink_to("nowhere")
    return mail


@pytest.fixture(scope="module")
def all_read(odd: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """All of them through ``read``."""
    return measured(Station(tmp_path_factory.mktemp("read")), "read", odd)


def no_messages(odd: Path) -> list[Path]:
    """What must be set aside: no files, and empty ones, of which the generator makes some."""
    return [path for path in odd.iterdir() if not path.is_file() or not path.stat().st_size]


def test_read_gives_a_line_for_each_in_bounded_time(station: Station, odd: Path, all_read: Run) -> None:
    run = all_read
    print(f"read {ODD}: peak {run.peak / 1e6:.0f} MB, slowest {run.slowest:.2f} s")
    assert (run.status, run.errors) == (0, "")
    found = [json.loads(line) for line in run.lines]
    assert len(found) == ODD + 2
    assert {row["file"] for row in found} == {str(path) for path in odd.iterdir()}
    assert all(set(row) - {"error"} == KEYS for row in found)
    assert {row["file"] for row in found if "failed" in row["flags"]} == set(map(str, no_messages(odd)))
    assert run.slowest < SLOWEST


def test_read_does_not_grow_with_the_number_of_messages(
    station: Station, odd: Path, all_read: Run, tmp_path: Path
) -> None:
    few = tmp_path / "few"
    few.mkdir()
    for number in range(2, ODD // 5):
        (few / f"{number}.eml").symlink_to(odd / f"{number}.eml")
    some = measured(station, "read", few)
    print(f"peak of {ODD // 5}: {some.peak / 1e6:.0f} MB, of {ODD}: {all_read.peak / 1e6:.0f} MB")
    assert all_read.peak < GROWTH * some.peak


def test_import_gives_a_row_for_each(station: Station, odd: Path) -> None:
    run = measured(station, "import", odd)
    print(f"import {ODD}: peak {run.peak / 1e6:.0f} MB")
    assert (run.status, run.errors) == (0, "")
    kept = {path.read_bytes().replace(b"\r\n", b"\n") for path in odd.iterdir() if path.is_file()} - {b""}
    failed = len(no_messages(odd))
    known = ODD + 2 - len(kept) - failed
    assert run.lines == [f"{len(kept)} recorded, {known} known already, {failed} failed; registry {station.registry}\n"]
    assert {content.replace(b"\r\n", b"\n") for content in station.raw_mail().values()} >= kept
    flagged = "select source from messages join flags on flags.message_id = messages.id and code = 'failed'"
    assert {source for (source,) in station.query(flagged)} == set(map(str, no_messages(odd)))
    assert station.query("select count(*), count(distinct message_id) from readings") == [(len(kept) + failed,) * 2]
    assert station.sound()
    before = station.state()
    assert measured(station, "import", odd).lines[0].startswith(f"0 recorded, {ODD + 2} known already, 0 failed; ")
    assert station.state() == before
