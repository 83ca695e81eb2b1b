"""CSV on its way out, whoever wrote it: no cell can start a formula (as in the files of ``export``)."""

from __future__ import annotations

import codecs
import csv
import io

from inbox_worker.commands.cells import harmless


class SafeCsv:
    """Takes CSV (RFC 4180, UTF-8) in pieces and gives it back record by record, every cell harmless."""

    def __init__(self) -> None:
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._left = ""  # the beginning of a record that is not whole

    def feed(self, data: bytes, *, last: bool) -> bytes:
        """What can be said of the bytes so far; with ``last`` all of it."""
        text = self._left + self._decode(data, last)
        whole = len(text) if last else _end_of_records(text)
        self._left = text[whole:]
        return _harmless(text[:whole]).encode()


def _end_of_records(text: str) -> int:
    """Where the last whole record ends: behind a line end outside of quotes."""
    end = len(text)
    while (end := text.rfind("\n", 0, end)) >= 0:
        if text.count('"', 0, end) % 2 == 0:
            return end + 1
    return 0


def _harmless(text: str) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    for record in csv.reader(io.StringIO(text, newline="")):
        writer.writerow([harmless(cell) if not _is_number(cell) else cell for cell in record])
    return out.getvalue()


def _is_number(cell: str) -> bool:
    """Whether a cell is a plain number, which may begin with a minus."""
    return cell.removeprefix("-").replace(".", "", 1).isdecimal() and cell.isascii()


csv.field_size_limit(10_000_000)  # the longest text that the registry keeps of a message
