"""What the columns of a list of people hold, by their headings."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from inbox_worker.reading.folding import fold
from inbox_worker.reading.text import Line

ROLES = ("given", "family", "name", "attendance", "organisation", "remark", "function", "other", "person")
OF_NAMES = frozenset({"given", "family", "name", "person"})
TOGETHER = re.compile(r"[,/&+;]| (?:and|et|y|e|und|en|и) ")  # in "Surname, given name"
WORD = re.compile(r"[^\W_][\w.°º-]*|[#№]")
HAN = re.compile("[\u4e00-\u9fff]")
LONGEST = 60  # characters of a heading
LONGEST_ROW, MOST_COLUMNS = 600, 30  # characters and cells of a row of headings
ASIDE = re.compile(r"[(（][^()（）]*[)）]")
PERSON = frozenset({"person", "persons"})  # of whom a contact may be one
NO = frozenset({"no", "n", "nr"})  # in "yes/no", and no other question
SPACES = re.compile(r" {2,}")
BAR = re.compile(r" \| ?")
# What stands between cells, the surest first. Columns of spaces are found by where they begin.
BETWEEN = (re.compile(r"\t"), BAR, SPACES, re.compile(";"), re.compile(r",(?=\S)"))

Cell = tuple[int, int]


@dataclass(frozen=True)
class Heading:
    """A row of headings: what stands between its cells, and the role of each, "" where it is not known."""

    between: re.Pattern[str]
    starts: tuple[int, ...]  # where the cells begin in their line
    roles: tuple[str, ...]
    family_first: bool  # one column has both names, the surname first

    def cells(self, text: str, line: Line) -> dict[int, Cell]:
        """The filled cells of a row below, by the number of their column."""
        found: dict[int, Cell] = {}
        for n, cell in enumerate(split(text, line, self.between)):
            column = n if self.between is not SPACES else self._column(cell[0] - line.start + line.indent)
            start, end = trimmed(text, *cell)
            if start < end and 0 <= column < len(self.roles):
                found[column] = (found[column][0], end) if column in found else (start, end)
        return found

    def _column(self, at: int) -> int:
        return max((n for n, start in enumerate(self.starts) if start <= at + 1), default=0)

    def goes_on(self, text: str, line: Line) -> bool:
        """Whether a line only goes on with cells of the row above it, in columns that spaces make."""
        first, second = (*self.starts, 0, 0)[:2]
        return self.between is SPACES and first < second <= line.indent + 1

    def column(self, role: str, filled: Collection[int]) -> int | None:
        """The first column with a role that is filled."""
        return next((n for n, one in enumerate(self.roles) if one == role and n in filled), None)


def heading_of(text: str, line: Line) -> Heading | None:
    """The headings of a list of people, if a line is that: one is of names, and two in three are known."""
    if line.end - line.start > LONGEST_ROW:
        return None
    for between in BETWEEN:
        if not between.search(text, line.start, line.end):
            continue
        cells = split(text, line, between)
        if len(cells) > MOST_COLUMNS:
            continue
        words = [text[start:end] for start, end in cells]
        roles = roles_of(words)
        if not roles or "count" in roles:
            continue
        starts = tuple(trimmed(text, s, e)[0] - line.start + line.indent for s, e in cells)
        both = next((w for w, r in zip(words, roles, strict=True) if r == "name"), "")
        return Heading(between, starts, _told_apart(roles), family_first(both))
    return None


def roles_of(cells: Sequence[str]) -> tuple[str, ...]:
    """What the cells of a row of headings head, "" where it is not known; nothing where it is no such row."""
    roles = tuple(role_of(cell) for cell in cells)
    filled = sum(bool(cell.strip(" |")) for cell in cells)
    known = sum(role != "" for role in roles)
    return roles if known > 1 and known * 3 >= filled * 2 and OF_NAMES.intersection(roles) else ()


def split(text: str, line: Line, between: re.Pattern[str]) -> list[Cell]:
    """The cells of a row, also those that are empty."""
    start = line.start
    if between is BAR and text.startswith("| ", start):  # the first cell is empty
        start -= 1
    cells, at = [], line.start
    for match in between.finditer(text, max(start, 0), line.end):
        cells.append((at, max(at, match.start())))
        at = match.end()
    cells.append((at, line.end))
    return cells


def trimmed(text: str, start: int, end: int) -> Cell:
    """A cell without what surrounds its words."""
    cell = text[start:end]
    return start + len(cell) - len(cell.lstrip(' |"')), start + len(cell.rstrip(' |"'))


def is_example(cell: str) -> bool:
    """Whether a cell says that its row only shows how to fill in the others: "e.g. DOE", "EXAMPLE"."""
    said = _folded(cell)
    known = {w.rstrip(".") for w in _words()["example"]}
    return bool(said) and (all(w in known for w in said) or cell.strip("：: ") in known or _starts_so(cell))


def _starts_so(cell: str) -> bool:
    return any(fold(cell).startswith(f"{w} ") for w in _words()["example"] if w.endswith("."))


def role_of(label: str) -> str:
    """What a heading or a label asks for, one of ``ROLES``, "contact", "companion", "room" or "count"; "" where none of
    its words is known, or they say two things."""
    aside = ASIDE.findall(label[:LONGEST_ROW])
    role = _role(ASIDE.sub(" ", label[:LONGEST_ROW])) if aside else ""
    if role == "person" and _role(aside[0][1:-1]) == "name":
        return "name"  # "Delegates (title, first name, SURNAME)"
    return role or _role(label)


def _role(label: str) -> str:
    if len(label) > LONGEST:
        return ""
    said = [fold(w) for w in WORD.findall(fold(label))]
    words = {*said, *(w.strip(".?") for w in said)}
    known = _words()

    def tells(role: str) -> bool:
        return bool(words & known[role]) or _has_phrase(label, said, known[role])

    if tells("contact"):
        return "" if (words - PERSON) & known["person"] else "contact"  # "Head of delegation and contact"
    for role in ("companion", "room", "count"):
        if tells(role):
            return role
    if tells("person") and tells("number"):
        return "count"
    given, family, name = tells("given"), tells("family"), tells("name")
    if (given and family) or (name and (given or family) and TOGETHER.search(label)):
        return "name"
    if name and tells("organisation"):
        return "organisation"
    asks = bool((words - NO) & known["other"])  # "Attending dinner", "Visa confirmed"
    if tells("attendance") and not name:
        return "other" if asks else "attendance"
    return next((role for role in ROLES if tells(role)), "")


def is_title(line: str) -> bool:
    """Whether a line is the title of a form."""
    return tells_of(line, "form")


def tells_of(cell: str, role: str) -> bool:
    """Whether a cell has a word of a role."""
    said = _folded(cell)
    return bool(set(said) & _words()[role]) or _has_phrase(cell, said, _words()[role])


def share_known(label: str) -> float:
    """How many of the words of a label are such of headings; small words and numbers do not count."""
    known = _all_words()
    said = [w for w in _folded(label) if w in known or len(w) > 3]
    return sum(w in known for w in said) / len(said) if said else 0.0


def _folded(text: str) -> list[str]:
    """The words of a text as they are compared, without the points of abbreviations."""
    return [fold(w).strip(".") for w in WORD.findall(fold(text))]


def _has_phrase(text: str, said: Sequence[str], phrases: Collection[str]) -> bool:
    """Whether one of several phrases of more than a word, or one in Chinese, is in a text of these words."""
    phrase = f" {' '.join(w.strip('.?') for w in said)} "
    return any(f" {p} " in phrase if " " in p else HAN.match(p) is not None and p in text for p in phrases)


def _told_apart(roles: Sequence[str]) -> tuple[str, ...]:
    """Where one column is of given names or of surnames only, "name" is the other; "Delegate" heads names where nothing
    else does."""
    found = list(roles)
    if not {"given", "family", "name"}.intersection(found):
        found[found.index("person")] = "name"
    for one, other in (("given", "family"), ("family", "given")):
        if one in found and other not in found and "name" in found:
            found[found.index("name")] = other
    return tuple(found)


def family_first(heading: str) -> bool:
    """Whether a heading of whole names wants the surname first: "Nom et prénom"."""
    words = [fold(w) for w in WORD.findall(heading)]
    own = [_words()["given"], _words()["family"]]
    if not any(w in own[0] for w in words):
        own[0] = _words()["name"]  # "apellido y nombre"
    elif not any(w in own[1] for w in words):
        own[1] = _words()["name"]  # "nom et prénom"
    given, family = (next((n for n, w in enumerate(words) if w in one), None) for one in own)
    return given is not None and family is not None and family < given


@cache
def _words() -> dict[str, frozenset[str]]:
    file = resources.files("inbox_worker.reading") / "columns.toml"
    lists = tomllib.loads(file.read_text(encoding="utf-8"))
    return {role: frozenset(" ".join(map(fold, word.split())) for word in words) for role, words in lists.items()}


@cache
def _all_words() -> frozenset[str]:
    return frozenset().union(*_words().values())
