"""The same message with another number: what is learnt of "we are three" is to hold for four and for seven."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence

from inbox_worker.reading.folding import fold
from inbox_worker.reading.lexicon import lexicons
from inbox_worker.reading.voice.opinion import OPENING, Asked, span_in
from inbox_worker.reading.voice.pieces import BEGIN, END, Pieces

FROM, TO = 2, 9  # numbers that take each other's place
LANGUAGES = ("en", "fr", "es", "pt", "it", "de", "nl", "zh")  # where the words beside a number stay as they are
WORD = re.compile(r"[^\W\d_]+|\d+")
HAN = re.compile(r"[\u4e8c\u4e24\u4e09\u56db\u4e94\u516d\u4e03\u516b\u4e5d](?=[\u4f4d\u540d\u4eba\u4e2a])")
HAN_WORDS = "\u4e24\u4e09\u56db\u4e94\u516d\u4e03\u516b\u4e5d"  # 2 to 9 before a measure word


def other_numbers(
    asked: Asked,
    language: str,
    number: int,
    named: int,
    places: Sequence[tuple[int, int]],
    pieces: Pieces,
    most: int,
    how_many: int,
) -> Iterator[tuple[int, list[int], list[tuple[int, int]], list[tuple[int, int]]]]:
    """A message that tells ``number`` people once, ``named`` of them by name, retold: how many, and what the network is
    asked then, with ``places`` as they are then. A number below that of the names is a contradiction."""
    found = [place for place in _told(asked.text, language) if place[2] == number]
    if len(found) != 1 or not FROM <= number <= TO or language not in LANGUAGES:
        return
    start, end, _ = found[0]
    others = [n for n in range(FROM, TO + 1) if n not in (number, named, named + 1)]
    for other in random.sample(others, min(how_many, len(others))):
        word = _like(asked.text[start:end], language, other)
        text = asked.text[:start] + word + asked.text[end:]
        cut = pieces.cut(OPENING + text, most - 2)
        by = len(word) - (end - start)
        spans = [span_in(cut, *_moved(asked, span, end, by)) for span in asked.spans]
        if all(spans):
            moved = [span_in(cut, *_moved(asked, place, end, by)) for place in places]
            numbers = [BEGIN, *(p.number for p in cut), END]
            yield other, numbers, [span for span in spans if span], [place for place in moved if place]


def _told(text: str, language: str) -> Iterator[tuple[int, int, int]]:
    if language == "zh":
        yield from ((m.start(), m.end(), _han(m.group())) for m in HAN.finditer(text))
    words = lexicons()[language].numbers if language in lexicons() else {}
    for match in WORD.finditer(text):
        word = match.group()
        value = int(word) if word.isdecimal() else words.get(fold(word))
        if value is not None:
            yield match.start(), match.end(), value


def _han(word: str) -> int:
    return HAN_WORDS.index(word) + FROM if word in HAN_WORDS else FROM


def _like(old: str, language: str, number: int) -> str:
    """The number, written as the old one was."""
    if old.isdecimal():
        return str(number).zfill(len(old))
    if language == "zh":
        return HAN_WORDS[number - FROM]
    word = next(w for w, value in lexicons()[language].numbers.items() if value == number)
    return word.upper() if old.isupper() else word.capitalize() if old[0].isupper() else word


def _moved(asked: Asked, span: tuple[int, int], after: int, by: int) -> tuple[int, int]:
    """Where a span of pieces stands in a text in which all is moved ``after`` a place."""
    inside: Sequence = asked.pieces[span[0] - 1 : span[1] - 1]
    start, end = inside[0].start - len(OPENING), inside[-1].end - len(OPENING)
    return (start + by, end + by) if start >= after else (start, end)
