"""Words by which quotes, signatures and legal notices are known: one file a language, validated when loaded."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import cache, cached_property, lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable

LINES = 512  # that are kept: a message says the same in plain text and in HTML, and some lines are in every message
NO_SPACES = re.compile("[\u0e00-\u0e7f\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]")  # scripts without word spaces


class LanguageError(Exception):
    """A language file cannot be used."""


@dataclass(frozen=True)
class Words:
    """What one or all language files hold; in lower case, as :func:`normal` makes it."""

    wrote: frozenset[str]  # ends or follows an attribution: "wrote"
    separators: frozenset[str]  # "original message"
    from_: frozenset[str]  # labels of a quoted header
    sent: frozenset[str]
    to: frozenset[str]
    subject: frozenset[str]
    closings: frozenset[str]  # "best regards"
    mobile: frozenset[str]  # beginnings of "Sent from my iPhone"
    legal: frozenset[str]  # beginnings of words in legal notices
    banners: frozenset[str]  # beginnings of what a server puts above
    substance: frozenset[str]  # beginnings of words that a signature does not contain


@dataclass(frozen=True)
class Vocabulary:
    """All languages together, ready for use."""

    words: Words
    wrote: re.Pattern[str]
    legal: re.Pattern[str]
    substance: re.Pattern[str]
    separators: re.Pattern[str]

    @cached_property
    def labels(self) -> frozenset[str]:
        """Every label of a quoted header."""
        return self.words.from_ | self.words.sent | self.words.to | self.words.subject

    @cached_property
    def mobile(self) -> tuple[str, ...]:
        """What "Sent from my iPhone" begins or ends with; a tuple, for which ``str.startswith`` needs no loop."""
        return tuple(self.words.mobile)

    @cached_property
    def is_substantial(self) -> Callable[[str], bool]:
        """Whether words stand in a line, as :func:`normal` makes it, that a signature does not contain."""
        search = self.substance.search
        return lru_cache(maxsize=LINES)(lambda line: search(line) is not None)

    @cached_property
    def banners(self) -> tuple[str, ...]:
        """Beginnings of what a server puts above."""
        return tuple(self.words.banners)


@lru_cache(maxsize=LINES)
def normal(text: str) -> str:
    """Lower case, composed, single spaces, without invisible direction marks."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
        text = re.sub("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]", "", text).replace("’", "'")
    return " ".join(text.casefold().split())


@cache
def vocabulary() -> Vocabulary:
    """The words of all languages."""
    every = [_load(entry.name, entry.read_text("utf-8")) for entry in _files()]
    merged = Words(*(frozenset().union(*(getattr(w, f.name) for w in every)) for f in fields(Words)))
    return Vocabulary(
        merged,
        wrote=_pattern(merged.wrote, whole=True),
        legal=_pattern(merged.legal, whole=False),
        substance=_pattern(merged.substance, whole=False),
        separators=_pattern(merged.separators, whole=True),
    )


def _files() -> list[Traversable]:
    return sorted((e for e in files(__name__).iterdir() if e.name.endswith(".toml")), key=lambda e: e.name)


def _load(name: str, text: str) -> Words:
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise LanguageError(f"{name}: is not valid TOML: {error}") from None
    valid = tuple(f.name.rstrip("_") for f in fields(Words))
    if set(table) != set(valid):
        raise LanguageError(f"{name}: must have exactly the keys {', '.join(valid)}")
    for key, value in table.items():
        if not isinstance(value, list) or not all(isinstance(v, str) and normal(v) for v in value):
            raise LanguageError(f"{name}: {key} must be a list of texts")
    return Words(*(frozenset(normal(v) for v in table[key]) for key in valid))


def _pattern(words: frozenset[str], *, whole: bool) -> re.Pattern[str]:
    """One alternation. Words of scripts with word spaces must begin (and, where ``whole``, end) at a word's edge."""
    spaced = sorted((re.escape(w) for w in words if not NO_SPACES.search(w)), reverse=True)
    others = sorted((re.escape(w) for w in words if NO_SPACES.search(w)), reverse=True)
    edge = r"(?!\w)" if whole else ""
    joined = "|".join(others)
    return re.compile(rf"(?<!\w)(?:{'|'.join(spaced)}){edge}" + (f"|{joined}" if joined else ""))
