"""The service, with real processes and real signals."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).parents[2]


class Service:
    """A service in a process of its own."""

    def __init__(
        self, directory: Path, target: str, *once: str, every: int = 1, deadline: int = 60, grace: float = 5
    ) -> None:
        self.directory = directory
        self.log_path = directory / f"log-{time.monotonic_ns()}"
        arguments = [directory / "registry.db", f"tests.service.targets:{target}", every, deadline, grace, *once]
        with self.log_path.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.service.run", *map(str, arguments)], stderr=log, cwd=ROOT
            )

    def notes(self) -> list[tuple[float, int, str]]:
        path = self.directory / "notes"
        lines = path.read_text().splitlines() if path.exists() else []
        return [(float(at), int(pid), text) for at, pid, text in (line.split(" ", 2) for line in lines)]

    def texts(self) -> list[str]:
        return [text for _, _, text in self.notes()]

    def log(self) -> str:
        return self.log_path.read_text()

    def wait_for(self, condition: Callable[[], bool], seconds: float = 20) -> None:
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, f"{self.notes()}\n{self.log()}"
            time.sleep(0.02)

    def wait_for_notes(self, count: int) -> None:
        self.wait_for(lambda: len(self.notes()) >= count)

    def children(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(60)


Start = Callable[..., Service]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    services = []

    def started(target: str, *once: str, **options: float) -> Service:
        services.append(Service(tmp_path, target, *once, **options))  # type: ignore[arg-type]
        return services[-1]

    yield started
    for service in services:
        with contextlib.suppress(psutil.NoSuchProcess):
            for child in service.children():
                child.kill()
        service.process.kill()
        service.process.wait()


def test_it_polls_at_once_and_again_in_one_long_lived_process_and_ends_with_status_0(start: Start) -> None:
    service = start("quick")
    service.wait_for_notes(3)
    assert len({pid for _, pid, _ in service.notes()}) == 1
    assert service.notes()[0][1] != service.process.pid
    began = time.monotonic()
    assert service.end() == 0
    assert time.monotonic() - began < 3
    assert not psutil.pid_exists(service.notes()[0][1])


def test_every_event_is_one_line_of_time_level_and_pairs(start: Start) -> None:
    service = start("quick")
    service.wait_for_notes(1)
    service.end()
    lines = service.log().splitlines()
    assert all(re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (info|warning|error) \w", line) for line in lines), (
        lines
    )
    assert any(re.search(r"info poll done seen=3 new=2 failed=1 seconds=\d\.\d$", line) for line in lines)
    assert any(re.search(r"info service ending signal=SIGTERM$", line) for line in lines)


def test_a_hung_poll_is_cut_and_the_next_one_runs(start: Start) -> None:
    service = start("hang_once", deadline=2)
    service.wait_for_notes(2)
    (hung, first, _), (after, second, _), *_ = service.notes()
    assert 1.5 < after - hung < 5
    assert first != second
    assert not psutil.pid_exists(first)
    assert 'error="the poll took longer than [service] poll_deadline, 2 s, and was cut"' in service.log()
    assert service.end() == 0


@pytest.mark.parametrize(
    ("target", "words"),
    [("die_once", "the process that polls ended by signal SIGKILL"), ("exit_once", "ended by itself with status 3")],
)
def test_a_process_that_dies_is_replaced(start: Start, target: str, words: str) -> None:
    service = start(target)
    service.wait_for_notes(2)
    assert len({pid for _, pid, _ in service.notes()[:2]}) == 2
    assert words in service.log()
    assert service.end() == 0


def test_a_process_that_dies_between_polls_is_replaced(start: Start) -> None:
    service = start("quick")
    service.wait_for(lambda: "poll done" in service.log())
    first = service.notes()[0][1]
    os.kill(first, signal.SIGKILL)
    service.wait_for(lambda: service.notes()[-1][1] != first)
    assert service.end() == 0


def test_an_exception_is_logged_without_the_words_of_a_message_and_survived(start: Start) -> None:
    service = start("raise_once")
    service.wait_for_notes(2)
    assert len({pid for _, pid, _ in service.notes()[:2]}) == 1
    assert 'error="unexpected ValueError at targets.py:' in service.log()
    assert "Smith" not in service.log()
    assert service.end() == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_lets_the_message_at_hand_be_finished(start: Start, number: signal.Signals) -> None:
    service = start("messages")
    service.wait_for_notes(3)
    child = service.notes()[0][1]
    assert service.end(number) == 0
    texts = service.texts()
    assert texts[-1] == texts[-2].replace("start", "end")
    assert len(texts) <= 6
    assert not psutil.pid_exists(child)


def test_a_signal_to_the_whole_group_does_the_same(start: Start) -> None:
    service = start("messages")
    service.wait_for_notes(3)
    for child in service.children():
        child.send_signal(signal.SIGTERM)
    assert service.end() == 0
    texts = service.texts()
    assert texts[-1] == texts[-2].replace("start", "end")


def test_a_poll_that_does_not_stop_is_killed_after_the_grace_time(start: Start) -> None:
    service = start("stubborn", grace=1)
    service.wait_for_notes(1)
    child, began = service.notes()[0][1], time.monotonic()
    assert service.end() == 0
    assert 0.9 < time.monotonic() - began < 4
    assert not psutil.pid_exists(child)


def test_a_second_signal_ends_it_at_once(start: Start) -> None:
    service = start("stubborn", grace=60)
    service.wait_for_notes(1)
    service.process.send_signal(signal.SIGINT)
    service.wait_for(lambda: "service ending" in service.log())
    assert service.end(signal.SIGINT) == 0


@pytest.mark.parametrize("target", ["quick", "messages", "hang_once"])
def test_killing_the_service_leaves_no_process(start: Start, target: str) -> None:
    service = start(target)
    service.wait_for_notes(1)
    children = service.children()
    assert children
    service.process.kill()
    service.process.wait()
    gone, alive = psutil.wait_procs(children, timeout=5)
    assert not [p for p in alive if p.status() != psutil.STATUS_ZOMBIE], gone
    again = start("quick")
    again.wait_for(lambda: "service started" in again.log())
    assert again.end() == 0


@pytest.mark.parametrize("once", [(), ("once",)])
def test_a_second_worker_on_the_same_registry_is_refused_in_one_line(start: Start, once: tuple[str, ...]) -> None:
    first = start("messages")
    first.wait_for_notes(1)
    second = start("quick", *once)
    assert second.process.wait(20) == 1
    assert second.log() == (
        f"{first.directory / 'registry.db'}: another worker (process {first.process.pid}) works on this registry;"
        " stop it first, or use another [registry] path\n"
    )
    assert first.process.poll() is None


def test_a_long_poll_is_followed_by_one_and_not_by_all_it_delayed(start: Start) -> None:
    service = start("long_once")
    service.wait_for(lambda: len(service.texts()) >= 6)
    assert service.texts()[:6] == ["poll", "done"] * 3
    begun = [at for at, _, text in service.notes() if text == "poll"]
    assert 2.4 < begun[1] - begun[0] < 4.5
    assert begun[2] - begun[1] > 0.7
    assert service.end() == 0


def test_once_polls_in_the_foreground(start: Start) -> None:
    service = start("quick", "once")
    assert service.process.wait(20) == 0
    assert [(pid, text) for _, pid, text in service.notes()] == [(service.process.pid, "poll")]


def test_once_finishes_the_message_at_hand_on_a_signal(start: Start) -> None:
    service = start("messages", "once")
    service.wait_for_notes(1)
    assert service.end() == 0
    texts = service.texts()
    assert texts[-1] == texts[-2].replace("start", "end")


def test_once_tells_a_failure(start: Start) -> None:
    service = start("raise_once", "once")
    assert service.process.wait(20) == 1
    assert "poll failed" in service.log()
