"""A call that may kill its process."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from inbox_worker.apart import DiedError, apart
from tests.flow.station import wait_for

ROOT = Path(__file__).parents[1]


def test_a_result_comes_back() -> None:
    assert apart(10, max, [1, 3, 2]) == 3
    assert len(apart(10, bytes, 10_000_000)) == 10_000_000


def test_a_death_is_told() -> None:
    with pytest.raises(DiedError):
        apart(10, os._exit, 0)
    with pytest.raises(DiedError):
        apart(10, signal.raise_signal, signal.SIGKILL)


def test_what_takes_too_long_is_a_death() -> None:
    start = time.monotonic()
    with pytest.raises(DiedError):
        apart(0.3, time.sleep, 20)
    assert time.monotonic() - start < 5


def test_it_ends_with_its_parent() -> None:
    program = (
        "import os, time; from inbox_worker.apart import apart\n"
        "def child(): print(os.getpid(), flush=True); time.sleep(50)\n"
        "apart(60, child)"
    )
    with subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        child = int(parent.stdout.readline())
        parent.kill()
        assert parent.stdout.read() == ""  # nobody has it open any more
    wait_for(lambda: not psutil.pid_exists(child) or psutil.Process(child).status() == psutil.STATUS_ZOMBIE)
