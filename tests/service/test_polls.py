"""When polls begin, with a real scheduler and short times."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import datetime, timedelta, timezone
from itertools import pairwise

import pytest
from apscheduler.schedulers.background import BackgroundScheduler

from inbox_worker.poller import PollResult
from inbox_worker.polls import JOB, Polls
from inbox_worker.service_settings import ServiceSettings
from tests.faults.running import wait_until

FAILED, WELL = PollResult(error="the server is down"), PollResult(seen=1)
HOPELESS = PollResult(error="the password is wrong", retry=False)
LATE = 2.0  # seconds by which a busy machine may begin too late; never too early
HOURLY = {"poll_every": 3600, "retry_after": 3600}


class Mailbox:
    """A poll that gives what it is told to, the last of it for ever, and notes when it began (monotonic seconds)."""

    def __init__(self, *results: PollResult, lasts: float = 0.0) -> None:
        self._results, self._lasts = results, lasts
        self.begun: list[float] = []
        self.may_end = threading.Event()
        self.may_end.set()

    def poll(self) -> PollResult:
        self.begun.append(time.monotonic())
        assert self.may_end.wait(30)
        return self._results[min(len(self.begun), len(self._results)) - 1]


Begin = Callable[..., Polls]


@pytest.fixture
def begin() -> Iterator[Begin]:
    with ExitStack() as stack:

        def begun(mailbox: Mailbox, after: Sequence[Callable[[PollResult], None]] = (), **times: float) -> Polls:
            scheduler = BackgroundScheduler(timezone=timezone.utc, job_defaults={"coalesce": True})
            polls = Polls(scheduler, mailbox.poll, ServiceSettings(**times), after)  # type: ignore[arg-type]
            stack.callback(scheduler.shutdown)
            stack.callback(polls.stop)
            scheduler.start()
            return polls

        yield begun


def wait_for(mailbox: Mailbox, polls: int) -> list[float]:
    """Seconds between the first so many polls."""
    wait_until(lambda: len(mailbox.begun) >= polls, f"{polls} polls", 20)
    return [later - earlier for earlier, later in pairwise(mailbox.begun[:polls])]


def test_it_polls_at_once_and_then_every_so_often(begin: Begin) -> None:
    began, mailbox = time.monotonic(), Mailbox(WELL)
    begin(mailbox, poll_every=1)
    assert all(0.9 < pause < 1 + LATE for pause in wait_for(mailbox, 3))
    assert mailbox.begun[0] - began < LATE


def test_failures_are_followed_by_ever_longer_pauses_and_a_success_by_the_usual_one(begin: Begin) -> None:
    mailbox = Mailbox(FAILED, FAILED, FAILED, FAILED, FAILED, WELL, FAILED, FAILED)
    begin(mailbox, poll_every=1, retry_after=0.2, retry_at_most=0.9)
    pauses = wait_for(mailbox, 8)
    for pause, most in zip(pauses, (0.2, 0.4, 0.8, 0.9, 0.9, 1, 0.2), strict=True):
        least = most * 0.95 if most == 1 else most / 2
        assert least <= pause < most + LATE, pauses


def test_what_only_a_person_can_mend_is_tried_seldom_from_the_first_failure_on(begin: Begin) -> None:
    mailbox = Mailbox(HOPELESS)
    begin(mailbox, poll_every=3600, retry_after=0.01, retry_at_most=1)
    assert 0.5 <= wait_for(mailbox, 2)[0] < 1 + LATE


def test_news_begin_a_poll_at_once(begin: Begin) -> None:
    mailbox = Mailbox(WELL)
    polls = begin(mailbox, **HOURLY)
    wait_for(mailbox, 1)
    time.sleep(0.1)
    told = time.monotonic()
    polls.soon()
    wait_for(mailbox, 2)
    assert mailbox.begun[1] - told < LATE


def test_all_news_during_a_poll_are_one_more_poll_after_it(begin: Begin) -> None:
    mailbox = Mailbox(WELL)
    mailbox.may_end.clear()
    polls = begin(mailbox, **HOURLY)
    wait_for(mailbox, 1)
    for _ in range(5):
        polls.soon()
    mailbox.may_end.set()
    wait_for(mailbox, 2)
    time.sleep(0.3)
    assert len(mailbox.begun) == 2


def test_news_do_not_hurry_polls_that_fail(begin: Begin) -> None:
    mailbox = Mailbox(FAILED)
    polls = begin(mailbox, **HOURLY, retry_at_most=3600)
    wait_for(mailbox, 1)
    time.sleep(0.1)
    polls.soon()
    time.sleep(0.3)
    assert len(mailbox.begun) == 1


def test_what_goes_wrong_in_a_poll_or_after_it_does_not_end_the_polls(begin: Begin) -> None:
    class Broken(Mailbox):
        def poll(self) -> PollResult:
            super().poll()
            raise ValueError("We come with three")

    heard: list[str | None] = []

    def after(result: PollResult) -> None:
        raise OSError("the alert's file is gone")

    mailbox = Broken(WELL)
    begin(mailbox, [after, lambda result: heard.append(result.error)], retry_after=0.1, retry_at_most=0.1)
    wait_for(mailbox, 3)
    assert len(heard) >= 2
    assert str(heard[0]).startswith("unexpected ValueError")
    assert "three" not in str(heard[0])


def test_a_poll_that_hangs_is_seen_and_a_long_wait_between_polls_is_not_one(begin: Begin) -> None:
    mailbox = Mailbox(WELL)
    mailbox.may_end.clear()
    polls = begin(mailbox, **HOURLY, poll_deadline=-59.8)  # a minute more than that is 0.2 s
    wait_for(mailbox, 1)
    wait_until(polls.stuck, "that it hangs", 5)
    mailbox.may_end.set()
    wait_until(lambda: not polls.stuck(), "that it hangs no more", 5)
    time.sleep(0.3)
    assert not polls.stuck()


def test_a_poll_that_the_scheduler_holds_to_be_far_away_is_begun_when_it_is_overdue(begin: Begin) -> None:
    mailbox = Mailbox(WELL)
    polls = begin(mailbox, poll_every=1)
    wait_for(mailbox, 1)
    time.sleep(0.1)
    polls._scheduler.modify_job(JOB, next_run_time=datetime.now(timezone.utc) + timedelta(days=2))
    before = len(mailbox.begun)
    polls.tend()
    time.sleep(0.2)
    assert len(mailbox.begun) == before, "it is not overdue yet"

    def begun() -> bool:
        polls.tend()
        return len(mailbox.begun) > before

    assert wait_until(begun, "a poll in spite of that", 15) > 3


def test_once_stopped_no_poll_begins(begin: Begin) -> None:
    mailbox = Mailbox(WELL)
    polls = begin(mailbox, poll_every=0.3)
    wait_for(mailbox, 2)
    polls.stop()
    polls.soon()
    polls.tend()
    time.sleep(0.1)
    count = len(mailbox.begun)
    time.sleep(0.7)
    assert len(mailbox.begun) <= count + 1, "but for one that the scheduler had begun"
