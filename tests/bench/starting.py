"""How long until the help is there, and until the service is ready: by the clock, the best of some."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.bench.figures import Figure
from tests.bench.floor import IMAP, configured
from tests.bench.letters import organisations
from tests.ground.dovecot import Dovecot

ROUNDS = 5
ROOT = str(Path(__file__).parents[2])


def _help() -> float:
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-m", "inbox_worker", "--help"], cwd=ROOT, check=True, capture_output=True)
    return time.perf_counter() - begun


def _ready(config: Path, password: str) -> tuple[float, float]:
    """Until ``run`` says that it is there, and that its first poll is done."""
    environment = {**os.environ, "PYTHONPATH": ROOT, "INBOX_WORKER_BENCH_PASSWORD": password}
    command = [sys.executable, "-m", "inbox_worker", "--config", str(config), "run"]
    begun = time.perf_counter()
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stderr is not None
        said = {}
        for line in process.stderr:
            for words in ("service started", "poll done"):
                if words in line:
                    said[words] = time.perf_counter() - begun
            if len(said) > 1:
                break
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
    return said["service started"], said["poll done"]


def measured(directory: Path, rounds: int = ROUNDS) -> list[Figure]:
    """Both."""
    shown = min(_help() for _ in range(rounds))
    with Dovecot() as server:
        server.deliver([])
        configured(directory, organisations(102), IMAP.format(port=server.plain, batch=50), two_readers=True)
        starts = [_ready(directory / "worker.toml", server.users["alice"]) for _ in range(rounds)]
    return [
        Figure("inbox-worker --help", shown, "s", "< 0.3"),
        Figure("inbox-worker run, until it is ready", min(ready for ready, _ in starts), "s", "< 2"),
        Figure("inbox-worker run, until its first poll is done", min(done for _, done in starts), "s"),
    ]
