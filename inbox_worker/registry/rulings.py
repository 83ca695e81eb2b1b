"""Appending rulings: what a person decided, kept for good. Each function runs inside the caller's transaction."""

from __future__ import annotations

import json

from sqlite_utils import Database

from inbox_worker.model import Ruling, Verb
from inbox_worker.registry.database import RegistryError
from inbox_worker.registry.projection import linked, touched_by
from inbox_worker.registry.rows import claim_columns, timestamp


def append_ruling(db: Database, ruling: Ruling) -> tuple[int, int | None]:
    """Add a ruling. Returns its id and that of the message it is about, if any.

    Raises:
        RegistryError: where it undoes a ruling that is not there or does not hold.
        sqlite3.IntegrityError: where it names a claim, message, flag or organisation that is not there.
    """
    about = {"claim_id": ruling.entry, "message_id": ruling.message, "flag_id": ruling.flag}
    if ruling.verb is Verb.UNDO:
        undone = next(iter(db.query("select * from standing_rulings where id = ?", [ruling.undoes])), None)
        if undone is None:
            raise RegistryError(f"there is no ruling {ruling.undoes} that still holds; it may be undone already")
        about = {name: undone[name] for name in about}
    about["message_id"] = about["message_id"] or _message_of(db, about["claim_id"])
    columns = {
        "verb": ruling.verb.value,
        **about,
        "organisation_id": ruling.claim.organisation if ruling.claim else None,
        "claim": json.dumps(claim_columns(ruling.claim), ensure_ascii=False) if ruling.claim else None,
        "undoes": ruling.undoes,
        "made_at": timestamp(ruling.made_at),
        "made_by": ruling.made_by,
        "why": ruling.why,
        "revision": ruling.revision,
        "told_by": ruling.told_by,
        "told_to": ruling.told_to,
        "told_at": timestamp(ruling.told_at),
    }
    names, marks = ", ".join(columns), ", ".join("?" * len(columns))
    cursor = db.execute(f"insert into rulings ({names}) values ({marks})", list(columns.values()))  # noqa: S608
    return int(cursor.lastrowid or 0), about["message_id"]


def touched(db: Database, ruling_id: int) -> set[str]:
    """The organisations whose state a ruling, or undoing it, can change."""
    query = """
    select claim_id, message_id, organisation_id from rulings
    where id = :id or id = (select undoes from rulings where id = :id)
    """
    rows = list(db.query(query, {"id": ruling_id}))
    named = {row["organisation_id"] for row in rows if row["organisation_id"] is not None}
    for row in rows:
        if row["message_id"] is not None:
            named |= touched_by_message(db, row["message_id"]) | linked(db, row["message_id"])
    return named | touched_by(db, [row["claim_id"] for row in rows if row["claim_id"] is not None])


def touched_by_message(db: Database, message_id: int) -> set[str]:
    """The organisations that a message, or a ruling on it, says something of."""
    query = """
    select organisation_id from claims where message_id = :message and organisation_id is not null
    union select organisation_id from rulings where message_id = :message and organisation_id is not null
    """
    return {row["organisation_id"] for row in db.query(query, {"message": message_id})}


def _message_of(db: Database, claim_id: int | None) -> int | None:
    found = db.execute("select message_id from claims where id = ?", [claim_id]).fetchone()
    return found[0] if found else None
