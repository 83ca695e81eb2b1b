"""Numbers in a sentence, and whether they count people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from inbox_worker.reading.lexicon import Lexicon
from inbox_worker.reading.text import Token

NEAR = 120  # characters in which the next number of an enumeration follows
MOST = 50  # more people than this from one organisation are asked about


@dataclass(frozen=True, slots=True)
class Number:
    """A number: words ``start`` to ``end`` (exclusive)."""

    start: int
    end: int
    value: int


def numbers_in(words: Sequence[Token], text: str, lexicon: Lexicon) -> list[Number]:
    """The whole numbers among the words of a sentence. "three (03)" is one number; a date, a time, an amount none."""
    found: list[Number] = []
    i = 0
    while i < len(words):
        number = _digits(words, i, text, lexicon) or _spelled(words, i, lexicon)
        if number is None:
            i += 1
            continue
        if found and found[-1].value == number.value and found[-1].end == number.start:
            between = text[words[number.start - 1].end : words[number.start].start].strip()
            if between in {"(", "[", "", "-", "/"}:
                found[-1] = Number(found[-1].start, number.end, number.value)
                i = number.end
                continue
        found.append(number)
        i = number.end
    return found


def _digits(words: Sequence[Token], i: int, text: str, lexicon: Lexicon) -> Number | None:
    token = words[i]
    if not token.raw.isdecimal() or len(token.raw) > 4:
        return None
    before, after = text[max(0, token.start - 2) : token.start], text[token.end : token.end + 2]
    if before[-1:] in {"+", "#", "№", "$", "€", "£", "§", "/", "'", "’"} and before[-1:] != "+":
        return None
    if before.strip().endswith(("$", "€", "£", "№", "#", "§")) or after.strip()[:1] in {
        "%",
        "€",
        "$",
        "£",
        "°",
        "º",
        "ª",
    }:
        return None
    if before[-1:] == "-" and before[:1].isalnum():
        return None  # "A-12", "19-20"
    if after[:1] in "-–/." and after[1:2].isdigit():
        return None
    if after[:1] == "-" and after[1:2].isalpha() and before[-1:].isalpha():
        return None
    value = int(token.raw)
    if after[:1] in {".", ")"} and _is_enumerator(text, token, value):
        return None
    if value > 1900 and len(token.raw) == 4:
        return None
    if i and words[i - 1].norm in lexicon.lists["day_articles"] and value <= 31:
        return None  # "le 17": a day, for what is counted is not singular
    months = lexicon.lists["months"]
    near = [w.norm for w in words[max(0, i - 2) : i]] + [w.norm for w in words[i + 1 : i + 3]]
    if words[i + 1 : i + 2] and words[i + 1].norm in months | {"th", "st", "nd", "rd"}:
        return None
    if after[:1] == "." and any(w.norm in months for w in words[i + 1 : i + 4]):
        return None  # "vom 2. bis 4. März"
    first = value == 1 or f"{value - 1}." in text[max(0, token.start - NEAR) : token.start]
    opens = before.strip()[-1:] in {":", ",", ";"} and words[i + 1 : i + 2] and words[i + 1].is_capital
    if after[:1] == "." and opens and first:
        return None  # "1. Anna Lutz, 2. Gerd Ott"
    if i and words[i - 1].norm in months:
        return None
    if len(near) > 2 and near[-1] in months and near[-2] in {"de", "of"} and value <= 31:
        return None
    return Number(i, i + 1, value)


def _is_enumerator(text: str, token: Token, value: int) -> bool:
    """Whether a number and its mark stand in a row with the next or the one before: "1. Ana 2. Bo"."""
    mark = text[token.end]
    beside = text[max(0, token.start - NEAR) : token.start] + text[token.end : token.end + NEAR]
    return f" {value + 1}{mark}" in beside or (value > 1 and f"{value - 1}{mark} " in beside)


@cache
def _first_words(lexicon: Lexicon) -> frozenset[str]:
    return frozenset(number.split(" ", 1)[0] for number in lexicon.numbers)


def _spelled(words: Sequence[Token], i: int, lexicon: Lexicon) -> Number | None:
    if words[i].norm not in _first_words(lexicon):
        return None
    for length in (3, 2, 1):
        piece = " ".join(w.norm for w in words[i : i + length])
        if len(words[i : i + length]) == length and piece in lexicon.numbers:
            return Number(i, i + length, lexicon.numbers[piece])
    return None
