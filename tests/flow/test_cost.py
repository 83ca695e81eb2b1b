"""What a message costs does not depend on how many there are."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from inbox_worker.model import Location, RawMessage
from inbox_worker.settings import Settings, load
from inbox_worker.worker import Outcome, Worker
from tests.flow.replies import replies
from tests.flow.station import Station

FEW, MANY, MEASURED = 100, 5_000, 30


@pytest.fixture
def settings(station: Station) -> Settings:
    return load(station.config)


def statements(worker: Worker, messages: list[bytes]) -> tuple[list[int], float]:
    """SQL statements of each message (without those of triggers), and seconds for one at the median."""
    counts, seconds, traced = [], [], 0

    def trace(statement: str) -> None:
        nonlocal traced
        traced += not statement.startswith("--")

    worker.registry.db.conn.set_trace_callback(trace)
    for content in messages:
        traced, start = 0, time.perf_counter()
        assert worker.take_in(RawMessage(content, None, Location("test"))) is Outcome.RECORDED
        counts.append(traced)
        seconds.append(time.perf_counter() - start)
    worker.registry.db.conn.set_trace_callback(None)
    return counts, sorted(seconds)[len(seconds) // 2]


def others(n: int) -> Iterator[bytes]:
    """Messages of an organisation that is in no list, so that nobody's story grows: that may cost what it is long."""
    for number in range(n):
        yield (
            f"From: Ana <ana@unknown.example>\nSubject: Re: Invitation {number}\n\n"
            f"Dear all,\n\nThe Meadows Foundation will attend with two people, {number}.\n"
        ).encode()


def test_taking_in_a_message_costs_no_more_with_5000_in_the_registry(settings: Settings, tmp_path: Path) -> None:
    worker = Worker.open(settings)
    worker.registry.db.execute("pragma synchronous = off")  # the disk's time is not ours
    waiting = list(others(MANY))
    for content in waiting[:FEW]:
        worker.take_in(RawMessage(content, None, Location("test")))
    few, few_seconds = statements(worker, list(replies(MEASURED, seed=5)))

    organised = Worker.open(settings_beside(settings, tmp_path))
    organised.registry.db.execute("pragma synchronous = off")
    with organised.registry.writing():  # one transaction for all of them, to be quick
        for content in waiting:
            raw = RawMessage(content, None, Location("test"))
            organised.registry.record(raw, None, None, None, reader="test", error="not read")
    many, many_seconds = statements(organised, list(replies(MEASURED, seed=5)))

    print(
        f"{sum(few)} statements, {few_seconds * 1000:.1f} ms with {FEW}; "
        f"{sum(many)} statements, {many_seconds * 1000:.1f} ms with {MANY}"
    )
    assert many == few
    assert many_seconds < 2 * few_seconds + 0.005


def settings_beside(settings: Settings, directory: Path) -> Settings:
    """The same with another registry."""
    return load(Station(directory / "beside").config)


def test_no_statement_for_a_message_reads_a_whole_table(settings: Settings) -> None:
    worker = Worker.open(settings)
    asked: set[str] = set()
    worker.registry.db.conn.set_trace_callback(asked.add)
    for content in replies(MEASURED, seed=5):
        worker.take_in(RawMessage(content, None, Location("test")))
    worker.registry.db.conn.set_trace_callback(None)
    big = ("messages", "claims", "flags", "readings")
    for statement in asked:
        if statement.lstrip().lower().startswith(("select", "with", "insert", "update", "delete")):
            plan = worker.registry.db.execute(f"explain query plan {statement}").fetchall()
            scans = [row[3] for row in plan if row[3].startswith("SCAN") and row[3].split()[1] in big]
            assert not scans, (statement, scans)
