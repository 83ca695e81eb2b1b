"""The attachments of one message read, each where it belongs, while the time for all of them lasts."""

from __future__ import annotations

import time
from dataclasses import replace

from inbox_worker.message.attachments import READERS, extract, true_type
from inbox_worker.message.formats import scans
from inbox_worker.message.formats.content import Content, Extracted
from inbox_worker.message.formats.pictures import may_be_a_letter
from inbox_worker.message.isolation import process_for
from inbox_worker.model import MEGABYTE, Limits

SPENT = "it comes after attachments that took all the time there is for a message"


class Extraction:
    """Reads the attachments of one message."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.left = float(limits.message_time)

    def read(self, content: Content, *, inline: bool) -> Extracted:
        """The text of an attachment. ``inline``: the message shows it among its words, as it does with logos."""
        reader = READERS.get(true_type(content))
        if reader is None:
            return Extracted()
        if len(content.data) > self.limits.attachment_size * MEGABYTE:
            return Extracted(problem=f"it is larger than {self.limits.attachment_size} MB")
        found = self._apart("documents", content, self.limits.attachment_time) if reader.apart else extract(content)
        if not found.picture or found.problem:
            return found
        if reader.where.endswith("read_picture") and not may_be_a_letter(content.data, inline=inline):
            return replace(found, picture=False)
        return self._scan(content, found)

    def _scan(self, content: Content, found: Extracted) -> Extracted:
        """The words in pictures, after those that are text."""
        if not scans.available():
            return replace(found, problem=scans.MISSING)
        seen = self._apart("scans", content, self.limits.ocr_time)
        text = "\n\n".join(dict.fromkeys(t for t in (found.text.strip("\n"), seen.text) if t.strip()))
        return Extracted(text, seen.problem, found.inner)

    def _apart(self, kind: str, content: Content, most: int) -> Extracted:
        seconds = min(float(most), self.left)
        if seconds <= 0:
            return Extracted(problem=SPENT)
        begun = time.monotonic()
        try:
            return process_for(kind, self.limits).read(content, seconds)
        finally:
            self.left -= time.monotonic() - begun
