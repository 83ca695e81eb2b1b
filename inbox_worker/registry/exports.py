"""What an export held, so that the next one can tell what is new. Inside the caller's transaction."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from inbox_worker.registry.rows import timestamp

Row = dict[str, Any]


def fingerprint(row: Row, facts: Iterable[str]) -> str:
    """Tells whether a row is as it was."""
    return hashlib.sha256(json.dumps([row[name] for name in facts], ensure_ascii=False).encode()).hexdigest()[:32]


def compare(db: Database, kind: str, rows: list[Row], keys: Iterable[str], facts: Iterable[str]) -> list[Row]:
    """The rows, each with ``since_last``: "new", "changed" or ""; and those of the last export that are gone, of which
    only a label is kept.

    Before the first export nothing is new.
    """
    keys, facts = tuple(keys), tuple(facts)
    last = db.execute("select max(id) from exports").fetchone()[0]
    query = "select key, label, fingerprint from exported where export_id = ? and kind = ?"
    before = {row["key"]: row for row in db.query(query, [last, kind])}
    marked = []
    for row in rows:
        known = before.pop(fingerprint(row, keys), None)
        word = "new" if known is None else "" if known["fingerprint"] == fingerprint(row, facts) else "changed"
        marked.append({**row, "since_last": word if last is not None else ""})
    gone = [dict.fromkeys(rows[0] if rows else facts, "") for _ in before]
    return marked + [
        {**empty, **dict.fromkeys(facts, ""), "name": at["label"], "since_last": "gone"}
        for empty, at in zip(gone, before.values(), strict=True)
    ]


def keep(
    db: Database, tables: dict[str, tuple[list[Row], tuple[str, ...], tuple[str, ...]]], by: str, now: datetime
) -> int:
    """Remember what was exported, by kind: rows, keys and facts. Only the last export is remembered in full."""
    cursor = db.execute("insert into exports (made_at, made_by) values (?, ?)", [timestamp(now), by])
    export = int(cursor.lastrowid or 0)
    db.execute("delete from exported")
    for kind, (rows, keys, facts) in tables.items():
        db.conn.executemany(
            "insert or ignore into exported (export_id, kind, key, label, fingerprint) values (?, ?, ?, ?, ?)",
            [(export, kind, fingerprint(row, keys), row["name"], fingerprint(row, facts)) for row in rows],
        )
    return export
