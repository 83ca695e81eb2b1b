"""Text as words and sentences, each knowing where it stands in the original."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from inbox_worker.reading.segments import segments

MAX_CHARACTERS = 20_000  # of a message's new words that are read; a letter has two thousand
GAP = re.compile(r"(?<=[^\s.!?:;,])  +(?=\S)")  # not behind a mark, where many write two
LONG_ROW = 200  # characters
ROOM = 50  # characters of a line that is not full: whoever breaks lines breaks them later
SHORT = 400  # characters; a stage often asks for the words of a line or a name that another one has asked for
MAX_WORDS = 120  # of a sentence; longer ones are cut, so that nothing grows with the square of a line

_IDEOGRAPHS = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
ORDINALS = frozenset("ºª")
_TOKEN = re.compile(
    r"[\w.+-]{1,64}@[\w.-]{1,255}"  # addresses are one word
    r"|(?:https?://|www\.)\S{1,500}"
    rf"|[{_IDEOGRAPHS}]+"  # scripts without spaces: a run of words
    r"|\d{1,3}(?:[.,\u00a0\u202f\u066c]\d{3})+(?!\d)"
    r"|\d+(?:[.,:/]\d+)+"
    r"|\d+"
    r"|[^\W\d_" + _IDEOGRAPHS + r"]+(?:[\u0300-\u036f\u064b-\u0652][^\W\d_]*)*"
    r"|[^\w\s]|_"
)


class Token(NamedTuple):
    """A word, a number or a mark, ``text[start:end]`` of its part."""

    raw: str
    norm: str
    start: int
    end: int

    @property
    def is_word(self) -> bool:
        """Whether it is a word or a number rather than a mark."""
        return self.raw[0].isalnum()

    @property
    def is_capital(self) -> bool:
        """Whether it begins with a capital letter."""
        return self.raw[0].isupper() or self.raw[0].istitle()


def tokens(text: str, start: int = 0, end: int | None = None) -> tuple[Token, ...]:
    """The words, numbers and marks of ``text[start:end]``, with offsets into the whole text."""
    stop = len(text) if end is None else end
    if stop - start > SHORT:
        return _tokens_of_text(text, start, stop)
    return (_tokens_of_line if len(text) <= MAX_CHARACTERS else _tokens)(text, start, stop)  # it keeps the whole text


def _tokens(text: str, start: int, end: int) -> tuple[Token, ...]:
    found = []
    for match in _TOKEN.finditer(text, start, end):
        raw, at = match.group(), match.start()
        if raw in ORDINALS and text[at - 1 : at] == ".":
            continue  # "Eng.º" is "Eng."
        for piece in segments(raw):
            if piece.norm:
                written = raw[piece.start : piece.end]
                found.append(Token(written, piece.norm, at + piece.start, at + piece.end))
    return tuple(found)


_tokens_of_line = lru_cache(maxsize=512)(_tokens)
_tokens_of_text = lru_cache(maxsize=8)(_tokens)


@dataclass(frozen=True)
class Sentence:
    """A sentence of a part. ``line`` says that it stands on a line of its own, as items of a list do."""

    text: str  # of the whole part
    tokens: tuple[Token, ...]
    paragraph: int
    line: bool = False

    @property
    def start(self) -> int:
        """Where it begins in the part."""
        return self.tokens[0].start

    @property
    def end(self) -> int:
        """Where it ends in the part."""
        return self.tokens[-1].end

    @property
    def words(self) -> tuple[Token, ...]:
        """Its words without the marks."""
        return tuple(t for t in self.tokens if t.is_word)

    @property
    def is_question(self) -> bool:
        """Whether it ends as a question does."""
        return any(t.raw in "?？؟" for t in self.tokens[-3:])  # a bracket or quote may follow


@dataclass(frozen=True)
class Line:
    """A line of a part, without the spaces around it."""

    start: int
    end: int
    indent: int


def lines(text: str, start: int, end: int) -> list[Line]:
    """The lines of ``text[start:end]``, empty ones too."""
    found, position = [], start
    while position <= end:
        stop = text.find("\n", position, end)
        stop = end if stop < 0 else stop
        body = text[position:stop]
        stripped = body.strip()
        indent = len(body) - len(body.lstrip())
        found.append(Line(position + indent, position + indent + len(stripped), indent))
        position = stop + 1
    return found


def parted(text: str, end: int, start: int) -> bool:
    """Whether ``text[end:start]`` parts the words on its sides: they are in two cells of a table, or in two lines of
    which the first had room for the second's word."""
    between = text[end:start]
    if "\n" not in between:
        return "\t" in between or "   " in between or ("  " in between and _in_columns(text, end))
    word = start
    while word < len(text) and word - start < ROOM and not text[word].isspace():
        word += 1
    return between.count("\n") > 1 or end - text.rfind("\n", 0, end) + word - start <= ROOM


def _in_columns(text: str, at: int) -> bool:
    """Whether a line has gaps of several spaces between words more than once: one may be a slip."""
    start, end = text.rfind("\n", max(0, at - LONG_ROW), at) + 1, text.find("\n", at, at + LONG_ROW)
    return len(GAP.findall(text, max(start, at - LONG_ROW), end if end >= 0 else at + LONG_ROW)) > 1


_BULLET = re.compile(  # no letter of "H.E. Ms"
    r"(?:[一二三四五六七八九十]{1,3}[、．.]|[-–—*•·▪◦‣>]|\(?\d{1,2}\s?[.):\-–º°]|\(?[a-zA-Z]\)|[a-zA-Z]\.(?=\s))\s*(?=\S)"
)
_ENDS = frozenset(".!?。！？؟…")
_CLOSERS = frozenset("\"'”’»)]")


def bullet_length(text: str, start: int, end: int) -> int:
    """How many characters at the start of a line are the mark of a list item, 0 if it is none."""
    match = _BULLET.match(text, start, end)
    if match is None or match.end() >= end:
        return 0
    mark = match.group().strip()
    if mark[-1] in ".:" and match.end() == start + len(mark) and text[match.end()].isdigit():
        return 0  # "15:00", "26.02"
    return match.end() - start


def sentences(
    text: str,
    start: int,
    end: int,
    abbreviations: frozenset[str] = frozenset(),
    months: frozenset[str] = frozenset(),
) -> list[Sentence]:
    """Split ``text[start:end]`` into sentences.

    Wrapped lines are joined; an empty line, a list item, a line ended by a colon and a short line (much shorter than
    those around it, as in tables and addresses) end a sentence.
    """
    found: list[Sentence] = []
    block: list[Line] = []
    paragraph = 0
    all_lines = lines(text, start, end)
    width = max((line.end - line.start for line in all_lines if line.end - line.start < 120), default=0)

    def close() -> None:
        if block:
            found.extend(_split(text, block, paragraph, abbreviations, months))
            block.clear()

    for line in all_lines:
        if line.start >= line.end:
            close()
            paragraph += 1
            continue
        if block and (bullet_length(text, line.start, line.end) or _breaks(text, block[-1], width)):
            close()
        block.append(line)
    close()
    return found


def _breaks(text: str, line: Line, width: int) -> bool:
    """Whether a line ends its sentence by its shape: it stops well before the margin, or ends with a colon."""
    return (
        (line.end - line.start) < 0.72 * width
        or width < 50
        or text[line.end - 1] in ":："
        or "\t" in text[line.start : line.end]
        or " | " in text[line.start : line.end]
    )


def _split(
    text: str, block: list[Line], paragraph: int, abbreviations: frozenset[str], months: frozenset[str]
) -> list[Sentence]:
    marks = tokens(text, block[0].start, block[-1].end)
    result: list[Sentence] = []
    current: list[Token] = []
    single = len(block) == 1
    for i, token in enumerate(marks):
        current.append(token)
        following = marks[i + 1] if i + 1 < len(marks) else None
        if following is None:
            break
        if (
            len(current) >= MAX_WORDS
            or (token.raw in _ENDS and _ends_here(text, marks, i, abbreviations, months))
            or (token.raw in _CLOSERS and i and marks[i - 1].raw in "!?。！？" and following.is_capital)
        ):
            result.append(Sentence(text, tuple(current), paragraph))
            current = []
    if current:
        result.append(Sentence(text, tuple(current), paragraph, line=single and not result))
    return result


def _ends_here(
    text: str, marks: tuple[Token, ...], i: int, abbreviations: frozenset[str], months: frozenset[str]
) -> bool:
    token, following = marks[i], marks[i + 1]
    if following.raw in _ENDS or following.raw in _CLOSERS:
        return False
    if token.raw in "。！？؟":
        return True
    if text[token.end : token.end + 1].strip():
        return False  # no space after it: "a.m.", "example.org"
    if token.raw != ".":
        return True
    previous = marks[i - 1] if i else None
    if previous is None or not previous.is_word:
        return previous is not None and previous.raw in _CLOSERS
    if previous.norm in abbreviations:
        return False
    if previous.raw.isdigit() and following.norm in months:
        return False  # "am 2. März"
    if len(previous.raw) == 1 and previous.is_capital and following.is_capital:
        return previous.raw == "I"  # an initial
    if previous.raw.isdigit() and len(previous.raw) <= 2 and (i <= 1 or marks[i - 2].raw in ":,;("):
        return False  # "1. Name"
    return not following.raw[0].islower() or len(previous.raw) > 4
