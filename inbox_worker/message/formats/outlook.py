"""Outlook messages (.msg, MS-OXMSG), with olefile. The usual library for them is under the GPL."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import Any

from inbox_worker.message.charset import decode_bytes
from inbox_worker.message.formats.content import NotReadableError
from inbox_worker.message.formats.tnef import Attached

MAX_STREAM = 20_000_000  # bytes
MAX_ATTACHED = 100
SUBJECT, BODY, HTML, RTF, KIND = "0037", "1000", "1013", "1009", "001A"
SENDER, SENDER_ADDRESS, SENDER_SMTP, SHOWN_TO, CODEPAGE = "0C1A", "0C1F", "5D01", "0E04", "3FDE"
DATA, LONG_NAME, NAME, MEDIA_TYPE = "3701", "3707", "3704", "370E"


@dataclass
class OutlookMessage:
    """What an Outlook message holds; ``rtf`` is packed."""

    kind: str = ""
    subject: str = ""
    sender: str = ""
    address: str = ""
    to: str = ""
    body: str = ""
    html: bytes = b""
    rtf: bytes = b""
    attached: list[Attached] = field(default_factory=list)


def parse_outlook(data: bytes) -> OutlookMessage:
    """The content of a .msg file.

    Raises:
        NotReadableError: where it is damaged, or another of the files that begin so.
    """
    import olefile

    try:
        with olefile.OleFileIO(io.BytesIO(data)) as ole:
            names = {"/".join(path).upper(): path for path in ole.listdir()}
            _examine(names)
            return _message(_Streams(ole, names))
    except NotReadableError:
        raise
    except (OSError, ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError) as error:
        raise NotReadableError("it is damaged") from error


def _examine(names: dict[str, list[str]]) -> None:
    if not any(n.startswith(("__SUBSTG1.0_", "__PROPERTIES")) for n in names):
        raise NotReadableError(_other(names))


def _other(names: dict[str, list[str]]) -> str:
    if "ENCRYPTEDPACKAGE" in names:
        return "it is locked by a password; ask the sender for its words"
    if "WORDDOCUMENT" in names:
        return "it is in the old Word format (.doc), which is not read; ask for a PDF or .docx, or open it yourself"
    if "WORKBOOK" in names or "BOOK" in names:
        return "it is in the old Excel format (.xls), which is not read; ask for an .xlsx, or open it yourself"
    return "it is in a format that is not read"


class _Streams:
    """The streams of an OLE file by property."""

    def __init__(self, ole: Any, names: dict[str, list[str]]) -> None:
        self.ole, self.names = ole, names

    def raw(self, prefix: str, number: str, kind: str) -> bytes:
        path = self.names.get(f"{prefix}__SUBSTG1.0_{number}{kind}".upper())
        if path is None:
            return b""
        if self.ole.get_size(path) > MAX_STREAM:
            raise NotReadableError("it is larger than a letter needs to be")
        return bytes(self.ole.openstream(path).read(MAX_STREAM))

    def text(self, prefix: str, number: str) -> str:
        wide = self.raw(prefix, number, "001F")
        if wide:
            return wide.decode("utf-16-le", "replace").rstrip("\0")
        return decode_bytes(self.raw(prefix, number, "001E").rstrip(b"\0"), None)[0]


def _message(streams: _Streams) -> OutlookMessage:
    found = OutlookMessage(
        kind=streams.text("", KIND),
        subject=streams.text("", SUBJECT),
        sender=streams.text("", SENDER),
        address=streams.text("", SENDER_SMTP) or streams.text("", SENDER_ADDRESS),
        to=streams.text("", SHOWN_TO),
        body=streams.text("", BODY),
        html=streams.raw("", HTML, "0102"),
        rtf=streams.raw("", RTF, "0102"),
    )
    storages = sorted({n.partition("/")[0] for n in streams.names if n.startswith("__ATTACH_VERSION1.0_")})
    for storage in storages[:MAX_ATTACHED]:
        prefix = f"{storage}/"
        found.attached.append(
            Attached(
                streams.text(prefix, LONG_NAME) or streams.text(prefix, NAME),
                streams.text(prefix, MEDIA_TYPE).lower(),
                streams.raw(prefix, DATA, "0102"),
            )
        )
    return found
