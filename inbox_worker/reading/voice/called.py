"""Names of those who come that the network finds by itself, where no rule has taken them for names."""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise
from unicodedata import combining

from inbox_worker.reading.cyrillic_names import nominative
from inbox_worker.reading.folding import fold
from inbox_worker.reading.lexicon import lexicons
from inbox_worker.reading.segments import is_ideograph
from inbox_worker.reading.text import parted, tokens

EDGES = " \t\r\n\u00a0.,;:!?()[]{}<>\"'«»„“”‘’–—-*/|•،؛。，、；：！？（）《》"
APART = re.compile(r"\t|  |\n\s*\n")
NAMES_TOO = frozenset({"don", "dean", "major", "king", "prince", "duke", "earl", "baron", "judge", "marshal"})
WORD = re.compile(r"\S+")
MOST_WORDS = 6
AND = "\u0648"  # an Arabic "and" is written together with the name that follows
SHORT = 4  # letters of a name that may well begin with the letter itself: Wajih, Walid
HAN_NAME = (2, 12)  # characters, with those of foreign names


def lines_of_names(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """What the network holds for one name, cut where lines or cells part it: full names on lines of their own, the one
    before a cell's end, the first word where it is apart from the next; all of it where that is no name."""
    words = [m.span() for m in WORD.finditer(text, max(start, 0), end)] if end > max(start, 0) else []
    pieces = [words[:1]]
    for one, other in pairwise(words):
        if parted(text, one[1], other[0]):
            pieces.append([])
        pieces[-1].append(other)
    if len(pieces) < 2:
        return [(start, end)]
    spans = [(piece[0][0], piece[-1][1]) for piece in pieces]
    full = [span for span, piece in zip(spans, pieces, strict=True) if len(piece) > 1 or _is_han(text[span[0]])]
    cells = any("\n" not in text[a[1] : b[0]] for a, b in pairwise(spans))
    if full and (cells or any(_names_no_person(text[a:b]) for a, b in full[1:])):
        return full[:1]
    return full or (spans[:1] if APART.search(text, *(spans[0][1], spans[1][0])) else [(start, end)])


def _names_no_person(text: str) -> bool:
    """Whether a text holds an office or a known word of any language: "Head of Unit"."""
    norms = {t.norm for t in tokens(text) if t.is_word}
    return any(
        norms & (x.lists["functions"] | x.lists["not_names"] | x.lists["stopwords"]) for x in lexicons().values()
    )


def name_at(text: str, start: int, end: int) -> tuple[str, int, int] | None:
    """The name that ``text[start:end]`` is, with its own offsets, in whole words; None where it can be none.

    ``start`` is below zero where the words stand before the text.
    """
    if start < 0:
        return None
    while start < end and text[start] in EDGES:
        start += 1
    while end > start and text[end - 1] in EDGES:
        end -= 1
    while start < end and start > 0 and _in_a_word(text[start - 1 : start + 1]):
        start -= 1
    while start < end < len(text) and _in_a_word(text[end - 1 : end + 1]):
        end += 1
    if text[start:end].startswith(AND) and _and_apart(text, start, end):
        start += len(AND)
        while start < end and text[start].isspace():
            start += 1
    start += _titles_length(text[start:end])
    name = " ".join(text[start:end].split())
    if any("\u0400" <= c <= "\u04ff" for c in name):
        name = nominative(name, None, lexicons()["ru"].given)
    return (name, start, end) if _may_be(name) else None


def _in_a_word(two: str) -> bool:
    """Whether two characters belong to one word of a script that has spaces."""
    return all((c.isalpha() or combining(c)) and not _is_unspaced(c) for c in two)


def _is_unspaced(character: str) -> bool:
    return is_ideograph(character) or "\u0e00" <= character <= "\u0e7f"


def _is_han(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff"


def _and_apart(text: str, start: int, end: int) -> bool:
    """Whether the first letter is "and": the rest is a given name, or another word stands before it and the whole is no
    given name that is known."""
    given = lexicons()["ar"].lists["given_names"]
    first = text[start:end].split(maxsplit=1)[0]
    if fold(first[len(AND) :]) in given or first == AND:
        return True
    return fold(first) not in given and text[:start].rstrip(" ")[-1:].isalpha() and len(first) > SHORT


def _titles_length(name: str) -> int:
    """How many characters at the start of a name are titles of any language, with a full name behind them."""
    words = list(WORD.finditer(name))
    at = 0
    while len(words) - at > 2 and fold(words[at].group().strip(EDGES)) in _titles():
        at += 1
    return words[at].start() if at else 0


@cache
def _titles() -> frozenset[str]:
    return frozenset().union(*(lexicon.lists["titles"] for lexicon in lexicons().values())) - NAMES_TOO


@cache
def _greetings() -> frozenset[str]:
    return frozenset().union(*(lexicon.lists["greetings"] for lexicon in lexicons().values()))


def _may_be(name: str) -> bool:
    letters = [c for c in name if c.isalpha()]
    if len(letters) < 2 or any(c.isdecimal() or c == "@" for c in name) or fold(name) in _greetings():
        return False
    if any(map(_is_han, name)):
        return HAN_NAME[0] <= len(name) <= HAN_NAME[1]
    words = name.split()
    cased = any(c.isupper() or c.islower() for c in letters)
    return len(words) <= MOST_WORDS and (not cased or any(word[0].isupper() for word in words))
