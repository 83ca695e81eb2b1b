"""Content-Transfer-Encoding undone (RFC 2045, section 6), also where it is broken."""

from __future__ import annotations

import binascii
import re

FOREIGN = re.compile(rb"[^A-Za-z0-9+/=\s]")
SOUND = bytes(b for b in range(256) if not FOREIGN.match(bytes([b])))
NOT_BASE64 = bytes(b for b in range(256) if FOREIGN.match(bytes([b])) or bytes([b]).isspace())
BROKEN_ESCAPE = re.compile(rb"=(?![0-9A-Fa-f]{2}|[ \t]*\r?\n|[ \t]*\Z)")
LEAST = 16  # characters that a base64 text has before plain text is taken to follow it


def decode_transfer(data: bytes, encoding: str) -> tuple[bytes, str | None]:
    """The bytes behind a transfer encoding, and a sentence about what is broken, or None."""
    name = encoding.strip().lower().strip("\"';,.")
    if name == "base64":
        return _base64(data)
    if name in ("quoted-printable", "quotedprintable", "qp"):
        problem = "its quoted-printable encoding is damaged" if BROKEN_ESCAPE.search(data) else None
        return binascii.a2b_qp(data), problem
    if name in ("", "7bit", "8bit", "binary", "7-bit", "8-bit"):
        return data, None
    return data, f"its transfer encoding {name[:40]!r} is unknown; read as it stands"


def _base64(data: bytes) -> tuple[bytes, str | None]:
    foreign = FOREIGN.search(data) if data.translate(None, SOUND) else None
    if foreign is None:
        return _strict_enough(data, None)
    line_start = data.rfind(b"\n", 0, foreign.start()) + 1
    rest = data[line_start:]
    if b" " not in rest.strip():
        return _strict_enough(data, "its base64 encoding is damaged")
    if len(data[:line_start].strip()) < LEAST:
        return data, "it is declared as base64 but is not; read as it stands"
    head, _ = _strict_enough(data[:line_start], None)
    return head + b"\n" + rest, "plain text follows its base64 encoding"


def _strict_enough(data: bytes, problem: str | None) -> tuple[bytes, str | None]:
    """Base64 as far as it goes: pieces that end in padding are decoded one by one, a torn end is dropped."""
    decoded = []
    for piece in data.translate(None, NOT_BASE64).split(b"="):
        spare = len(piece) % 4
        if spare == 1:
            piece, problem = piece[:-1], "its base64 encoding is cut off or damaged"  # noqa: PLW2901 (a torn quartet)
        if piece:
            decoded.append(binascii.a2b_base64(piece + b"=" * (-len(piece) % 4)))
    return b"".join(decoded), problem
