"""Rows of a table or question as a workbook in which every text is a text."""

from __future__ import annotations

import io
from typing import Any

from datasette.utils.asgi import Response

from inbox_worker.commands.cells import workbook

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def can_render(columns: list[str] | None) -> bool:
    """Whatever has columns."""
    return bool(columns)


def render(columns: list[str], rows: list[Any], table: str | None, query_name: str | None) -> Response:
    """The rows that the page shows as .xlsx, to be saved."""
    name = table or query_name or "answer"
    out = io.BytesIO()
    workbook({name[:31]: (columns, [dict(zip(columns, tuple(row), strict=False)) for row in rows])}).save(out)
    headers = {"content-disposition": f'attachment; filename="{_plain(name)}.xlsx"'}
    return Response(out.getvalue(), headers=headers, content_type=MEDIA_TYPE)


def _plain(name: str) -> str:
    return "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "_" for c in name)
