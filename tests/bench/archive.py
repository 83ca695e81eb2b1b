"""How much faster several processes read an archive, and how long one message takes."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from inbox_worker import message, settings
from inbox_worker.model import Invitation, Location, Message, RawMessage
from inbox_worker.parallel import cores
from inbox_worker.reading import read
from tests.bench.figures import Figure
from tests.bench.floor import configured
from tests.bench.letters import letters, organisations
from tests.bench.mailboxes import EVENTS, folder_of


def spedup(directory: Path, n: int) -> list[Figure]:
    """``read`` of ``n`` letters by one process, and by one for each core: in seconds by the clock.

    Cores that are threads of one core, or share what they are given with others, do not do twice as much. What such a
    machine gives at most is told by as many commands at once, of which each reads all letters by itself.
    """
    rows = organisations(102)
    configured(directory, rows, two_readers=True)
    mail = directory / "mail"
    mail.mkdir()
    for number, (_, content) in enumerate(letters(n, rows)):
        (mail / f"{number}.eml").write_bytes(content)
    jobs = cores()
    one, (first,) = _read(directory, 1)
    several, (second,) = _read(directory, jobs)
    apart, _ = _read(directory, 1, at_once=jobs)
    assert first == second, "the output differs"
    return [
        Figure(f"read --jobs 1 of {n:,} messages", one, "s"),
        Figure(f"read --jobs {jobs}, same output, times as fast", one / several, "", ">= 1.7 on two cores"),
        Figure(f"{jobs} such commands at once, times as many messages", jobs * one / apart),
    ]


def _read(directory: Path, jobs: int, at_once: int = 1) -> tuple[float, list[bytes]]:
    """Seconds until so many commands have read all letters, and what they printed."""
    command = [sys.executable, "-m", "inbox_worker", "--config", "worker.toml", "read", "--jobs", str(jobs), "mail"]
    root = str(Path(__file__).parents[2])
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": root}
    begun = time.perf_counter()
    running = [subprocess.Popen(command, cwd=directory, env=environment, stdout=subprocess.PIPE,
                                stderr=subprocess.DEVNULL) for _ in range(at_once)]  # fmt: skip
    with ThreadPoolExecutor(at_once) as pool:  # each is read from while the others go on
        printed = [out for out, _ in pool.map(subprocess.Popen.communicate, running)]
    assert not any(one.returncode for one in running), "a command failed"
    return time.perf_counter() - begun, printed


def reading(directory: Path, most: int) -> list[Figure]:
    """CPU of the reading alone by message: of the mailbox that the floor is measured with, and of full letters, which
    are those of the corpus; with both readers and with the grammar."""
    rows = organisations(102)
    invitation = configured(directory, rows).invitation
    mailbox = [(_decoded(content, received), invitation) for received, content in letters(most, rows)]
    paths = [path for name in EVENTS for path in sorted(folder_of(name).glob("*.eml"))]
    paths = paths[:: max(1, len(paths) // most)][:most]
    corpus = [(_decoded(path.read_bytes()), settings.load(path.parents[1] / "event.toml").invitation) for path in paths]
    figures = []
    for said, messages in (("messages of the floor's mailbox", mailbox), ("full letters of the corpus", corpus)):
        for two_readers, by in ((True, "both readers"), (False, "the grammar alone")):
            taken = _milliseconds(messages, two_readers)
            what = f"reading by {by}, {len(taken):,} {said}"
            figures += [
                Figure(f"{what}: median", statistics.median(taken), "ms", "<= 20"),
                Figure(f"{what}: 99th percentile", taken[min(len(taken) - 1, int(0.99 * len(taken)))], "ms", "<= 200"),
            ]
    return figures


def _decoded(content: bytes, received: datetime | None = None) -> Message:
    return message.decode(RawMessage(content, received or message.received_time(content), Location("bench")))


def _milliseconds(messages: Sequence[tuple[Message, Invitation]], two_readers: bool) -> list[float]:
    """What each costs, in ascending order."""
    taken = []
    for decoded, event in [messages[0], *messages]:
        invitation = replace(event, two_readers=two_readers)
        begun = time.process_time()
        read(decoded, invitation)
        taken.append(1000 * (time.process_time() - begun))
    return sorted(taken[1:])  # the first is to get warm
