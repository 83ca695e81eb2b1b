"""Outlook's winmail.dat (MS-OXTNEF): the words of a message and what is attached to it.

Our own reader: the libraries for it are under the LGPL, and the format is a list of records.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from inbox_worker.message.charset import decode_bytes
from inbox_worker.message.formats.content import NotReadableError

SIGNATURE = 0x223E9F78
MESSAGE, ATTACHMENT = 1, 2  # levels (section 2.1.3.2)
BODY, MESSAGE_CLASS, CODEPAGE = 0x0002800C, 0x00078008, 0x00069007
RENDERING, TITLE, DATA, MESSAGE_PROPERTIES, PROPERTIES = 0x00069002, 0x00018010, 0x0006800F, 0x00069003, 0x00069005
MAX_RECORDS = 2_000
MAX_PROPERTIES = 2_000
# MAPI properties (MS-OXPROPS)
P_BODY, P_HTML, P_RTF, P_CODEPAGE, P_CLASS = 0x1000, 0x1013, 0x1009, 0x3FDE, 0x001A
P_DATA, P_LONG_NAME, P_NAME, P_MEDIA_TYPE = 0x3701, 0x3707, 0x3704, 0x370E
FIXED = {2: 4, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 0xA: 4, 0xB: 4, 0x14: 8, 0x40: 8, 0x48: 16}  # bytes by property type


@dataclass
class Attached:
    """A file inside."""

    name: str = ""
    media_type: str = ""
    data: bytes = b""


@dataclass
class Tnef:
    """What a winmail.dat holds. ``body`` is plain, ``html`` and ``rtf`` as they are stored, RTF packed."""

    kind: str = ""  # message class: "IPM.Note", "IPM.Schedule.Meeting.Resp.Pos"
    body: str = ""
    html: bytes = b""
    rtf: bytes = b""
    codepage: str = "cp1252"
    attached: list[Attached] = field(default_factory=list)


def parse_tnef(data: bytes) -> Tnef:
    """The content of a winmail.dat.

    Raises:
        NotReadableError: where it is damaged.
    """
    if len(data) < 6 or struct.unpack_from("<I", data)[0] != SIGNATURE:
        raise NotReadableError("it is no winmail.dat inside")
    found = Tnef()
    for level, name, value in _records(data):
        if level == MESSAGE:
            _message_record(found, name, value)
        elif level == ATTACHMENT:
            if name == RENDERING:
                found.attached.append(Attached())
            elif found.attached:
                _attachment_record(found.attached[-1], name, value, found.codepage)
    return found


def _records(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """(level, attribute, value) of each record."""
    at = 6
    for _ in range(MAX_RECORDS):
        if at + 9 > len(data):
            return
        level, name, length = struct.unpack_from("<BII", data, at)
        end = at + 9 + length
        if end + 2 > len(data):
            raise NotReadableError("it is cut off")
        yield level, name, data[at + 9 : end]
        at = end + 2  # a checksum
    raise NotReadableError(f"it has more than {MAX_RECORDS} records")


def _message_record(found: Tnef, name: int, value: bytes) -> None:
    if name == CODEPAGE and len(value) >= 4:
        found.codepage = f"cp{struct.unpack_from('<I', value)[0]}"
    elif name == BODY:
        found.body = found.body or _text(value, found.codepage)
    elif name == MESSAGE_CLASS:
        found.kind = value.split(b"\0")[0].decode("ascii", "replace")
    elif name == MESSAGE_PROPERTIES:
        for number, kind, held in properties(value):
            if number == P_BODY:
                found.body = _string(held, kind, found.codepage)
            elif number == P_HTML:
                found.html = held
            elif number == P_RTF:
                found.rtf = held
            elif number == P_CLASS and not found.kind:
                found.kind = _string(held, kind, found.codepage)


def _attachment_record(attached: Attached, name: int, value: bytes, codepage: str) -> None:
    if name == TITLE:
        attached.name = attached.name or _text(value, codepage)
    elif name == DATA:
        attached.data = value
    elif name == PROPERTIES:
        for number, kind, held in properties(value):
            if number == P_LONG_NAME:
                attached.name = _string(held, kind, codepage)
            elif number == P_MEDIA_TYPE:
                attached.media_type = _string(held, kind, codepage).lower()
            elif number == P_DATA and not attached.data:
                attached.data = held[16:] if kind == 0xD else held  # an object begins with its interface's GUID


def properties(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """(property, type, value) of a list of MAPI properties (MS-OXTNEF, section 2.1.3.4); ends where it is damaged."""
    if len(data) < 4:
        return
    count, at = struct.unpack_from("<I", data)[0], 4
    try:
        for _ in range(min(count, MAX_PROPERTIES)):
            kind, number = struct.unpack_from("<HH", data, at)
            at += 4
            if number >= 0x8000:
                at = _past_name(data, at)
            many, kind = bool(kind & 0x1000), kind & 0xFFF
            if kind in FIXED:
                times = 1
                if many:
                    times, at = struct.unpack_from("<I", data, at)[0], at + 4
                size = FIXED[kind] * times
                yield number, kind, data[at : at + size]
                at += size
                continue
            times, at = struct.unpack_from("<I", data, at)[0], at + 4
            for _ in range(min(times, MAX_PROPERTIES)):
                size, at = struct.unpack_from("<I", data, at)[0], at + 4
                if at + size > len(data):
                    return
                yield number, kind, data[at : at + size]
                at += size + (-size % 4)
    except struct.error:
        return


def _past_name(data: bytes, at: int) -> int:
    """Where a named property's value begins."""
    at += 16
    kind, value = struct.unpack_from("<II", data, at)
    return at + 8 if kind == 0 else at + 8 + value + (-value % 4)


def _string(value: bytes, kind: int, codepage: str) -> str:
    if kind == 0x1F:
        return value.decode("utf-16-le", "replace").rstrip("\0")
    return _text(value, codepage)


def _text(value: bytes, codepage: str) -> str:
    return decode_bytes(value.rstrip(b"\0"), codepage)[0]
