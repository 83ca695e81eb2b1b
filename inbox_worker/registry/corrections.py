"""What a person says that holds, checked before it is kept."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sqlite_utils import Database

from inbox_worker.model import Claim, Op, Partstat, Person
from inbox_worker.registry.database import RegistryError

MOST = 10_000  # people that one organisation can be said to send
ID = re.compile(r"[a-z0-9][a-z0-9._-]*\Z")


class RulingError(RegistryError):
    """It cannot be ruled so. The sentence says why, and what can be."""


@dataclass(frozen=True)
class Correction:
    """What is to be different. None: as it was read."""

    organisation: str | None = None  # id
    partstat: Partstat | None = None
    delegates: int | None = None
    people: tuple[Person, ...] | None = None
    op: Op | None = None
    number_unknown: bool = False  # they come, and nobody knows how many


@dataclass(frozen=True)
class Newcomer:
    """An organisation that joins the registry. Without an id it is made of the acronym or name."""

    name: str = ""  # "": as the message has it
    id: str = ""
    acronym: str = ""
    category: str = ""
    country: str = ""  # ISO 3166-1 alpha-2
    contact: str = ""
    answer: Correction = field(default_factory=Correction)  # what else is to be different in the claim


def acceptable(claim: Mapping[str, Any]) -> None:
    """Refuse a claim that says too little to be written down as it is."""
    if claim["organisation_id"] is None:
        raise RulingError(
            f'"{claim["name"]}" is no organisation of the registry; merge it with one, or add it as a new one'
        )
    if claim["partstat"] == Partstat.NEEDS_ACTION.value:
        raise RulingError("whether they come was not understood; correct it: say accepted, declined or tentative")


def corrected(read: Claim | None, correction: Correction) -> Claim:
    """What was read, with what a person says instead."""
    said = read or Claim(None, "", Partstat.NEEDS_ACTION)
    changes: dict[str, Any] = {
        name: value for name in ("organisation", "partstat", "op") if (value := getattr(correction, name)) is not None
    }
    if correction.people is not None:
        changes["people"] = correction.people
        if said.op is not Op.SET and correction.op is Op.SET:
            changes["leaves"] = ()
    if correction.delegates is not None or correction.number_unknown:
        changes["delegates"] = correction.delegates
    elif correction.people and (read is None or said.delegates is None or len(correction.people) > said.delegates):
        changes["delegates"] = len(correction.people)
    return replace(said, evidence=(), doubts=(), confidence=1.0, **changes)


def sound(db: Database, claim: Claim) -> Claim:
    """The claim as it is kept, with its organisation's name.

    Raises:
        RulingError: where it says nothing, contradicts itself, or its organisation is not there.
    """
    if claim.organisation is None:
        raise RulingError("say which organisation it is: name the id of one, or add a new one")
    found = db.execute("select name from organisations where id = ?", [claim.organisation]).fetchone()
    if found is None:
        raise RulingError(f'there is no organisation "{claim.organisation}"; give an id of the registry, or add it')
    if claim.partstat is Partstat.NEEDS_ACTION:
        raise RulingError("say what they answer: accepted, declined or tentative")
    if claim.partstat is Partstat.DECLINED:
        return replace(claim, name=found[0], op=Op.SET, delegates=None, people=(), leaves=())
    least = 1 if claim.op is Op.SET else 0
    if claim.delegates is not None and not least <= claim.delegates <= MOST:
        raise RulingError(f"{claim.delegates} cannot be how many people come; give {least} to {MOST}")
    if claim.op is Op.SET and claim.delegates is not None and len(claim.people) > claim.delegates:
        raise RulingError(f"{len(claim.people)} names, but the number is {claim.delegates}; correct one of them")
    return replace(claim, name=found[0])


def newcomer(db: Database, new: Newcomer, as_written: str) -> str:
    """Put a new organisation into the registry. Returns its id.

    Raises:
        RulingError: where it has no name, or its id or name is taken.
    """
    name = " ".join((new.name or as_written).split())
    if not name:
        raise RulingError("say what the new organisation is called")
    taken = db.execute("select id from organisations where lower(name) = lower(?)", [name]).fetchone()
    if taken:
        raise RulingError(f'"{name}" is in the registry already, as {taken[0]}; merge with it')
    wanted = new.id or slug(new.acronym or name)
    if not ID.match(wanted):
        raise RulingError(f'the id "{wanted}" must be lower-case letters, digits, "-", "." or "_"; give another')
    ids = {row["id"] for row in db.query("select id from organisations")}
    if new.id and new.id in ids:
        raise RulingError(f'there is an organisation "{new.id}" already; merge with it, or give another id')
    given = next(at for at in (wanted, *(f"{wanted}-{n}" for n in range(2, len(ids) + 3))) if at not in ids)
    db.execute(
        "insert into organisations (id, name, acronym, category, country, contact, invited) "
        "values (?, ?, ?, ?, ?, ?, 0)",
        [given, name, new.acronym, new.category, new.country, new.contact],
    )
    return given


def slug(name: str) -> str:
    """An id made of a name: "ONG Désert Sûr" is "ong-desert-sur"."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c)).casefold()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40] or "organisation"
