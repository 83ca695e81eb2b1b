"""Pages of attachments drawn as pictures, in a process of their own with the limits of reading them."""

from __future__ import annotations

from inbox_worker.message.formats import drawing
from inbox_worker.message.formats.content import Content
from inbox_worker.message.formats.drawing import Drawing, has_pages
from inbox_worker.message.isolation import process_for
from inbox_worker.model import MEGABYTE, Limits

__all__ = ["Drawing", "drawn", "has_pages"]


def drawn(data: bytes, number: int, limits: Limits) -> Drawing:
    """Page ``number`` of a PDF or TIFF, counted from 1; 0: only how many there are. Never raises for what is in it."""
    if not drawing.available():
        return Drawing(problem=drawing.MISSING)
    if len(data) > limits.attachment_size * MEGABYTE:
        return Drawing(problem=f"it is larger than {limits.attachment_size} MB")
    process = process_for("pictures", limits)
    return process.draw(Content(data, "application/octet-stream"), number, limits.attachment_time)
