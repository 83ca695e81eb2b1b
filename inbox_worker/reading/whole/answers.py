"""Forms of labels and values, as sentences in their place: who comes, how many, and whether at all.

Who filled the form in, whom to call in an emergency and what else is asked of those who come becomes empty. What the
form is read as has the length of what it stands for.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from inbox_worker.model import Code, Doubt, Evidence, Part
from inbox_worker.reading.columns import HAN, family_first, is_title, role_of, tells_of
from inbox_worker.reading.counts import MOST, numbers_in
from inbox_worker.reading.lexicon import lexicons
from inbox_worker.reading.people import POSTNOMINALS
from inbox_worker.reading.text import lines, tokens
from inbox_worker.reading.whole.fields import (
    ASKS,
    LONGEST_LABEL,
    MOST_WORDS,
    NUMBERED,
    OF_PEOPLE,
    Field,
    fields_in,
    is_function,
    is_nobody,
    label_of,
    value_of,
)
from inbox_worker.reading.whole.forms import EMPTY, TICKED
from inbox_worker.reading.whole.rosters import rosters_in
from inbox_worker.reading.whole.verdicts import is_perhaps, kinds_of, verdict_of
from inbox_worker.reading.whole.wording import Wording

WITHIN = re.compile(r"(?<=[\w\])>.]) (?:\(?[a-h1-9][.)]) (?=\S)|; ?(?=\S)")  # between the people of one value
RULE = re.compile(r"^[ \t]*[-=_*~]{3,}[ \t]*$", re.MULTILINE)  # a line that is drawn, and begins no signature here
SENTENCE = re.compile(r"(?<=[.;])\s+")
DASH = re.compile(r"\s+[-–—]\s+")  # before what somebody does
SEVERAL = re.compile(r"[;&+、،]| (?:and|et|y|e|und|en|и|و) ")  # between people
COMMA = re.compile(r"[,،，(（]")  # before what somebody does
SAYS = frozenset({"attend", "decline", "absent", "regret", "cancel", "change", "replace", "people", "companion", "add"})
DOUBTFUL = frozenset({"decline", "absent", "regret", "cancel", "replace", "tentative", "undecided"})
LEAST = 3  # labels of a form
LONGEST_NAME = 3  # words of a given name
BULLET = "- "
PARAGRAPH = "\n"  # so that the line above is not read on


def as_answers(part: Part, wording: Wording) -> tuple[Part, Doubt | None]:
    """A form as what it answers, with what has to be asked about it; any other part as it is, and a form of which not
    all that counts can be said."""
    rosters = rosters_in(part)
    fields = [f for f in fields_in(part.text) if not any(r.start <= f.label.start <= r.end for r in rosters)]
    roles = [field.role for field in fields if field.role]
    if len(roles) < LEAST or not ASKS.intersection(roles) or not (rosters or _has_answers(part.text, fields)):
        return part, None
    fields = _in_sections(_joined(part.text, fields))
    doubt = next((_unclear(part, f) for f in fields if _is_asked(part.text, f)), None)
    people = [(f.label.start, names) for f in fields if f.role in OF_PEOPLE and (names := _people(part.text, f))]
    listed = [person for _, names in people for person in names.splitlines()]
    if not all(map(_is_one, listed)):
        return part, doubt
    answers = [(f, answer) for f in fields if f.role == "attendance" and (answer := _answered(part.text, f, wording))]
    form = _Form(
        wording,
        named=len(listed) + sum(len(r.rows) for r in rosters),
        first=min((*(start for start, _ in people), *(r.start for r in rosters)), default=0),
        answered=any(f.end - f.label.start > len(wording.no) for f, _ in answers),
        declined=any(answer == wording.no for _, answer in answers),
    )
    written = [(field, said) for field in fields if (said := _said(part.text, field, form)) is not None]
    unfit = [f.role for f, said in written if len(said) > f.end - f.label.start]
    counted = any(f.role == "count" and said.strip() for f, said in written)
    if set(unfit) - {"attendance", "organisation"} or ("attendance" in unfit and not (form.answered or counted)):
        return part, doubt
    return replace(part, text=_anew(part.text, fields, written, named=bool(form.named))), doubt


def _is_asked(text: str, field: Field) -> bool:
    """Whether it is not plain what a field says on who comes."""
    value, label = value_of(text, field), text[field.label.start : field.label.end][:LONGEST_LABEL]
    if field.role in OF_PEOPLE:
        beside = [said for person in _people(text, field).splitlines() for said in COMMA.split(person)[1:]]
        return any(tells_of(said, "open") or kinds_of(said) & DOUBTFUL for said in beside)
    if field.role == "remark":
        return bool(kinds_of(value) & SAYS)
    return not field.role and _may_be_names(value) and (is_function(label) or tells_of(label, "person"))


def _unclear(part: Part, field: Field) -> Doubt:
    start, end = field.label.start, field.end
    said = part.text[start:end]
    shown = Evidence(Code.COUNT_UNCLEAR.value, part.section, start, end, said)
    return Doubt(
        Code.COUNT_UNCLEAR, f"What the form says here is not plain: '{' '.join(said.split())[:80]}'.", (shown,)
    )


def _anew(text: str, fields: Sequence[Field], written: Sequence[tuple[Field, str]], *, named: bool) -> str:
    """The text of a form with what its fields say in their place."""
    pieces = list(text)

    def blank(start: int, end: int) -> None:
        pieces[start:end] = " " * (end - start)

    for line in lines(text, 0, len(text)):
        option = text[line.start : line.end]
        if option.isdecimal() or (EMPTY.match(option) and not TICKED.search(option)):
            blank(line.start, line.end)  # what is not chosen or not filled in
    for field, said in written:
        start, end = field.label.start, field.end
        pieces[start:end] = (said if len(said) <= end - start else "").ljust(end - start)
    for start, end in _rooms(text, fields) if named else ():
        blank(start, end)
    for line in lines(text, 0, fields[0].label.start):
        if is_title(text[line.start : line.end]):
            blank(line.start, line.end)
    return RULE.sub(lambda rule: " " * len(rule.group()), "".join(pieces))


def _rooms(text: str, fields: Sequence[Field]) -> list[tuple[int, int]]:
    """Where lists of rooms stand, which have a row of headings: who sleeps where says not who is sent."""
    found = []
    for field in fields:
        start = field.label.start
        if field.role == "room" and text[start : field.end].count("|") > 1:
            stops = [f.label.start for f in fields if f.label.start > start and f.role in ASKS]
            blank = text.find("\n\n", start)
            found.append((start, min([*stops, blank if blank >= 0 else len(text)])))
    return found


@dataclass(frozen=True)
class _Form:
    """What has to be known of a form to say what one of its fields says."""

    wording: Wording
    named: int  # people
    first: int  # where the first of them stands
    answered: bool  # a question whether they come
    declined: bool

    def yes(self, field: Field) -> str:
        """That they come, said in the place of a field: before their names, that these do, where there is room."""
        leads = self.named and field.label.start < self.first
        said = [self.wording.list, PARAGRAPH + self.wording.yes, self.wording.yes] if leads else [self.wording.yes]
        room = field.end - field.label.start
        return next((s for s in (PARAGRAPH + said[0], *said) if len(s) <= room), said[-1])


def _in_sections(fields: Sequence[Field]) -> list[Field]:
    """The labels, of which that of a name right below "This form was completed by" is no delegate's."""
    found: list[Field] = []
    for field in fields:
        above = found[-1] if found else None
        aside = above is not None and above.role == "contact" and not above.value and field.role in OF_PEOPLE
        found.append(replace(field, role="contact") if aside else field)
    return found


def _joined(text: str, fields: Sequence[Field]) -> list[Field]:
    """The labels, of which those of a surname and of a given name beside it are one."""
    found: list[Field] = []
    for field in fields:
        last = found[-1] if found else None
        if last is not None and {last.role, field.role} == {"given", "family"} and not last.name:
            halves = {f.role: value_of(text, f) for f in (last, field)}
            found[-1] = replace(last, value=field.value, name=f"{BULLET}{halves['given']} {halves['family']}")
        else:
            found.append(field)
    return found


def _said(text: str, field: Field, form: _Form) -> str | None:
    """What a field says, "" where it says nothing more; None where it is to be read as it stands."""
    value = value_of(text, field)
    if field.role == "attendance":
        said = _answered(text, field, form.wording)
        if said is None and form.answered and _is_open(value):
            return ""  # an option that is not chosen
        if said != form.wording.yes:
            return said and PARAGRAPH + said
        number = _number_in(value)
        more = f" {form.wording.number(number)}" if number and number != form.named else ""
        return form.yes(field) + more
    if field.role == "count":
        number = _number(value)
        if number is not None and number == form.named:
            return "" if form.answered or field.label.start > form.first else form.yes(field)
        return PARAGRAPH + form.wording.number(number) if number else ("" if is_nobody(value) else None)
    if field.role in OF_PEOPLE:
        return _people(text, field)
    if field.role == "organisation":
        return f"{value}." if value else None
    if field.role in ("contact", "companion"):
        return "" if form.named or form.declined else None
    return "" if _is_beside(text, field) else None


def _is_beside(text: str, field: Field) -> bool:
    """Whether a field says nothing on who comes: a meal, a flight, a function."""
    value = value_of(text, field)
    kinds = kinds_of(value)
    if field.role in ("other", "function", "room"):
        return not kinds & {"attend", "decline", "cancel", "replace", "people"}
    named = _may_be_names(text[field.label.start : field.end])
    return (
        field.role in ("remark", "")
        and bool(value)
        and not named
        and len(tokens(value)) <= MOST_WORDS
        and not (kinds & SAYS)
    )


def _is_one(person: str) -> bool:
    """Whether a line of people is one person, with or without what it does."""
    first, *rest = COMMA.split(person.removeprefix(BULLET))
    if SEVERAL.search(first) or not first.strip():
        return False
    return not any(_may_be_names(said) and not is_function(said) for said in rest)


def _may_be_names(value: str) -> bool:
    """Whether two words in a row are written as names are."""
    words = [t for t in tokens(value) if t.is_word]
    if "".join(t.norm for t in words) in POSTNOMINALS:
        return False  # "M.Sc."
    return any(one.is_capital and other.is_capital for one, other in pairwise(words)) or bool(HAN.search(value))


def _people(text: str, field: Field) -> str:
    """The people of a value, one a line."""
    if field.name:
        return field.name
    found = []
    turn = family_first(text[field.label.start : field.label.end].partition(":")[0])
    for line in field.value:
        for person in WITHIN.split(text[line.start : line.end]):
            bullet = NUMBERED.match(person)
            name = person[bullet.end() :] if bullet else person
            if not is_nobody(name):
                found.append(BULLET + _turned(DASH.sub(", ", name.strip(" |"), count=1), turn=turn))
    return "\n".join(found)


def _turned(name: str, *, turn: bool) -> str:
    """A name whose surname stands first, before a comma, as it is said."""
    family, comma, given = name.partition(",")
    one_each = len(family.split()) == 1 or len(given.split()) == 1  # or it is "Lee Ann, Kim Bo"
    fits = turn and comma and one_each and len(given.split()) <= LONGEST_NAME
    return f"{given.strip()} {family.strip()}" if fits else name


def _answered(text: str, field: Field, wording: Wording) -> str | None:
    return _answer(value_of(text, field), wording, label_of(text, field))


def _answer(value: str, wording: Wording, label: str) -> str | None:
    """What the question is answered with, by a word or by a tick, which may be beside the label; None where that is not
    plain."""
    boxes = sorted([(m, True) for m in TICKED.finditer(value)] + [(m, False) for m in EMPTY.finditer(value)],
                   key=lambda box: box[0].start())  # fmt: skip
    if len(boxes) == 1 and not boxes[0][1]:
        return None
    chosen = value
    if len(boxes) == 1:
        before, after = value[: boxes[0][0].start()], value[boxes[0][0].end() :]
        chosen = before if before.strip() else after if after.strip() else label  # "Will attend: [X]"
    elif boxes:
        ticked = [n for n, (_, ticks) in enumerate(boxes) if ticks]
        if len(ticked) != 1:
            return None
        stops = [0, *(m.start() for m, _ in boxes), len(value)]
        ends = [m.end() for m, _ in boxes]
        n = ticked[0]
        leads = not value[: boxes[0][0].start()].strip()  # "[x] yes [ ] no", and not "yes [x] no [ ]"
        chosen = value[ends[n] : stops[n + 2]] if leads else value[ends[n - 1] if n else 0 : boxes[n][0].start()]
    chosen = TICKED.sub(" ", chosen)
    verdict = verdict_of(chosen)
    if verdict is None:
        return wording.perhaps if is_perhaps(chosen) else None
    return wording.yes if verdict else wording.no


def is_filled(text: str) -> bool:
    """Whether a form has answers in it."""
    return _has_answers(text, fields_in(text))


def _has_answers(text: str, fields: Sequence[Field]) -> bool:
    values = [value_of(text, field) for field in fields if field.role in ASKS]
    return any(not is_nobody(value) and not _is_open(value) for value in values)


def _is_open(value: str) -> bool:
    """Whether boxes are there of which none is ticked."""
    return bool(EMPTY.search(value)) and not TICKED.search(value)


def _number_in(value: str) -> int | None:
    """The number that an answer gives beside: "The organisation will take part. Number of participants: 2"."""
    for said in SENTENCE.split(value):
        label, colon, number = said.partition(":")
        if colon and role_of(label) == "count":
            return _number(number)
    return None


def _number(value: str) -> int | None:
    """The number that a value is, in figures or in words of any language."""
    words = [t for t in tokens(value) if t.is_word]
    found = (
        {n.value for x in lexicons().values() for n in numbers_in(words, value, x)}
        if len(words) <= MOST_WORDS
        else set()
    )
    return next(iter(found)) if len(found) == 1 and 0 < min(found) <= MOST else None
