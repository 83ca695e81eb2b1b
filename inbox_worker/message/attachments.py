"""Which attachments become text, and how: the table in which a reader of another media type is entered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from inbox_worker.message import limits
from inbox_worker.message.html import render
from inbox_worker.message.text import plain_text


@dataclass(frozen=True)
class Content:
    """An attachment after transfer decoding."""

    data: bytes
    media_type: str
    charset: str | None
    filename: str | None


@dataclass(frozen=True)
class Extracted:
    """The text of an attachment, and a sentence about what could not be read, or None."""

    text: str = ""
    problem: str | None = None


Reader = Callable[[Content], Extracted]


def _plain(content: Content) -> Extracted:
    text, problem = plain_text(content.data, content.charset)
    return Extracted(text, problem)


def _html(content: Content) -> Extracted:
    source, _ = plain_text(content.data, content.charset, html=True)
    rendered = render(source[: limits.MAX_HTML])
    return Extracted(rendered.text, rendered.problem)


# Media type -> reader. A reader never raises for what a sender wrote; damage goes into ``Extracted.problem``.
READERS: dict[str, Reader] = {
    "text/plain": _plain,
    "text/csv": _plain,
    "text/tab-separated-values": _plain,
    "text/markdown": _plain,
    "text/html": _html,
    "application/xhtml+xml": _html,
    "text/vcard": _plain,
    "text/x-vcard": _plain,
}
BY_EXTENSION = {  # for parts sent as application/octet-stream
    "txt": "text/plain",
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "md": "text/markdown",
    "htm": "text/html",
    "html": "text/html",
    "ics": "text/calendar",
    "vcf": "text/vcard",
}
GENERIC = ("application/octet-stream", "application/x-unknown", "application/binary", "application/download")


def effective_type(media_type: str, filename: str | None) -> str:
    """The media type, by the file name where the declared one says nothing."""
    if media_type not in GENERIC or not filename:
        return media_type
    return BY_EXTENSION.get(filename.rpartition(".")[2].strip().lower(), media_type)


def extract(content: Content) -> Extracted:
    """The text of an attachment; empty, without a problem, where no reader is entered for its type."""
    reader = READERS.get(effective_type(content.media_type, content.filename))
    return reader(content) if reader else Extracted()
