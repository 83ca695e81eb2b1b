"""A figure of a benchmark, and the table that shows them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """What was measured and what it came to; ``bound`` is what it should be, "" where it is only told."""

    what: str
    value: float
    unit: str = ""
    bound: str = ""  # such as "<= 6"

    @property
    def text(self) -> str:
        """The value with its unit."""
        digits = 0 if self.value >= 1000 else (1 if self.value >= 20 else 2)
        return f"{self.value:,.{digits}f} {self.unit}".strip()


def table(figures: Iterable[Figure]) -> str:
    """The figures in Markdown."""
    rows = [f"| {figure.what} | {figure.text} | {figure.bound} |" for figure in figures]
    return "\n".join(["| what | measured | wanted |", "| --- | --- | --- |", *rows])
