"""The event and the invited list, taken from the configuration into the registry."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from inbox_worker.model import Invitation, Organisation


@dataclass(frozen=True)
class SyncReport:
    """What a changed configuration changed here, as organisation ids."""

    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()  # no longer on the list; their rows and answers stay
    deadline_moved: bool = False
    first: bool = False  # the registry was empty

    @property
    def counts(self) -> dict[str, int]:
        """How many organisations are new, changed and removed; empty where none is, or all are."""
        found = {"new": len(self.new), "changed": len(self.changed), "removed": len(self.removed)}
        return found if any(found.values()) and not self.first else {}


def sync(db: Database, invitation: Invitation) -> SyncReport:
    """Bring event and organisations up to the configuration. Call it inside a transaction."""
    before = {row["id"]: row for row in db.query("select * from organisations")}
    new, changed = [], []
    for organisation in invitation.organisations:
        columns = _columns(organisation)
        if organisation.id not in before:
            db.table("organisations").insert(columns)
            new.append(organisation.id)
        elif before[organisation.id] != columns:
            db.table("organisations").update(organisation.id, {k: v for k, v in columns.items() if k != "id"})
            changed.append(organisation.id)
    listed = {organisation.id for organisation in invitation.organisations}
    removed = [at for at, row in before.items() if row["invited"] and at not in listed]
    for organisation_id in removed:
        db.execute("update organisations set invited = 0 where id = ?", [organisation_id])
    return SyncReport(tuple(new), tuple(changed), tuple(removed), _sync_event(db, invitation), not before)


def fingerprint(invitation: Invitation) -> str:
    """Tells one invited list from another."""
    rows = [_columns(organisation) for organisation in invitation.organisations]
    return hashlib.sha256(json.dumps(rows, ensure_ascii=False).encode()).hexdigest()[:16]


def _columns(organisation: Organisation) -> dict[str, Any]:
    return {
        "id": organisation.id,
        "name": organisation.name,
        "acronym": organisation.acronym,
        "aliases": json.dumps(list(organisation.aliases), ensure_ascii=False),
        "domains": json.dumps(list(organisation.domains), ensure_ascii=False),
        "category": organisation.category,
        "country": organisation.country,
        "contact": organisation.contact,
        "language": organisation.language,
        "invited": 1,
    }


def _sync_event(db: Database, invitation: Invitation) -> bool:
    """Write the event's row; tell whether the deadline is another one than before."""
    columns = {
        "id": 1,
        "title": invitation.title,
        "subtitle": invitation.subtitle,
        "venue": invitation.venue,
        "starts": invitation.starts.isoformat(),
        "ends": invitation.ends.isoformat(),
        "reply_by": invitation.reply_by.isoformat(),
        "mailbox": invitation.mailbox,
        "capacity": invitation.capacity,
    }
    before = next(iter(db.query("select * from event")), None)
    if before != columns:
        db.table("event").upsert(columns, pk="id")
    return before is not None and before["reply_by"] != columns["reply_by"]
