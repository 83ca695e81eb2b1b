"""Forgetting: the words, names and addresses of messages go; hashes, counts and the audit trail stay.

The one exception to append-only. Where the organisations stand is settled first, for it could not be derived any more.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from inbox_worker.registry.projection import touched_by
from inbox_worker.registry.rows import timestamp
from inbox_worker.registry.rulings import touched_by_message

Row = dict[str, Any]
SETTLE = """
insert into settled (organisation_id, partstat, delegates, people, late, first_received_at, received_at, message_id,
  claims_up_to, rulings_up_to, settled_at, settled_by, why)
select organisation_id, partstat, delegates, ?, late, first_received_at, received_at, message_id,
  (select coalesce(max(id), 0) from claims), (select coalesce(max(id), 0) from rulings), ?, ?, ?
from participations where organisation_id = ?
on conflict (organisation_id) do update set partstat = excluded.partstat, delegates = excluded.delegates,
  people = excluded.people, late = excluded.late, first_received_at = excluded.first_received_at,
  received_at = excluded.received_at, message_id = excluded.message_id, claims_up_to = excluded.claims_up_to,
  rulings_up_to = excluded.rulings_up_to, settled_at = excluded.settled_at, settled_by = excluded.settled_by,
  why = excluded.why
"""
# What is emptied of each message. Ids, hashes, times, sizes, codes and who ruled stay.
EMPTY = (
    "update messages set message_id = '', from_name = '', from_address = '', subject = '', text = '', refers = '[]', "
    "forgotten_at = :now where id = :message",
    "update claims set people = '[]', leaves = '[]', evidence = '[]', doubts = '[]', name = coalesce((select name from "
    "organisations where id = organisation_id), '') where message_id = :message",
    "update flags set detail = '', evidence = '[]', closed_at = coalesce(closed_at, :now) where message_id = :message",
    "update readings set opinions = '[]', error = case when error is null then null else 'forgotten' end "
    "where message_id = :message",
    "update lessons set value = '' where kind <> 'domain' and ruling_id in (select id from rulings where "
    "message_id = :message)",
    "update bounces set address = 'forgotten ' || rowid where message_id = :message",
    "delete from to_read where message_id = :message",
    "delete from model_to_ask where message_id = :message",
    "update model_questions set answer = '', error = '' where message_id = :message",
)


def organisations_of(db: Database, messages: Iterable[int]) -> set[str]:
    """The organisations that messages, or rulings on them, say something of."""
    found: set[str] = set()
    for message in messages:
        claims = [row["id"] for row in db.query("select id from claims where message_id = ?", [message])]
        found |= touched_by_message(db, message) | touched_by(db, claims)
    return found


def forget(
    db: Database, messages: list[int], by: str, why: str, now: datetime, *, everything: bool = False
) -> set[str]:
    """Empty messages and all that was taken from them. Returns the organisations that were settled where they stand.

    With ``everything`` answers that came without a message are emptied as well, and everybody's name.
    Call it inside a transaction; afterwards delete the raw files and ``wipe``.
    """
    organisations = organisations_of(db, messages)
    if everything:
        organisations |= {row["organisation_id"] for row in db.query("select organisation_id from participations")}
    names = _names(db, messages)
    for organisation in sorted(organisations):
        delegates = list(db.query(PEOPLE, [organisation]))
        people = [dict(NOBODY) if everything else _without(row, names) for row in delegates]
        values = [json.dumps(people, ensure_ascii=False), timestamp(now), by, why, organisation]
        db.execute(SETTLE, values)
        db.execute("update rulings set told_by = '', told_to = '' where organisation_id = ?", [organisation])
    for message in messages:
        for statement in EMPTY:
            db.execute(statement, {"now": timestamp(now), "message": message})
        _empty_rulings(db, "message_id = ?", [message])
    if everything:
        _empty_rulings(db, "message_id is null", [])
        db.execute("update rulings set told_by = '', told_to = ''")
    db.execute("update exported set label = ''")
    return organisations


NOBODY: Row = {"name": "", "title": None, "function": None}
PEOPLE = "select name, title, function from delegates where organisation_id = ? order by position"


def _names(db: Database, messages: Iterable[int]) -> set[str]:
    """The words of all names that the messages, and what people ruled on them, speak of."""
    found: set[str] = set()
    for message in messages:
        query = """
        select people from claims where message_id = :message
        union all select json_extract(claim, '$.people') from rulings where message_id = :message and claim is not null
        """
        for row in db.query(query, {"message": message}):
            found |= {person["name"].casefold() for person in json.loads(row["people"] or "[]")}
    return found


def _without(person: Row, names: set[str]) -> Row:
    """A person who comes, without name where a forgotten message named them, in whole or in part."""
    words = set(person["name"].casefold().split())
    if any(words & set(name.split()) for name in names):
        return dict(NOBODY)
    return person


def _empty_rulings(db: Database, which: str, values: list[int]) -> None:
    for row in list(db.query(f"select id, claim from rulings where {which}", values)):  # noqa: S608 - our own words
        claim = json.loads(row["claim"]) if row["claim"] else None
        if claim is not None:
            claim |= {"people": "[]", "leaves": "[]", "evidence": "[]", "doubts": "[]"}
        kept = json.dumps(claim, ensure_ascii=False) if claim is not None else None
        db.execute("update rulings set claim = ?, why = '' where id = ?", [kept, row["id"]])


def wipe(db: Database) -> None:
    """Leave nothing of what was emptied in free pages, the full-text index or the write-ahead log. Outside a
    transaction, while nobody reads."""
    db.execute("insert into messages_fts(messages_fts) values ('rebuild')")
    db.execute("vacuum")
    db.execute("pragma wal_checkpoint(truncate)")
