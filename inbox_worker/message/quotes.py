"""Which lines are earlier mail: marked lines, and what follows an attribution, a separator or a quoted header."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from inbox_worker.message.languages import Vocabulary, normal
from inbox_worker.message.lines import Line
from inbox_worker.model import Zone

MARKED = re.compile(r">(?!From )|\|\s?>|»")
MARKING = (">", "|", "»")  # what a marked line or one with a bar begins with
BAR = re.compile(r"\|(?:\s[^|]*)?\Z")  # "| text", not a row of a table
DASHES = re.compile(r"[-_=*~\u2013\u2014\u2500]{3,}")
RULE = re.compile(r"[-_=*~\u2013\u2014\u2500]{5,}\Z")
ADDRESS = re.compile(r"[^\s<>@]{1,64}@[^\s<>@]{1,255}")
TIME = re.compile(r"(?<!\d)[0-2]?\d\s?[:.hH٫]\s?[0-5]\d(?!\d)|\d{1,2}\s?[ap]\.?m\b|[٠-٩]{1,2}:[٠-٩]{2}")
DATE = re.compile(r"(?<!\d)(?:\d{1,2}|\d{4}|[٠-٩]{1,4})(?!\d)")
YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)|[٠-٩۰-۹]{4}|\d{1,2}[./-]\d{1,2}[./-]\d{2}")
STOP = re.compile(r"[.!?。！？؟]\Z")
ENDS = re.compile(r"[:：]\s*[-_*]{0,12}\Z")
LONGEST_ATTRIBUTION = 3  # lines
LONGEST_JOINED = 400  # characters; no program writes longer ones
LONGEST_LABEL = 32  # characters
LONGEST_BLOCK = 16  # lines of a quoted header
LEAST_BARS = 2  # lines with a bar that make a quote


def mark_quoted(lines: Sequence[Line], words: Vocabulary) -> None:
    """Give the zone QUOTED to lines of earlier mail; lines that have it already are taken as marked by HTML."""
    _mark_prefixed(lines)
    following = _next_words(lines)
    for i, line in enumerate(lines):
        if line.is_blank or line.zone is Zone.QUOTED:
            continue
        if _is_separator(line, words) or _is_header_block(lines, i, words):
            _quote_from(lines, _with_rule_above(lines, i, words))
            return
        after = following[i]
        start = _attribution(lines, i, words, after)
        if start is None:
            continue
        if after is None or after.zone is Zone.QUOTED:
            for quoted in lines[start : i + 1]:
                quoted.zone = Zone.QUOTED
        else:
            _quote_from(lines, start)
            return


def _mark_prefixed(lines: Sequence[Line]) -> None:
    bars: list[Line] = []
    for line in lines:
        if line.seen.startswith(MARKING):
            if MARKED.match(line.seen):
                line.zone = Zone.QUOTED
            if BAR.match(line.seen):
                bars.append(line)
                continue
        if len(bars) >= LEAST_BARS:
            for bar in bars:
                bar.zone = Zone.QUOTED
        bars = []
    if len(bars) >= LEAST_BARS:
        for bar in bars:
            bar.zone = Zone.QUOTED


def _next_words(lines: Sequence[Line]) -> list[Line | None]:
    """For each line the next one in which something stands."""
    found: list[Line | None] = [None] * len(lines)
    following = None
    for i in range(len(lines) - 1, -1, -1):
        found[i] = following
        if not lines[i].is_blank:
            following = lines[i]
    return found


def _quote_from(lines: Sequence[Line], start: int) -> None:
    for line in lines[start:]:
        line.zone = Zone.QUOTED


def _is_separator(line: Line, words: Vocabulary) -> bool:
    """ "-----Original Message-----" and its translations; "-----X wrote: -----" of Lotus Notes."""
    text = line.norm
    if len(text) > 120:
        return False
    bare = text.strip("-_=*~> :：\u2013\u2014\u2500")
    if DASHES.match(text):
        found = words.separators.search(bare)
        if found and len(found.group()) * 2 >= len(bare) - 20:
            return True
        return text.endswith("-") and bool(words.wrote.search(bare))
    return text.endswith((":", "：")) and bare in words.words.separators


@lru_cache(maxsize=4 * LONGEST_BLOCK)  # each line is looked at from each of those above it
def _label(text: str) -> tuple[str, str] | None:
    """A line "Label: value" taken apart."""
    text = text.lstrip("*").replace("：", ":")
    name, colon, value = text[:400].partition(":")
    if not colon or not name.strip() or len(name) > LONGEST_LABEL:
        return None
    return normal(name.replace("*", "")), value.strip(" *")


def _is_header_block(lines: Sequence[Line], i: int, words: Vocabulary) -> bool:
    """Three or more header lines as Outlook writes them above what it quotes, in any language.

    A sender must be among the labels, and a subject or an address, so that an itinerary ("From: Nairobi, To:
    Geneva, Date: ...") stays what it is.
    """
    first = _label(lines[i].seen)
    if first is None or (first[0] not in words.labels and "@" not in first[1]):
        return False
    labels = _block(lines, i)
    known = [name for name, _ in labels if name in words.labels]
    sender = any(name in words.words.from_ for name in known)
    subject = any(name in words.words.subject for name in known)
    other = any(name in words.words.sent or name in words.words.to for name in known)
    addressed = any("@" in value for _, value in labels)
    if sender and other and len(known) >= 3 and (subject or addressed):
        return True
    # a language we have no words for: "Name <address>" in the first line, a time in another, four lines in all
    named = "<" in first[1] and bool(ADDRESS.search(first[1]))
    timed = any(TIME.search(value) and DATE.search(value) for _, value in labels[1:])
    return named and timed and len(labels) >= 4


def _block(lines: Sequence[Line], i: int) -> list[tuple[str, str]]:
    """The labels of a block from line i: one empty or wrapped line may stand between two of them."""
    labels: list[tuple[str, str]] = []
    strange = 0
    for line in lines[i : i + LONGEST_BLOCK]:
        found = _label(line.seen)
        if found is not None:
            labels.append(found)
            strange = 0
        else:
            strange += 1
            if strange > 1 and not ("@" in line.seen or ";" in line.seen):
                break
    return labels


def _with_rule_above(lines: Sequence[Line], i: int, words: Vocabulary) -> int:
    """Where a quote that begins in line i begins with the rule or separator above it."""
    above = i - 1
    while above >= 0 and lines[above].is_blank and i - above < 4:
        above -= 1
    if above >= 0 and (RULE.match(lines[above].seen) or _is_separator(lines[above], words)):
        return above
    return i


def _attribution(lines: Sequence[Line], i: int, words: Vocabulary, after: Line | None) -> int | None:
    """The first line of an attribution ("On ..., X wrote:") that ends in line i, or None.

    Where marked lines follow, a date or an address is enough, or the word for "wrote"; otherwise all that follows
    becomes quoted, and it must have the form of a mail program: that word with a time or an address, or a date,
    a time and an address.
    """
    if not ENDS.search(lines[i].seen):
        return None
    marked = after is not None and after.zone is Zone.QUOTED
    weak = None
    for start in range(i, max(i - LONGEST_ATTRIBUTION, -1), -1):
        line = lines[start]
        if line.is_blank or line.zone is Zone.QUOTED or (start < i and STOP.search(line.seen)):
            break
        text = " ".join(joined.seen for joined in lines[start : i + 1])
        if len(text) > LONGEST_JOINED:
            break
        if text.count("<") != text.count(">"):
            continue
        if _attributes(text, words, marked=False):
            return start
        if weak is None and marked and _attributes(text, words, marked=True):
            weak = start
    return weak


def _attributes(text: str, words: Vocabulary, *, marked: bool) -> bool:
    wrote = bool(words.wrote.search(normal(text)))
    address = bool(ADDRESS.search(text))
    time = bool(TIME.search(text))
    dated = bool(YEAR.search(text))
    if marked:
        return wrote or address or (time and dated)
    return (wrote and ((time and dated) or (address and bool(DATE.search(text))))) or (address and time and dated)
