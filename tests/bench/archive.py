"""How much faster several processes read an archive, and how long one message takes."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

from inbox_worker import message, settings
from inbox_worker.model import Location, RawMessage
from inbox_worker.parallel import cores
from inbox_worker.reading import read
from tests.bench.figures import Figure
from tests.bench.floor import configured
from tests.bench.letters import letters, organisations
from tests.bench.mailboxes import EVENTS, folder_of


def spedup(directory: Path, n: int) -> list[Figure]:
    """``read`` of ``n`` letters by one process, and by one for each core: in seconds by the clock."""
    rows = organisations(102)
    configured(directory, rows, two_readers=True)
    mail = directory / "mail"
    mail.mkdir()
    for number, (_, content) in enumerate(letters(n, rows)):
        (mail / f"{number}.eml").write_bytes(content)
    jobs = cores()
    one, first = _read(directory, 1)
    several, second = _read(directory, jobs)
    assert first == second, "the output differs"
    return [
        Figure(f"read --jobs 1 of {n:,} messages", one, "s"),
        Figure(f"read --jobs {jobs}, same output, times as fast", one / several, "", ">= 1.7 on two cores"),
    ]


def _read(directory: Path, jobs: int) -> tuple[float, bytes]:
    command = [sys.executable, "-m", "inbox_worker", "--config", "worker.toml", "read", "--jobs", str(jobs), "mail"]
    root = str(Path(__file__).parents[2])
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": root}
    begun = time.perf_counter()
    done = subprocess.run(command, cwd=directory, env=environment, capture_output=True, check=True)
    return time.perf_counter() - begun, done.stdout


def reading(most: int) -> list[Figure]:
    """CPU of the reading alone by message of the corpus, at most so many, with both readers and with the grammar."""
    raws = []
    for name in EVENTS:
        for path in sorted(folder_of(name).glob("*.eml")):
            raws.append(path)
    raws = raws[:: max(1, len(raws) // most)][:most]
    figures = []
    for two_readers, said in ((True, "both readers"), (False, "the grammar alone")):
        taken = []
        for path in [raws[0], *raws]:
            invitation = replace(settings.load(path.parents[1] / "event.toml").invitation, two_readers=two_readers)
            content = path.read_bytes()
            decoded = message.decode(RawMessage(content, message.received_time(content), Location(str(path))))
            begun = time.process_time()
            read(decoded, invitation)
            taken.append(1000 * (time.process_time() - begun))
        taken = sorted(taken[1:])
        figures += [
            Figure(f"reading by {said}, median of {len(taken):,} messages of the corpus", statistics.median(taken), "ms", "<= 20"),
            Figure(f"reading by {said}, 99th percentile", taken[min(len(taken) - 1, int(0.99 * len(taken)))], "ms", "<= 200"),
        ]  # fmt: skip
    return figures
