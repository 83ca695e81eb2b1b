"""Lists and tables of people in a text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from inbox_worker.reading.lexicon import Lexicon
from inbox_worker.reading.list_items import Item, in_two_lines, is_labelled, item_of
from inbox_worker.reading.table_rows import (
    MARKED,
    cells_of,
    columns_of_names,
    in_two_cells,
    is_head,
    name_column,
    named_row,
    row_of,
    wholly_named,
)
from inbox_worker.reading.text import Line, bullet_length, lines


@dataclass(frozen=True)
class Block:
    """A list or table of at least one person."""

    start: int
    end: int
    items: tuple[Item, ...]
    table: bool
    headed: bool = False  # a row above names the columns
    unread: tuple[int, int] | None = None  # an item between or below the others in which nobody was found

    @property
    def count(self) -> int:
        """How many people the items that do not say no stand for."""
        return sum(m.number for item in self.items if item.verdict is not False for m in item.mentions)


def blocks_in(text: str, start: int, end: int, lexicon: Lexicon, taken: Sequence[tuple[int, int]] = ()) -> list[Block]:
    """The lists and tables of people in ``text[start:end]``."""
    found: list[Block] = []
    current: list[Item] = []
    table = False
    unread: tuple[int, int] | None = None
    head: int | None = None  # where the row begins that names the columns
    of_names: tuple[int, int] | None = None  # its columns of given names and of surnames
    of_name: int | None = None  # its column of whole names
    gap = 0
    ended_with_colon = False

    def close() -> None:
        nonlocal current, table, unread, head, of_name
        if current and (len(current) > 1 or table or _alone_counts(text, current[0], lexicon)):
            begins = head if table and head is not None else current[0].start
            found.append(Block(begins, current[-1].end, tuple(current), table, head is not None and table, unread))
        current, table, unread, head, of_name = [], False, None, None, None

    all_lines = lines(text, start, end)
    written = in_two_lines(text, all_lines, lexicon)
    for line in all_lines:
        if (whole := written.get(line.start)) is not None:
            current.append(whole)
            gap = 0
            continue
        if line.end <= line.start:
            gap += 1
            if gap > 1:
                close()
            continue
        cells = cells_of(text, line)
        if len(cells) == 1 and (head is not None or not current):
            by_marks = cells_of(text, line, MARKED)
            if len(by_marks) > 1 and (head is not None or is_head(text, by_marks, lexicon)):
                cells = by_marks
        if current and not cells:  # a row of empty cells
            continue
        item = None
        if len(cells) > 1:
            if is_head(text, cells, lexicon):
                close()
                head, gap = line.start, 0
                of_names, of_name = columns_of_names(text, cells, lexicon), name_column(text, cells)
                continue
            item = in_two_cells(text, line, cells, of_names) if head is not None else None
            item = item or row_of(text, line, cells, lexicon, taken)
            item = item or named_row(text, line, cells, of_name, lexicon)
            if item is not None:
                item = wholly_named(text, item, of_name, lexicon)
                if current and not table:
                    close()
                table = True
            elif table:
                if _is_alike(text, line, current[-1]):
                    unread = unread or (line.start, line.end)
                gap = 0
                continue
            else:
                item = item_of(text, line, lexicon, bool(current), ended_with_colon, taken)
        else:
            if table:
                close()
            item = item_of(text, line, lexicon, bool(current), ended_with_colon, taken)
        ended_with_colon = text[line.end - 1] in ":："
        if item is None and current and not table and is_labelled(text, line, lexicon):
            pass  # "Function: Coordinator" below "Name: Ana López"
        elif item is None and current and not table and _is_alike(text, line, current[-1]):
            unread = unread or (line.start, line.end)
        elif item is None:
            if not (current and not table and _continues(text, line, current[-1])):
                close()
        else:
            current.append(item)
        gap = 0
    close()
    return found


def _alone_counts(text: str, item: Item, lexicon: Lexicon) -> bool:
    labelled = is_labelled(text, Line(item.start, item.end, 0), lexicon)
    return labelled or bullet_length(text, item.start, item.end) > 0


def _is_alike(text: str, line: Line, item: Item) -> bool:
    """Whether a line that names nobody carries the same kind of bullet or number as the item above it, and is short."""
    bullet, other = bullet_length(text, line.start, line.end), bullet_length(text, item.start, item.end)
    if not bullet or not other or line.end - line.start > 60 or text[line.end - 1] in ".!?":
        return False
    mark, above = text[line.start : line.start + bullet].strip(), text[item.start : item.start + other].strip()
    return mark == above or (mark[:1].isdigit() and above[:1].isdigit())


def _continues(text: str, line: Line, item: Item) -> bool:
    """Whether a line goes on with the item above it, or is the heading of a part of the list."""
    if text[item.end : line.start].count("\n") > 1:
        return False
    if text[line.start].islower() or (
        bullet_length(text, item.start, item.end) and text[item.end : line.start].count("\n") == 1 and line.indent > 0
    ):
        return True
    return (
        line.end - line.start < 30
        and text[line.end - 1] not in ".!?"
        and text[item.end : line.start].count("\n") == 1
        and line.indent == 0
        and text[line.start : line.end].count(" ") < 2
    )
