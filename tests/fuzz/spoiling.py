"""Spoilt mail through decoding and reading, for ``INBOX_WORKER_FUZZ_SECONDS``: no error, nothing slow, nothing large.

A failure names its seed: ``spoilt_mail(seed)`` gives the message again. What was found becomes a test of its own.
"""

from __future__ import annotations

import os
import re
import time
from pathlib import Path

import psutil

from inbox_worker import message, settings
from inbox_worker.message.isolation import _PROCESSES
from inbox_worker.model import Limits, Location, RawMessage
from inbox_worker.reading import read
from tests.fuzz.mutants import CORPUS, checksum, spoilt_mail

SECONDS = float(os.environ.get("INBOX_WORKER_FUZZ_SECONDS", "8"))
FIRST = int(os.environ.get("INBOX_WORKER_FUZZ_SEED", "1"))
SLOWEST = 5.0  # seconds for one message, scans aside
LARGEST = 512_000_000  # bytes of memory, of this process and of the one that parses
LIMITS = Limits(attachment_time=4, message_time=4, ocr_time=1)


def main() -> None:
    """Read spoilt mail for as long as asked; any assertion that fails ends it."""
    invitation = settings.load(CORPUS / "event.toml").invitation
    until, seed = time.monotonic() + SECONDS, FIRST
    slowest, largest, problems = 0.0, 0, 0
    while time.monotonic() < until:
        data = spoilt_mail(seed)
        begun = time.monotonic()
        decoded = message.decode(RawMessage(data, None, Location("fuzz")), LIMITS)
        reading = read(decoded, invitation)
        took = time.monotonic() - begun
        assert took < SLOWEST, f"seed {seed} ({checksum(data)}) took {took:.1f} s"
        for claim in reading.claims:
            for evidence in claim.evidence:
                text = decoded.text_of(evidence.part) or ""
                assert text[evidence.start : evidence.end] == evidence.text, f"seed {seed}"
        problems += any(part.problem for part in decoded.parts)
        slowest = max(slowest, took)
        if seed % 50 == 0:
            largest = max(largest, parsing_memory())
        seed += 1
    own = own_memory()
    assert max(largest, own) < LARGEST, f"parsing {largest >> 20} MB, own {own >> 20} MB"
    print(
        f"\n{seed - FIRST} messages, {problems} with a problem, slowest {slowest:.1f} s, "
        f"parsing {largest >> 20} MB, own {own >> 20} MB"
    )


def own_memory() -> int:
    """Most bytes of memory that this program ever held; what ``getrusage`` tells includes its parent's at the fork."""
    told = re.search(r"^VmHWM:\s+(\d+) kB$", Path("/proc/self/status").read_text(), re.MULTILINE)
    assert told is not None
    return int(told.group(1)) * 1024


def parsing_memory() -> int:
    """Bytes of memory of the process that parses documents."""
    for process in list(_PROCESSES.values()):
        if process.kind == "documents" and process._process is not None:
            try:
                return int(psutil.Process(process._process.pid).memory_info().rss)
            except psutil.Error:
                return 0
    return 0


if __name__ == "__main__":
    main()
