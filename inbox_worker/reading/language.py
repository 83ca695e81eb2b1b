"""Which language a text is in: by its script, then by the small words of each language file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import cache, lru_cache

from inbox_worker.reading.lexicon import Lexicon, lexicons
from inbox_worker.reading.text import Token

_RANGES = (
    ("latin", 0x41, 0x24F),
    ("cyrillic", 0x400, 0x52F),
    ("arabic", 0x600, 0x6FF),
    ("kana", 0x3040, 0x30FF),
    ("han", 0x4E00, 0x9FFF),
    ("hangul", 0xAC00, 0xD7AF),
    ("latin", 0x1E00, 0x1EFF),
)
FEW = 12  # words of a text in which small words say little of its language
LABEL = 3  # letters of a name of a column that most languages share: "n", "tel"
LOOKED_AT = 3000  # words; more do not change the answer


def script_of(word: str) -> str:
    """The script of a word's first letter, "other" for those that no table here names."""
    return _script(word[0])


@cache
def _script(character: str) -> str:
    point = ord(character)
    if character.isdigit():
        return ""
    return next((name for name, low, high in _RANGES if low <= point <= high), "other")


def languages_of(words: Sequence[Token]) -> list[Lexicon]:
    """The languages that the words are in, the main one first; empty where none is known.

    A second language is named where a good part of the words speak for it alone, as in mails written in two.
    """
    return list(_languages_of(tuple(t for t in words[:LOOKED_AT] if not t.raw[0].isdigit())))


@lru_cache(maxsize=16)  # several stages ask about the same words
def _languages_of(sample: tuple[Token, ...]) -> list[Lexicon]:
    if not sample:
        return []
    by_script: defaultdict[str, list[Token]] = defaultdict(list)
    for token in sample:
        by_script[script_of(token.raw)].append(token)
    total = len(sample)
    scores: list[tuple[float, Lexicon]] = []
    has_kana = len(by_script["kana"]) > 0.1 * total
    for lexicon in lexicons().values():
        own = by_script[lexicon.script]
        inside = len(own)
        if inside < max(1, 0.15 * total) or (lexicon.script == "han" and has_kana):
            continue
        stop, vocabulary = lexicon.lists["stopwords"], lexicon.vocabulary
        labels = _labels(lexicon.code)
        if lexicon.foreign and sum(not lexicon.foreign.isdisjoint(t.raw) for t in sample) > 0.08 * len(sample):
            continue
        of_script = [t.norm for t in own]
        common = sum(1 for w in of_script if w in stop or w in labels)
        known = sum(1 for w in of_script if w in vocabulary)
        if len(of_script) <= FEW:
            spoken = {i for h in lexicon.phrases.find(of_script) for i in range(h.start, h.end)}
            known += sum(3 if lexicon.numbers.get(w, 0) > 1 else i in spoken for i, w in enumerate(of_script))
        names = sum(t.is_capital and t.norm not in vocabulary for t in own)
        spoken_words = len(of_script) - names // 2  # names tell of no language
        score = (common + 0.25 * (known - common)) / max(4, spoken_words) * (inside / total) ** 0.5
        if score > 0.02:
            scores.append((score, lexicon))
    scores.sort(key=lambda s: -s[0])
    if not scores:
        return []
    best, first = scores[0]
    least = 0.12 if first.script == "latin" else 0.04  # letters tell apart what shares another script
    if best < least and len(sample) > 12:  # a foreign language shares a few small words with any other
        return []
    return [lexicon for i, (score, lexicon) in enumerate(scores) if i == 0 or (score > 0.55 * best and i < 3)]


@cache
def _labels(code: str) -> frozenset[str]:
    return frozenset(w for w in lexicons()[code].lists["columns"] if len(w) > LABEL)
