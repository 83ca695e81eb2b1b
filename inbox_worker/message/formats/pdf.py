"""PDF (ISO 32000): the text of its pages and what its form fields hold, with pypdf."""

from __future__ import annotations

import io
import logging
import re
from typing import Any

from inbox_worker.message.formats.content import Content, Extracted, NotReadableError

MAX_PAGES = 30
MAX_FIELDS = 500
MAX_LAID_OUT = 20_000  # letters of a page that is looked at as it is laid out
GAP = re.compile(r" {3,}")  # between two cells
COLUMNS, ROWS = 3, 2  # of a table, at least
FEW = 20  # letters on a page; fewer, beside a picture, are a stamp or a page number
ENCRYPTED = "it is locked by a password; ask the sender for its words"


def read_pdf(content: Content) -> Extracted:
    """The text of a PDF; ``picture`` where pages are pictures without text.

    Raises:
        NotReadableError: where it cannot be had.
    """
    import pypdf
    from pypdf.errors import PyPdfError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = pypdf.PdfReader(io.BytesIO(content.data))
        _unlock(reader)
        count = len(reader.pages)
        pages = [_page(reader.pages[i]) for i in range(min(count, MAX_PAGES))]
        fields = _fields(reader)
    except NotReadableError:
        raise
    except pypdf.errors.DependencyError as error:
        raise NotReadableError("it is encrypted in a way that is not supported here") from error
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, OSError,
            AssertionError, ArithmeticError, NotImplementedError) as error:  # fmt: skip
        raise NotReadableError("it is damaged") from error
    text = "\n\n".join(page for page, _ in pages if page.strip())
    picture = any(pictured and sum(c.isalpha() for c in page) < FEW for page, pictured in pages)
    problem = f"only its first {MAX_PAGES} pages are read" if count > MAX_PAGES else None
    if not text.strip() and not fields and not picture:
        problem = "nothing is written in it that could be read" if count else "it has no pages"
    return Extracted("\n\n".join(p for p in (text, fields) if p), problem, picture=picture)


def _unlock(reader: Any) -> None:
    """Open a PDF that is encrypted so that anybody may read it, and only some may print it."""
    if reader.is_encrypted and not reader.decrypt(""):
        raise NotReadableError(ENCRYPTED)


def _page(page: Any) -> tuple[str, bool]:
    """The words of a page, and whether there is a picture on it."""
    text = "\n".join(line.rstrip() for line in str(page.extract_text() or "").splitlines())
    if len(text) <= MAX_LAID_OUT and _is_table(laid_out := str(page.extract_text(extraction_mode="layout") or "")):
        text = "\n".join(line.rstrip() for line in laid_out.splitlines())
    resources = page.get("/Resources")
    objects = resources.get_object().get("/XObject") if resources is not None else None
    if objects is None:
        return text, False
    held = objects.get_object()
    kinds = {str(held[name].get_object().get("/Subtype")) for name in list(held)[:200]}
    return text, "/Image" in kinds or "/Form" in kinds


def _is_table(text: str) -> bool:
    """Whether there are rows of a table on a page as it is laid out: read cell by cell they would be no rows."""
    return sum(len(GAP.findall(line.strip())) >= COLUMNS - 1 for line in text.splitlines()) >= ROWS


def _fields(reader: Any) -> str:
    """A line for each form field that somebody filled in: "name: value". Boxes are [X] or [ ]."""
    lines = []
    for name, found in list((reader.get_fields() or {}).items())[:MAX_FIELDS]:
        value, kind = found.get("/V"), found.get("/FT")
        if kind not in ("/Tx", "/Btn", "/Ch"):
            continue
        label = " ".join(str(found.get("/TU") or name).split())
        if kind == "/Btn":
            off = value is None or str(value) in ("/Off", "Off", "")
            plain = str(value).lstrip("/")
            said = "[ ]" if off else ("[X]" if plain.lower() in ("yes", "on", "1", "true", "oui") else f"[X] {plain}")
        elif isinstance(value, list):
            said = ", ".join(str(v) for v in value)
        else:
            said = "" if value is None else str(value)
        if said.strip():
            lines.append(f"{label}: {' '.join(said.split()) if kind != '/Tx' else said.strip()}")
    return "\n".join(lines)
