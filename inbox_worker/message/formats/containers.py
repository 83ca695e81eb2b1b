"""Attachments that hold several things: winmail.dat, Outlook messages, ZIP archives and signed files."""

from __future__ import annotations

from collections.abc import Sequence

from inbox_worker.message.formats.content import Content, Extracted, Inner, NotReadableError
from inbox_worker.message.formats.outlook import OutlookMessage, parse_outlook
from inbox_worker.message.formats.packed import Packed
from inbox_worker.message.formats.rich_text import read_rtf, unpack_rtf
from inbox_worker.message.formats.signed import signed_content
from inbox_worker.message.formats.tnef import Attached, parse_tnef
from inbox_worker.message.html import render
from inbox_worker.message.text import plain_text

MAX_INSIDE = 50  # files of one container that are read
MEETING = "ipm.schedule.meeting."
MEETING_PROBLEM = "it is a meeting answer in Outlook's own format; see in Outlook what it says"


def read_tnef(content: Content) -> Extracted:
    """A winmail.dat: its words and files, the words first.

    Raises:
        NotReadableError: where it is damaged.
    """
    found = parse_tnef(content.data)
    text = _words(found.body, found.html, found.rtf)
    problem = MEETING_PROBLEM if found.kind.lower().startswith(MEETING) else None
    inner = [Inner("text/plain", text, None, len(text), body=True)] if text.strip() else []
    return Extracted("", problem, (*inner, *_inside(found.attached)))


def read_outlook(content: Content) -> Extracted:
    """An Outlook message: its header, its words and its files.

    Raises:
        NotReadableError: where it is damaged or another format.
    """
    found = parse_outlook(content.data)
    text = _words(found.body, found.html, found.rtf)
    problem = MEETING_PROBLEM if found.kind.lower().startswith(MEETING) else None
    inner = (
        Inner("message/rfc822", _header(found), None, len(content.data)),
        Inner("text/plain", text, None, len(text), body=True),
    )
    return Extracted("", problem, (*inner, *_inside(found.attached)))


def read_archive(content: Content) -> Extracted:
    """A ZIP archive: its files.

    Raises:
        NotReadableError: where it is damaged or encrypted.
    """
    packed = Packed(content.data)
    if len(packed.members) > MAX_INSIDE:
        raise NotReadableError(f"it holds more than {MAX_INSIDE} files")
    files = [Attached(m.filename, "", packed.read(m.filename)) for m in packed.members]
    return Extracted("", None, tuple(_inside(files)))


def read_signed(content: Content) -> Extracted:
    """What was signed, as the format it is.

    Raises:
        NotReadableError: where it is encrypted or damaged.
    """
    from inbox_worker.message.attachments import inside

    name = content.filename
    if name and name.lower().endswith(".p7m"):
        name = name[: -len(".p7m")]
    return inside(Content(signed_content(content.data), "application/octet-stream", None, name))


def _header(found: OutlookMessage) -> str:
    lines = [("From", f"{found.sender} <{found.address}>".strip()), ("To", found.to), ("Subject", found.subject)]
    return "".join(f"{name}: {' '.join(value.split())}\n" for name, value in lines if value)


def _words(plain: str, html: bytes, rtf: bytes) -> str:
    """The words of a message in the form that holds them."""
    if plain.strip():
        return plain.replace("\r\n", "\n").replace("\r", "\n")
    if html.strip():
        return render(plain_text(html, None, html=True)[0]).text
    if rtf:
        return read_rtf(Content(unpack_rtf(rtf), "application/rtf")).text
    return ""


def _inside(files: Sequence[Attached]) -> list[Inner]:
    from inbox_worker.message.attachments import inside  # which imports this module for them

    found = []
    for file in files[:MAX_INSIDE]:
        if not file.data:
            continue
        media_type = file.media_type or "application/octet-stream"
        got = inside(Content(file.data, media_type, None, file.name or None))
        picture = "its words are in a picture" if got.picture else None
        found.append(Inner(media_type, got.text, file.name or None, len(file.data), got.problem or picture))
        found += got.inner
    return found
