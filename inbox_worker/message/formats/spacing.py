"""Spaces that OCR loses between words, found again where the paper shows through."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

LETTERS, WORDS = 0.07, 0.30  # of a line's height: gaps that surely stand between letters, between words
LEAST, MOST = 0.12, 0.22  # between which the border lies
JUMP = 1.35  # from the widest gap between letters to the narrowest between words
FAINT = 60  # levels of grey that ink is darker than paper
STROKE = 0.15  # of a line's height: ink before the first gap, or it is the margin
LATIN_LIKE = 0x2E80  # code point from which scripts set no spaces


def spaced(text: str, characters: Sequence[Any], corners: Any, image: Any) -> str:
    """The text of a line with the spaces that the picture shows.

    Args:
        text: as recognised.
        characters: (character, score, four corners) of each character but the spaces.
        corners: of the line, clockwise from the top left, in pixels.
        image: the page, as PIL has it, in grey.
    """
    letters = [c[0] for c in characters]
    if "".join(letters) != text.replace(" ", "") or len(letters) < 2 or any(ord(c[0]) >= LATIN_LIKE for c in letters):
        return text
    known = _known(text)
    left, top = corners[0], corners[1]
    width = max(1.0, float(((top[0] - left[0]) ** 2 + (top[1] - left[1]) ** 2) ** 0.5))
    direction = ((top[0] - left[0]) / width, (top[1] - left[1]) / width)

    def along(point: Any) -> float:
        return float((point[0] - left[0]) * direction[0] + (point[1] - left[1]) * direction[1])

    edges = [(along(one[2][1]) + along(other[2][0])) / 2 for one, other in pairwise(characters)]
    for middle in _gaps(corners, image, int(width)):
        nearest = min(range(len(edges)), key=lambda i: abs(edges[i] - middle))
        if not known & {nearest - 1, nearest, nearest + 1} and letters[nearest] not in "'’-":
            known.add(nearest)
    return "".join(letter + (" " if i in known else "") for i, letter in enumerate(letters))


def _known(text: str) -> set[int]:
    """After which characters a space was recognised."""
    found, at = set(), -1
    for character in text:
        if character == " ":
            found.add(at)
        else:
            at += 1
    return found


def _gaps(corners: Any, image: Any, width: int) -> list[float]:
    """The middles of the gaps between words, in pixels from the line's left end."""
    import numpy
    from PIL import Image

    height = max(8, round(float(((corners[3][0] - corners[0][0]) ** 2 + (corners[3][1] - corners[0][1]) ** 2) ** 0.5)))
    quad = [float(v) for i in (0, 3, 2, 1) for v in corners[i]]
    line = numpy.asarray(image.transform((width, height), Image.Transform.QUAD, quad))
    ink = (line < numpy.percentile(line, 98) - FAINT).sum(axis=0) > 0
    places = numpy.flatnonzero(ink)
    if places.size < 2:
        return []
    steps = numpy.diff(places)
    least = _least([float(s - 1) / height for s in steps if s > 1]) * height
    first = int(places[0]) + STROKE * height
    return [
        float(places[i] + places[i + 1]) / 2 for i in numpy.flatnonzero(steps - 1 >= least) if float(places[i]) >= first
    ]


def _least(gaps: list[float]) -> float:
    """From which width gaps stand between words: where sorted widths jump most."""
    between = sorted({LETTERS, *(g for g in gaps if LETTERS < g < WORDS), WORDS})
    pairs = [(b / a, (a + b) / 2) for a, b in pairwise(between) if LEAST <= (a + b) / 2 <= MOST]
    jump, border = max(pairs, default=(0.0, MOST))
    return border if jump >= JUMP else MOST
