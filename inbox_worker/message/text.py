"""Bytes of a text part to its text: charset, line ends, and nothing else changed."""

from __future__ import annotations

import re

from inbox_worker.message import limits
from inbox_worker.message.charset import decode_bytes, python_codec

META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s{0,5}=\s{0,5}[\"']?\s{0,5}([\w.:-]{1,40})", re.IGNORECASE)
LONGEST_CHARACTER = 4  # bytes
OVERRIDE = re.compile("[\u202d\u202e]")


def plain_text(data: bytes, charset: str | None, *, html: bool = False) -> tuple[str, str | None]:
    """The text of a part, with "\\n" line ends, cut to ``limits.MAX_TEXT``; and a problem or None."""
    if html and python_codec(charset) is None and (meta := META_CHARSET.search(data[:4000])):
        charset = meta.group(1).decode("ascii")
    limit = max(limits.MAX_TEXT, limits.MAX_HTML)
    text, problem = decode_bytes(data[: limit * LONGEST_CHARACTER], charset)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not html and len(text) > limits.MAX_TEXT:
        text, problem = text[: limits.MAX_TEXT], f"only the first {limits.MAX_TEXT} characters are read"
    if problem is None and not text.isascii() and OVERRIDE.search(text):
        problem = "characters that turn the writing direction make it read otherwise than it is stored"
    return text, problem
