"""Excel workbooks (.xlsx): the sheets and rows that are shown and not struck out, a line a row, with openpyxl."""

from __future__ import annotations

import io
from datetime import date, datetime
from typing import Any

from inbox_worker.message.formats.content import Content, Extracted, NotReadableError
from inbox_worker.message.formats.packed import Packed
from inbox_worker.message.formats.tables import row

MAX_ROWS = 3_000  # of all sheets
MAX_COLUMNS = 40
MAX_CELLS_XML = 15_000_000  # bytes of unpacked XML that openpyxl is given


def read_sheets(content: Content) -> Extracted:
    """The text of a workbook.

    Raises:
        NotReadableError: where it cannot be had.
    """
    _examine(Packed(content.data))
    import openpyxl

    try:
        book = openpyxl.load_workbook(io.BytesIO(content.data), data_only=True, keep_links=False)
    except Exception as error:
        raise NotReadableError("it is damaged") from error
    lines: list[str] = []
    problem = None
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            continue
        for cells in _shown(sheet):
            if len(lines) >= MAX_ROWS:
                problem = f"only its first {MAX_ROWS} rows are read"
                break
            if (line := row(cells)).strip(" |"):
                lines.append(line)
        lines.append("")
    return Extracted("\n".join(lines).strip("\n"), problem)


def _examine(packed: Packed) -> None:
    """Unpack all XML once, which sets off any bomb where it does no harm, and look for entities."""
    total = 0
    for name in packed.names:
        if name.endswith((".xml", ".rels")):
            data = packed.read(name)
            total += len(data)
            if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
                raise NotReadableError("it declares entities, which no office program writes")
            if total > MAX_CELLS_XML:
                raise NotReadableError("it is larger than a list of people needs to be")
    if not total:
        raise NotReadableError("it is no workbook inside")


def _shown(sheet: Any) -> list[list[str]]:
    hidden_rows = {i for i, d in sheet.row_dimensions.items() if d.hidden}
    hidden_columns = {letter for letter, d in sheet.column_dimensions.items() if d.hidden}
    last_row, last_column = min(sheet.max_row or 0, MAX_ROWS * 4), min(sheet.max_column or 0, MAX_COLUMNS)
    rows = []
    for cells in sheet.iter_rows(max_row=last_row, max_col=last_column):
        if cells and cells[0].row in hidden_rows:
            continue
        shown = [c for c in cells if getattr(c, "column_letter", "") not in hidden_columns]
        rows.append(["" if _is_struck(c) else _said(c.value) for c in shown])
    return rows


def _is_struck(cell: Any) -> bool:
    """Whether a line is drawn through all of a cell."""
    return bool(cell.has_style and cell.font is not None and cell.font.strike)


def _said(value: object) -> str:
    """A cell as it is shown, near enough: whole numbers without a point, dates as dates."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d" if not (value.hour or value.minute) else "%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
