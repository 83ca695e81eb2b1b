"""The command line as a process, and a Dovecot for the commands that talk to a server."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.mailbox.conftest import dovecot, folder, new_dovecot  # noqa: F401 - fixtures

ROOT = Path(__file__).parents[2]
Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run inbox-worker in a directory of its own, with nothing of ours in its environment but what is given."""

    def running(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
        inherited = {key: value for key, value in os.environ.items() if not key.startswith("INBOX_WORKER_")}
        return subprocess.run(
            [sys.executable, "-m", "inbox_worker", *map(str, arguments)],
            cwd=tmp_path,
            env={**inherited, "PYTHONPATH": str(ROOT), **environment},
            capture_output=True,
            text=True,
            timeout=120,
        )

    return running
