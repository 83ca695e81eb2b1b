"""Lists for several meetings at once, with a column for each and a cross for everyone who goes to it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

from inbox_worker.model import Invitation, Part
from inbox_worker.reading.lexicon import lexicons
from inbox_worker.reading.text import lines, tokens
from inbox_worker.reading.whole.rows import Row, row_of
from inbox_worker.reading.whole.subject_matter import words_of

CROSSES = frozenset("x X × ✓ ✔ ✗ ✘ ☑ ☒ √ • * v V + да oui yes sí si sim sì ja".split())  # noqa: SIM905
NO_CROSSES = frozenset("- – — / no non não nein nee нет o ○ ☐".split())  # noqa: SIM905
DAY = re.compile(r"(\d{1,2})(?:st|nd|rd|th|er|\.|º)?")
NUMERIC = re.compile(r"(?<![\d.])(\d{1,2})[./](\d{1,2})(?!\d)")
MOST_DAYS = 31  # of an event, that are looked for
LEAST = 2  # meetings of a list, without which all of it is for ours

Day = tuple[int, int]  # of the month, and the month


def for_event(part: Part, invitation: Invitation) -> Part:
    """A part without the rows of those who go to other meetings only, and without the totals of those meetings.

    Only where at least two columns hold nothing but crosses, and the headings tell which of them is the event's; any
    other part is given back as it is. What is left stands where it stood, without the headings of the crosses.
    """
    pieces = list(part.text)
    for table in _tables(part.text):
        head, below = table[0], table[1:]
        crossed = _crossed(part.text, head, below)
        ours = _ours([part.text[slice(*head.cells[c])] for c in crossed], invitation)
        if len(crossed) < LEAST or not 0 < len(ours) < len(crossed):
            continue
        kept = [crossed[n] for n in ours]
        for column in crossed:
            _blank(pieces, *head.cells[column])
        for row in below:
            told = {c for c in crossed if _cell(part.text, row, c) in CROSSES}
            if told and not told & set(kept):
                _blank(pieces, row.line.start - 1, row.line.end)  # with the line's end: an empty line ends a table
                continue
            for column in set(crossed) - set(kept):
                if column < len(row.cells):
                    _blank(pieces, *row.cells[column])
    return replace(part, text="".join(pieces))


def _tables(text: str) -> Iterator[list[Row]]:
    """Runs of rows with several cells each."""
    run: list[Row] = []
    for line in lines(text, 0, len(text)):
        row = row_of(text, line)
        if len(row.cells) > 1:
            run.append(row)
            continue
        if len(run) > 1:
            yield run
        run = []
    if len(run) > 1:
        yield run


def _crossed(text: str, head: Row, rows: Sequence[Row]) -> list[int]:
    """The columns with a heading in which everyone who has anything has a cross, or the sign for none."""
    found = []
    for column in range(len(head.cells)):
        cells = [_cell(text, row, column) for row in rows if not _is_total(text, row, column)]
        signs = [c for c in cells if c]
        if _cell(text, head, column) and any(c in CROSSES for c in signs) and set(signs) <= CROSSES | NO_CROSSES:
            found.append(column)
    return found


def _is_total(text: str, row: Row, column: int) -> bool:
    """Whether a row has a number where others have crosses, as a row of totals has."""
    return _cell(text, row, column).isdecimal()


def _ours(headings: Sequence[str], invitation: Invitation) -> list[int]:
    """Which of the headings are the event's: by its days where they name days, else by words that only it has."""
    days = [_days(h) for h in headings]
    if any(days):
        own = {_day_of(invitation, n) for n in range(min(MOST_DAYS, (invitation.ends - invitation.starts).days + 1))}
        return [n for n, told in enumerate(days) if told & own]
    title = words_of(f"{invitation.title} {invitation.subtitle}")
    shared = [len(words_of(h) & title) for h in headings]
    most = max(shared, default=0)
    return [n for n, s in enumerate(shared) if s == most and most > 0]


def _day_of(invitation: Invitation, number: int) -> Day:
    when = invitation.starts + timedelta(days=number)
    return when.day, when.month


def _days(heading: str) -> set[Day]:
    """The days that a heading names: "2 March", "March 2", "02.03."."""
    found = {(int(a), int(b)) for a, b in NUMERIC.findall(heading)}
    words = [t.norm for t in tokens(heading) if t.is_word]
    for n, word in enumerate(words):
        month = next((m for x in lexicons().values() if (m := x.month_numbers.get(word)) is not None), None)
        if month is None:
            continue
        beside = [DAY.fullmatch(w) for w in words[max(0, n - 2) : n + 2]]
        found |= {(int(day.group(1)), month) for day in beside if day is not None}
    return found


def _cell(text: str, row: Row, column: int) -> str:
    """The words of a cell, "" where the row ends before it."""
    return text[slice(*row.cells[column])].strip(" |\u00a0").casefold() if column < len(row.cells) else ""


def _blank(pieces: list[str], start: int, end: int) -> None:
    pieces[start:end] = " " * (end - start)
