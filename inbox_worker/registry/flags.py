"""Flags: opened by a reading, closed by rulings and by what becomes of the message. Inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlite_utils import Database

from inbox_worker.model import Code, Decision
from inbox_worker.registry.rows import evidence_column, timestamp

# Whether a flag is settled follows from the rulings that hold, so that undoing one opens it again. Which judgements
# settle what: one on the claim settles the claim's flags; one on each claim, or on the message as a whole, those of the
# message. Questions and requests stay open until somebody closes them or the mailbox shows an answer.
SETTLE = """
with standing as (select * from standing_rulings where message_id = :message),
judging as (select * from standing where verb in ('accept', 'correct', 'dismiss', 'refuse', 'merge', 'add')),
in_force as (select id from claims where message_id = :message
  and reading_id = (select reading_id from readings_in_force where message_id = :message)),
unjudged as (select id from in_force where id not in (select claim_id from judging where claim_id is not null)),
unruled as (select id from in_force where id not in
  (select claim_id from standing where claim_id is not null and verb <> 'close')),
whole as (select count(*) as judged from judging where claim_id is null),
settled(id) as (
  select flags.id from flags, whole where flags.message_id = :message and (
    flags.reading_id <> (select reading_id from readings_in_force where message_id = :message)
    or exists (select 1 from standing join flags as closed on closed.id = standing.flag_id
               where standing.verb = 'close' and closed.code = flags.code)
    or (flags.code = 'question' and exists (select 1 from answered where message_id = :message))
    or (flags.code = 'late' and exists (select 1 from messages, event where messages.id = :message
        and julianday(messages.received_at) < julianday(event.reply_by)))
    or (flags.claim_id is not null and flags.claim_id not in (select id from unjudged))
    or (flags.claim_id is null and flags.code not in ('question', 'assistance') and (whole.judged > 0
        or (exists (select 1 from in_force) and not exists (select 1 from unjudged))
        or (flags.code = 'late' and (exists (select 1 from standing where verb = 'admit' and claim_id is null)
            or (exists (select 1 from in_force) and not exists (select 1 from unruled))))))))
update flags set closed_at = case when id in (select id from settled) then coalesce(closed_at, :now) end
where message_id = :message and code <> 'conflict'
"""


def append_flags(
    db: Database,
    message_id: int,
    reading_id: int,
    claims: Sequence[int],
    decision: Decision | None,
    error: str | None,
    now: datetime,
) -> None:
    """Open the flags of a decision, and ``failed`` where there is an error."""
    rows: list[tuple[int | None, str, str, str]] = []
    if error is not None:
        rows.append((None, Code.FAILED.value, error, "[]"))
    if decision is not None:
        rows += [
            (
                None if flag.claim is None else claims[flag.claim],
                flag.code.value,
                flag.detail,
                evidence_column(flag.evidence),
            )
            for flag in decision.flags
        ]
    db.conn.executemany(
        "insert into flags (message_id, reading_id, claim_id, code, detail, evidence, opened_at) "
        "values (?, ?, ?, ?, ?, ?, ?)",
        [(message_id, reading_id, *row, timestamp(now)) for row in rows],
    )


def close_flags(db: Database, message_id: int, now: datetime) -> None:
    """Close what an earlier reading flagged, because the message is read anew."""
    db.execute(
        "update flags set closed_at = ? where message_id = ? and closed_at is null", [timestamp(now), message_id]
    )


def settle_flags(db: Database, message_id: int, now: datetime) -> None:
    """Close a message's flags that a ruling settles; open again those that none settles any more.

    ``conflict`` is left to the projection, which knows whether the contradiction still stands.
    """
    db.execute(SETTLE, {"message": message_id, "now": timestamp(now)})


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
        select messages.id, messages.received_at, readings.id as reading_id from messages
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
            "insert into flags (message_id, reading_id, code, detail, opened_at) values (?, ?, 'late', ?, ?)",
            [row["id"], row["reading_id"], detail, timestamp(now)],
        )


def is_ruled(db: Database, message_id: int) -> bool:
    """Whether a ruling holds on what a message says."""
    query = "select 1 from standing_rulings where message_id = ? and verb <> 'close'"
    return db.execute(query, [message_id]).fetchone() is not None
