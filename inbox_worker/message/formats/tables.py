"""Rows of cells as text: a line a row, so that a reader sees them as a person does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

BETWEEN = " | "


def row(cells: Sequence[str]) -> str:
    """One row. What stands in several lines of a cell is parted by semicolons; cells that stay empty at its end are
    left out."""
    flat = ["; ".join(" ".join(line.split()) for line in cell.split("\n") if line.strip()) for cell in cells]
    while flat and not flat[-1]:
        flat.pop()
    return BETWEEN.join(flat)


def table(rows: Iterable[Sequence[str]]) -> str:
    """All rows that hold something."""
    lines = (row(cells) for cells in rows)
    return "\n".join(line for line in lines if line.strip(" |"))
