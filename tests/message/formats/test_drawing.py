"""Pages of attachments as pictures, drawn in a process of their own."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor

from PIL import Image

from inbox_worker.message.formats.content import Content
from inbox_worker.message.formats.drawing import LONGEST_SIDE, MAX_PAGES
from inbox_worker.message.isolation import process_for
from inbox_worker.message.pages import drawn
from inbox_worker.model import Limits


def pages(*sizes: tuple[int, int], form: str = "PDF") -> bytes:
    """A document of empty pages of these sizes."""
    out = io.BytesIO()
    first, *others = (Image.new("RGB", size, "white") for size in sizes)
    first.save(out, form, save_all=True, append_images=others)
    return out.getvalue()


def size(png: bytes) -> tuple[int, int]:
    with Image.open(io.BytesIO(png), formats=["PNG"]) as image:
        return image.size


def test_each_page_of_a_pdf_or_tiff_is_drawn_and_none_larger_than_a_screen() -> None:
    for form in ("PDF", "TIFF"):
        data = pages((600, 800), (3_000, 1_500), form=form)
        assert drawn(data, 0, Limits()).pages == 2
        first, second = (drawn(data, number, Limits()) for number in (1, 2))
        assert (first.problem, second.problem) == (None, None)
        assert size(first.png)[0] < size(first.png)[1] <= LONGEST_SIDE
        assert size(second.png) == (LONGEST_SIDE, LONGEST_SIDE // 2)
        assert drawn(data, 3, Limits()).png == b""


def test_what_cannot_be_drawn_is_told_and_the_next_is_drawn_all_the_same() -> None:
    good = pages((600, 800))
    told = {
        "damaged": drawn(b"%PDF-1.7 nothing of it", 1, Limits()).problem,
        "cut": drawn(pages((600, 800), form="TIFF")[:200], 1, Limits()).problem,
        "large": drawn(good, 1, Limits(attachment_size=0)).problem,
        "far": drawn(good, MAX_PAGES + 1, Limits()).problem,
        "huge": drawn(
            good.replace(b"/MediaBox [ 0 0 600.0 800.0 ]", b"/MediaBox [ 0 0 9000000 1 ]"), 1, Limits()
        ).problem,
    }
    assert told == {
        "damaged": "it is damaged, or locked by a password",
        "cut": "it is damaged",
        "large": "it is larger than 0 MB",
        "far": f"only its first {MAX_PAGES} pages are shown",
        "huge": "its pages have no size that paper has",
    }
    assert drawn(good, 1, Limits()).png


def test_many_who_ask_at_once_each_get_their_own() -> None:
    words = [f"<p>These are the words of letter {number}.</p>" for number in range(12)]
    process = process_for("documents", Limits())
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda text: process.read(Content(text.encode(), "text/html"), 60), words))
    assert [one.text.strip() for one in found] == [f"These are the words of letter {at}." for at in range(12)]
    assert {one.problem for one in found} == {None}
