"""Tables with a column of crosses for each of several meetings: only the one for ours tells who comes to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from inbox_worker.model import Invitation, Part
from inbox_worker.reading.text import lines, tokens
from inbox_worker.reading.whole.lists import HEADINGS, Row, row_of

MARKS = frozenset(
    ["x", "✓", "✔", "☑", "☒", "×", "v", "✗", "+", "•", "1", "yes", "oui", "sí", "sim", "ja", "да", "نعم", "是"]
)
NO_MARKS = frozenset({"", *["-", "–", "—", "o", "☐", "0", "no", "non", "não", "nein", "nee", "нет", "لا", "否"]})
LEAST_LETTERS = 4  # of a word that tells an event
MOST_ABOVE = 4  # rows of a table among which its headings are looked for
DAY = 3  # what the day of the event counts for, in words of its title


def for_our_meeting(part: Part, invitation: Invitation) -> Part:
    """A part in whose tables of crosses only those rows are left that have one in our column; else as it is."""
    pieces = list(part.text)
    for table in _tables(part.text):
        for at, head in enumerate(table[:MOST_ABOVE]):
            below = table[at + 1 :]
            crossed = _crossed(part.text, head, below) if len(head.cells) > 2 else []
            ours = _ours(part.text, head, crossed, invitation)
            if ours is not None:
                _leave_ours(part.text, pieces, (head, below), crossed, ours)
                break
    return replace(part, text="".join(pieces))


def _tables(text: str) -> Iterator[list[Row]]:
    """The rows of several cells that follow each other."""
    found: list[Row] = []
    for line in lines(text, 0, len(text)):
        row = row_of(text, line)
        if len(row.cells) > 1:
            found.append(row)
        elif found:
            yield found
            found = []
    if found:
        yield found


def _leave_ours(
    text: str, pieces: list[str], table: tuple[Row, Sequence[Row]], crossed: Sequence[int], ours: int
) -> None:
    """Blank the rows without a cross in our column, the other columns, and the headings of all these columns."""
    head, below = table
    for row in below:
        if _is_row(text, row, crossed) and _cell(text, row, ours).casefold() in NO_MARKS:
            for cell in row.cells:
                _blank(pieces, *cell)
    for row in (head, *below):
        for column in crossed:
            if column < len(row.cells) and not (column == ours and row is not head):
                _blank(pieces, *row.cells[column])


def _crossed(text: str, head: Row, below: Sequence[Row]) -> list[int]:
    """The columns with a heading that hold nothing but crosses, totals aside; some of them at least."""
    found = []
    for column in range(len(head.cells)):
        values = [_cell(text, row, column).casefold() for row in below]
        marks = sum(v in MARKS for v in values)
        rest = [v for v in values if v not in MARKS | NO_MARKS]
        if marks and _words(text, head, column) and len(rest) <= 1 and all(v.isdecimal() for v in rest):
            found.append(column)
    return found


def _ours(text: str, head: Row, crossed: Sequence[int], invitation: Invitation) -> int | None:
    """The one of several columns whose heading tells our event best; None where none does, or two do as well, or where
    one is about something else than a meeting: "Visa letter for the Conference"."""
    headings = [set(_words(text, head, column)) for column in crossed]
    if len(crossed) < 2 or any(len(word) >= LEAST_LETTERS and word in HEADINGS for words in headings for word in words):
        return None
    title = {t.norm for t in tokens(f"{invitation.title} {invitation.subtitle}") if t.is_word}
    title = {word for word in title if len(word) >= LEAST_LETTERS}
    days = {str(day) for day in range(invitation.starts.day, max(invitation.starts.day, invitation.ends.day) + 1)}
    scores = [len(words & title) + DAY * bool(words & days) for words in headings]
    best = max(scores)
    return crossed[scores.index(best)] if best and scores.count(best) == 1 else None


def _is_row(text: str, row: Row, crossed: Sequence[int]) -> bool:
    """Whether a row has a cross in some column, and so is no row of totals."""
    values = [_cell(text, row, column).casefold() for column in crossed]
    return any(v in MARKS for v in values) and all(v in MARKS | NO_MARKS for v in values)


def _cell(text: str, row: Row, column: int) -> str:
    return text[slice(*row.cells[column])].strip() if column < len(row.cells) else ""  # empty cells at the end are cut


def _words(text: str, row: Row, column: int | None = None) -> list[str]:
    cells = row.cells if column is None else row.cells[column : column + 1]
    return [t.norm for start, end in cells for t in tokens(text, start, end) if t.is_word or t.raw.isdecimal()]


def _blank(pieces: list[str], start: int, end: int) -> None:
    pieces[start:end] = " " * (end - start)
