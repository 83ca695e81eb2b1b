"""How much a message may cost: what an operator can set in ``[limits]``."""

from __future__ import annotations

from dataclasses import dataclass

MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Limits:
    """What lies beyond is not read, and the message is flagged. Sizes in megabytes (10^6 bytes), times in seconds."""

    message_size: int = 120  # of a message in which parts are looked for
    parts: int = 500  # parts and attached messages of one message
    depth: int = 40  # multiparts and attached messages inside each other
    attachment_size: int = 30  # of one attachment that is read
    attachment_time: int = 20  # for reading one attachment
    attachment_memory: int = 600  # address space of the process that reads attachments
    message_time: int = 50  # for all attachments of a message together
    ocr_time: int = 40  # for reading one scan
    ocr_memory: int = 4_000  # address space of the process that reads scans; it uses a quarter of it
