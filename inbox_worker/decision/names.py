"""Whether two names mean the same person."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from rapidfuzz.distance import Levenshtein


@lru_cache(maxsize=4096)  # a story is told anew with each of its messages
def tokens(name: str) -> tuple[str, ...]:
    """The words of a name without case, accents and punctuation."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    return tuple(re.sub(r"[^\w\s]+", " ", "".join(c for c in plain if not unicodedata.combining(c))).split())


def same_person(one: str, other: str) -> bool:
    """The same words in any order, or the words of the shorter among those of the longer (at least two)."""
    a, b = frozenset(tokens(one)), frozenset(tokens(other))
    if not a or not b:
        return False
    return a == b or (len(a & b) >= 2 and (a <= b or b <= a))


def alike(one: str, other: str) -> bool:
    """Whether one name may be a corrected spelling of the other: a letter or a few, never another person's name.

    "Brattland" corrected to "Brattli" shares its first name and the root of the surname; two members of one family
    share a surname only, so a shared word alone is not enough.
    """
    a, b = tokens(one), tokens(other)
    if len(a) != len(b) or not a:
        return False
    close = [_close(x, y) for x, y in zip(a, b, strict=True)]
    return (all(close) and any(x == y for x, y in zip(a, b, strict=True))) or (len(a) == 1 and close[0])


def _close(a: str, b: str) -> bool:
    return Levenshtein.distance(a, b) <= max(1, max(len(a), len(b)) // 3)
