"""What somebody wrote into the form beside a message, and the rulings that say the difference.

Saving says: what stands in the form is right. What was changed becomes a correction, what was left as it was read and
is doubted is accepted, and what nobody doubts is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from sqlite_utils import Database

from inbox_worker.model import Op, Partstat, Person
from inbox_worker.registry.corrections import Correction, Newcomer, RulingError
from inbox_worker.registry.desk import SERVICES, Desk, Outcome
from inbox_worker.registry.dossier import find
from inbox_worker.registry.review import Item, Target, item
from inbox_worker.review.entries import NEW, NOTHING, Answer, Entry, entries, in_time, plain_person, shown

Fields = Mapping[str, Sequence[str]]  # of a posted form: name -> values
NAMED = re.compile(r"\((?P<id>[^()]+)\)\s*\Z")  # "Red Kite Trust (red)"


@dataclass(frozen=True)
class Written:
    """What somebody wrote for one entry."""

    answer: Answer
    newcomer: Newcomer | None = None
    words: str = ""  # what stands in the field of the organisation


@dataclass(frozen=True)
class Saved:
    """What came of saving."""

    rulings: tuple[int, ...]
    organisations: tuple[str, ...]
    still_open: tuple[Mapping[str, Any], ...] = field(default=())


def written(db: Database, entry: Entry, fields: Fields) -> Written:
    """What the form says of an entry.

    Raises:
        RulingError: where it cannot be understood; the sentence says what can be.
    """

    def one(name: str) -> str:
        return " ".join((fields.get(f"{entry.key}-{name}") or [""])[0].split())

    answer = one("answer") or Partstat.NEEDS_ACTION.value
    if answer != NOTHING and answer not in {p.value for p in Partstat}:
        raise RulingError(f'"{answer}" is no answer; choose one of those of the form')
    op = one("op") or entry.held.op
    if op not in {o.value for o in Op}:
        raise RulingError(f'"{op}" is not how a number can be meant; choose one of those of the form')
    words, newcomer = one("organisation"), None
    people = tuple(_people(entry.key, fields))
    number = _number(one("number"))
    if number is None and people and entry.held.number is None and people != entry.held.people and op == Op.SET.value:
        number = len(people)
    if fields.get(f"{entry.key}-unlisted"):
        name = one("name") or words
        newcomer = Newcomer(name, "", one("acronym"), one("category"), one("country").upper(), one("contact"))
        organisation = ""
    elif answer == NOTHING or words == entry.held.name or words == shown(entry.held):
        organisation = entry.held.organisation
    else:
        organisation = meant(db, words)
    return Written(Answer(organisation, entry.held.name, answer, number, op, people), newcomer, words)


def kept_words(db: Database, entry: Entry, fields: Fields) -> Written | None:
    """What somebody wrote for an entry, to be shown again, though its organisation may be none. None where the rest of
    it cannot be understood."""
    key = f"{entry.key}-organisation"
    words = (fields.get(key) or [""])[0]
    for organisation in (words, shown(entry.held)):
        try:
            return replace(written(db, entry, {**fields, key: [organisation]}), words=words)
        except RulingError:
            continue
    return None


def _number(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdecimal()) or len(text) > 6:
        raise RulingError(f'"{text}" is no number of people; write it in digits, or leave it empty where nobody knows')
    return int(text)


def _people(key: str, fields: Fields) -> Iterator[Person]:
    names, titles, functions = (fields.get(f"{key}-person-{part}") or [] for part in ("name", "title", "function"))
    for at, name in enumerate(names):
        title, function = ((column[at] if at < len(column) else "") for column in (titles, functions))
        person = plain_person(Person(name, title or None, function or None))
        if person.name:
            yield person
        elif person.title or person.function:
            raise RulingError("somebody has a title or function, but no name; write the name too")


def meant(db: Database, words: str) -> str:
    """The id of the organisation that somebody wrote into a field: "Red Kite Trust (red)", or a name, acronym or id.

    Raises:
        RulingError: where it is none, or more than one.
    """
    if not words:
        raise RulingError("say which organisation it is")
    found = NAMED.search(words)
    if found and (rows := find(db, found["id"])) and rows[0]["id"] == found["id"]:
        return found["id"]
    rows = find(db, words)
    if len(rows) == 1:
        return str(rows[0]["id"])
    if not rows:
        raise RulingError(f'no organisation is called "{words}"; choose one of the list, or add it as a new one')
    names = "; ".join(row["name"] for row in rows[:6])
    raise RulingError(f'"{words}" may be {names}{" and others" if len(rows) > 6 else ""}; choose one')


def save(desk: Desk, message: int, fields: Fields, revision: str) -> Saved:
    """Rule what the form says, as one person's word, all or nothing.

    Raises:
        MeanwhileError: where somebody else ruled since ``revision``.
        RulingError: where it cannot be ruled so, or says nothing that is not so already.
    """
    about = item(desk.db, Target("message", message))
    why = (fields.get("why") or [""])[0]
    outcomes: list[Outcome] = []
    for ruling in _rulings(desk, about, fields):
        outcomes.append(ruling(why=why, revision=None if outcomes else revision))
    if not outcomes:
        if any(entry.doubts for entry in entries(about)):
            raise RulingError("nothing was read in it; say which organisation answers what, or that it says nothing")
        raise RulingError("nothing was changed, and nothing in it is doubted; there is nothing to save")
    return Saved(
        tuple(number for outcome in outcomes for number in outcome.rulings),
        tuple(sorted({at for outcome in outcomes for at in outcome.organisations})),
        outcomes[-1].still_open,
    )


def accept(desk: Desk, target: Target, *, revision: str | None = None) -> Outcome:
    """What is doubted is right as it was read; what nobody doubts is left alone."""
    about = item(desk.db, target)
    doubted = [entry.target for entry in entries(about) if entry.doubts and entry.key != NEW]
    if target.kind != "message" or len(doubted) in (0, len(about.all_claims)):
        return desk.accept(target, revision=revision)
    outcomes = [desk.accept(one, revision=None if at else revision) for at, one in enumerate(doubted)]
    return Outcome(
        tuple(number for outcome in outcomes for number in outcome.rulings),
        tuple(sorted({at for outcome in outcomes for at in outcome.organisations})),
        outcomes[-1].still_open,
    )


def _rulings(desk: Desk, about: Item, fields: Fields) -> Iterator[Any]:
    """What to call, in order; each takes ``why`` and ``revision``."""
    whole = Target("message", about.message["id"])
    shown_ones = entries(about)
    answers = [written(desk.db, entry, fields) for entry in shown_ones]
    _once(shown_ones, answers)
    for entry, wrote in zip(shown_ones, answers, strict=True):
        yield from _ruling(desk, about, entry, wrote)
    late = (fields.get("late") or [""])[0]
    if late and late != in_time(about):
        if late not in ("admit", "refuse"):
            raise RulingError(f'"{late}" says nothing of a late answer; choose one of those of the form')
        yield partial(desk.admit if late == "admit" else desk.refuse, whole)
    if fields.get("done") and any(f["code"] in SERVICES and f["closed_at"] is None for f in about.flags):
        yield partial(desk.close, whole)


def _once(shown_ones: Sequence[Entry], answers: Sequence[Written]) -> None:
    """Refuse a second answer of an organisation that has one in the form."""
    given = [wrote.answer.organisation for wrote in answers if wrote.answer.answer != NOTHING]
    for entry, wrote in zip(shown_ones, answers, strict=True):
        at = wrote.answer.organisation
        if (entry.beside or entry.rulings) and at and wrote.answer.answer != NOTHING and given.count(at) > 1:
            raise RulingError(f"{wrote.words} has an answer in this form already; change that one")


def _ruling(desk: Desk, about: Item, entry: Entry, wrote: Written) -> Iterator[Any]:
    said, held = wrote.answer, entry.held
    if entry.key == NEW or entry.rulings:
        yield from _supplying(desk, about, entry, wrote)
    elif said.answer == NOTHING:
        if held.answer != NOTHING:
            yield partial(desk.dismiss, entry.target)
    elif wrote.newcomer is not None:
        yield partial(desk.add, entry.target, replace(wrote.newcomer, answer=_correction(said)))
    elif _same(said, held):
        if entry.as_read and entry.doubts:
            yield partial(desk.accept, entry.target)
    elif entry.as_read and _same(replace(said, organisation=held.organisation), held):
        yield partial(desk.merge, entry.target, said.organisation)
    else:
        yield partial(desk.correct, entry.target, replace(_correction(said), organisation=said.organisation or None))


def _supplying(desk: Desk, about: Item, entry: Entry, wrote: Written) -> Iterator[Any]:
    """What the reader did not find, and somebody says. Another word replaces what they said before."""
    said, whole = wrote.answer, Target("message", about.message["id"])
    if _same(said, entry.held) and wrote.newcomer is None:
        return
    if said.answer == NOTHING and not about.all_claims and len(entry.rulings) == len(about.supplied):
        yield partial(desk.dismiss, whole)
        return
    for ruling in reversed(entry.rulings):
        yield partial(desk.reopen, Target("ruling", ruling))
    if said.answer == NOTHING:
        return
    if wrote.newcomer is not None:
        yield partial(desk.add, whole, replace(wrote.newcomer, answer=_correction(said)), beside=True)
    else:
        correction = replace(_correction(said), organisation=said.organisation or None)
        yield partial(desk.correct, whole, correction, beside=True)


def _same(one: Answer, other: Answer) -> bool:
    """Whether they say the same; of who does not come, neither number nor names are asked."""
    if one.answer == other.answer == Partstat.DECLINED.value:
        return one.organisation == other.organisation
    return replace(one, name="") == replace(other, name="")


def _correction(said: Answer) -> Correction:
    known = said.answer != Partstat.NEEDS_ACTION.value
    return Correction(
        partstat=Partstat(said.answer) if known else None,
        delegates=said.number,
        people=said.people,
        op=Op(said.op),
        number_unknown=said.number is None,
    )
