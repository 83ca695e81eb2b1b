"""Scans and photographs of letters: the words in pictures, with RapidOCR (extra ``ocr``)."""

from __future__ import annotations

import importlib.util
import io
import itertools
import logging
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from inbox_worker.message.formats.content import Content, Extracted, NotReadableError
from inbox_worker.message.formats.drawing import MAX_PIXELS, rendered
from inbox_worker.message.formats.spacing import spaced

NEEDED = ("rapidocr", "onnxruntime", "pypdfium2")
MISSING = "its words are in a picture, and the extra that reads pictures is missing (pip install 'inbox-worker[ocr]')"
MAX_PAGES = 5
LONGEST_SIDE = 2_000  # pixels of a picture that is read; an A4 page at 170 dpi
THREADS = 2
SMALLEST = 300  # pixels of the longer side; smaller pictures are logos
LEAST_SCORE = 0.6  # of a line; below it the characters are guesses
UNSURE = 0.8  # mean score of a page; below it a person should look

CAPITAL_I = re.compile(r"(?<=[A-Za-z])(?<!Mc)(?<!Mac)(?<![A-Z][A-Z])I(?=[a-z])")  # a small l, inside a word


def available() -> bool:
    """Whether the extra is installed."""
    return all(importlib.util.find_spec(name) is not None for name in NEEDED)


def read_scan(content: Content) -> Extracted:
    """The words of a picture, or of the pages of a PDF.

    Raises:
        NotReadableError: where it cannot be opened, or the extra is missing.
    """
    if not available():
        raise NotReadableError(MISSING)
    pages, problem = [], None
    scores: list[float] = []
    for number, image in enumerate(_images(content)):
        if number >= MAX_PAGES:
            problem = f"only its first {MAX_PAGES} pages are read"
            break
        text, score = _words(image)
        pages.append(text)
        scores += [score] if text else []
    found = "\n\n".join(p for p in pages if p.strip())
    if not any(c.isalpha() for c in found):
        raise NotReadableError("no words were found in the picture")
    if scores and min(scores) < UNSURE:
        problem = problem or "its picture is hard to read, and some words may be read wrongly"
    return Extracted(found, problem)


def _images(content: Content) -> Iterator[Any]:
    if content.data[:1024].lstrip().startswith(b"%PDF"):
        yield from _pages(content.data)
    else:
        yield from _frames(content.data)


def _pages(data: bytes) -> Iterator[Any]:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise NotReadableError("it is damaged") from error
    for index in range(min(len(document), MAX_PAGES + 1)):
        yield rendered(document[index], LONGEST_SIDE, 3.0)


def _frames(data: bytes) -> Iterator[Any]:
    from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    try:
        with Image.open(io.BytesIO(data)) as opened:
            if opened.width * opened.height > MAX_PIXELS:
                raise NotReadableError("it is a picture of more pixels than a letter has")
            for frame in ImageSequence.Iterator(opened):
                upright = ImageOps.exif_transpose(frame).convert("RGB")
                upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
                yield upright
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise NotReadableError("it is damaged") from error


@cache
def _engine() -> Any:
    from rapidocr import RapidOCR

    for name in ("RapidOCR", "rapidocr"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    return RapidOCR(
        params={
            "Global.log_level": "critical",
            "EngineConfig.onnxruntime.intra_op_num_threads": THREADS,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
    )


def _words(image: Any) -> tuple[str, float]:
    """The lines of a picture from top to bottom, and how sure they are (0..1)."""
    import numpy

    if max(image.size) < SMALLEST:
        return "", 1.0
    result = _engine()(numpy.asarray(image)[:, :, ::-1], return_word_box=True, return_single_char_box=True)
    if result is None or result.txts is None or result.boxes is None:
        return "", 1.0
    grey = image.convert("L")
    characters = result.word_results or [()] * len(result.txts)
    found = [
        (box, CAPITAL_I.sub("l", spaced(text, letters, box, grey)), float(score))
        for box, text, score, letters in zip(result.boxes, result.txts, result.scores, characters, strict=True)
        if score >= LEAST_SCORE and text.strip()
    ]
    if not found:
        return "", 1.0
    weights = sum(len(t) for _, t, _ in found)
    return _in_lines(found), sum(s * len(t) for _, t, s in found) / weights


def _in_lines(found: list[tuple[Any, str, float]]) -> str:
    """Boxes put into lines: those at one height are one, left to right; gaps between them stay as empty lines."""
    placed = []
    for box, text, _ in found:
        ys, xs = [float(p[1]) for p in box], [float(p[0]) for p in box]
        placed.append((min(ys), max(ys), min(xs), max(xs), text))
    placed.sort(key=lambda p: (p[0] + p[1]) / 2)
    rows: list[list[tuple[float, float, float, float, str]]] = []
    for item in placed:
        middle = (item[0] + item[1]) / 2
        if rows and rows[-1][0][0] <= middle <= rows[-1][0][1]:
            rows[-1].append(item)
        else:
            rows.append([item])
    heights = sorted(p[1] - p[0] for p in placed)
    height = heights[len(heights) // 2]
    lines: list[str] = []
    bottom: float | None = None
    for row in rows:
        row.sort(key=lambda p: p[2])
        if bottom is not None and row[0][0] - bottom > 0.9 * height:
            lines.append("")
        line = row[0][4]
        for left, right in itertools.pairwise(row):
            line += ("    " if right[2] - left[3] > 1.5 * height else " ") + right[4]
        lines.append(line)
        bottom = max(p[1] for p in row)
    return "\n".join(lines)
