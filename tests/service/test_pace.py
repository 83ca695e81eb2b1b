"""Back-off: what holds for every pause, whatever was drawn."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from inbox_worker.pace import Backoff

SECONDS = st.floats(0.01, 86_400)
DRAWN = st.floats(0, 1, exclude_max=True)


def failed_before(first: float, most: float, failures: int, drawn: float) -> Backoff:
    """A back-off after so many failures, for which the same is drawn each time."""
    backoff = Backoff(first, most, lambda: drawn)
    for _ in range(failures):
        backoff.failed()
    return backoff


@given(first=SECONDS, most=SECONDS, drawn=st.lists(DRAWN, min_size=1, max_size=60))
def test_each_failure_doubles_the_pause_up_to_the_most_and_half_of_it_is_chance(
    first: float, most: float, drawn: list[float]
) -> None:
    draws = iter(drawn)
    backoff = Backoff(first, most, lambda: next(draws))
    limit = max(first, most)
    for number in range(len(drawn)):
        whole = min(limit, first * 2.0**number)
        assert whole / 2 <= backoff.failed() <= whole


@given(first=SECONDS, most=SECONDS, failures=st.integers(0, 2000), drawn=DRAWN)
def test_no_pause_is_nothing_and_none_is_too_long_however_often_it_failed(
    first: float, most: float, failures: int, drawn: float
) -> None:
    backoff = failed_before(first, most, failures, drawn)
    assert first / 2 <= backoff.failed() <= max(first, most)


@given(first=SECONDS, most=SECONDS, failures=st.integers(0, 50), drawn=DRAWN)
def test_what_only_a_person_can_mend_is_tried_at_the_longest_pause(
    first: float, most: float, failures: int, drawn: float
) -> None:
    backoff = failed_before(first, most, failures, drawn)
    assert max(first, most) / 2 <= backoff.failed(hopeless=True) <= max(first, most)


@given(first=SECONDS, most=SECONDS, failures=st.integers(1, 50), drawn=DRAWN)
def test_a_success_forgets_all_failures(first: float, most: float, failures: int, drawn: float) -> None:
    backoff, fresh = failed_before(first, most, failures, drawn), Backoff(first, most, lambda: drawn)
    backoff.succeeded()
    assert [backoff.failed() for _ in range(5)] == [fresh.failed() for _ in range(5)]


def test_two_workers_that_failed_alike_do_not_come_back_in_step() -> None:
    one, other = (Backoff(5, 300) for _ in range(2))
    pauses = [(one.failed(), other.failed()) for _ in range(20)]
    assert sum(abs(a - b) > 0.1 for a, b in pauses) > 10, pauses
