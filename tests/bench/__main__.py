"""What the work costs, in one table: ``tests/bench/run``, or ``python -m tests.bench [--small] [--only NAME]``."""

from __future__ import annotations

import argparse
import os
import platform
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.bench import archive, floor, scale, starting
from tests.bench.figures import Figure, table

NAMES = ("floor", "reading", "archive", "scale", "start")


def main() -> None:
    """Run them one after the other, each in its turn printed at the end."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="as few messages as show that it runs")
    parser.add_argument("--only", action="append", choices=NAMES, help="leave out the others")
    parser.add_argument("--messages", type=int, help="of the large mailbox (default 20,000)")
    given = parser.parse_args()
    small, wanted = given.small, given.only or NAMES
    figures: list[Figure] = []
    stages = ""
    with tempfile.TemporaryDirectory(prefix="inbox-worker-bench-") as scratch:
        place = Path(scratch)
        runs: dict[str, Callable[[], list[Figure]]] = {
            "reading": lambda: archive.reading(place / "reading", 12 if small else 300),
            "archive": lambda: archive.spedup(place / "archive", 12 if small else 1_000),
            "scale": lambda: scale.measured(place / "scale", given.messages or (60 if small else 20_000)),
            "start": lambda: starting.measured(place / "start", 1 if small else starting.ROUNDS),
        }
        if "floor" in wanted:
            found, stages = floor.measured(40 if small else 2_000)
            figures += found
            figures += floor.measured(40 if small else 2_000, dressed=False)[0]
        for name, run in runs.items():
            if name in wanted:
                figures += run()
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}\n")
    print(table(figures))
    if stages:
        print(f"\nBy stage, CPU of a message:\n\n{stages}")


if __name__ == "__main__":
    main()
