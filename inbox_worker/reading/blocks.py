"""Lists and tables of people in a text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from inbox_worker.reading.counts import numbers_in
from inbox_worker.reading.grammar.said import Mention
from inbox_worker.reading.lexicon import Lexicon
from inbox_worker.reading.people import is_single, names_in
from inbox_worker.reading.text import Line, Token, bullet_length, lines, tokens

_COLUMNS = re.compile(r"\t+| \| | {3,}")

_MARKED = re.compile(r" ?; ?")  # columns where a row above names them
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


@dataclass(frozen=True)
class Block:
    """A list or table of at least one person."""

    start: int
    end: int
    items: tuple[Item, ...]
    table: bool
    headed: bool = False  # a row above names the columns
    unread: tuple[int, int] | None = None  # an item between or below the others in which nobody was found

    @property
    def count(self) -> int:
        """How many people the items that do not say no stand for."""
        return sum(m.number for item in self.items if item.verdict is not False for m in item.mentions)


def blocks_in(text: str, start: int, end: int, lexicon: Lexicon, taken: Sequence[tuple[int, int]] = ()) -> list[Block]:
    """The lists and tables of people in ``text[start:end]``."""
    found: list[Block] = []
    current: list[Item] = []
    table = False
    unread: tuple[int, int] | None = None
    head: int | None = None  # where the row begins that names the columns
    of_names: tuple[int, int] | None = None  # its columns of given names and of surnames
    gap = 0
    ended_with_colon = False

    def close() -> None:
        nonlocal current, table, unread, head
        if current and (len(current) > 1 or table or _alone_counts(text, current[0], lexicon)):
            begins = head if table and head is not None else current[0].start
            found.append(Block(begins, current[-1].end, tuple(current), table, head is not None and table, unread))
        current, table, unread, head = [], False, None, None

    all_lines = lines(text, start, end)
    written = _in_two_lines(text, all_lines, lexicon)
    for line in all_lines:
        if (whole := written.get(line.start)) is not None:
            current.append(whole)
            gap = 0
            continue
        if line.end <= line.start:
            gap += 1
            if gap > 1:
                close()
            continue
        cells = _cells(text, line)
        if len(cells) == 1 and (head is not None or not current):
            by_marks = _cells(text, line, _MARKED)
            if len(by_marks) > 1 and (head is not None or _is_head(text, by_marks, lexicon)):
                cells = by_marks
        if table and not cells:  # a row of empty cells
            continue
        item = None
        if len(cells) > 1:
            if not current and _is_head(text, cells, lexicon):
                head, gap = line.start, 0
                of_names = _columns_of_names(text, cells, lexicon)
                continue
            item = _in_two_cells(text, line, cells, of_names) if head is not None else None
            item = item or _row(text, line, cells, lexicon, taken)
            if item is not None:
                if current and not table:
                    close()
                table = True
            elif table:
                gap = 0
                continue
            else:
                item = _item(text, line, lexicon, bool(current), ended_with_colon, taken)
        else:
            if table:
                close()
            item = _item(text, line, lexicon, bool(current), ended_with_colon, taken)
        ended_with_colon = text[line.end - 1] in ":："
        if item is None and current and not table and is_labelled(text, line, lexicon):
            pass  # "Function: Coordinator" below "Name: Ana López"
        elif item is None and current and not table and _is_alike(text, line, current[-1]):
            unread = unread or (line.start, line.end)
        elif item is None:
            if not (current and not table and _continues(text, line, current[-1])):
                close()
        else:
            current.append(item)
        gap = 0
    close()
    return found


def _alone_counts(text: str, item: Item, lexicon: Lexicon) -> bool:
    labelled = is_labelled(text, Line(item.start, item.end, 0), lexicon)
    return labelled or bullet_length(text, item.start, item.end) > 0


def _is_alike(text: str, line: Line, item: Item) -> bool:
    """Whether a line that names nobody carries the same kind of bullet or number as the item above it, and is short."""
    bullet, other = bullet_length(text, line.start, line.end), bullet_length(text, item.start, item.end)
    if not bullet or not other or line.end - line.start > 60 or text[line.end - 1] in ".!?":
        return False
    mark, above = text[line.start : line.start + bullet].strip(), text[item.start : item.start + other].strip()
    return mark == above or (mark[:1].isdigit() and above[:1].isdigit())


def is_labelled(text: str, line: Line, lexicon: Lexicon) -> bool:
    """Whether a line begins with the name of a column and a colon."""
    label, colon, _ = text[line.start : line.end].partition(":")
    words = [t.norm for t in tokens(label) if t.is_word]
    return bool(colon) and 0 < len(words) <= 3 and all(w in lexicon.lists["columns"] for w in words)


def _continues(text: str, line: Line, item: Item) -> bool:
    """Whether a line goes on with the item above it, or is the heading of a part of the list."""
    if text[item.end : line.start].count("\n") > 1:
        return False
    if text[line.start].islower() or (
        bullet_length(text, item.start, item.end) and text[item.end : line.start].count("\n") == 1 and line.indent > 0
    ):
        return True
    return (
        line.end - line.start < 30
        and text[line.end - 1] not in ".!?"
        and text[item.end : line.start].count("\n") == 1
        and line.indent == 0
        and text[line.start : line.end].count(" ") < 2
    )


def _in_two_lines(text: str, all_lines: Sequence[Line], lexicon: Lexicon) -> dict[int, Item]:
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


def _columns_of_names(text: str, cells: Sequence[tuple[int, int]], lexicon: Lexicon) -> tuple[int, int] | None:
    """Which columns a head gives to given names and to surnames, where it gives them one each."""
    labels = [{t.norm for t in tokens(text, start, end) if t.is_word} for start, end in cells]
    given = [i for i, words in enumerate(labels) if words & lexicon.lists["given_columns"]]
    last = [i for i, words in enumerate(labels) if words & lexicon.lists["surname_columns"]]
    given = [i for i in given if i not in last]
    return (given[0], last[0]) if len(given) == 1 and len(last) == 1 else None


def _in_two_cells(
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


def _part_of_name(text: str, line: Line, lexicon: Lexicon) -> str:
    """The list of labels that a line's label is in, if it stands before a surname or before a given name."""
    label, colon, _ = text[line.start : line.end].partition(":")
    words = {t.norm for t in tokens(label) if t.is_word}
    if not colon or not words or not words <= lexicon.lists["columns"]:
        return ""
    return next((k for k in ("surname_columns", "given_columns") if words & lexicon.lists[k]), "")


def _cells(text: str, line: Line, mark: re.Pattern[str] = _COLUMNS) -> list[tuple[int, int]]:
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


def _item(
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
    names = [n for n in names_in(found, text, lexicon, _covered(found, taken)) if not n.place]
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
    names = [n for n in names_in(rest, text, lexicon, _covered(rest, taken)) if not n.place]
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


def _covered(found: Sequence[Token], taken: Sequence[tuple[int, int]]) -> frozenset[int]:
    return frozenset(i for i, t in enumerate(found) if any(a <= t.start < b for a, b in taken))


def _row(
    text: str, line: Line, cells: Sequence[tuple[int, int]], lexicon: Lexicon, taken: Sequence[tuple[int, int]]
) -> Item | None:
    """A row of a table with a person in one of its cells, or None."""
    mentions: list[Mention] = []
    spans: list[tuple[int, int]] = []
    verdict: bool | None = None
    for n, (start, end) in enumerate(cells):
        found = tokens(text, start, end)
        words = [t.norm for t in found if t.is_word]
        if not words:
            continue
        if verdict is None and n and (words[0] in lexicon.lists["no"] or " ".join(words[:2]) in lexicon.lists["no"]):
            verdict = False
        elif verdict is None and n and words[0] in lexicon.lists["yes"]:
            verdict = True
        if (turned := _turned(text, start, end, found, lexicon)) is not None:
            if not any(not m.vague for m in mentions):
                mentions, spans = [turned], [(start, end)]
            continue
        names = [x for x in names_in(found, text, lexicon, _covered(found, taken)) if not x.place]
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


def _is_head(text: str, cells: Sequence[tuple[int, int]], lexicon: Lexicon) -> bool:
    """Whether a row names its columns: "Surname, given name | Position | E-mail"."""
    known, small = lexicon.lists["columns"], lexicon.lists["stopwords"]
    labels = 0
    for start, end in cells:
        words = [t.norm for t in tokens(text, start, end) if t.is_word]
        labels += bool(words) and any(w in known for w in words) and all(w in known or w in small for w in words)
    return labels > 1


def _turned(text: str, start: int, end: int, found: Sequence[Token], lexicon: Lexicon) -> Mention | None:
    """The person of a cell that is "SURNAME, Given" and nothing else."""
    parts = [p.strip() for p in text[start:end].split(",")]
    if len(parts) != 2 or not all(0 < len(p.split()) <= 3 for p in parts):
        return None
    words = [t for t in found if t.is_word]
    known = lexicon.lists["functions"] | lexicon.lists["not_names"]
    if any(w.norm in known or (not w.is_capital and w.norm not in lexicon.lists["particles"]) for w in words):
        return None
    if not parts[0].isupper() and any(w.norm in lexicon.vocabulary for w in words):
        return None
    return Mention("name", 0, 0, 1, f"{parts[1]} {parts[0]}", None, None, False)
