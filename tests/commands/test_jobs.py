"""Several processes read as one does: the same output in the same order, whatever becomes of one of them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from inbox_worker.parallel import in_order
from tests.flow.replies import replies
from tests.flow.station import Station


@pytest.fixture
def station(tmp_path: Path) -> Station:
    made = Station(tmp_path)
    made.write(replies(24))
    (tmp_path / "mail" / "7.eml").write_bytes(b"")
    return made


def test_read_prints_the_same_with_any_number_of_processes(station: Station) -> None:
    one, three = (station.run("read", "--jobs", jobs, "mail") for jobs in ("1", "3"))
    assert (one.returncode, one.stderr, len(one.stdout.splitlines())) == (0, "", 24)
    assert (three.returncode, three.stderr, three.stdout) == (0, "", one.stdout)


def test_reread_writes_the_same_with_any_number_of_processes(station: Station, tmp_path: Path) -> None:
    told = []
    for jobs in ("1", "3"):
        station.run("import", "mail")
        done = station.run("reread", "--jobs", jobs)
        told.append((done.stdout, done.stderr, station.state(), station.raw_mail()))
        for path in tmp_path.glob("registry.db*"):
            path.rename(tmp_path / f"{jobs}-{path.name}")
    assert told[0][0].startswith("23 read anew, 0 of them failed; ")
    assert told[1] == told[0]


def doubled(number: int) -> int:
    """Twice a number; thirteen ends its process."""
    if number == 13:
        os._exit(9)
    return 2 * number


class Counted:
    """Something large that a function comes with. Counts how often a process has been sent one."""

    sent = 0

    def __init__(self) -> None:
        self.held = "much"

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        Counted.sent += 1


def times_sent(number: int, with_it: Counted) -> int:
    """How often this process has been sent it."""
    assert with_it.held
    return Counted.sent


def test_what_the_function_comes_with_is_not_sent_with_each_item() -> None:
    function = partial(times_sent, with_it=Counted())
    assert {times for _, times in in_order(range(40), function, function, jobs=3)} == {0}


def test_what_ends_its_process_harms_nothing_else() -> None:
    found = list(in_order(range(40), doubled, lambda number: -number, jobs=3))
    assert found == [(number, -13 if number == 13 else 2 * number) for number in range(40)]


def test_no_more_is_taken_than_is_soon_needed() -> None:
    taken = []

    def numbers() -> Iterator[int]:
        for number in range(1000):
            taken.append(number)
            yield number

    for number, _ in in_order(numbers(), abs, abs, jobs=2):
        assert len(taken) <= number + 20
    assert len(taken) == 1000
