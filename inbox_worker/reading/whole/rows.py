"""The rows of a table in a text, cell by cell."""

from __future__ import annotations

import re
from dataclasses import dataclass

from inbox_worker.reading.text import Line

BETWEEN = re.compile(r"\t+| \| | {3,}|;|,(?=\S)")


@dataclass(frozen=True)
class Row:
    """A line, and its cells as offsets in the text: at least one."""

    line: Line
    cells: tuple[tuple[int, int], ...]


def row_of(text: str, line: Line) -> Row:
    """A line as a row; empty cells between others, and an empty first one, are cells too."""
    cells, at = [], line.start
    if text.startswith("| ", line.start):  # the first cell is empty
        cells.append((line.start, line.start))
        at += len("| ")
    for match in BETWEEN.finditer(text, at, line.end):
        cells.append((at, match.start()))
        at = match.end()
    cells.append((at, line.end))
    return Row(line, tuple(cells))
