"""The labels of a form and the values that stand beside them.

A label stands before its value ("Number of delegates: 2"), in a cell beside it, or in a line above it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from inbox_worker.reading.columns import BAR, HAN, is_title, role_of, share_known, split
from inbox_worker.reading.lexicon import lexicons
from inbox_worker.reading.text import Line, lines, tokens
from inbox_worker.reading.whole.forms import EMPTY, TICKED, asks_otherwise
from inbox_worker.reading.whole.verdicts import kinds_of

# between a label and its value
AFTER = re.compile(r"\s?[:：?？؟]\s*\|?\s*|\s*\|\s*|\s*\.{3,}\s*|\s*…+\s*|\s+\.\s+|\s*_{4,}\s*|\t+\s*| {3,}")
NUMBERED = re.compile(r"\s*(?:\d{1,2}|[a-zA-Zа-я])\s?[.)](?:\s+|$)|\s*[-–—•*·]\s+")
NONE = frozenset(
    """
    n/a na none nil kein keine keiner néant aucun aucune ninguno ninguna nessuno nenhum geen нет لا 无
    """.split()  # noqa: SIM905 - a list this long reads better so
)
OF_PEOPLE = frozenset({"name", "person", "given", "family"})
ASKS = OF_PEOPLE | {"attendance", "count"}
LEAST_KNOWN, LEAST_OF_CONTACT = 0.5, 0.3  # of the words of a label
LONGEST_LABEL, LONGEST_VALUE = 110, 100  # characters
MOST_WORDS = 12  # of a label
MOST_TEXT = 20_000  # characters of a form
MOST_LINES = 12  # of a value that are people


@dataclass(frozen=True)
class Field:
    """A label, and the lines of its value, of which there may be none."""

    role: str
    label: Line
    value: tuple[Line, ...]
    name: str = ""  # of which this label and the next ask for a half each

    @property
    def end(self) -> int:
        """Where it ends."""
        return max(self.label.end, self.value[-1].end if self.value else 0)


def fields_in(text: str) -> list[Field]:
    """The labels of a text with their values, in their order; a line below a label that is none itself is its value."""
    found: list[Field] = []
    for line in lines(text, 0, min(len(text), MOST_TEXT)):
        if line.end <= line.start:
            continue
        fields = _fields_beside(text, line) or [_field(text, line)]
        last = found[-1] if found else None
        if fields[0] is not None:
            found += [f for f in fields if f is not None]
        elif last is not None and _goes_on(text, last, line):
            found[-1] = replace(last, value=(*last.value, line))
    return found


def _fields_beside(text: str, line: Line) -> list[Field | None]:
    """Several labels of a row, each with its value in the next cell."""
    cells = [Line(start, end, 0) for start, end in split(text, line, BAR)]
    if not 4 <= len(cells) <= MOST_WORDS or len(cells) % 2:
        return []
    pairs = [(one, other) for one, other in zip(cells[::2], cells[1::2], strict=False)]
    roles = [role_of(text[one.start : one.end]) for one, _ in pairs]
    if "" in roles:
        return []
    ends = [*(one.start for one, _ in pairs[1:]), line.end]
    return [
        Field(role, one, (Line(other.start, end, 0),))
        for role, (one, other), end in zip(roles, pairs, ends, strict=True)
    ]


def _field(text: str, line: Line) -> Field | None:
    """A line that begins with a label, or is one."""
    bullet = NUMBERED.match(text, line.start, line.end)
    start = bullet.end() if bullet else line.start
    mark = AFTER.search(text, start, line.end)
    label = text[start : mark.start() if mark else line.end]
    words = [t for t in tokens(label) if t.is_word]
    if not 0 < len(words) <= MOST_WORDS or len(label) > LONGEST_LABEL or label.rstrip()[-1:] in ".,;!":
        return None
    if TICKED.search(label) or EMPTY.search(label):
        return None
    role = role_of(label)
    if role == "organisation" and share_known(label) < LEAST_KNOWN:
        role = ""
    if not role and kinds_of(label) & {"attend"} and not asks_otherwise(label):
        role = "attendance"
    if mark is None:
        return Field(role, line, ()) if role and _stands_alone(label, role) else None
    value = (Line(mark.end(), line.end, 0),) if mark.end() < line.end else ()
    return Field(role, line, value)


def _stands_alone(label: str, role: str) -> bool:
    """Whether a line is a label without anything that says so: its words are those of labels, for the most part."""
    if HAN.search(label):
        return True
    share = share_known(label)
    if role == "contact":
        return share >= LEAST_OF_CONTACT
    if role == "attendance" and is_title(label):
        return False
    plain = role in ASKS or role in ("organisation", "companion") or share == 1
    return share >= LEAST_KNOWN and (plain or not is_function(label))


def _goes_on(text: str, field: Field, line: Line) -> bool:
    """Whether a line is the value of a label above it, or one more person of it."""
    if not field.role or line.end - line.start > LONGEST_VALUE or text[field.end : line.start].count("\n") > 2:
        return False
    return len(field.value) < (MOST_LINES if field.role in OF_PEOPLE else 1)


def is_function(said: str) -> bool:
    """Whether words are of what somebody does: "Head of Policy"."""
    words = {t.norm for t in tokens(said) if t.is_word}
    return any(words & lexicon.lists["functions"] for lexicon in lexicons().values())


def is_nobody(value: str) -> bool:
    """Whether a value is empty, a dash, or says that there is nobody."""
    said = value.strip(" \t\n-–—_./|·").casefold()
    return not said or said in NONE


def value_of(text: str, field: Field) -> str:
    """The words of a value, of all its lines."""
    return " ".join(text[line.start : line.end].strip(" |") for line in field.value)


def label_of(text: str, field: Field) -> str:
    """The words of a label, without its value."""
    end = min([field.label.end, *(line.start for line in field.value[:1])])
    return text[field.label.start : end]
