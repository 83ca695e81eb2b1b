"""Lists of people as tables: their rows written as a person would write a list, of those who come.

A name may stand in two columns, and whether somebody comes in one of its own. A row is written anew in its place, of
the same length: the name, the organisation and the function. Rows of those who do not come and rows that only show how
to fill in the others become empty; where it is not plain whether somebody comes it is asked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from inbox_worker.model import Claim, Code, Doubt, Evidence, Message, Part, Role, Zone
from inbox_worker.reading.answer.heard import same_person
from inbox_worker.reading.columns import Cell, Heading, is_example, tells_of
from inbox_worker.reading.lexicon import lexicons
from inbox_worker.reading.text import Line, lines, tokens
from inbox_worker.reading.whole.alternatives import FORMS, same_words
from inbox_worker.reading.whole.lists import in_letters
from inbox_worker.reading.whole.rosters import LABEL, MOST_LISTS, NAMED, NOBODY, WRAPPED, Roster, has_name, rosters_in
from inbox_worker.reading.whole.verdicts import kinds_of, noted, verdict_of, yes_or_no

LONGEST_LABEL = 60  # characters
PARTED = re.compile(r"\t| {2,}|\||[:：]")  # between a label and its value
MOST_EMPTY = 2  # lines between two tables of HTML
FAR = 2_000  # characters below a list
NEAR = 200  # characters above a list in which its title stands
BETWEEN = " | "


@dataclass(frozen=True)
class Listed:
    """Who is in the lists of a message, each with the part and the row, and what has to be asked about rows."""

    people: tuple[tuple[str, Evidence], ...] = ()
    doubts: tuple[Doubt, ...] = ()

    def asked(self, claims: Sequence[Claim]) -> tuple[Doubt, ...]:
        """What has to be asked where these claims are made: also of whom nobody made a person, of a list of which
        others were read."""
        read = [person.name for claim in claims for person in claim.people]
        known = {shown.part for name, shown in self.people if any(same_person(name, r) for r in read)}
        left = [s for name, s in self.people if s.part in known and not any(same_person(name, r) for r in read)]
        why = "Who stands in this row of a list was not understood: '{}'."
        return (*self.doubts, *(Doubt(Code.COUNT_UNCLEAR, why.format(_short(s.text)), (s,)) for s in left[:MOST_LISTS]))


def with_rosters(message: Message) -> tuple[Message, Listed]:
    """The message with its lists of people as they are read, and who is in them.

    Where the plain text has lost the rows of a table that the HTML still has, the HTML is read in its place.
    """
    body = next((p for p in message.parts if p.role is Role.BODY and p.text.strip()), None)
    forms = [p for p in message.parts if p.role is Role.ALTERNATIVE and p.media_type in FORMS]
    shown = None
    if body is not None and forms and not rosters_in(body):
        shown = next((p for p in forms if rosters_in(p) and same_words(p, body)), None)
    parts, listed = [], Listed()
    for part in message.parts:
        read = part
        if part.role in (Role.BODY, Role.ATTACHMENT, Role.MESSAGE):
            read, found = _written(replace(shown, role=Role.BODY) if shown and part is body else part)
            listed = Listed((*listed.people, *found.people), (*listed.doubts, *found.doubts))
        parts.append(read)
    if all(one is other for one, other in zip(parts, message.parts, strict=True)):
        return message, listed
    alike = [p for p in forms if body is not None and same_words(p, body)]  # they say the same: no other opinion
    return replace(message, parts=tuple(p for p in parts if p not in alike)), listed


def _is_nobody_yet(heading: Heading, text: str, cells: dict[int, Cell]) -> bool:
    """Whether the name of a row is in small letters, as "to be communicated" is."""
    names = [text[slice(*cells[n])] for n in cells if heading.roles[n] in NAMED]
    return all(name == name.lower() != name.upper() for name in names)


def _is_beside(text: str, heading: Heading, cells: dict[int, Cell]) -> bool:
    """Whether a row may be of somebody who only comes along: "épouse du président"."""
    beside = [n for n in cells if heading.roles[n] not in {*NAMED, "organisation"}]
    return any(tells_of(text[slice(*cells[n])], "companion") for n in beside)


def _written(part: Part) -> tuple[Part, Listed]:
    """A part whose tables are lists of those who come."""
    pieces, doubts, people = list(part.text), list[Doubt](), list[tuple[str, Evidence]]()
    rosters = rosters_in(part)
    aside = [r for r in rosters if _is_aside(part.text, r)] if len(rosters) > 1 else []
    for roster in rosters:
        if roster in aside and len(aside) < len(rosters):
            for line in (roster.line, *(line for line, _ in roster.rows)):
                _replace(pieces, line, "")
            continue
        told, comes = _verdicts(part.text, roster)
        titles = _titles(part.text, roster)
        heading = _row(part.text, roster, roster.heading.cells(part.text, roster.line), told, titles)
        _replace(pieces, roster.line, heading if BETWEEN in heading else "")
        for (line, cells), verdict in zip(roster.rows, comes, strict=True):
            stays = verdict is False or not has_name(part.text, roster.heading, cells)
            stays = stays or any(is_example(part.text[s:e]) for s, e in cells.values())
            _replace(pieces, line, NOBODY if stays else _row(part.text, roster, cells, told, titles))
            shown = Evidence("count-unclear", part.section, line.start, line.end, part.text[line.start : line.end])
            if cells is WRAPPED or _is_asked(part.text, roster.heading, cells, verdict, stays=stays):
                doubts += [_unclear(shown)] if _is_new(part, line) else []
            elif not stays and _is_new(part, line):
                people.append((_name(roster.heading, {n: part.text[s:e] for n, (s, e) in cells.items()}), shown))
        for line in (*_choices(part.text, roster), *_below(part.text, roster)):
            _replace(pieces, line, "")
    text = "".join(pieces)
    return (part if text == part.text else replace(part, text=text)), Listed(tuple(people), tuple(doubts))


def _is_new(part: Part, line: Line) -> bool:
    """Whether a row is written now, and not quoted; what is inside a message that is passed on is its own matter."""
    if part.role is Role.MESSAGE:
        return False
    return not part.spans or any(s.zone is Zone.NEW and s.start <= line.start < s.end for s in part.spans)


def _is_asked(text: str, heading: Heading, cells: dict[int, Cell], verdict: bool | None, *, stays: bool) -> bool:
    """Whether it is not plain what a row adds to those who come."""
    if not has_name(text, heading, cells):  # "3 | | Adviser"
        return verdict is not False and any(
            heading.roles[n] in {"function", "organisation", "attendance"} for n in cells
        )
    return not stays and (verdict is None or _is_nobody_yet(heading, text, cells) or _is_beside(text, heading, cells))


def _below(text: str, roster: Roster) -> list[Line]:
    """The lines below a list that say whom to call: lines with such a label, and the rows below a label alone."""
    found: list[Line] = []
    empty, alone = 0, False
    for line in lines(text, roster.end, min(len(text), roster.end + FAR))[1:]:
        if line.end <= line.start:
            empty += 1
            if empty > (1 if found else MOST_EMPTY):
                break
            continue
        label = text[line.start : line.end][:LONGEST_LABEL]
        if LABEL.search(label) and tells_of(label, "contact"):
            alone, empty = text[line.end - 1] in ":：", 0
        elif not (alone and PARTED.search(text, line.start, line.end)):
            break
        found.append(line)
    return found


def _is_aside(text: str, roster: Roster) -> bool:
    """Whether a list is of others than delegates, as the line above it says: whom to call, who sleeps where."""
    above = [line for line in lines(text, max(0, roster.start - NEAR), roster.start) if line.end > line.start][-1:]
    return any(tells_of(text[line.start : line.end], "aside") for line in above)


def _choices(text: str, roster: Roster) -> list[Line]:
    """Lines that list what a column may hold, as office programs keep beside a table."""
    held = {text[s:e].casefold() for _, cells in roster.rows for s, e in cells.values()}
    found: list[Line] = []
    block: list[Line] = []
    for line in [*lines(text, roster.end, min(len(text), roster.end + FAR)), Line(0, 0, 0)]:
        if line.end > line.start:
            block.append(line)
            continue
        if sum(text[one.start : one.end].casefold() in held for one in block) > 1:
            found += block
        block = []
    return found


def _replace(pieces: list[str], line: Line, said: str) -> None:
    pieces[line.start : line.end] = said.ljust(line.end - line.start)


def _unclear(row: Evidence) -> Doubt:
    return Doubt(Code.COUNT_UNCLEAR, f"Whether this row of the list comes is not plain: '{_short(row.text)}'.", (row,))


def _short(row: str) -> str:
    return " ".join(row.split())[:80]


def _row(text: str, roster: Roster, cells: dict[int, Cell], told: int | None, titles: int | None) -> str:
    """A row as title and name, what column ``told`` says, organisation and function, as much of it as has room."""
    words = {n: text[start:end] for n, (start, end) in cells.items()}
    said = _name(roster.heading, words)
    length = max(e for _, e in cells.values()) - min(s for s, _ in cells.values())
    title = words.pop(titles, "") if titles is not None else ""
    if _is_title(title) and len(title) + 1 + len(said) <= length:
        said = f"{title} {said}"
    others = [roster.heading.column(role, words) for role in ("organisation", "function")]
    for n in dict.fromkeys((told, *others)):
        if n is not None and n in words and len(said) + len(BETWEEN) + len(words[n]) <= length:
            said += BETWEEN + words[n]
    return said


def _name(heading: Heading, words: dict[int, str]) -> str:
    given, family, whole = (
        [words[n] for n in words if heading.roles[n] == role] for role in ("given", "family", "name")
    )
    if given or family:
        return " ".join(in_letters(word) for word in (*given[:1], *family[:1]))
    first, comma, rest = whole[0].partition(",") if whole else ("", "", "")
    if heading.family_first and comma and rest.strip() and "," not in rest:
        return f"{rest.strip()} {in_letters(first.strip())}"
    return whole[0] if whole else ""


def _titles(text: str, roster: Roster) -> int | None:
    """The column that has titles: "Ms", "Dr"."""
    for n, role in enumerate(roster.heading.roles):
        if role in ("function", "other") and any(_is_title(text[slice(*c[n])]) for _, c in roster.rows if n in c):
            return n
    return None


def _is_title(cell: str) -> bool:
    words = [t.norm for t in tokens(cell) if t.is_word]
    return 0 < len(words) <= 2 and any(all(w in x.lists["titles"] for w in words) for x in lexicons().values())


def _agreed(verdicts: Sequence[bool | None]) -> bool | None:
    """What columns say that agree, None where they do not."""
    return verdicts[0] if len(set(verdicts)) == 1 else None


def _verdicts(text: str, roster: Roster) -> tuple[int | None, list[bool | None]]:
    """Which column tells who comes, if one does, and for each row whether it comes; None where that is not plain."""
    roles = roster.heading.roles
    told = [n for n, role in enumerate(roles) if role == "attendance"]
    found = [
        _agreed([verdict_of(text[slice(*cells[n])]) if n in cells else None for n in told]) for _, cells in roster.rows
    ]
    if any(v is not None for v in found) or len(told) > 1:
        return told[0], found
    for n in (n for n, role in enumerate(roles) if role == ""):
        said = [yes_or_no(text[slice(*cells[n])]) if n in cells else None for _, cells in roster.rows]
        if sum(v is not None for v in said) * 2 > len(said):
            heading = roster.heading.cells(text, roster.line).get(n, (0, 0))
            dated = any(c.isdigit() for c in text[slice(*heading)])  # "2 March"
            plain = any("decline" in kinds_of(text[slice(*cells[n])]) for _, cells in roster.rows if n in cells)
            return n, said if dated or plain else [v or None for v in said]  # "vegetarian" may mean anything
    beside = [n for n, role in enumerate(roles) if role in ("remark", "attendance", "")]
    return None, [noted([text[slice(*cells[n])] for n in beside if n in cells]) for _, cells in roster.rows]
