"""Formats that are text already, and pictures, which are none."""

from __future__ import annotations

from inbox_worker.message import limits
from inbox_worker.message.formats.content import Content, Extracted
from inbox_worker.message.html import render
from inbox_worker.message.text import plain_text


def read_plain(content: Content) -> Extracted:
    """Plain text, whatever its charset."""
    return Extracted(*plain_text(content.data, content.charset))


def read_html(content: Content) -> Extracted:
    """What a person sees of HTML."""
    source, _ = plain_text(content.data, content.charset, html=True)
    rendered = render(source[: limits.MAX_HTML])
    return Extracted(rendered.text, rendered.problem)


def read_picture(content: Content) -> Extracted:
    """A picture, which only OCR can read."""
    return Extracted(picture=True)
