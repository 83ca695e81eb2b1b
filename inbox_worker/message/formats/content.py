"""What a format reader is given, what it gives back, and how it says that it cannot read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Content:
    """An attachment after transfer decoding."""

    data: bytes
    media_type: str
    charset: str | None = None
    filename: str | None = None


@dataclass(frozen=True)
class Inner:
    """Something inside an attachment that holds several things: an archive, winmail.dat, an Outlook message."""

    media_type: str
    text: str
    filename: str | None = None
    size: int = 0  # bytes
    problem: str | None = None
    body: bool = False  # the words of a message, as opposed to what is attached to it


@dataclass(frozen=True)
class Extracted:
    """The text of an attachment, and a sentence about what could not be read, or None.

    ``picture`` says that its words, if any, are in a picture of them, so that only OCR can tell.
    """

    text: str = ""
    problem: str | None = None
    inner: tuple[Inner, ...] = ()
    picture: bool = False


class NotReadableError(Exception):
    """A sentence about why an attachment, or a part of it, cannot be read."""
