"""Files inside a signature (CMS SignedData, RFC 5652): .p7m, as Italian offices send their letters."""

from __future__ import annotations

from collections.abc import Iterator

from inbox_worker.message.formats.content import NotReadableError

SIGNED = bytes.fromhex("2a864886f70d010702")  # 1.2.840.113549.1.7.2
SEQUENCE, OBJECT, OCTETS, OCTETS_IN_PIECES, EXPLICIT = 0x30, 0x06, 0x04, 0x24, 0xA0
DEEPEST = 20
LOCKED = "it is encrypted or signed as a whole; its words cannot be read"


def signed_content(data: bytes) -> bytes:
    """What was signed, taken out of its signature, which is not verified.

    Raises:
        NotReadableError: where it is encrypted, damaged, or the signature of something that lies elsewhere.
    """
    try:
        (_, outer), *_ = _values(data)
        kind, wrapped = list(_values(outer))[:2]
        if kind[0] != OBJECT or kind[1] != SIGNED:
            raise NotReadableError(LOCKED)
        ((_, signed_data),) = list(_values(wrapped[1]))[:1]
        encapsulated = next(v for tag, v in list(_values(signed_data))[1:] if tag == SEQUENCE)
        held = [v for tag, v in _values(encapsulated) if tag == EXPLICIT]
        if not held:
            raise NotReadableError("it is a signature of something that is not in it")
        return b"".join(_octets(held[0], 0))
    except (ValueError, IndexError, StopIteration, RuntimeError) as error:
        raise NotReadableError(LOCKED) from error


def _octets(data: bytes, depth: int) -> Iterator[bytes]:
    if depth > DEEPEST:
        raise ValueError("nested too deep")
    for tag, value in _values(data):
        if tag == OCTETS:
            yield value
        elif tag == OCTETS_IN_PIECES:
            yield from _octets(value, depth + 1)


def _values(data: bytes) -> Iterator[tuple[int, bytes]]:
    """(tag, content) of each value in a row (X.690, section 8.1), also of those whose length is not stated."""
    at = 0
    while at + 2 <= len(data):
        tag, start, end = _head(data, at)
        if tag == 0 and end == start:
            return
        if end < 0:
            end = _end_of(data, start)
            yield tag, data[start : end - 2]
        else:
            if end > len(data):
                raise ValueError("cut off")
            yield tag, data[start:end]
        at = end


def _head(data: bytes, at: int) -> tuple[int, int, int]:
    """Tag, where the content begins, where it ends; -1 where that is not stated."""
    tag, length, at = data[at], data[at + 1], at + 2
    if tag & 31 == 31:
        raise ValueError("no tag of CMS")
    if length == 0x80:
        return tag, at, -1
    if length & 0x80:
        size = length & 0x7F
        if size > 6:
            raise ValueError("no length")
        length, at = int.from_bytes(data[at : at + size], "big"), at + size
    return tag, at, at + length


def _end_of(data: bytes, at: int) -> int:
    """Behind the two zeros that end a value without a length."""
    open_ = 1
    while open_:
        tag, start, end = _head(data, at)
        if end < 0:
            open_, at = open_ + 1, start
        elif tag == 0 and end == start:
            open_, at = open_ - 1, end
        else:
            at = end
        if at > len(data):
            raise ValueError("cut off")
    return at
