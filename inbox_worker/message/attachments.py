"""Which attachments become text, and how: the table in which a reader of another media type is entered."""

from __future__ import annotations

from dataclasses import dataclass, replace
from importlib import import_module

from inbox_worker.message import limits
from inbox_worker.message.formats.content import Content, Extracted, NotReadableError

__all__ = [
    "BY_EXTENSION",
    "READERS",
    "Content",
    "Extracted",
    "Reader",
    "effective_type",
    "extract",
    "inside",
    "true_type",
]


@dataclass(frozen=True)
class Reader:
    """A function of ``formats`` that reads a format, imported when it is needed. ``apart``: it runs in a process of its
    own, since its libraries were written for friendly files."""

    where: str  # "module:function"
    apart: bool = True
    holds: bool = False  # whether it opens what is inside a container

    def read(self, content: Content) -> Extracted:
        """What the function gives."""
        module, _, function = self.where.partition(":")
        found: Extracted = getattr(import_module(f"inbox_worker.message.formats.{module}"), function)(content)
        return found


# Media type -> reader. A reader raises nothing but NotReadableError for what a sender wrote.
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ODT, ODS = "application/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.spreadsheet"
READERS: dict[str, Reader] = {
    "text/plain": Reader("plain:read_plain", apart=False),
    "text/csv": Reader("plain:read_csv", apart=False),
    "text/tab-separated-values": Reader("plain:read_csv", apart=False),
    "text/markdown": Reader("plain:read_plain", apart=False),
    "text/html": Reader("plain:read_html", apart=False),
    "application/xhtml+xml": Reader("plain:read_html", apart=False),
    "text/vcard": Reader("vcard:read_vcard", apart=False),
    "text/x-vcard": Reader("vcard:read_vcard", apart=False),
    DOCX: Reader("word:read_word"),
    "application/vnd.ms-word.document.macroenabled.12": Reader("word:read_word"),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.template": Reader("word:read_word"),
    XLSX: Reader("sheets:read_sheets"),
    "application/vnd.ms-excel.sheet.macroenabled.12": Reader("sheets:read_sheets"),
    ODT: Reader("open_document:read_open_document"),
    ODS: Reader("open_document:read_open_document"),
    "application/pdf": Reader("pdf:read_pdf"),
    "application/rtf": Reader("rich_text:read_rtf"),
    "text/rtf": Reader("rich_text:read_rtf"),
    "text/richtext": Reader("rich_text:read_rtf"),
    "application/ms-tnef": Reader("containers:read_tnef", holds=True),
    "application/vnd.ms-tnef": Reader("containers:read_tnef", holds=True),
    "application/vnd.ms-outlook": Reader("containers:read_outlook", holds=True),
    "application/zip": Reader("containers:read_archive", holds=True),
    "application/x-zip-compressed": Reader("containers:read_archive", holds=True),
    "application/pkcs7-mime": Reader("containers:read_signed", holds=True),
    "application/x-pkcs7-mime": Reader("containers:read_signed", holds=True),
    "image/jpeg": Reader("plain:read_picture", apart=False),
    "image/png": Reader("plain:read_picture", apart=False),
    "image/tiff": Reader("plain:read_picture", apart=False),
    "image/bmp": Reader("plain:read_picture", apart=False),
    "image/webp": Reader("plain:read_picture", apart=False),
}
BY_EXTENSION = {  # for parts sent as application/octet-stream
    "txt": "text/plain",
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "md": "text/markdown",
    "htm": "text/html",
    "html": "text/html",
    "ics": "text/calendar",
    "vcf": "text/vcard",
    "docx": DOCX,
    "docm": "application/vnd.ms-word.document.macroenabled.12",
    "xlsx": XLSX,
    "xlsm": "application/vnd.ms-excel.sheet.macroenabled.12",
    "odt": ODT,
    "ods": ODS,
    "pdf": "application/pdf",
    "rtf": "application/rtf",
    "msg": "application/vnd.ms-outlook",
    "zip": "application/zip",
    "p7m": "application/pkcs7-mime",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "tif": "image/tiff",
    "tiff": "image/tiff",
    "bmp": "image/bmp",
    "webp": "image/webp",
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
    "exe": "application/vnd.microsoft.portable-executable",
}
GENERIC = ("application/octet-stream", "application/x-unknown", "application/binary", "application/download")
MAGIC = (  # first bytes that no other format has; they are believed before what the sender says
    (b"{\\rtf", "application/rtf"),
    (b"\x78\x9f\x3e\x22", "application/ms-tnef"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/vnd.ms-outlook"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n", "image/png"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
)
PDF_WITHIN = 1024  # bytes in which "%PDF-" may begin
ZIP = b"PK\x03\x04"


def effective_type(media_type: str, filename: str | None) -> str:
    """The media type, by the file name where the declared one says nothing."""
    if media_type not in GENERIC or not filename:
        return media_type
    return BY_EXTENSION.get(_extension(filename), media_type)


def _extension(filename: str) -> str:
    return filename.rpartition(".")[2].strip().lower()


def true_type(content: Content) -> str:
    """The media type that the bytes have, else the one that is declared, else that of the file name."""
    data = content.data
    for magic, media_type in MAGIC:
        if data.startswith(magic):
            return media_type
    if b"%PDF-" in data[:PDF_WITHIN]:
        return "application/pdf"
    declared = effective_type(content.media_type, content.filename)
    if not data.startswith(ZIP):
        return declared
    if b"word/" in data and b"[Content_Types].xml" in data:
        return DOCX
    if b"xl/" in data and b"[Content_Types].xml" in data:
        return XLSX
    if b"opendocument" in data[:200]:
        return ODT
    return declared if declared in READERS else "application/zip"


def extract(content: Content) -> Extracted:
    """The text of an attachment; empty, without a problem, where no reader is entered for its type.

    Never raises for what a sender wrote, but may take as much time and memory as its libraries do: what is ``apart``
    belongs into a process of its own.
    """
    reader = READERS.get(true_type(content))
    if reader is None:
        return Extracted()
    try:
        return _cut(reader.read(content))
    except NotReadableError as error:
        return Extracted(problem=str(error))
    except RecursionError:
        return Extracted(problem="it is nested too deep to be read")


def inside(content: Content) -> Extracted:
    """What is in a file of a container; a container inside it is not opened."""
    reader = READERS.get(true_type(content))
    if reader is not None and reader.holds:
        return Extracted(problem="it is packed once more inside an attachment, and was not opened")
    return extract(content)


def _cut(found: Extracted) -> Extracted:
    if len(found.text) <= limits.MAX_ATTACHMENT_TEXT:
        return found
    problem = f"only its first {limits.MAX_ATTACHMENT_TEXT} characters are read"
    return replace(found, text=found.text[: limits.MAX_ATTACHMENT_TEXT], problem=problem)
