"""Formats that are text already, and pictures, which are none."""

from __future__ import annotations

import csv
from itertools import islice

from inbox_worker.message import limits
from inbox_worker.message.formats.content import Content, Extracted
from inbox_worker.message.formats.tables import table
from inbox_worker.message.html import render
from inbox_worker.message.text import plain_text

MAX_CSV = 400_000  # characters
MAX_ROWS = 3_000


def read_plain(content: Content) -> Extracted:
    """Plain text, whatever its charset."""
    return Extracted(*plain_text(content.data, content.charset))


def read_csv(content: Content) -> Extracted:
    """A table as rows, whatever separates its cells (RFC 4180, and what office programs write)."""
    text, problem = plain_text(content.data, content.charset)
    head = text[:4_000]
    separator = max(";\t,|", key=head.count)
    if not head.count(separator):
        return Extracted(text, problem)
    try:
        rows = list(islice(csv.reader(text[:MAX_CSV].splitlines(), delimiter=separator), MAX_ROWS))
    except csv.Error:
        return Extracted(text, problem)
    return Extracted(table(rows), problem)


def read_html(content: Content) -> Extracted:
    """What a person sees of HTML."""
    source, _ = plain_text(content.data, content.charset, html=True)
    rendered = render(source[: limits.MAX_HTML])
    return Extracted(rendered.text, rendered.problem)


def read_picture(content: Content) -> Extracted:
    """A picture, which only OCR can read."""
    return Extracted(picture=True)
