"""Appending rulings: what a person decided, kept for good. Each function runs inside the caller's transaction."""

from __future__ import annotations

import json

from sqlite_utils import Database

from inbox_worker.model import Ruling, Verb
from inbox_worker.registry.database import RegistryError
from inbox_worker.registry.projection import touched_by
from inbox_worker.registry.rows import claim_columns, timestamp


def append_ruling(db: Database, ruling: Ruling) -> tuple[int, int | None]:
    """Add a ruling. Returns its id and that of the claim it is about, if any.

    Raises:
        RegistryError: where it undoes a ruling that is not there or does not hold.
        sqlite3.IntegrityError: where it names a claim or organisation that is not there.
    """
    claim_id, organisation = ruling.entry, ruling.claim.organisation if ruling.claim else None
    if ruling.verb is Verb.UNDO:
        undone = db.execute("select claim_id from standing_rulings where id = ?", [ruling.undoes]).fetchone()
        if undone is None:
            raise RegistryError(f"there is no ruling {ruling.undoes} that still holds; it may be undone already")
        claim_id = undone[0]
    columns = {
        "verb": ruling.verb.value,
        "message_id": _message_of(db, claim_id),
        "claim_id": claim_id,
        "organisation_id": organisation,
        "claim": json.dumps(claim_columns(ruling.claim), ensure_ascii=False) if ruling.claim else None,
        "undoes": ruling.undoes,
        "made_at": timestamp(ruling.made_at),
        "made_by": ruling.made_by,
        "why": ruling.why,
    }
    names, marks = ", ".join(columns), ", ".join("?" * len(columns))
    cursor = db.execute(f"insert into rulings ({names}) values ({marks})", list(columns.values()))  # noqa: S608
    return int(cursor.lastrowid or 0), claim_id


def touched(db: Database, ruling_id: int) -> set[str]:
    """The organisations whose state a ruling, or undoing it, can change."""
    query = """
    select claim_id, organisation_id from rulings
    where id = :id or id = (select undoes from rulings where id = :id)
    """
    rows = list(db.query(query, {"id": ruling_id}))
    named = {row["organisation_id"] for row in rows if row["organisation_id"] is not None}
    return named | touched_by(db, [row["claim_id"] for row in rows if row["claim_id"] is not None])


def _message_of(db: Database, claim_id: int | None) -> int | None:
    found = db.execute("select message_id from claims where id = ?", [claim_id]).fetchone()
    return found[0] if found else None
