"""Answers over time as a drawing (SVG) that needs no script."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

WIDTH, HEIGHT = 1060, 200  # of the drawing, in its own units
LEFT, RIGHT, TOP, BOTTOM = 34, 10, 16, 24  # margins
GAP = 58  # least distance between two dates on the axis
LINES = ("answered", "coming")


@dataclass(frozen=True)
class Chart:
    """Positions in the drawing. ``lines``: name, path, and its last value with where to write it."""

    lines: tuple[tuple[str, str, int, float, float], ...]
    deadline: float | None
    ticks_x: tuple[tuple[float, str], ...]
    ticks_y: tuple[tuple[float, int], ...]
    summary: str  # the drawing in words
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    top: int = TOP
    bottom: int = HEIGHT - BOTTOM


def answers_over_time(
    answers: Sequence[tuple[datetime, str]], deadline: datetime, now: datetime, invited: int
) -> Chart | None:
    """How many organisations had answered, and how many of them come, by when. None where nobody has.

    ``answers``: when each first answered, in order, and where it stands now.
    """
    if not answers:
        return None
    zone = deadline.tzinfo
    first = answers[0][0].astimezone(zone)
    start = first.replace(hour=0, minute=0, second=0, microsecond=0)
    end = max(deadline, answers[-1][0], min(now, deadline + timedelta(days=30))) + timedelta(hours=12)
    highest = max(invited, len(answers), 1)

    def x(moment: datetime) -> float:
        return round(LEFT + (moment - start) / (end - start) * (WIDTH - LEFT - RIGHT), 1)

    def y(count: float) -> float:
        return round(HEIGHT - BOTTOM - count / highest * (HEIGHT - TOP - BOTTOM), 1)

    coming = [moment for moment, partstat in answers if partstat == "accepted"]
    until = min(end, max(now, answers[-1][0]))
    counted = {"answered": [moment for moment, _ in answers], "coming": coming}
    in_time = sum(moment < deadline for moment, _ in answers)
    return Chart(
        lines=tuple((name, _steps(counted[name], start, until, x, y), len(counted[name]), x(until),
                     y(len(counted[name]))) for name in LINES),
        deadline=x(deadline) if start <= deadline <= end else None,
        ticks_x=tuple(_days(start, end, x)),
        ticks_y=tuple((y(value), value) for value in _round_values(highest)),
        summary=f"{len(answers)} organisations had answered, {invited} were invited; {in_time} answered before the"
        f" deadline, and {len(coming)} come.",
    )  # fmt: skip


def _steps(
    moments: Sequence[datetime],
    start: datetime,
    until: datetime,
    x: Callable[[datetime], float],
    y: Callable[[float], float],
) -> str:
    """A path that rises with each moment; those that would be drawn on one another are one step."""
    reached = {x(moment): count for count, moment in enumerate(moments, 1)}
    steps = "".join(f"H{at}V{y(count)}" for at, count in reached.items())
    return f"M{x(start)} {y(0)}{steps}H{x(until)}"


def _days(start: datetime, end: datetime, x: Callable[[datetime], float]) -> Iterator[tuple[float, str]]:
    """Dates on the axis, evenly, as many as there is room for."""
    days = max(1, (end - start).days)
    room = (WIDTH - LEFT - RIGHT) / GAP
    step = next(n for n in (1, 2, 3, 7, 14, 28, 56, 112, 365, 10_000) if days / n <= room)
    for number in range(0, days + 1, step):
        moment = start + timedelta(days=number)
        yield x(moment), f"{moment.day} {moment:%b}"


def _round_values(highest: int) -> list[int]:
    """Two to five round numbers up to the highest."""
    step = next(size * 10**power for power in range(7) for size in (1, 2, 5) if highest / (size * 10**power) <= 5)
    return list(range(0, highest + 1, step))
