"""A generator of messages such as nobody should send: deterministic by its seed."""

from __future__ import annotations

import base64
import random
from collections.abc import Callable, Iterator

WORDS = [
    "We",
    "will",
    "attend",
    "with",
    "two",
    "people.",
    "Nous",
    "serons",
    "deux.",
    "Asistiremos",
    "tres.",
    "Wir",
    "kommen",
    "zu",
    "viert.",
    "Приедем",
    "втроём.",
    "سنحضر",
    "ثلاثة",
    "أشخاص.",
    "我们将派三人参加。",
    "二名が出席します。",
    "Best",
    "regards,",
    "Ana",
    ">",
    "quoted:",
    "On",
    "26",
    "Jan",
    "2016,",
    "at",
    "17:12,",
    "X",
    "<x@y>",
    "wrote:",
]
CHARSETS = (
    "utf-8", "iso-8859-1", "us-ascii", "windows-1252", "windows-1251", "koi8-r", "windows-1256", "gb2312", "gbk",
    "gb18030", "big5", "iso-2022-jp", "shift_jis", "euc-kr", "utf-7", "utf-16", "utf-16le", "utf-16be", "utf-32",
    "hz-gb-2312", "x-unknown", "", "unknown-8bit", "base64", "rot13", "idna", "punycode", "unicode_escape", "hex",
    "iso-8859-8-i", "utf8", "'utf-8'", "utf-8;", "\x00", "x" * 300, "undefined", "cp65001", "zlib",
    "raw_unicode_escape",
)  # fmt: skip
ENCODINGS = ("7bit", "8bit", "base64", "quoted-printable", "binary", "x-uuencode", "BASE64 ", "", "x" * 100)
TYPES = (
    "text/plain", "text/html", "text/calendar", "text/csv", "application/octet-stream", "application/pdf",
    "image/png",
    "message/rfc822", "message/delivery-status", "text/rfc822-headers", "multipart/mixed", "multipart/alternative",
    "application/ms-tnef", "TEXT/PLAIN", "text", "/", "", "text/plain/x", "message/partial", "multipart/digest",
)  # fmt: skip
DISPOSITIONS = ("", "attachment", "inline", "attachment; filename*0*=utf-8''%E2; filename*1=x", "; filename=a.eml")

Maker = Callable[[random.Random], bytes]


def odd_messages(n: int, seed: int) -> Iterator[bytes]:
    """``n`` messages, the same for the same seed."""
    rng = random.Random(seed)
    makers: tuple[Maker, ...] = (
        _tree, _tree, _tree, _mutated, _mutated, _cut, _binary, _headers, _html, _charset, _from, _base64, _deep,
        _wide,
        _long_line, _zones, _crowd,
    )  # fmt: skip
    for i in range(n):
        yield makers[i % len(makers)](rng) if i else b""


def _words(rng: random.Random, most: int = 60) -> str:
    return "".join(
        rng.choice(WORDS) + rng.choice((" ", " ", "\r\n", "\n> ", "\r\n\r\n")) for _ in range(rng.randrange(most))
    )


def _noise(rng: random.Random, most: int = 300) -> bytes:
    return rng.randbytes(rng.randrange(most))


def _body(rng: random.Random, charset: str, encoding: str) -> bytes:
    try:
        data = _words(rng).encode(charset or "utf-8", "replace")
    except (LookupError, UnicodeError, ValueError, TypeError, AssertionError):
        data = _words(rng).encode("utf-8")
    if rng.random() < 0.2:
        data += _noise(rng)
    if encoding.strip().lower() == "base64" and rng.random() < 0.8:
        return base64.encodebytes(data)[: rng.randrange(1, 5000)]
    return data


def _leaf(rng: random.Random) -> bytes:
    charset, encoding = rng.choice(CHARSETS), rng.choice(ENCODINGS)
    head = f"Content-Type: {rng.choice(TYPES)}; charset={charset}; name={rng.choice(WORDS)}\r\n"
    head += f"Content-Transfer-Encoding: {encoding}\r\nContent-Disposition: {rng.choice(DISPOSITIONS)}\r\n"
    return head.encode() + rng.choice((b"\r\n", b"\n", b"")) + _body(rng, charset, encoding)


def _entity(rng: random.Random, depth: int) -> bytes:
    if depth > 5 or rng.random() < 0.4:
        return _leaf(rng)
    kind = rng.choice(("mixed", "alternative", "related", "report", "digest", "signed", "odd"))
    boundary = rng.choice(("b", "b b", "=_x", "", "--", "b" * 100, "é")) + str(rng.randrange(3))
    named = rng.choice((f'; boundary="{boundary}"', f"; boundary={boundary}", "", "; boundary*=utf-8''x"))
    inner = [_entity(rng, depth + 1) for _ in range(rng.randrange(4))]
    body = b"".join(b"--" + boundary.encode() + rng.choice((b"\r\n", b"\n", b" \n")) + e + b"\r\n" for e in inner)
    end = rng.choice((b"--" + boundary.encode() + b"--\r\n", b"", b"--" + boundary.encode() + b"-"))
    return f"Content-Type: multipart/{kind}{named}\r\n\r\n".encode() + body + end + _noise(rng, 20)


def _tree(rng: random.Random) -> bytes:
    head = "From: =?utf-8?q?Ana_L=C3=B3pez?= <ana@ngo.example>\r\nSubject: Re: Conference\r\nMIME-Version: 1.0\r\n"
    return head.encode() + _entity(rng, 0)


def _mutated(rng: random.Random) -> bytes:
    data = bytearray(_tree(rng))
    for _ in range(rng.randrange(1, 40)):
        at = rng.randrange(len(data))
        change = rng.randrange(3)
        if change == 0:
            data[at] = rng.randrange(256)
        elif change == 1:
            del data[at : at + rng.randrange(20)]
        else:
            data[at:at] = data[max(0, at - 50) : at]
        if not data:
            break
    return bytes(data)


def _cut(rng: random.Random) -> bytes:
    data = _tree(rng)
    return data[: rng.randrange(len(data))]


def _binary(rng: random.Random) -> bytes:
    return rng.choice((rng.randbytes(rng.randrange(5000)), b"\0" * rng.randrange(3000), b"\r" * 500, b"\n" * 5000))


def _headers(rng: random.Random) -> bytes:
    pieces = []
    for _ in range(rng.randrange(60)):
        name = rng.choice(
            ("Subject", "From", "To", "X-A", "Content-Type", "Received", "", " ", "é", "Date", "Message-ID")
        )
        value = rng.choice((
            "=?utf-8?b?w6k?= =?utf-8?b?w6k=?=", "=?utf-8?q?a b c?=", "=?gb2312?B?1tA=?= =?x?y?z?=",
            "=?" * rng.randrange(500),
            "=?utf-8?b?" + "A" * rng.randrange(3000), "(" * rng.randrange(3000), '"' * rng.randrange(50), "é" * 20,
            "a@b, " * rng.randrange(500), "<" * 100 + ">" * 100, "x\r\n y" * rng.randrange(200), "\t", "; " * 1000,
        ))  # fmt: skip
        pieces.append(f"{name}: {value}".encode(rng.choice(("utf-8", "latin-1")), "replace"))
    return b"\r\n".join(pieces) + b"\r\n\r\n" + _words(rng).encode()


def _html(rng: random.Random) -> bytes:
    tags = (
        "<div>", "</div>", "<table>", "<tr>", "<td>", "</td>", "<p style='display:none'>", "<blockquote type=cite>",
        "</blockquote>", "<!--", "-->", "<style>", "</style>", "<div class=gmail_quote>", "<div id=divRplyFwdMsg>",
        "<br>",
        "<font color=white>", "<", ">", "&nbsp;", "&#xE000;", "&#0;", "&#x110000;", "<![if !mso]>", "<script>",
        "<li>", "<ol>",
        "<pre>", "<td colspan=99999 rowspan=9999>", "<body hidden>", "<html hidden>", "\ue000\ue001",
        "<?xml version='1.0'?>",
        "<svg><p>", "<a href='", "<del>", "<textarea>", "<select><option>", "<frameset>", "<plaintext>", "<title>",
        "<o:p>",
    )  # fmt: skip
    body = "".join(rng.choice((rng.choice(tags), rng.choice(tags), _words(rng, 5))) for _ in range(rng.randrange(400)))
    return b"From: a@b.example\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + body.encode("utf-8", "replace")


def _charset(rng: random.Random) -> bytes:
    charset = rng.choice(CHARSETS)
    body = rng.choice((_body(rng, charset, ""), _noise(rng, 2000), _body(rng, rng.choice(CHARSETS), "")))
    return f"From: a@b.example\r\nContent-Type: text/plain; charset={charset}\r\n\r\n".encode() + body


def _from(rng: random.Random) -> bytes:
    bits = ("<", ">", "@", "a", '"', "(", ")", ",", ";", ":", "\\", " ", "=?utf-8?q?=22?=", "é", "b.example", "[", "]")
    value = "".join(rng.choice(bits) for _ in range(rng.randrange(200)))
    return b"From: " + value.encode(rng.choice(("utf-8", "latin-1"))) + b"\r\n\r\n" + _words(rng).encode()


def _base64(rng: random.Random) -> bytes:
    data = bytearray(base64.encodebytes(_words(rng, 200).encode()))
    for _ in range(rng.randrange(5)):
        data[rng.randrange(len(data) + 1) : 0] = rng.choice((b"=", b"==", b"!", b" a footer ", b"\r", b"\xff"))
    return b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n" + bytes(data)


def _deep(rng: random.Random) -> bytes:
    depth = rng.choice((30, 100, 1000, 3000))
    if rng.random() < 0.5:
        return b"Content-Type: message/rfc822\r\n\r\n" * depth + b"Subject: x\r\n\r\nhello"
    return (
        b"".join(b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (i, i) for i in range(depth))
        + b"\r\nx"
    )


def _wide(rng: random.Random) -> bytes:
    part = b"--b\r\nContent-Type: " + rng.choice((b"text/plain", b"text/html", b"image/png")) + b"\r\n\r\n<p>x\r\n"
    return b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + part * rng.randrange(3000)


def _long_line(rng: random.Random) -> bytes:
    unit = rng.choice(
        (b"a", b"> ", b"From: ", b"=", b"<", b"x@y ", b"- ", b"1 ", b"wrote: ", b"<div>", b"-", b"| ", b"\xc3\xa9")
    )
    kind = rng.choice((b"text/plain", b"text/html"))
    return b"From: a@b.example\r\nContent-Type: " + kind + b"\r\n\r\n" + unit * (60_000 // len(unit))


def _zones(rng: random.Random) -> bytes:
    lines = (
        "> quoted", ">> deeper", "| bar", "On 26 Jan 2016, at 17:12, X <x@y.example> wrote:", "From: X <x@y.example>",
        "Sent: 26 January 2016 17:12", "To: y", "Subject: z", "-----Original Message-----", "-- ", "Best regards,",
        "Ana", "",
        "", "We will be three.", "____________", "Sent from my iPhone",
        "This e-mail is confidential and privileged.", "De : X",
        "Envoyé : hier", "写道：", "+41 22 555 00 00", "P.S. and Maria comes too", "1. Ana López",
    )  # fmt: skip
    body = "\r\n".join(rng.choice(lines) for _ in range(rng.randrange(400)))
    return "From: Ana López <ana@y.example>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n".encode() + body.encode()


def _crowd(rng: random.Random) -> bytes:
    line = rng.choice(
        (b"From: x\n", b"> a\nb\n", b"a:\n", b"Ana\n\n", b"a@b.example wrote:\n", b"-\n", b"| a\n", b"Dear,\n")
    )
    return b"From: Ana <ana@b.example>\n\n" + line * rng.randrange(8000)
