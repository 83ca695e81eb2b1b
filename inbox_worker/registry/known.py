"""Whom the registry knows besides the invited list: what reading is told."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from sqlite_utils import Database

from inbox_worker.model import Invitation, Organisation


def known(db: Database, invitation: Invitation) -> Invitation:
    """The invitation with what rulings taught, and with organisations that left the list after they answered or that
    joined by a ruling.

    An answer already taken in is read as theirs when it is read anew, and so is what they write next.
    """
    listed = {organisation.id for organisation in invitation.organisations}
    query = """
    select organisations.* from organisations join participations on participations.organisation_id = organisations.id
    where not invited order by id
    """
    others = tuple(_organisation(row) for row in db.query(query) if row["id"] not in listed)
    taught = _taught(db)
    everybody = (_with_lessons(at, taught.get(at.id, {})) for at in (*invitation.organisations, *others))
    return replace(invitation, organisations=tuple(everybody))


def _taught(db: Database) -> dict[str, dict[str, list[str]]]:
    """What people's rulings taught, by organisation and kind."""
    found: dict[str, dict[str, list[str]]] = {}
    for row in db.query("select * from standing_lessons order by id"):
        found.setdefault(row["organisation_id"], {}).setdefault(row["kind"], []).append(row["value"])
    return found


def _with_lessons(organisation: Organisation, lessons: dict[str, list[str]]) -> Organisation:
    """An organisation with all it is known by: its contact's address is known to be its own."""
    contact = (organisation.contact.casefold(),) if "@" in organisation.contact else ()
    return replace(
        organisation,
        aliases=(*organisation.aliases, *lessons.get("alias", ())),
        domains=(*organisation.domains, *lessons.get("domain", ())),
        addresses=tuple(dict.fromkeys((*contact, *lessons.get("address", ())))),
    )


def _organisation(row: dict[str, Any]) -> Organisation:
    return Organisation(
        id=row["id"],
        name=row["name"],
        acronym=row["acronym"],
        aliases=tuple(json.loads(row["aliases"])),
        domains=tuple(json.loads(row["domains"])),
        category=row["category"],
        country=row["country"],
        contact=row["contact"],
        language=row["language"],
    )
