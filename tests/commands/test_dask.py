"""A Dask cluster reads as one process does: the same output in the same order, also where a worker is killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import psutil
import pytest

from inbox_worker.cluster import on_cluster
from tests.commands.test_jobs import Counted, doubled, times_sent
from tests.flow.replies import replies
from tests.flow.station import Station

pytest.importorskip("distributed")
MESSAGES = 40
DASK = [sys.executable, "-m", "dask"]


@dataclass
class LocalCluster:
    """A scheduler and two workers, as processes of their own."""

    directory: Path
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self) -> None:
        """Start them; the scheduler chooses its port."""
        self.told = self.directory / "scheduler.json"
        self._start("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", self.told)
        for _ in range(2):
            self._start("worker", "--scheduler-file", self.told, "--nthreads", "1", "--no-dashboard")

    def _start(self, *arguments: str | Path) -> None:
        environment = {
            **os.environ,
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "OPENBLAS_NUM_THREADS": "1",
            "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1",
        }
        with (self.directory / f"{len(self.processes)}.log").open("wb") as log:
            self.processes.append(
                subprocess.Popen([*DASK, *map(str, arguments)], cwd=self.directory, env=environment, stderr=log)
            )

    def address(self) -> str:
        """Where the scheduler is to be found."""
        until = time.monotonic() + 60
        while not self.told.exists():
            assert time.monotonic() < until, [p.read_text() for p in self.directory.glob("*.log")]
            time.sleep(0.1)
        found: str = json.loads(self.told.read_text())["address"]
        return found

    def kill_a_worker(self) -> None:
        """Kill the last one, with what it has started."""
        last = psutil.Process(self.processes.pop().pid)
        for process in [last, *last.children(recursive=True)]:
            process.send_signal(signal.SIGKILL)
        last.wait()

    def stop(self) -> None:
        """Stop what is left."""
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            process.wait(30)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCluster]:
    made = LocalCluster(tmp_path_factory.mktemp("cluster"))
    made.start()
    yield made
    made.stop()


@pytest.fixture
def station(tmp_path: Path) -> Station:
    made = Station(tmp_path)
    made.write(replies(MESSAGES))
    (tmp_path / "mail" / "7.eml").write_bytes(b"")
    return made


def test_what_the_function_comes_with_is_sent_to_each_worker_once(cluster: LocalCluster) -> None:
    function = partial(times_sent, with_it=Counted())
    found = list(on_cluster(range(40), function, function, address=cluster.address()))
    assert {times for _, times in found} == {1}


def test_what_ends_its_workers_harms_nothing_else(cluster: LocalCluster) -> None:
    found = list(on_cluster(range(10, 18), doubled, lambda number: -number, address=cluster.address()))
    assert found == [(number, -13 if number == 13 else 2 * number) for number in range(10, 18)]


def test_reread_writes_the_same(station: Station, cluster: LocalCluster, tmp_path: Path) -> None:
    told = []
    for engine in (("--jobs", "1"), ("--dask", cluster.address())):
        station.run("import", "mail")
        done = station.run("reread", *engine)
        told.append((done.stdout, done.stderr, station.state(), station.raw_mail()))
        for path in tmp_path.glob("registry.db*"):
            path.rename(tmp_path / f"{engine[0]}-{path.name}")
    assert told[0][0].startswith(f"{MESSAGES - 1} read anew, 0 of them failed; ")
    assert told[1] == told[0]


def test_a_worker_that_is_killed_half_way_changes_nothing(station: Station, cluster: LocalCluster) -> None:
    one = station.run("read", "--jobs", "1", "mail")
    with station.start("read", "--dask", cluster.address(), "mail") as reading:
        assert reading.stdout is not None
        assert reading.stderr is not None
        lines = [reading.stdout.readline() for _ in range(MESSAGES // 3)]
        cluster.kill_a_worker()
        lines += reading.stdout.readlines()
        assert reading.stderr.read() == ""
    assert reading.returncode == 0
    assert "".join(lines) == one.stdout


@pytest.mark.parametrize(
    ("address", "status", "what"),
    [
        ("tcp://127.0.0.1:9", 1, "no Dask scheduler answers at tcp://127.0.0.1:9 ("),
        ("nonsense://here", 2, "nonsense://here is no address of a Dask scheduler: "),
        ("127.0.0.1:8786", 2, "127.0.0.1:8786 is no address of a Dask scheduler: "),
    ],
)
def test_no_scheduler_is_told_with_what_to_do(station: Station, address: str, status: int, what: str) -> None:
    done = station.run("read", "--dask", address, "mail")
    assert (done.returncode, done.stdout) == (status, "")
    assert done.stderr.startswith(f"inbox-worker: {what}")
    assert "tcp://192.0.2.1:8786" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_processes_and_a_cluster_exclude_one_another(station: Station) -> None:
    done = station.run("read", "--dask", "tcp://127.0.0.1:9", "--jobs", "2", "mail")
    assert done.returncode == 2
    assert "--jobs and --dask exclude one another" in done.stderr
