"""Which pictures may be letters: by their size, so that logos are left alone."""

from __future__ import annotations

import struct

LEAST_SIDE = 500  # pixels of the shorter side of a page that can be read
LEAST_BYTES = 12_000
INLINE_SIDE = 900  # pixels: a page that somebody pasted into the message
START_OF_FRAME = frozenset({*range(0xC0, 0xC4), *range(0xC5, 0xC8), *range(0xC9, 0xCC), *range(0xCD, 0xD0)})


def may_be_a_letter(data: bytes, *, inline: bool) -> bool:
    """Whether a picture is as large as a page somebody scanned or photographed. Of a format whose size is not known
    here nobody makes logos."""
    size = _png(data) or _jpeg(data)
    if size is None:
        return not inline
    return len(data) >= LEAST_BYTES and min(size) >= (INLINE_SIDE if inline else LEAST_SIDE)


def _png(data: bytes) -> tuple[int, int] | None:
    if not data.startswith(b"\x89PNG\r\n") or len(data) < 24:
        return None
    width, height = struct.unpack_from(">II", data, 16)
    return width, height


def _jpeg(data: bytes) -> tuple[int, int] | None:
    if not data.startswith(b"\xff\xd8"):
        return None
    at = 2
    while at + 9 < len(data):
        if data[at] != 0xFF:
            at += 1
            continue
        marker = data[at + 1]
        if marker in START_OF_FRAME:
            height, width = struct.unpack_from(">HH", data, at + 5)
            return width, height
        if marker in (0xFF, 0x01) or 0xD0 <= marker <= 0xD8:
            at += 1 if marker == 0xFF else 2
            continue
        at += 2 + max(2, int.from_bytes(data[at + 2 : at + 4], "big"))
    return None
