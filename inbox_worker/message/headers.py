"""Header fields: unfolded, decoded (RFC 2047) and taken apart (RFC 2231, RFC 5322), also where they are broken."""

from __future__ import annotations

import binascii
import re
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes

from inbox_worker.message import limits
from inbox_worker.message.charset import decode_bytes
from inbox_worker.message.transfer import decode_transfer

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
FIELD_NAME = re.compile(rb"[!-9;-~]{1,200}[ \t]*:")
LONGEST_CHARSET = 60  # characters


@dataclass(frozen=True)
class Header:
    """One header field as it stands: the value is text with bytes that are not ASCII as surrogates."""

    name: str  # lower case
    raw: str

    @property
    def value(self) -> str:
        """The value as a mail program shows it, cut to ``limits.MAX_HEADER``."""
        return decode_value(self.raw)


@dataclass(frozen=True)
class Parameterised:
    """A value such as ``text/plain; charset=utf-8``: what precedes the first ';', and the parameters decoded."""

    value: str  # lower case
    parameters: dict[str, str] = field(default_factory=dict)


def parse_block(block: bytes) -> tuple[list[Header], list[str]]:
    """The header fields of a block that ends before its empty line, and sentences about what is wrong with them."""
    found: list[tuple[bytes, list[bytes]]] = []
    problems = []
    for line in block[: limits.MAX_HEADER_BLOCK].split(b"\n"):
        if line[:1] in (b" ", b"\t"):
            if found:
                found[-1][1].append(line)
        elif FIELD_NAME.match(line):
            name, _, value = line.partition(b":")
            found.append((name, [value]))
            if len(found) > limits.MAX_HEADERS:
                break
        elif line.strip():
            problems.append("a header line is malformed and was left out")
    if len(block) > limits.MAX_HEADER_BLOCK or len(found) > limits.MAX_HEADERS:
        problems.append(f"only the first {limits.MAX_HEADERS} header fields are read")
    headers = [
        Header(name.decode("ascii", "replace").strip().lower(), _text(b"\n".join(value)))
        for name, value in found[: limits.MAX_HEADERS]
    ]
    return headers, problems[:1]


def _text(value: bytes) -> str:
    cut = value[: limits.MAX_HEADER * 4].decode("ascii", "surrogateescape")
    return _unfolded(cut).strip()[: limits.MAX_HEADER]


def _unfolded(text: str) -> str:
    """Each line end, with the white space around it, is a space (RFC 5322, section 2.2.3)."""
    if "\n" not in text:
        return text
    first, *rest = text.split("\n")
    ended = [line.removesuffix("\r").rstrip(" \t") for line in (first, *(line.lstrip(" \t") for line in rest[:-1]))]
    return " ".join([*ended, rest[-1].lstrip(" \t")])


def decode_value(raw: str) -> str:
    """Encoded words decoded, raw 8-bit text read as UTF-8 or by its look, control characters removed."""
    if "=?" not in raw and raw.isascii():
        return raw if raw.isprintable() else CONTROL.sub("", raw)
    text = "".join(_pieces(raw))
    return CONTROL.sub("", _unfolded(text.replace("\r\n", "\n").replace("\r", "\n")))[: limits.MAX_HEADER]


def _pieces(raw: str) -> list[str]:
    """Plain stretches and encoded words in order. Neighbouring words of one charset are decoded together, since
    some programs cut a character in two; white space between encoded words is not shown (RFC 2047, section 6.2)."""
    pieces: list[str] = []
    pending, charset = b"", ""
    position = 0
    while (word := _next_word(raw, position)) is not None:
        start, end, label, data = word
        between = raw[position:start]
        if pending and (between.strip() or label != charset):
            pieces.append(decode_bytes(pending, charset)[0])
            pending = b""
            if between.strip():
                pieces.append(_plain(between))
        elif not pending:
            pieces.append(_plain(between))
        pending, charset, position = pending + data, label, end
    if pending:
        pieces.append(decode_bytes(pending, charset)[0])
    pieces.append(_plain(raw[position:]))
    return pieces


def _next_word(raw: str, position: int) -> tuple[int, int, str, bytes] | None:
    """The next encoded word as (start, end, charset, bytes). Spaces and question marks inside are tolerated."""
    while (start := raw.find("=?", position)) >= 0:
        position = start + 2
        charset_end = raw.find("?", position, position + LONGEST_CHARSET)
        if charset_end < 0 or raw[charset_end + 2 : charset_end + 3] != "?":
            continue
        encoding = raw[charset_end + 1].lower()
        if encoding not in "bq":
            continue
        end = raw.find("?=", charset_end + 3)
        if end < 0:
            return None
        data = raw[charset_end + 3 : end].encode("utf-8", "surrogateescape")
        label = raw[position:charset_end].partition("*")[0]
        return start, end + 2, label, _decoded_word(data, encoding)
    return None


def _decoded_word(data: bytes, encoding: str) -> bytes:
    if encoding == "q":
        return binascii.a2b_qp(data.replace(b" ", b"_"), header=True)
    return decode_transfer(data.replace(b" ", b""), "base64")[0]


def _plain(text: str) -> str:
    if text.isascii():
        return text
    return decode_bytes(text.encode("utf-8", "surrogateescape"), None)[0]


def parse_parameters(raw: str) -> Parameterised:
    """A header such as Content-Type taken apart, continuations and charsets of RFC 2231 undone."""
    pieces = _split(raw, ";")
    plain: dict[str, str] = {}
    extended: dict[str, dict[int, tuple[bool, str]]] = {}
    for piece in pieces[1:101]:
        name, equals, value = piece.partition("=")
        name, value = name.strip().lower(), _unquoted(value.strip())
        if not equals or not name or len(name) > 200:
            continue
        base, star, rest = name.partition("*")
        if not star:
            plain.setdefault(name, decode_value(value))
            continue
        number = rest.rstrip("*")
        index = int(number) if number.isascii() and number.isdigit() and len(number) < 4 else 0
        extended.setdefault(base, {}).setdefault(index, (rest.endswith("*") or not rest, value))
    for base, sections in extended.items():
        plain[base] = _joined(sections)
    return Parameterised(pieces[0].strip().lower()[:200], plain)


def _joined(sections: dict[int, tuple[bool, str]]) -> str:
    charset, data = None, b""
    for index in sorted(sections):
        encoded, value = sections[index]
        if encoded and not data and value.count("'") >= 2:
            charset, _, value = value.split("'", 2)
        raw = value.encode("utf-8", "surrogateescape")
        data += unquote_to_bytes(raw) if encoded else raw
    return CONTROL.sub("", decode_bytes(data, charset)[0])


def _split(raw: str, separator: str) -> list[str]:
    """Split where the separator stands outside quotes."""
    if '"' not in raw:
        return raw.split(separator)
    pieces: list[str] = []
    current: list[str] = []
    quoted = escaped = False
    for c in raw:
        if escaped:
            escaped = False
        elif c == "\\" and quoted:
            escaped = True
        elif c == '"':
            quoted = not quoted
        elif c == separator and not quoted:
            pieces.append("".join(current))
            current = []
            continue
        current.append(c)
    return [*pieces, "".join(current)]


def _unquoted(value: str) -> str:
    if len(value) >= 2 and value[0] == value[-1] == '"':
        return re.sub(r"\\(.)", r"\1", value[1:-1])
    return value.strip('"')
