"""Words of scripts that write several as one: Chinese without spaces, Arabic with "and", "in" and "for" before a word.

Both are cut by the words of the language files: Chinese by the longest that fits, Arabic where what is left is known.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Any

from inbox_worker.reading.folding import fold

LONGEST = 6  # characters of a Chinese word; longer ones are phrases
SHORTEST = 3  # letters that must be left of an Arabic word when something before it is cut off


@dataclass(frozen=True, slots=True)
class Segment:
    """A word, ``raw[start:end]`` of what is written together, and how it is compared."""

    start: int
    end: int
    norm: str


@dataclass(frozen=True)
class Known:
    """The words and beginnings of words that the language files of a script hold."""

    words: frozenset[str]
    stems: tuple[str, ...]
    names: frozenset[str]

    def has(self, word: str) -> bool:
        """Whether a folded word is an ordinary one of these."""
        return word in self.words or word.startswith(self.stems)


def segments(raw: str) -> tuple[Segment, ...]:
    """The words of a run of letters; a run of most scripts is one."""
    if "\u0600" <= raw[0] <= "\u06ff" and raw[0].isalpha():
        return _arabic(raw)
    if is_ideograph(raw[0]) and len(raw) > 1:
        return tuple(_han(raw))
    return (Segment(0, len(raw), fold(raw)),)


def is_ideograph(character: str) -> bool:
    """Whether a character belongs to a script that sets no spaces."""
    return (
        "\u4e00" <= character <= "\u9fff"
        or "\u3040" <= character <= "\u30ff"
        or "\u3400" <= character <= "\u4dbf"
        or "\uf900" <= character <= "\ufaff"
    )


def _han(raw: str) -> Iterator[Segment]:
    known, at = _han_words(), 0
    plain = "".join(fold(c)[:1] or c for c in raw)
    while at < len(raw):
        length = next((n for n in range(LONGEST, 1, -1) if at + n <= len(raw) and plain[at : at + n] in known), 1)
        yield Segment(at, at + length, plain[at : at + length])
        at += length


@cache
def _han_words() -> frozenset[str]:
    return known_words("han").words | known_words("han").names


@lru_cache(maxsize=16384)
def _arabic(raw: str) -> tuple[Segment, ...]:
    known, start, word = known_words("arabic"), 0, fold(raw)
    cut: list[Segment] = []
    while len(word) > SHORTEST and not known.has(word) and word not in known.names:
        first, rest = word[0], fold(word[1:])
        if first in "بلك" and word[1] == "ل" and known.has(fold("ا" + word[1:])):
            rest = fold("ا" + word[1:])  # للمشاركة: for the participation
        elif first == "و":
            pass  # "and" stands before any word, names too; words that begin so are in the language file
        elif first not in "فبلك" or len(rest) < SHORTEST or not known.has(rest):
            break
        end = start + 1
        while end < len(raw) and not fold(raw[end]):
            end += 1
        cut.append(Segment(start, end, first))
        start, word = end, rest
    return (*cut, Segment(start, len(raw), word))


@cache
def known_words(script: str) -> Known:
    """The words of all language files of a script, folded."""
    words: set[str] = set()
    stems: set[str] = set()
    names: set[str] = set()
    folder = resources.files("inbox_worker.reading") / "languages"
    for entry in folder.iterdir():
        if not entry.name.endswith(".toml"):
            continue
        try:
            data = tomllib.loads(entry.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError):
            continue  # the lexicon says what is wrong with it
        if data.get("language", {}).get("script") == script:
            for written in _written(data):
                (stems if written.endswith("*") else words).add(fold(written.removesuffix("*")))
            names |= {fold(name) for name in data.get("words", {}).get("given_names", ())}
    return Known(
        frozenset(words - {""}), tuple(sorted(s for s in stems if len(s) >= SHORTEST)), frozenset(names - words)
    )


def _written(data: Mapping[str, Any]) -> Iterator[str]:
    """Every word of a language file that is no name."""
    for table in ("words", "phrases"):
        for key, values in data.get(table, {}).items():
            if key in {"surnames", "given_names"}:
                continue
            for value in values:
                for item in str(value).split():
                    yield from (choice for choice in item.removesuffix("?").split("|") if choice not in {"", "~"})
    yield from data.get("numbers", {})
