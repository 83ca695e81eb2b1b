"""Lists of people in a text: a row of headings that say what their columns hold, and the rows below it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from inbox_worker.model import Part
from inbox_worker.reading.columns import Cell, Heading, heading_of, split, tells_of
from inbox_worker.reading.text import Line, lines, tokens
from inbox_worker.reading.whole.lists import TOTALS
from inbox_worker.reading.whole.verdicts import is_tick

NAMED = {"given", "family", "name"}
WRAPPED: dict[int, Cell] = {}  # the cells of a line in which a name of the row above goes on
MOST_LISTS = 20  # of a part
MOST = 30_000  # characters that are looked at
NOBODY = "|"  # a row of empty cells, which does not end a list
SEVERAL = re.compile(r"[,;&+\d،、]| (?:and|et|y|e|und|en|и|و) ")
LONGEST_NAME = 4  # words of a given name
LABEL = re.compile(r"\w{2,}\s?[:：](?:\s|$)")
LETTER = re.compile(r"[^\W\d_]")


@dataclass(frozen=True)
class Roster:
    """A heading and the rows below it."""

    heading: Heading
    line: Line
    rows: tuple[tuple[Line, dict[int, Cell]], ...]

    @property
    def start(self) -> int:
        """Where it begins."""
        return self.line.start

    @property
    def end(self) -> int:
        """Where its last row ends."""
        return self.rows[-1][0].end


def rosters_in(part: Part) -> list[Roster]:
    """The tables of a part that have a heading of names and at least one row with a name."""
    found: list[Roster] = []
    heading: tuple[Heading, Line] | None = None
    rows: list[tuple[Line, dict[int, Cell]]] = []

    def close() -> None:
        nonlocal heading, rows
        named = [cells for _, cells in rows if heading is not None and has_name(part.text, heading[0], cells)]
        several = _has_crosses(part.text, [cells for _, cells in rows])
        if (
            heading is not None
            and named
            and not several
            and not any(_has_several(part.text, heading[0], cells) for cells in named)
        ):
            found.append(Roster(*heading, tuple(rows)))
        heading, rows = None, []

    for line in lines(part.text, 0, min(len(part.text), MOST)):
        if len(found) == MOST_LISTS:
            break
        if line.end <= line.start:
            if any(cells for _, cells in rows):
                close()
            continue
        if part.text[line.start : line.end] == NOBODY:
            continue
        if (another := heading_of(part.text, line)) is not None:
            close()
            heading = another, line
        elif heading is not None and heading[0].goes_on(part.text, line):
            wrapped = any(heading[0].roles[n] in NAMED for n in heading[0].cells(part.text, line))
            rows.append((line, WRAPPED if wrapped else {}))
        elif heading is not None:
            cells = heading[0].cells(part.text, line)
            if (
                len(split(part.text, line, heading[0].between)) < 2
                or not cells
                or _is_label(part.text, heading[0], cells)
                or _is_total(part.text, cells)
            ):
                close()
            else:
                rows.append((line, cells))
    close()
    return found


def has_name(text: str, heading: Heading, cells: dict[int, Cell]) -> bool:
    """Whether a row has letters in a column of names."""
    return any(heading.roles[n] in NAMED and LETTER.search(text, *span) for n, span in cells.items())


def _has_several(text: str, heading: Heading, cells: dict[int, Cell]) -> bool:
    """Whether a cell of names has several, or a number: such a row is one of an organisation."""
    names = [text[slice(*cells[n])] for n in cells if heading.roles[n] == "name"]
    return any(SEVERAL.search(name) and not _is_turned(heading, name) for name in names)


def _has_crosses(text: str, rows: Sequence[dict[int, Cell]]) -> bool:
    """Whether several columns are ticked or not: of such a list another part of the reader asks which are meant."""
    ticked = {n for cells in rows for n, span in cells.items() if is_tick(text[slice(*span)])}
    return len(ticked) > 1


def _is_turned(heading: Heading, name: str) -> bool:
    first, _, rest = name.partition(",")
    return "," not in rest and len(rest.split()) < LONGEST_NAME and (heading.family_first or first.isupper())


def _is_total(text: str, cells: dict[int, Cell]) -> bool:
    """Whether a row adds up the others."""
    words = [t.norm for n in sorted(cells)[:2] for t in tokens(text, *cells[n]) if t.is_word]
    return any(w in TOTALS for w in words[:2])


def _is_label(text: str, heading: Heading, cells: dict[int, Cell]) -> bool:
    """Whether a row is none of the list: "Contact: | Ann Lee", or "Contact" in the column of names."""
    n = min(cells)
    said = text[slice(*cells[n])]
    return LABEL.search(said) is not None or (heading.roles[n] in NAMED and tells_of(said, "contact"))
