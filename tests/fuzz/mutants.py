"""Mail and attachments spoilt at random, the same for the same seed."""

from __future__ import annotations

import base64
import io
import random
import zipfile
import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path

from tests.message.formats.making import outlook, paragraph, pdf, sheet, signed, tnef, word, zipped
from tests.message.odd import odd_messages

CORPUS = Path(__file__).parents[1] / "corpus" / "pledging"
ODT = '<o xmlns:text="t"><body><text:p>We come.</text:p><table><table-row><table-cell>a</table-cell></table-row></table></body></o>'
CALENDAR = (
    "BEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEVENT\nATTENDEE;PARTSTAT=ACCEPTED;CN=Ann Lee:mailto:ann@a.example\n"
    "UID:1@a.example\nSUMMARY:Pledging Conference\nDTSTART:20160302T140000Z\nEND:VEVENT\nEND:VCALENDAR\n"
)
CARD = b"BEGIN:VCARD\nVERSION:3.0\nFN:Ann Lee\nORG:Demo;Office\nEND:VCARD\n"
TOKENS = (b"<", b">", b"&", b"\0", b"\xff\xfe", b"%PDF-", b"obj", b"stream", b"PK\x03\x04", b"{\\rtf1", b"\\bin99999 ", b"]]>",
          b"--b", b"=?utf-8?B?", b"\r\n\r\n", b"99999999999", b"-1", b"[X]", b"\xe2\x80\xae", b"(" * 50, b"{" * 50)  # fmt: skip


@cache
def samples() -> tuple[tuple[str, bytes], ...]:
    """A sound file of each format, by file name."""
    made: dict[str, Callable[[], bytes]] = {
        "a.docx": lambda: word(
            paragraph("We come.") + "<w:tbl><w:tr><w:tc>" + paragraph("Ann") + "</w:tc></w:tr></w:tbl>"
        ),
        "a.xlsx": lambda: sheet([["Name", "Days"], ["Ann Lee", 2], ["Total", 1]]),
        "a.odt": lambda: zipped({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": ODT}),
        "a.pdf": lambda: pdf(["We will attend."], {"Delegates": "2", "Yes": "[X]"}),
        "locked.pdf": lambda: pdf(["We come."], password=""),
        "a.rtf": lambda: rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Times;}}\f0 We come.\par{\b two}}",
        "winmail.dat": lambda: tnef("We come.", {"a.txt": b"Ann Lee"}),
        "a.msg": lambda: outlook("Re: you", "Ann", "ann@a.example", "We come.", {"a.txt": b"Ann Lee"}),
        "a.zip": lambda: zipped({"a.txt": "We come.", "b.rtf": "{\\rtf1 two}"}),
        "a.pdf.p7m": lambda: signed(b"We come."),
        "a.vcf": CARD.strip,
        "a.ics": CALENDAR.encode,
    }
    return tuple((name, make()) for name, make in made.items())


@cache
def mails() -> tuple[bytes, ...]:
    """The messages of the corpus."""
    return tuple(p.read_bytes() for p in sorted(CORPUS.glob("*/*.eml")))


def spoilt_file(seed: int) -> tuple[str, bytes]:
    """A file of some format, spoilt."""
    rng = random.Random(seed)
    name, data = rng.choice(samples())
    if data.startswith(b"PK") and rng.random() < 0.7:
        return name, _spoilt_inside(data, rng)
    if b"FlateDecode" in data and rng.random() < 0.3:
        data = data.replace(b"FlateDecode", b"RunLengthDecode" if rng.random() < 0.5 else b"LZWDecode")
    return name, spoilt(data, rng)


def _spoilt_inside(data: bytes, rng: random.Random) -> bytes:
    """A ZIP file with one of its members spoilt, so that it opens."""
    with zipfile.ZipFile(io.BytesIO(data)) as held:
        members = {n: held.read(n) for n in held.namelist()}
    victim = rng.choice(list(members))
    members[victim] = spoilt(members[victim], rng)
    return zipped(members)


def spoilt(data: bytes, rng: random.Random) -> bytes:
    """Bytes with some of them changed, moved, repeated, left out or put in."""
    out = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 5, 30))):
        at = rng.randrange(len(out) + 1)
        end = min(len(out), at + rng.choice((1, 4, 60, 2_000)))
        match rng.randrange(6):
            case 0:
                out[at:end] = rng.randbytes(end - at)
            case 1:
                del out[at:end]
            case 2:
                out[at:at] = rng.choice(TOKENS)
            case 3:
                out[at:at] = bytes(out[at:end]) * rng.choice((1, 2, 100))
            case 4 if at < len(out):
                out[at] ^= 1 << rng.randrange(8)
            case _:
                other = rng.randrange(len(out) + 1)
                out[at:at] = out[other : other + end - at]
        del out[2_000_000:]
    return bytes(out)


def spoilt_mail(seed: int) -> bytes:
    """A message: of the corpus or of a generator, spoilt, or a sound one with a spoilt attachment."""
    rng = random.Random(seed)
    kind = rng.randrange(4)
    if kind == 0:
        return spoilt(rng.choice(mails()), rng)
    if kind == 1:
        return list(odd_messages(2, seed))[1]
    name, data = spoilt_file(seed)
    encoded = base64.encodebytes(data)
    if kind == 2:
        encoded = spoilt(encoded, rng)
    media = rng.choice(
        ("application/octet-stream", "application/pdf", "application/ms-tnef", "text/calendar", "message/rfc822")
    )
    return (
        b"From: Ann Lee <ann@halotrust.example>\nSubject: Re: Conference\nMIME-Version: 1.0\n"
        b'Content-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: text/plain\n\nPlease see attached.\n--b\n'
        b"Content-Type: " + media.encode() + b'; name="' + name.encode() + b'"\nContent-Transfer-Encoding: base64\n\n'
        + encoded + b"\n--b--\n"
    )  # fmt: skip


def checksum(data: bytes) -> str:
    """A short name of bytes."""
    return f"{zlib.crc32(data):08x}"
