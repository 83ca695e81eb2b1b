"""Whom the registry knows besides the invited list: what reading is told."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from sqlite_utils import Database

from inbox_worker.model import Invitation, Organisation


def known(db: Database, invitation: Invitation) -> Invitation:
    """The invitation with those organisations that left the list after they answered, or joined by a ruling.

    An answer already taken in is read as theirs when it is read anew, and so is what they write next.
    """
    listed = {organisation.id for organisation in invitation.organisations}
    query = """
    select organisations.* from organisations join participations on participations.organisation_id = organisations.id
    where not invited order by id
    """
    others = tuple(_organisation(row) for row in db.query(query) if row["id"] not in listed)
    return replace(invitation, organisations=(*invitation.organisations, *others)) if others else invitation


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
