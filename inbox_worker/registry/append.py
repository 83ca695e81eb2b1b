"""Appending a message with what was read in it. Each function runs inside the caller's transaction."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import datetime

from sqlite_utils import Database

from inbox_worker.model import Code, Decision, Message, RawMessage, Reading, Role, Zone
from inbox_worker.registry.rows import claim_columns, timestamp

TEXT_LIMIT = 100_000  # characters of a message's own words that are kept for searching
REFERENCE = re.compile(r"<[^<>\s]{1,250}>")
REFERENCES_KEPT = 50


def append_message(db: Database, raw: RawMessage, message: Message | None, now: datetime) -> int:
    """Add a message that is not there yet. Returns its id."""
    columns = {
        "sha256": raw.sha256,
        "received_at": timestamp(raw.received),
        "size": len(raw.content),
        "source": raw.location.source,
        "uidvalidity": raw.location.uidvalidity,
        "uid": raw.location.uid,
        "taken_in_at": timestamp(now),
        **_facts(message),
    }
    names, marks = ", ".join(columns), ", ".join("?" * len(columns))
    cursor = db.execute(f"insert into messages ({names}) values ({marks})", list(columns.values()))  # noqa: S608
    return int(cursor.lastrowid or 0)


def complete_message(db: Database, message_id: int, message: Message) -> None:
    """Fill in what decoding told, for a message that could not be decoded when it was added."""
    facts = _facts(message)
    assignments = ", ".join(f"{name} = ?" for name in facts)
    values = [*facts.values(), message_id]
    db.execute(f"update messages set {assignments} where id = ? and from_address = ''", values)  # noqa: S608


def _facts(message: Message | None) -> dict[str, str]:
    return {
        "message_id": message.message_id if message else "",
        "from_name": message.from_.name if message else "",
        "from_address": message.from_.address if message else "",
        "subject": message.subject if message else "",
        "text": own_words(message) if message else "",
        "refers": json.dumps(references(message) if message else []),
    }


def own_words(message: Message) -> str:
    """What the sender wrote now, with the text of attachments: what people search in."""
    texts = []
    for part in message.parts:
        if part.role is Role.BODY and part.spans:
            texts += [part.zone_text(Zone.NEW), part.zone_text(Zone.SIGNATURE)]
        elif part.role in (Role.BODY, Role.ATTACHMENT, Role.MESSAGE):
            texts.append(part.text)
    return "\n\n".join(text.strip() for text in texts if text.strip())[:TEXT_LIMIT]


def references(message: Message) -> list[str]:
    """The Message-IDs the message answers (RFC 5322, section 3.6.4), the nearest last."""
    named = f"{message.header('references') or ''} {message.header('in-reply-to') or ''}"
    return list(dict.fromkeys(REFERENCE.findall(named)))[-REFERENCES_KEPT:]


def append_reading(
    db: Database, message_id: int, reading: Reading | None, reader: str, invited: str, error: str | None, now: datetime
) -> int:
    """Add what a reader made of a message, or that it failed."""
    cursor = db.execute(
        "insert into readings (message_id, reader, invited, kind, language, error, read_at) "
        "values (?, ?, ?, ?, ?, ?, ?)",
        [
            message_id,
            reader,
            invited,
            reading.kind.value if reading else None,
            reading.language if reading else None,
            error,
            timestamp(now),
        ],
    )
    return int(cursor.lastrowid or 0)


def append_claims(db: Database, message_id: int, reading_id: int, decision: Decision) -> list[int]:
    """Add the claims of a decision; their ids in the same order."""
    ids = []
    for position, (claim, effect) in enumerate(zip(decision.claims, decision.effects, strict=True)):
        columns = {
            "message_id": message_id,
            "reading_id": reading_id,
            "position": position,
            "effect": effect.value,
            **claim_columns(claim),
        }
        names, marks = ", ".join(columns), ", ".join("?" * len(columns))
        cursor = db.execute(f"insert into claims ({names}) values ({marks})", list(columns.values()))  # noqa: S608
        ids.append(int(cursor.lastrowid or 0))
    return ids


def append_flags(
    db: Database,
    message_id: int,
    claims: Sequence[int],
    decision: Decision | None,
    error: str | None,
    now: datetime,
) -> None:
    """Open the flags of a decision, and ``failed`` where there is an error."""
    rows: list[tuple[int | None, str, str]] = []
    if error is not None:
        rows.append((None, Code.FAILED.value, error))
    if decision is not None:
        rows += [
            (None if flag.claim is None else claims[flag.claim], flag.code.value, flag.detail)
            for flag in decision.flags
        ]
    db.conn.executemany(
        "insert into flags (message_id, claim_id, code, detail, opened_at) values (?, ?, ?, ?, ?)",
        [(message_id, *row, timestamp(now)) for row in rows],
    )


def claims_of(db: Database, message_id: int) -> list[int]:
    """Ids of all claims ever read in a message."""
    return [row["id"] for row in db.query("select id from claims where message_id = ?", [message_id])]


def is_ruled(db: Database, message_id: int) -> bool:
    """Whether a ruling holds on one of a message's claims."""
    query = "select 1 from standing_rulings where claim_id in (select id from claims where message_id = ?)"
    return db.execute(query, [message_id]).fetchone() is not None


def close_flags(db: Database, message_id: int, now: datetime) -> None:
    """Close what an earlier reading flagged, because the message is read anew."""
    db.execute(
        "update flags set closed_at = ? where message_id = ? and closed_at is null", [timestamp(now), message_id]
    )


def settle_flags(db: Database, claim_id: int, now: datetime) -> None:
    """Close a claim's flags while a ruling on it holds; open them again when none does.

    ``conflict`` is left to the projection, which knows whether the contradiction still stands. A flag about the whole
    message is settled when each claim of the message is.
    """
    db.execute(
        """
        update flags set closed_at = case when exists (select 1 from standing_rulings where claim_id = :claim)
            then coalesce(closed_at, :now) end
        where claim_id = :claim and code <> 'conflict'
        """,
        {"claim": claim_id, "now": timestamp(now)},
    )
    db.execute(
        """
        update flags set closed_at = case when not exists (
            select 1 from claims where message_id = flags.message_id
              and reading_id = (select reading_id from readings_in_force where message_id = flags.message_id)
              and id not in (select claim_id from standing_rulings where claim_id is not null))
            then coalesce(closed_at, :now) end
        where claim_id is null and code not in ('question', 'assistance', 'failed')
          and message_id = (select message_id from claims where id = :claim)
        """,
        {"claim": claim_id, "now": timestamp(now)},
    )


def sync_late_flags(db: Database, reply_by: datetime, now: datetime) -> None:
    """After the deadline moved: flag the replies that are late now, close the flags of those that no longer are.

    What somebody ruled on stays as it was ruled.
    """
    values = {"reply_by": timestamp(reply_by), "now": timestamp(now)}
    db.execute(
        """
        update flags set closed_at = :now where code = 'late' and closed_at is null
          and message_id in (select id from messages where received_at < :reply_by)
        """,
        values,
    )
    late = db.query(
        """
        select messages.id, messages.received_at from messages
        join readings_in_force on readings_in_force.message_id = messages.id
        join readings on readings.id = readings_in_force.reading_id
        where readings.kind = 'reply' and messages.received_at >= :reply_by
          and messages.id not in (select message_id from flags where code = 'late' and closed_at is null)
        """,
        values,
    )
    for row in list(late):
        if is_ruled(db, row["id"]):
            continue
        local = datetime.fromisoformat(row["received_at"]).astimezone(reply_by.tzinfo)
        detail = f"received {local:%Y-%m-%d %H:%M}, after the deadline"
        db.execute(
            "insert into flags (message_id, code, detail, opened_at) values (?, 'late', ?, ?)",
            [row["id"], detail, timestamp(now)],
        )
