"""Lines that are items of a list of people."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from inbox_worker.reading.counts import numbers_in
from inbox_worker.reading.grammar.said import Mention
from inbox_worker.reading.han_names import fills
from inbox_worker.reading.lexicon import Lexicon
from inbox_worker.reading.people import Name, is_single, names_in
from inbox_worker.reading.text import Line, Token, bullet_length, tokens

_SURNAME_FIRST = re.compile(  # "Kemp, Ruth (Ms) - treasurer", "KEMP Ruth, treasurer"
    r"([^\W\d_][\w'’-]{1,30}), ([^\W\d_a-z][\w'’-]{1,30})(?= ?\(| [-–—]|[;:|]|$|\n)"
    r"|([^\W\d_a-z][^\W\d_a-z]{1,30}) ([^\W\d_a-z][^\W\dA-Z_]{1,30})(?= ?[,(]| [-–—]|[;:|]|$|\n)"
)
LONG_NAME = 4  # words that a given name or a surname never has


@dataclass(frozen=True)
class Item:
    """An item of a list or a row of a table, ``text[start:end]``."""

    start: int
    end: int
    mentions: tuple[Mention, ...]
    spans: tuple[tuple[int, int], ...]  # offsets of the mentions
    verdict: bool | None = None  # a column says yes or no
    cells: tuple[tuple[int, int], ...] = ()


def item_of(
    text: str, line: Line, lexicon: Lexicon, inside: bool, after_colon: bool, taken: Sequence[tuple[int, int]]
) -> Item | None:
    """A line that is an item of a list of people, or None."""
    bullet = bullet_length(text, line.start, line.end)
    found = tokens(text, line.start + bullet, line.end)
    words = [t for t in found if t.is_word]
    if is_labelled(text, line, lexicon):  # "Função: chefe de projeto"
        return _labelled_item(text, line, found, lexicon, taken)
    if not words or len(words) > (45 if bullet else 22) or found[-1].raw in "?؟？":
        return None
    if lexicon.script == "latin" and (bullet or inside or after_colon):
        turned = _SURNAME_FIRST.match(text, line.start + bullet, line.end)
        if turned is not None and not _is_known_word(turned, lexicon):
            family, given = turned.group(1) or turned.group(3), turned.group(2) or turned.group(4)
            family = family.title() if family.isupper() else family
            mention = Mention("name", 0, 0, 1, f"{given} {family}", None, None, False)
            return Item(line.start, line.end, (mention,), (turned.span(),))
    names = [n for n in names_in(found, text, lexicon, covered(found, taken)) if not n.place]
    names = names or _filling(found, text, lexicon, bullet)
    loose = bullet > 0 or inside or after_colon
    if (labelled := _labelled_item(text, line, found, lexicon, taken)) is not None and len(labelled.mentions) > 1:
        return labelled
    if names and names[0].start <= (2 if names[0].title else 1):
        name = names[0]
        rest = found[name.end :]
        clean = not rest or rest[0].raw in ",;([-–—:/|.،=，；：（" or rest[0].norm in lexicon.lists["functions"]
        if not clean and not (bullet and name.title):
            return None
        if not loose and not (name.title or not rest or len(words) <= 12):
            return None
        if not bullet and found[-1].raw in ".!" and len(words) > 12:
            return None
        people = [name]
        for more in names[1:]:
            between = [t for t in found[people[-1].end : more.start] if t.is_word]
            if len(between) == 1 and between[0].norm in lexicon.lists["and"] and not bullet:
                people.append(more)
        mentions = []
        spans = []
        for person in people:
            core = person.name
            single = is_single(core) and "-" not in core
            if single and not person.title and not (bullet or after_colon or inside):
                return None
            mentions.append(Mention("name", 0, 0, 1, core, person.title, _function(text, found, person.end), single))
            spans.append((found[person.core].start, found[person.end - 1].end))
        if (beside := _role_beside(found, people[-1].end, lexicon)) is not None:
            mentions.append(Mention("role", 0, 0))
            spans.append(beside)
        return Item(line.start, line.end, tuple(mentions), tuple(spans))
    return _labelled_item(text, line, found, lexicon, taken) or _other_item(text, line, words, found, lexicon, loose)


def _filling(found: Sequence[Token], text: str, lexicon: Lexicon, bullet: int) -> list[Name]:
    """The Chinese name that an item begins with, up to the first mark, whatever its characters mean by themselves."""
    end = next((i for i, token in enumerate(found) if not token.is_word), len(found))
    if not bullet or not fills(found[:end], lexicon):
        return []
    return [Name(0, end, text[found[0].start : found[end - 1].end], None, 0)]


def is_labelled(text: str, line: Line, lexicon: Lexicon) -> bool:
    """Whether a line begins with the name of a column and a colon."""
    label, colon, _ = text[line.start : line.end].partition(":")
    words = [t.norm for t in tokens(label) if t.is_word]
    return bool(colon) and 0 < len(words) <= 3 and all(w in lexicon.lists["columns"] for w in words)


def in_two_lines(text: str, all_lines: Sequence[Line], lexicon: Lexicon) -> dict[int, Item]:
    """People of whom a form tells the surname in one line and the given name in the next, by the first line's start."""
    found: dict[int, Item] = {}
    for one, other in pairwise(all_lines):
        kinds = [_part_of_name(text, line, lexicon) for line in (one, other)]
        if set(kinds) != {"given_columns", "surname_columns"} or one.start in found:
            continue
        values = [text[line.start : line.end].partition(":")[2].strip() for line in (one, other)]
        if not all(v[:1].isupper() and len(v.split()) < LONG_NAME for v in values):
            continue
        name = " ".join(values if kinds[0] == "given_columns" else reversed(values))
        at = text.index(values[0], text.index(":", one.start))
        mention = Mention("name", 0, 0, 1, name, None, None, False)
        found[one.start] = Item(one.start, other.end, (mention,), ((at, at + len(values[0])),))
    return found


def _part_of_name(text: str, line: Line, lexicon: Lexicon) -> str:
    """The list of labels that a line's label is in, if it stands before a surname or before a given name."""
    label, colon, _ = text[line.start : line.end].partition(":")
    words = {t.norm for t in tokens(label) if t.is_word}
    if not colon or not words or not words <= lexicon.lists["columns"]:
        return ""
    return next((k for k in ("surname_columns", "given_columns") if words & lexicon.lists[k]), "")


def _is_known_word(turned: re.Match[str], lexicon: Lexicon) -> bool:
    """Whether what looks like "Surname, Given" holds an office or another known word: "Director, Finance"."""
    words = {t.norm for t in tokens(turned.group()) if t.is_word}
    known = lexicon.vocabulary | lexicon.lists["functions"] | lexicon.lists["persons"] | lexicon.lists["not_names"]
    return bool(words & known - lexicon.lists["given_names"])


def _role_beside(found: Sequence[Token], at: int, lexicon: Lexicon) -> tuple[int, int] | None:
    """Somebody unnamed whom an item adds: "Ana López (president) and her assistant"."""
    words = [t for t in found[at:] if t.is_word]
    hits = lexicon.phrases.find([t.norm for t in words])
    persons = lexicon.lists["persons"]
    for i, word in enumerate(words[:-1]):
        if word.norm not in lexicon.lists["and"]:
            continue
        owned = any(h.kind in {"colleague", "owner"} and h.start == i + 1 for h in hits)
        if owned and any(w.norm in persons or w.norm in lexicon.lists["functions"] for w in words[i + 1 : i + 4]):
            return words[i + 1].start, words[min(i + 3, len(words) - 1)].end
    return None


def _labelled_item(
    text: str, line: Line, found: tuple[Token, ...], lexicon: Lexicon, taken: Sequence[tuple[int, int]]
) -> Item | None:
    """ "Head of delegation: Dr X", "Members: Ms Y; Mr Z": names after a word for those who come."""
    colon = next((k for k, t in enumerate(found[:6]) if t.raw in ":："), None)
    if not colon:
        return None
    label = [t.norm for t in found[:colon] if t.is_word]
    hits = lexicon.phrases.find(label)
    columns = all(w in lexicon.lists["columns"] for w in label)
    if not columns and not any(h.kind in {"people", "lead_list", "delegation"} for h in hits):
        return None
    rest = found[colon + 1 :]
    names = [n for n in names_in(rest, text, lexicon, covered(rest, taken)) if not n.place]
    small = lexicon.lists["and"] | lexicon.lists["functions"] | lexicon.lists["stopwords"]
    inside = {i for n in names for i in range(n.start, n.end)}
    others = [t for i, t in enumerate(rest) if i not in inside and t.is_word and t.norm not in small]
    if not names or names[0].start > 0 or len(others) > 6 * len(names) or rest[-1].raw in "?؟？":
        return None
    mentions = tuple(Mention("name", 0, 0, 1, n.name, n.title, None, len(n.name.split()) == 1) for n in names)
    return Item(line.start, line.end, mentions, tuple((rest[n.core].start, rest[n.end - 1].end) for n in names))


def _function(text: str, found: Sequence[Token], at: int) -> str | None:
    rest = list(found[at:])
    while rest and not rest[0].is_word:
        rest = rest[1:]
    stop = next((i for i, t in enumerate(rest) if t.raw in ".;" and i + 1 < len(rest) and i > 1), len(rest))
    rest = list(rest[:stop])
    while rest and not rest[-1].is_word:
        rest = rest[:-1]
    if not rest or len(rest) > 16:
        return None
    return text[rest[0].start : rest[-1].end]


def _other_item(
    text: str, line: Line, words: Sequence[Token], found: Sequence[Token], lexicon: Lexicon, loose: bool
) -> Item | None:
    """ "and me", "myself, head of office", "one intern (tbc)", "2 technicians"."""
    if not loose or len(words) > 12:
        return None
    norms = [w.norm for w in words]
    hits = lexicon.phrases.find(norms)
    lead = 1 if norms[0] in lexicon.lists["and"] else 0
    if (
        any(h.kind in {"me", "undersigned"} and h.start <= lead + 1 for h in hits)
        and len(words) < 10
        and norms[lead] != "i"
    ) or norms[lead:] == ["i"]:
        return Item(line.start, line.end, (Mention("self", 0, 0),), ((words[lead].start, words[-1].end),))
    if any(
        h.kind in {"attend", "decline", "negation", "attend_weak", "request", "question", "assistance"} for h in hits
    ):
        return None
    numbers = numbers_in(words, text, lexicon)
    role = any(w in lexicon.lists["functions"] for w in norms) or any(h.kind in {"colleague", "people"} for h in hits)
    if numbers and numbers[0].start <= lead and role and numbers[0].value <= 30:
        return Item(
            line.start,
            line.end,
            (Mention("part", 0, 0, numbers[0].value),),
            ((words[numbers[0].start].start, words[-1].end),),
        )
    if any(h.kind == "colleague" and h.start <= lead for h in hits):
        return Item(line.start, line.end, (Mention("role", 0, 0),), ((words[0].start, words[-1].end),))
    return None


def covered(found: Sequence[Token], taken: Sequence[tuple[int, int]]) -> frozenset[int]:
    """Which tokens stand in places that are taken, of names of organisations."""
    return frozenset(i for i, t in enumerate(found) if any(a <= t.start < b for a, b in taken))
