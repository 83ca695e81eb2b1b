"""The order of the queue: by reason, and within it by what must be done first."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from inbox_worker.review.queue import next_after, queue
from inbox_worker.review.words import day
from tests.builders import DEADLINE, IN_TIME, claim
from tests.registry.test_registry import open_registry, record


def test_within_a_reason_the_oldest_deadline_comes_first_and_then_the_longest_waiting(tmp_path: Path) -> None:
    registry = open_registry(tmp_path)
    zone = registry.invitation.reply_by.tzinfo
    doubted = claim("accepted", None, doubts=["count-unclear"])
    unclear = claim("accepted", 2, doubts=["partstat-unclear"])
    after = record(registry, 1, doubted, received=DEADLINE + timedelta(hours=1))
    second = record(registry, 2, doubted, received=IN_TIME + timedelta(hours=2))
    first = record(registry, 3, doubted, received=IN_TIME + timedelta(hours=1))
    weightier = record(registry, 4, unclear, received=DEADLINE + timedelta(hours=3))
    groups = queue(registry.db).groups
    assert {group.code: [row.message for row in group.rows] for group in groups} == {
        "partstat-unclear": [weightier], "count-unclear": [first, second, after],
    }  # fmt: skip
    by_answers, by_event = (moment.isoformat() for moment in (DEADLINE, registry.invitation.starts))
    assert [row.due for row in groups[1].rows] == [by_answers, by_answers, by_event]
    assert [next_after(registry.db, at) for at in (weightier, first, second, after)] == [
        first, second, after, weightier,
    ]  # fmt: skip
    assert day("2016-02-27T00:00:00+01:00", zone) == "26 Feb", "the end of a day is that day"
    assert day("2016-03-02T15:00:00+01:00", zone) == "2 Mar"
    registry.close()
