"""An mbox file (RFC 4155, mboxo and mboxrd) as a stream of messages, one in memory at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from inbox_worker.model import UTC

LINE = 65_536  # bytes read at once of a line that does not end
LARGEST = 200_000_000  # bytes; a bigger message is not one

_SEPARATOR = b"From "
_ESCAPED = re.compile(rb">+From ")
_DAY = rb"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
_MONTHS = (b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec")
# asctime(3) as RFC 4155 wants it; a zone before or after the year is what real writers add.
_DATE = re.compile(
    rb"\b" + _DAY + rb",? (?P<month>" + b"|".join(_MONTHS) + rb") {1,2}(?P<day>\d{1,2}) (?P<hour>\d\d):(?P<minute>\d\d)"
    rb"(?::(?P<second>\d\d))?(?: [A-Z]{1,5})?(?: (?P<zone>[+-]\d{4}))?(?: [A-Z]{1,5})? (?P<year>\d{4})"
)  # fmt: skip
_FIELD = re.compile(rb"[!-9;-~]{1,76}[ \t]*:")  # RFC 5322, section 2.2
_BLANK = (b"\n", b"\r\n")


@dataclass(frozen=True)
class MboxMessage:
    """A message of an mbox file: exactly its bytes, without the From_ line and the blank line that closes it."""

    number: int  # from 1
    content: bytes | None  # None: longer than LARGEST
    delivered: datetime | None  # from the From_ line, which is in UTC unless it says otherwise


def is_mbox(start: bytes) -> bool:
    """Whether a file that begins so is an mbox file."""
    return start.startswith(_SEPARATOR)


def read_mbox(file: BinaryIO) -> Iterator[MboxMessage]:
    """The messages of an mbox file, in order. Lines that writers escaped (">From ") are restored, one ">" each."""
    number, from_line, content = 0, b"", _Content()
    for line, begins, opens in _lines(file):
        if opens:
            if number:
                yield MboxMessage(number, content.taken(), _delivered(from_line))
            number, from_line, content = number + 1, line, _Content()
            continue
        if not number and line not in _BLANK:
            number = 1  # a file that starts without a From_ line still starts with a message
        if number:
            content.add(line[1:] if begins and _ESCAPED.match(line) else line)
    if number:
        yield MboxMessage(number, content.taken(), _delivered(from_line))


class _Content:
    """The lines of one message, as long as it stays below LARGEST."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._too_long = False

    def add(self, line: bytes) -> None:
        if len(self._bytes) + len(line) > LARGEST:
            self._too_long = True
            self._bytes.clear()
        if not self._too_long:
            self._bytes += line

    def taken(self) -> bytes | None:
        """The message without the blank line that separates it from the next."""
        if self._too_long:
            return None
        for ending in (b"\r\n", b"\n"):
            if self._bytes.endswith(ending) and (self._bytes[: -len(ending)] or b"\n").endswith(b"\n"):
                return bytes(self._bytes[: -len(ending)])
        return bytes(self._bytes)


def _lines(file: BinaryIO) -> Iterator[tuple[bytes, bool, bool]]:
    """Each line (or stretch of an endless one), whether it begins a line, and whether it opens a message."""
    after_blank, begins, first = True, True, True
    line = file.readline(LINE)
    while line:
        following = file.readline(LINE)
        opens = begins and line.startswith(_SEPARATOR) and (first or _is_separator(line, following, after_blank))
        yield line, begins, opens
        first = first and line in _BLANK
        after_blank = begins and line in _BLANK
        begins = line.endswith(b"\n")
        line = following


def _is_separator(line: bytes, following: bytes, after_blank: bool) -> bool:
    """Whether a line that starts with "From " opens a message, rather than being a sentence somebody did not escape.

    To join two messages loses one of them without a word, to split one shows: so in doubt it opens.
    """
    dated, headed = bool(_DATE.search(line)), bool(_FIELD.match(following))
    return (dated or headed) if after_blank else (dated and headed)


def _delivered(line: bytes) -> datetime | None:
    found = _DATE.search(line)
    if found is None:
        return None
    zone = found["zone"].decode() if found["zone"] else "+0000"
    month = _MONTHS.index(found["month"]) + 1
    text = f"{int(found['year']):04}-{month:02}-{int(found['day']):02} "
    text += f"{found['hour'].decode()}:{found['minute'].decode()}:{(found['second'] or b'00').decode()}{zone}"
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S%z").astimezone(UTC)
    except (ValueError, OverflowError):
        return None
