"""What a confined process cannot do, tried in one."""

from __future__ import annotations

import subprocess
import sys

import pytest

TRIES = {
    "memory": "x = bytearray(900_000_000)",
    "network": "import socket; socket.create_connection(('127.0.0.1', 9), 1)",
    "files": "import os; os.write(os.open('written', os.O_CREAT | os.O_WRONLY), b'x')",
    "programs": "import os; os.execv('/bin/true', ['true'])",
}


@pytest.mark.parametrize(
    ("what", "error"),
    [("memory", "MemoryError"), ("network", "PermissionError"), ("files", "OSError"), ("programs", "PermissionError")],
)
def test_a_confined_process_cannot(what: str, error: str, tmp_path) -> None:  # type: ignore[no-untyped-def]
    program = f"""
from inbox_worker.message.confinement import confine
confine(600_000_000)
{TRIES[what]}
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=tmp_path)
    assert error in done.stderr
    assert done.returncode == 1


def test_a_confined_process_still_computes() -> None:
    program = "from inbox_worker.message.confinement import confine; print(len(confine(600_000_000)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert int(done.stdout) >= 2
