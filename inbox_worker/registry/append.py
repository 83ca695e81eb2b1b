"""Appending a message with what was read in it. Each function runs inside the caller's transaction."""

from __future__ import annotations

import json
import re
from datetime import datetime

from sqlite_utils import Database

from inbox_worker.model import Decision, Kind, Message, RawMessage, Reading, Role, Zone
from inbox_worker.registry.rows import claim_columns, opinions_column, timestamp

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
        "insert into readings (message_id, reader, invited, kind, language, error, read_at, opinions) "
        "values (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            message_id,
            reader,
            invited,
            reading.kind.value if reading else None,
            reading.language if reading else None,
            error,
            timestamp(now),
            opinions_column(reading.opinions if reading else ()),
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


def claims_of(db: Database, message_id: int) -> list[int]:
    """Ids of all claims ever read in a message."""
    return [row["id"] for row in db.query("select id from claims where message_id = ?", [message_id])]


def append_bounces(db: Database, message_id: int, message: Message | None, reading: Reading | None) -> None:
    """Keep the addresses that a delivery report names, for good or not yet."""
    if message is None or reading is None or reading.kind is not Kind.BOUNCE:
        return
    db.conn.executemany(
        "insert into bounces (message_id, address, for_good) values (?, ?, ?) "
        "on conflict (message_id, address) do update set for_good = excluded.for_good",
        [(message_id, failed.address, int(failed.for_good)) for failed in message.undelivered],
    )
