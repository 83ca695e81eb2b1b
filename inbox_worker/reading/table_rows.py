"""Rows of tables of people, and the rows above them that name the columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from inbox_worker.reading.columns import roles_of
from inbox_worker.reading.folding import fold
from inbox_worker.reading.grammar.said import Mention
from inbox_worker.reading.han_names import fills
from inbox_worker.reading.lexicon import Lexicon, lexicons
from inbox_worker.reading.list_items import LONG_NAME, Item, covered
from inbox_worker.reading.people import is_single, names_in
from inbox_worker.reading.segments import is_ideograph
from inbox_worker.reading.text import Line, Token, bullet_length, tokens

LONGEST = 5  # words of a name in a column of names
HAN_NAME = range(2, 5)  # characters
_COLUMNS = re.compile(r"\t+| \| | {3,}")
MARKED = re.compile(r" ?; ?")  # columns where a row above names them


def cells_of(text: str, line: Line, mark: re.Pattern[str] = _COLUMNS) -> list[tuple[int, int]]:
    """The cells of a row that are not empty, as offsets; one where it is none."""
    cells, at = [], line.start
    for match in mark.finditer(text, line.start, line.end):
        cells.append((at, match.start()))
        at = match.end()
    cells.append((at, line.end))
    return [
        (s + len(text[s:e]) - len(text[s:e].lstrip(" |")), s + len(text[s:e].rstrip(" |")))
        for s, e in cells
        if text[s:e].strip(" |")
    ]


def columns_of_names(text: str, cells: Sequence[tuple[int, int]], lexicon: Lexicon) -> tuple[int, int] | None:
    """Which columns a head gives to given names and to surnames, where it gives them one each."""
    labels = [{t.norm for t in tokens(text, start, end) if t.is_word} for start, end in cells]
    given = [i for i, words in enumerate(labels) if words & lexicon.lists["given_columns"]]
    last = [i for i, words in enumerate(labels) if words & lexicon.lists["surname_columns"]]
    given = [i for i in given if i not in last]
    return (given[0], last[0]) if len(given) == 1 and len(last) == 1 else None


def in_two_cells(
    text: str, line: Line, cells: Sequence[tuple[int, int]], columns: tuple[int, int] | None
) -> Item | None:
    """A row that has a given name and a surname in cells of their own."""
    if columns is None or max(columns) >= len(cells):
        return None
    given, last = (text[slice(*cells[i])] for i in columns)
    if not (given[:1].isupper() and last[:1].isupper()) or max(len(given.split()), len(last.split())) >= LONG_NAME:
        return None
    if last.isupper() and len(last) > 2:
        last = last.title()
    mention = Mention("name", 0, 0, 1, f"{given} {last}", None, None, False)
    return Item(line.start, line.end, (mention,), (cells[columns[1]],), None, tuple(cells))


def name_column(text: str, cells: Sequence[tuple[int, int]]) -> int | None:
    """Which column a head gives to whole names."""
    roles = roles_of([text[start:end] for start, end in cells])
    return roles.index("name") if "name" in roles else None


def wholly_named(text: str, item: Item, column: int | None, lexicon: Lexicon) -> Item:
    """A row whose person has the whole name that the column of names gives, whatever its words mean by themselves."""
    if column is None or column >= len(item.cells) or len(item.mentions) != 1:
        return item
    start, end = item.cells[column]
    words = [t for t in tokens(text, start, end) if t.is_word]
    while len(words) > 2 and words[0].norm in lexicon.lists["titles"]:
        words = words[1:]
    mention, name = item.mentions[0], text[words[0].start : words[-1].end] if words else ""
    if mention.kind != "name" or not _are_a_name(words, lexicon) or not name.endswith(mention.name):
        return item
    return replace(item, mentions=(replace(mention, name=name, vague=False),), spans=((words[0].start, words[-1].end),))


def named_row(
    text: str, line: Line, cells: Sequence[tuple[int, int]], column: int | None, lexicon: Lexicon
) -> Item | None:
    """A row whose cell in the column of names is written as a name is, though none of its words is known as one."""
    if column is None or column >= len(cells):
        return None
    start, end = cells[column]
    words = [t for t in tokens(text, start, end) if t.is_word]
    said = text[start:end]
    han = len(said) in HAN_NAME and all(is_ideograph(c) for c in said)
    if not (han or _are_a_name(words, lexicon)) or any(w.raw.isdecimal() for w in words):
        return None
    mention = Mention("name", 0, 0, 1, said if han else text[words[0].start : words[-1].end], None, None, False)
    return Item(line.start, line.end, (mention,), ((start, end),), None, tuple(cells))


def _are_a_name(words: Sequence[Token], lexicon: Lexicon) -> bool:
    """Whether words are written as those of a name are."""
    large = all(w.is_capital or w.norm in lexicon.lists["particles"] for w in words)
    return 2 <= len(words) <= LONGEST and large


def row_of(
    text: str, line: Line, cells: Sequence[tuple[int, int]], lexicon: Lexicon, taken: Sequence[tuple[int, int]]
) -> Item | None:
    """A row of a table with a person in one of its cells, or None."""
    mentions: list[Mention] = []
    spans: list[tuple[int, int]] = []
    verdict: bool | None = None
    for n, (at, end) in enumerate(cells):
        start = at + bullet_length(text, at, end)
        found = tokens(text, start, end)
        words = [t.norm for t in found if t.is_word]
        if not words:
            continue
        if verdict is None and n and (words[0] in lexicon.lists["no"] or " ".join(words[:2]) in lexicon.lists["no"]):
            verdict = False
        elif verdict is None and n and words[0] in lexicon.lists["yes"]:
            verdict = True
        counted = [text[slice(*cell)].strip() for cell in cells[n + 1 :]]
        two = "2" in counted and all(len(part.split()) > 1 for part in text[start:end].split(","))
        turned = _turned(text, start, end, found, lexicon) or _han_name(text, start, end, found, lexicon)
        if not two and turned is not None:
            if not any(not m.vague for m in mentions):
                mentions, spans = [turned], [(start, end)]
            continue
        names = [x for x in names_in(found, text, lexicon, covered(found, taken)) if not x.place]
        if not names or names[0].start > 2 or sum(x.end - x.start for x in names) * 2 < len(found) - 4:
            continue
        here = [Mention("name", 0, 0, 1, x.name, x.title, None, is_single(x.name)) for x in names]
        if sum(not m.vague for m in here) <= sum(not m.vague for m in mentions) and mentions:
            continue
        mentions, spans = here, [(found[x.core].start, found[x.end - 1].end) for x in names]
        used = {i for x in names for i in range(x.start, x.end)}
        for i, token in enumerate(found):
            if i not in used and token.raw.isdecimal() and len(token.raw) < 3:
                mentions.append(Mention("part", 0, 0, int(token.raw)))
                spans.append((token.start, token.end))
    if not any(m.kind == "name" for m in mentions):
        return None
    return Item(line.start, line.end, tuple(mentions), tuple(spans), verdict, tuple(cells))


def is_head(text: str, cells: Sequence[tuple[int, int]], lexicon: Lexicon) -> bool:
    """Whether a row names its columns: "Surname, given name | Position | E-mail"."""
    known, small = lexicon.lists["columns"], lexicon.lists["stopwords"]
    labels = 0
    for start, end in cells:
        words = [t.norm for t in tokens(text, start, end) if t.is_word]
        labels += bool(words) and any(w in known for w in words) and all(w in known or w in small for w in words)
    return labels > 1 or bool(roles_of([text[start:end] for start, end in cells]))


@cache
def _given_names() -> frozenset[str]:
    """Those of all languages: people of several come together in one table."""
    return frozenset().union(*(lexicon.lists["given_names"] for lexicon in lexicons().values()))


def _han_name(text: str, start: int, end: int, found: Sequence[Token], lexicon: Lexicon) -> Mention | None:
    """The person of a cell that is nothing but a Chinese name."""
    return Mention("name", 0, 0, 1, text[start:end], None, None, False) if fills(found, lexicon) else None


def _turned(text: str, start: int, end: int, found: Sequence[Token], lexicon: Lexicon) -> Mention | None:
    """The person of a cell that is "SURNAME, Given" and nothing else."""
    parts = [p.strip() for p in text[start:end].split(",")]
    if len(parts) != 2 or not all(0 < len(p.split()) <= 3 for p in parts):
        return None
    if all(len(p.split()) > 1 and fold(p.split()[0]) in _given_names() for p in parts):
        return None  # "Ana Silva, Rui Costa": two people
    words = [t for t in found if t.is_word]
    known = lexicon.lists["functions"] | lexicon.lists["not_names"]
    if any(w.norm in known or (not w.is_capital and w.norm not in lexicon.lists["particles"]) for w in words):
        return None
    if not parts[0].isupper() and any(w.norm in lexicon.vocabulary for w in words):
        return None
    return Mention("name", 0, 0, 1, f"{parts[1]} {parts[0]}", None, None, False)
