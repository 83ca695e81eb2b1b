"""Tables for programs that take a cell beginning with "=" for a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from openpyxl import Workbook

# What spreadsheets take for the beginning of a formula, after blanks or not; "＝" and the like are its wide forms.
FORMULA = re.compile(r"[\s\u200b\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20|%]|[\t\r\n]")
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")  # no spreadsheet can hold them


def harmless(value: Any) -> Any:
    """A cell's value that starts no formula: text that might gets an apostrophe in front, as spreadsheets do it."""
    if not isinstance(value, str):
        return value
    text = CONTROLS.sub(" ", value)
    return f"'{text}" if FORMULA.match(text) else text


def csv_text(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    """CSV (RFC 4180) with a header line."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([harmless(row[name]) for name in columns] for row in rows)
    return out.getvalue()


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> None:
    """The same as a file, with the byte order mark by which spreadsheets know UTF-8."""
    path.write_bytes(b"\xef\xbb\xbf" + csv_text(columns, rows).encode())


def write_xlsx(path: Path, sheets: Mapping[str, tuple[Sequence[str], Sequence[Mapping[str, Any]]]]) -> None:
    """A workbook with a sheet for each table, every text in it a text."""
    workbook(sheets).save(path)


def workbook(sheets: Mapping[str, tuple[Sequence[str], Sequence[Mapping[str, Any]]]]) -> Workbook:
    """The same, not yet saved."""
    from openpyxl import Workbook

    book = Workbook()
    for sheet in book.worksheets:
        book.remove(sheet)
    for title, (columns, rows) in sheets.items():
        sheet = book.create_sheet(title)
        sheet.append(list(columns))
        for at, row in enumerate(rows, 2):
            for column, name in enumerate(columns, 1):
                cell = sheet.cell(at, column, harmless(row[name]))
                if isinstance(row[name], str):
                    cell.data_type = "s"
        sheet.freeze_panes = "A2"
    return book
