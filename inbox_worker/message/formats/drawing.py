"""Pages of a PDF or TIFF as pictures for a person to look at, with pypdfium2 and Pillow (extra ``ocr``)."""

from __future__ import annotations

import importlib.util
import io
from dataclasses import dataclass
from typing import Any

from inbox_worker.message.formats.content import Content, NotReadableError

NEEDED = ("pypdfium2", "PIL")
MISSING = "its pages can be shown with the extra that reads pictures (pip install 'inbox-worker[ocr]')"
MAX_PAGES = 10
LONGEST_SIDE = 1_400  # pixels of a picture that is shown; an A4 page at 120 dpi
MAX_PIXELS = 40_000_000  # of a picture before it is made smaller
LARGEST = 20_000  # points of a page's longer side
PDF_WITHIN = 1024  # bytes in which "%PDF-" may begin
TIFF = (b"II*\0", b"MM\0*")


@dataclass(frozen=True)
class Drawing:
    """One page as PNG (empty where none was asked for), how many pages there are, and a sentence on what fails."""

    png: bytes = b""
    pages: int = 0
    problem: str | None = None


def available() -> bool:
    """Whether the extra is installed."""
    return all(importlib.util.find_spec(name) is not None for name in NEEDED)


def has_pages(data: bytes) -> bool:
    """Whether the bytes are of a format whose pages are drawn here, and which browsers do not show as pictures."""
    return b"%PDF-" in data[:PDF_WITHIN] or data.startswith(TIFF)


def draw(content: Content, number: int) -> Drawing:
    """Page ``number``, counted from 1; 0: only how many there are.

    Raises:
        NotReadableError: where it cannot be drawn.
    """
    if number > MAX_PAGES:
        raise NotReadableError(f"only its first {MAX_PAGES} pages are shown")
    count, image = _pdf(content.data, number) if not content.data.startswith(TIFF) else _tiff(content.data, number)
    if image is None:
        return Drawing(pages=count)
    out = io.BytesIO()
    image.save(out, "PNG")
    return Drawing(out.getvalue(), count)


def _pdf(data: bytes, number: int) -> tuple[int, Any]:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
        count = len(document)
        if not 0 < number <= count:
            return count, None
        return count, rendered(document[number - 1], LONGEST_SIDE, 2.0)
    except pypdfium2.PdfiumError as error:
        raise NotReadableError("it is damaged, or locked by a password") from error


def rendered(page: Any, side: int, most: float) -> Any:
    """A page of pypdfium2 as a picture whose longer side has ``side`` pixels, enlarged ``most`` times at most.

    Raises:
        NotReadableError: where it has no size to draw it in.
    """
    longest = max(page.get_size())
    if not 0 < longest < LARGEST:
        raise NotReadableError("its pages have no size that paper has")
    return page.render(scale=min(most, side / longest)).to_pil().convert("RGB")


def _tiff(data: bytes, number: int) -> tuple[int, Any]:
    from PIL import Image, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    try:
        with Image.open(io.BytesIO(data)) as opened:
            count = int(getattr(opened, "n_frames", 1))
            if not 0 < number <= count:
                return count, None
            opened.seek(number - 1)
            if opened.width * opened.height > MAX_PIXELS:
                raise NotReadableError("it is a picture of more pixels than a letter has")
            image = opened.convert("RGB")
            image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            return count, image
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise NotReadableError("it is damaged") from error
