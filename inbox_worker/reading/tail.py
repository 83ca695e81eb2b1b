"""The foot of a formal letter that has no closing line: a name, an office, an address, and no sentence."""

from __future__ import annotations

from collections.abc import Sequence

from inbox_worker.reading.lexicon import Lexicon
from inbox_worker.reading.list_items import is_labelled
from inbox_worker.reading.people import names_in
from inbox_worker.reading.text import Line, bullet_length, lines, tokens

REACHED = frozenset({"tel", "e", "email", "mobile", "phone"})  # labels of ways to reach somebody
MOST_LINES = 7
LONGEST = 90  # characters of a line
SAYS = frozenset(
    {"attend", "attend_weak", "accept", "decline", "request", "send", "add", "remove", "replace", "me", "i", "we"}
    | {"negation", "people", "lead_list", "undersigned", "delegation", "absent", "assistance", "companion"}
)


def foot_start(text: str, start: int, end: int, lexicons: Sequence[Lexicon]) -> int:
    """Where the last paragraph of ``text[start:end]`` begins if it is the writer's name and office, else ``end``."""
    filled = [line for line in lines(text, start, end) if line.end > line.start]
    last = _last_paragraph(text, filled)
    above = filled[: len(filled) - len(last)]
    if not last or not above or len(last) > MOST_LINES or text[above[-1].end - 1] in ":：":
        return end
    if any(line.end - line.start > LONGEST or bullet_length(text, line.start, line.end) for line in last):
        return end
    if any(text[line.end - 1] in ".!?;؟。！？" and line.end - line.start > 12 for line in last):
        return end
    if any(_is_labelled(text, line, lexicons[0]) for line in last):
        return end
    if sum("@" in text[line.start : line.end] for line in last) > 1 or _is_table(text, last):
        return end
    lexicon = lexicons[0]
    named = [n for line in last if (n := _names(text, line, lexicon))]
    if any(n > 1 for n in named) or len(named) > 1 or not _is_office(text, last, lexicon, bool(named)):
        return end
    if named and _leads(text, above[-1], lexicon):
        return end
    return last[0].start


def _is_labelled(text: str, line: Line, lexicon: Lexicon) -> bool:
    """Whether a line tells somebody's name or office after its label, "Name: ...", and not a way to reach them."""
    label, _, rest = text[line.start : line.end].partition(":")
    first = next((t.norm for t in tokens(label) if t.is_word), "")
    return is_labelled(text, line, lexicon) and rest.strip()[:1].isalpha() and first not in REACHED


def _is_table(text: str, last: Sequence[Line]) -> bool:
    """Whether two lines have columns: the same number of bars or tabs."""
    columns = [text.count("|", line.start, line.end) + text.count("\t", line.start, line.end) for line in last]
    return sum(n > 0 for n in columns) > 1


def _last_paragraph(text: str, filled: Sequence[Line]) -> list[Line]:
    last: list[Line] = []
    for line in reversed(filled):
        if last and text[line.end : last[0].start].count("\n") > 1:
            break
        last.insert(0, line)
    return last


def _names(text: str, line: Line, lexicon: Lexicon) -> int:
    """How many people a line names that is hardly more than names."""
    found = tokens(text, line.start, line.end)
    if any(t.raw[0].isdigit() for t in found):
        return 0  # an address
    names = [n for n in names_in(found, text, lexicon) if (not n.place and len(n.name.split()) > 1) or _is_han(n.name)]
    return len(names)


def _is_han(name: str) -> bool:
    return "\u4e00" <= name[:1] <= "\u9fff"


def _is_office(text: str, last: Sequence[Line], lexicon: Lexicon, named: bool) -> bool:
    """Whether the lines tell a person's name and what they are, or an office alone, and say nothing."""
    words = [t.norm for line in last for t in tokens(text, line.start, line.end) if t.is_word]
    hits = lexicon.phrases.find(words)
    if any(h.kind in SAYS and len(words[h.start]) > 1 and not _is_part_of_title(words, h.start, lexicon) for h in hits):
        return False
    office = any(w in lexicon.lists["functions"] or w in lexicon.lists["not_names"] for w in words)
    return named or office


def _is_part_of_title(words: Sequence[str], at: int, lexicon: Lexicon) -> bool:
    return words[at] in lexicon.lists["functions"] | lexicon.lists["not_names"] | lexicon.lists["and"]


def _leads(text: str, line: Line, lexicon: Lexicon) -> bool:
    """Whether the paragraph above announces names."""
    words = [t.norm for t in tokens(text, line.start, line.end) if t.is_word]
    return text[line.end - 1] not in ".!?。！？؟," and any(h.kind == "lead_list" for h in lexicon.phrases.find(words))
