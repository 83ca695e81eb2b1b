"""The answers of one message as its form shows them: what was read, what people said of it, and room for more."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from inbox_worker.model import Op, Partstat, Person, Verb
from inbox_worker.registry.desk import SERVICES
from inbox_worker.registry.review import Item, Target
from inbox_worker.registry.rows import claim_of

NOTHING = "nothing"  # an answer that says nothing for the registry
NEW = "new"  # prefix of the fields where nothing was read
REPLACING = (Verb.CORRECT.value, Verb.MERGE.value, Verb.ADD.value)
JUDGING = (*REPLACING, Verb.ACCEPT.value, Verb.DISMISS.value)


@dataclass(frozen=True)
class Answer:
    """What an organisation answers, as the form shows it. ``answer``: a participation status, or ``nothing``."""

    organisation: str = ""  # id
    name: str = ""
    answer: str = Partstat.NEEDS_ACTION.value
    number: int | None = None
    op: str = Op.SET.value
    people: tuple[Person, ...] = ()


@dataclass(frozen=True)
class Entry:
    """One claim in the form: what holds now, and whether a person said so."""

    key: str  # prefix of its fields
    target: Target
    held: Answer
    ruled: bool  # whether what holds is somebody's word
    as_read: bool  # whether it is what the reader read
    doubts: tuple[Mapping[str, Any], ...]  # open flags about it
    leaves: tuple[str, ...] = ()
    rulings: tuple[int, ...] = ()  # ids of those by which somebody said it that the reader did not
    beside: bool = False  # empty, for one more organisation than was read


def entries(about: Item) -> tuple[Entry, ...]:
    """The claims of a message as the form shows them, what people found in it beside them, and an empty entry."""
    open_flags = [flag for flag in about.flags if flag["closed_at"] is None and flag["code"] not in SERVICES]
    found = [*(_entry(claim, about, open_flags) for claim in about.all_claims), *_supplied(about)]
    target = Target("message", about.message["id"])
    if found:
        return (*found, Entry(NEW, target, Answer(), False, False, (), beside=True))
    dismissed = any(r["claim_id"] is None and r["verb"] == Verb.DISMISS.value for r in about.rulings)
    held = Answer(answer=NOTHING) if dismissed else Answer()
    return (Entry(NEW, target, held, dismissed, False, tuple(open_flags)),)


def _supplied(about: Item) -> Iterator[Entry]:
    """What people found in a message: of each organisation the last word."""
    said: dict[str, list[Mapping[str, Any]]] = {}
    for ruling in about.supplied:
        said.setdefault(ruling["organisation_id"], []).append(ruling)
    for rulings in said.values():
        ids = tuple(ruling["id"] for ruling in rulings)
        held = _answer(json.loads(rulings[-1]["claim"]))
        yield Entry(f"r{ids[-1]}", Target("ruling", ids[-1]), held, True, False, (), rulings=ids)


def _entry(claim: Mapping[str, Any], about: Item, open_flags: Sequence[Mapping[str, Any]]) -> Entry:
    read = _answer(claim)
    words = [r for r in about.rulings if r["claim_id"] == claim["id"] and r["verb"] in JUDGING]
    return Entry(
        key=f"c{claim['id']}",
        target=Target("claim", claim["id"]),
        held=_ruled(words[-1], read) if words else read,
        ruled=bool(words),
        as_read=not words or words[-1]["verb"] == Verb.ACCEPT.value,
        doubts=tuple(flag for flag in open_flags if flag["claim_id"] in (None, claim["id"])),
        leaves=tuple(json.loads(claim["leaves"])),
    )


def _answer(row: Mapping[str, Any]) -> Answer:
    claim = claim_of(row)
    people = tuple(plain_person(person) for person in claim.people)
    return Answer(claim.organisation or "", claim.name, claim.partstat.value, claim.delegates, claim.op.value, people)


def _ruled(ruling: Mapping[str, Any], read: Answer) -> Answer:
    if ruling["verb"] == Verb.DISMISS.value:
        return replace(read, answer=NOTHING)
    return _answer(json.loads(ruling["claim"])) if ruling["claim"] else read


def plain_person(person: Person) -> Person:
    """A person as a form's fields can hold it: one line each."""
    title, function = (" ".join((text or "").split()) or None for text in (person.title, person.function))
    return Person(" ".join(person.name.split()), title, function)


def shown(answer: Answer) -> str:
    """What stands in the field of the organisation."""
    return f"{answer.name} ({answer.organisation})" if answer.organisation else answer.name


def in_time(about: Item) -> str:
    """What was ruled on a late answer: "admit", "refuse" or ""."""
    of_time = [ruling["verb"] for ruling in about.rulings if ruling["verb"] in ("admit", "refuse")]
    return str(of_time[-1]) if of_time else ""
