"""Lists for several meetings at once, with a column for each and a cross for everyone who goes to it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from inbox_worker.model import Code, Doubt, Invitation, Part
from inbox_worker.reading.folding import fold
from inbox_worker.reading.lexicon import lexicons
from inbox_worker.reading.text import tokens
from inbox_worker.reading.whole.subject_matter import of_meetings, words_of

SEPARATORS = (" | ", "\t", ";")
KINDS = tuple(
    frozenset(k.split()) for k in ("x ×", "✓ ✔ √ ☑ v", "• * +", "yes oui sí si sim sì ja да 是 نعم")
)  # of yes
NONE = frozenset("- – — / no non não nein nee нет 否 لا ☐".split())  # noqa: SIM905
EITHER = frozenset("✗ ✘ ☒ ○ o 0".split())  # noqa: SIM905 - a cross to some, and none to others
CROSSES = frozenset().union(*KINDS)
# what a column with a day is, that is no meeting
JOURNEYS = frozenset(
    fold(word)
    for word in """
    arrival arrive arrives departure depart departs pick-up pickup transfer hotel room night flight visa
    arrivée départ transfert hôtel nuit vol llegada salida traslado noche vuelo chegada partida noite voo
    arrivo partenza albergo notte volo ankunft anreise abreise abholung nacht flug aankomst vertrek vlucht
    прибытие отъезд отель ночь рейс виза وصول مغادرة فندق ليلة رحلة تأشيرة 抵达 到达 离开 酒店 航班 签证
    """.split()  # noqa: SIM905 - a list this long reads better so
)
DAY = re.compile(r"(\d{1,2})(?:st|nd|rd|th|er|º)?")
NUMERIC = re.compile(r"(?<![\d.])(\d{1,2})[./](\d{1,2})(?!\d)")
MOST_DAYS = 31  # of an event, that are looked for
MOST_COLUMNS, MOST_ROWS = 40, 2_000  # of a table
MOST_READ = 20_000  # characters of a list
LEAST = 2  # meetings of a list, without which all of it is for ours

Day = tuple[int, int]  # of the month, and the month
Cells = tuple[tuple[int, int], ...]  # offsets in the text


@dataclass(frozen=True)
class _Table:
    """A row of headings, the rows below it, and the columns that hold nothing but crosses."""

    text: str
    head: Cells
    rows: tuple[Cells, ...]

    def cell(self, row: Cells, column: int) -> str:
        """The words of a cell, "" where the row ends before it."""
        return self.text[slice(*row[column])].strip(" |\u00a0").casefold() if column < len(row) else ""

    @property
    def crossed(self) -> list[int]:
        """The columns in which everyone who has anything has a cross, or the sign for none."""
        found = []
        for column in range(min(len(self.head), MOST_COLUMNS)):
            signs = {self.cell(row, column) for row in self.rows} - {""}
            signs = {s for s in signs if not s.isdecimal() or s in EITHER}  # a row of totals has numbers there
            if self.cell(self.head, column) and signs & CROSSES and signs <= CROSSES | NONE | EITHER:
                found.append(column)
        return found

    def ambiguous(self, columns: Sequence[int]) -> bool:
        """Whether the crosses are of several kinds, so that it is not plain which of them means yes."""
        signs = {self.cell(row, c) for row in self.rows for c in columns}
        return bool(signs & EITHER) or sum(bool(signs & kind) for kind in KINDS) > 1


def for_event(part: Part, invitation: Invitation) -> tuple[Part, Doubt | None]:
    """A part without the rows of those who do not go to the event and the totals of other meetings; and a doubt where
    crosses are given for meetings and it is not plain which of them are the event's.

    What is left stands where it stood, without the crosses and their headings.
    """
    pieces = list(part.text)
    doubt = None
    for table in _tables(part.text[:MOST_READ]):
        crossed = table.crossed
        if len(crossed) < LEAST:
            continue
        headings = [table.text[slice(*table.head[c])] for c in crossed]
        ours = None if table.ambiguous(crossed) else _ours(headings, invitation)
        if ours is None:
            if any(_may_be_a_meeting(h, invitation) for h in headings):
                why = f"{part.filename or 'A list'} has crosses for {', '.join(h.strip() for h in headings[:4])}."
                doubt = Doubt(Code.COUNT_UNCLEAR, f"{why} Whose are for the event?")
            continue
        _leave(pieces, table, crossed, [crossed[n] for n in ours])
    return replace(part, text="".join(pieces)), doubt


def _leave(pieces: list[str], table: _Table, crossed: Sequence[int], kept: Sequence[int]) -> None:
    """Leave nobody but those who have a cross in a column that is kept, and their total."""
    for column in crossed:
        _blank(pieces, *table.head[column])
    come = 0
    for row in table.rows:
        signs = {c: table.cell(row, c) for c in crossed}
        total = any(s.isdecimal() for s in signs.values())
        comes = any(signs[c] in CROSSES for c in kept)
        filled = sum(bool(table.cell(row, c)) for c in range(len(row)) if c not in crossed)
        if not total and filled > 1 and not comes:
            _blank(pieces, row[0][0] - 1, row[-1][1])  # with the line's end: an empty line ends a table
            continue
        come += comes and not total
        for column in (c for c in crossed if c < len(row)):
            told = signs[column] if total and column == kept[0] else ""
            told = str(come) if told and len(kept) > 1 else told  # who comes on two days is counted once
            start, end = row[column]
            pieces[start:end] = told[: end - start].ljust(end - start)


def _tables(text: str) -> Iterator[_Table]:
    """Runs of lines with as many cells as the first, or fewer."""
    run: list[Cells] = []
    mark, at = "", 0
    for line in (*text.split("\n"), ""):
        found = next((s for s in SEPARATORS if s in line), "")
        cells = _cells(line, at, found) if found else ()
        at += len(line) + 1
        if run and (found != mark or len(cells) > len(run[0])):
            if len(run) > 1:
                yield _Table(text, run[0], tuple(run[1:]))
            run = []
        if cells:
            run, mark = [*run, cells] if len(run) < MOST_ROWS else run, found


def _cells(line: str, start: int, mark: str) -> Cells:
    cells, at = [], 0
    while (end := line.find(mark, at)) >= 0:
        cells.append((start + at, start + end))
        at = end + len(mark)
    return (*cells, (start + at, start + len(line)))


def _ours(headings: Sequence[str], invitation: Invitation) -> list[int] | None:
    """Which of the headings are the event's: by days where all name some, by words of the title where none does; None
    where that does not tell."""
    days = [_days(h) for h in headings]
    titled = [n for n, h in enumerate(headings) if words_of(h) & _title(invitation)]
    if not any(days):
        return titled if len(titled) == 1 else None
    if not all(days) or any(_words(h) & JOURNEYS for h in headings):
        return None
    own = {_day_of(invitation, n) for n in range(min(MOST_DAYS, (invitation.ends - invitation.starts).days + 1))}
    found = [n for n, told in enumerate(days) if told & own]
    names = [_words(h) for h in headings]
    if any(names[n] and names[n] == names[k] for n in found for k in range(len(headings)) if k not in found):
        return None  # "Group A, 11 June" and "Group A, 12 June"
    if len({frozenset(days[n]) for n in found}) < len(found):  # of two on one day the one that is called as the event
        found = [n for n in found if n in titled]
        return found if len(found) == 1 else None
    return found or None


def _may_be_a_meeting(heading: str, invitation: Invitation) -> bool:
    words = words_of(heading)
    return bool(_days(heading) or words & _title(invitation) or words & of_meetings())


def _title(invitation: Invitation) -> frozenset[str]:
    return words_of(f"{invitation.title} {invitation.subtitle}")


def _words(heading: str) -> frozenset[str]:
    """The words of a heading that are of no date."""
    words = {t.norm for t in tokens(heading) if t.is_word and not t.raw[0].isdigit()}
    return frozenset(w for w in words if _month(w) is None)


def _day_of(invitation: Invitation, number: int) -> Day:
    when = invitation.starts + timedelta(days=number)
    return when.day, when.month


def _month(word: str) -> int | None:
    return next((m for x in lexicons().values() if (m := x.month_numbers.get(word)) is not None), None)


def _days(heading: str) -> set[Day]:
    """The days that a heading names: "2 March", "March 2", "02.03.", "11-13 June", "12th of June"."""
    found = {(int(a), int(b)) for a, b in NUMERIC.findall(heading)}
    words = [t.norm for t in tokens(heading[:200]) if t.is_word]
    for n, word in enumerate(words):
        month = _month(word)
        if month is None:
            continue
        before = [int(d.group(1)) for w in words[max(0, n - 3) : n] if (d := DAY.fullmatch(w))]
        after = [int(d.group(1)) for w in words[n + 1 : n + 2] if (d := DAY.fullmatch(w))]
        told = before or after
        told = list(range(told[0], told[-1] + 1)) if len(told) == LEAST and told[0] < told[1] < 32 else told
        found |= {(day, month) for day in told}
    return found


def _blank(pieces: list[str], start: int, end: int) -> None:
    start = max(start, 0)
    pieces[start:end] = " " * (end - start)
