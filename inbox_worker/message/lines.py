"""A text as lines with their places, cut to what patterns may look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from inbox_worker.message import limits
from inbox_worker.message.languages import normal
from inbox_worker.model import Span, Zone


@dataclass
class Line:
    """One line. ``seen`` is its text without outer white space, at most ``limits.MAX_LINE`` characters."""

    start: int
    end: int  # its "\\n" included
    seen: str
    zone: Zone | None = None

    @cached_property
    def norm(self) -> str:
        """For comparing with words of the language files."""
        return normal(self.seen)

    @property
    def is_blank(self) -> bool:
        """Whether nothing stands in it."""
        return not self.seen


def split(text: str) -> list[Line]:
    """The lines of a text; the last of ``limits.MAX_LINES`` holds all that follows."""
    lines: list[Line] = []
    start = 0
    for piece in text.split("\n", limits.MAX_LINES)[: limits.MAX_LINES]:
        end = start + len(piece) + 1
        lines.append(Line(start, end, piece[: limits.MAX_LINE].strip()))
        start = end
    if lines:
        lines[-1].end = len(text)
    if lines and lines[-1].start == lines[-1].end:
        lines.pop()
    return lines


def spans(lines: Sequence[Line]) -> tuple[Span, ...]:
    """The zones of lines as spans that cover the text. An empty line belongs to what stands above it."""
    found: list[Span] = []
    first = next((line.zone for line in lines if not line.is_blank), None) or Zone.NEW
    current = first
    for line in lines:
        if not line.is_blank:
            current = line.zone or Zone.NEW
        if found and found[-1].zone is current:
            found[-1] = Span(found[-1].start, line.end, current)
        else:
            found.append(Span(line.start, line.end, current))
    return tuple(found)
