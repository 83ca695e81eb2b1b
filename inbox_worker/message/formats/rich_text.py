"""RTF, and the packed RTF of Outlook (MS-OXRTFCP), with striprtf."""

from __future__ import annotations

import re
import struct

from inbox_worker.message.formats.content import Content, Extracted, NotReadableError

HIDDEN = re.compile(r"\\v(?:1)?(?![a-z0-9])[^{}]{0,20000}?(?:\\v0(?![0-9])|(?=[{}]))")
HTML_TAG = re.compile(r"\{\\\*\\htmltag\d{0,5}[^{}]{0,20000}\}")
MAX_RTF = 3_000_000  # characters
PACKED, PLAIN = 0x75465A4C, 0x414C454D  # "LZFu", "MELA"
MAX_UNPACKED = 20_000_000  # bytes
DICTIONARY = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS "
    b"Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b"
    b"\\i\\u\\tab\\tx"
)


def read_rtf(content: Content) -> Extracted:
    """The text of an RTF document.

    Raises:
        NotReadableError: where it is none.
    """
    from striprtf.striprtf import rtf_to_text

    source = content.data[:MAX_RTF].decode("latin-1")
    if not source.lstrip("\ufeff\xef\xbb\xbf \r\n\t").startswith("{\\rtf"):
        raise NotReadableError("it is no RTF document")
    source = HIDDEN.sub(" ", source)
    if "\\fromhtml" in source[:2000]:  # Outlook wraps HTML so: the words stand between the tags
        source = HTML_TAG.sub("", source)
    try:
        text = rtf_to_text(source, encoding="cp1252", errors="replace")
    except Exception as error:
        raise NotReadableError("it is damaged") from error
    lines = (re.sub(r"\|\s*$", "", line).replace("|", " | ").rstrip() for line in text.splitlines())
    problem = "only its beginning is read" if len(content.data) > MAX_RTF else None
    return Extracted("\n".join(lines).strip("\n"), problem)


def unpack_rtf(data: bytes) -> bytes:
    """The RTF behind Outlook's packing (MS-OXRTFCP, section 2.2).

    Raises:
        NotReadableError: where it is damaged.
    """
    if len(data) < 16:
        raise NotReadableError("its text is damaged")
    _, size, kind, _ = struct.unpack_from("<IIII", data)
    if size > MAX_UNPACKED:
        raise NotReadableError("its text unpacks to far more than a letter needs")
    if kind == PLAIN:
        return data[16 : 16 + size]
    if kind != PACKED:
        raise NotReadableError("its text is damaged")
    window = bytearray(DICTIONARY.ljust(4096, b"\0"))
    at, out, position = len(DICTIONARY), bytearray(), 16
    while position < len(data) and len(out) < size:
        control, position = data[position], position + 1
        for bit in range(8):
            if not control >> bit & 1:
                run = data[position : position + 1]
                position += 1
                out += run
                if run:
                    window[at], at = run[0], (at + 1) % 4096
            else:
                if position + 2 > len(data):
                    return bytes(out)
                token, position = int.from_bytes(data[position : position + 2], "big"), position + 2
                start, length = token >> 4, (token & 15) + 2
                if start == at:
                    return bytes(out)
                for i in range(length):
                    byte = window[(start + i) % 4096]
                    out.append(byte)
                    window[at], at = byte, (at + 1) % 4096
            if position >= len(data) or len(out) >= size:
                break
    return bytes(out)
