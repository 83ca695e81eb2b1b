"""A large mailbox taken in, and what the next polls and the README's questions cost then.

Letters lie in a Maildir, which is polled through IMAP by Dovecot; the grammar alone reads, to keep the time bearable.
"""

from __future__ import annotations

import os
import resource
import sqlite3
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from inbox_worker import together
from inbox_worker.child import Stop
from inbox_worker.poll import poll
from inbox_worker.settings import Settings
from tests.bench.figures import Figure
from tests.bench.floor import BATCH, IMAP, configured
from tests.bench.letters import START, letters, organisations
from tests.ground.dovecot import Dovecot
from tests.test_readme import QUESTIONS

INVITED = 10_000  # organisations at most: each writes ten messages, of which six answer
SMALL = 1_000  # messages of the mailbox that polls are compared with
TENTH = 10  # throughput is that of the first and of the last tenth


def measured(directory: Path, n: int) -> list[Figure]:
    """The figures of a mailbox of ``n`` messages, beside one of a hundredth, at most of a thousand."""
    rows = organisations(min(INVITED, max(102, n // 10)))
    small = _polled(directory / "small", rows, min(SMALL, max(20, n // 100)))
    large = _polled(directory / "large", rows, n)
    slowest = max(large.questions, key=lambda title: large.questions[title])
    return [
        Figure(f"first pass over {n:,} messages", large.first, "s of CPU"),
        Figure("messages a second of CPU", n / large.first),
        Figure("throughput of the last tenth against the first", large.last_against_first, "", ">= 0.9"),
        Figure("peak memory", large.peak, "MB", "< 250"),
        Figure(f"a poll with nothing new, at {n:,}", 1000 * large.nothing, "ms"),
        Figure(f"against {small.n:,} messages", large.nothing / small.nothing, "", "< 1.5"),
        Figure(f"a poll with one new message, at {n:,}", 1000 * large.one, "ms"),
        Figure(f"against {small.n:,} messages", large.one / small.one, "", "< 1.5"),
        Figure(f"the slowest question of the README, “{slowest}”", large.questions[slowest], "ms", "< 50"),
    ]


class _Polled:
    """What was measured with one mailbox."""

    def __init__(self, n: int) -> None:
        self.n = n
        self.first = self.last_against_first = self.peak = self.nothing = self.one = 0.0
        self.questions: dict[str, float] = {}


def _polled(directory: Path, rows: list[dict[str, str]], n: int) -> _Polled:
    found = _Polled(n)
    with Dovecot() as server:
        for received, content in letters(n, rows):
            server.deliver([content], received=received)
        os.environ["INBOX_WORKER_BENCH_PASSWORD"] = server.users["alice"]
        settings = configured(directory, rows, IMAP.format(port=server.plain, batch=BATCH))
        marks = _first_pass(settings, n)
        found.first = marks[-1][1] - marks[0][1]
        found.last_against_first = _seconds(marks, 0, n // TENTH) / _seconds(marks, n - n // TENTH, n)
        found.peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
        found.nothing = _median(lambda: _poll(settings, 0))
        others = letters(5, rows, seed=2)

        def one() -> None:
            server.deliver([next(others)[1]], received=START)

        found.one = _median(lambda: _poll(settings, 1), before=one)
        found.questions = _asked(settings.registry.path)
    return found


def _first_pass(settings: Settings, n: int) -> list[tuple[int, float]]:
    """Take all in; CPU seconds by how many messages were in the registry."""
    marks = [(0, time.process_time())]

    class Marking(together.Together):
        def write(self) -> list[tuple[together.Step, together.Outcome]]:
            written = super().write()
            marks.append((marks[-1][0] + len(written), time.process_time()))
            return written

    import inbox_worker.poll as polling

    before, polling.Together = polling.Together, Marking  # type: ignore[misc]
    try:
        result = poll(settings, Stop())
    finally:
        polling.Together = before  # type: ignore[misc]
    assert (result.error, result.new) == (None, n), result
    return marks


def _seconds(marks: list[tuple[int, float]], low: int, high: int) -> float:
    """CPU seconds for a message between two counts."""
    inside = [mark for mark in marks if low <= mark[0] <= high]
    return (inside[-1][1] - inside[0][1]) / max(1, inside[-1][0] - inside[0][0]) if len(inside) > 1 else 1.0


def _poll(settings: Settings, new: int) -> None:
    result = poll(settings, Stop())
    assert (result.error, result.new) == (None, new), result


def _median(function: Callable[[], None], before: Callable[[], None] = lambda: None, rounds: int = 5) -> float:
    """Seconds of CPU of this process."""
    taken = []
    for _ in range(rounds):
        before()
        begun = time.process_time()
        function()
        taken.append(time.process_time() - begun)
    return statistics.median(taken)


def _asked(registry: Path) -> dict[str, float]:
    """Milliseconds for each question of the README, the median of five."""
    db = sqlite3.connect(registry)
    found = {}
    for title, question in QUESTIONS.items():
        times = []
        for _ in range(5):
            begun = time.perf_counter()
            db.execute(question["sql"]).fetchall()
            times.append(1000 * (time.perf_counter() - begun))
        found[title] = statistics.median(times)
    db.close()
    return found
