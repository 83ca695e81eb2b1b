"""What is meant to be done in the mailbox. Recorded before it is begun, so that nothing is done twice or forgotten."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from inbox_worker.model import SERVICE_CODES, Code
from inbox_worker.registry.rows import timestamp

Row = dict[str, Any]
DOUBTS = ", ".join(f"'{code.value}'" for code in Code if code not in SERVICE_CODES)

# An answer is acknowledged when it is the last that was applied, about one organisation, and nothing about it is in
# doubt but the number, for which the draft asks.
TO_ACKNOWLEDGE = """
select messages.id, messages.from_address, messages.sha256, participations.organisation_id from participations
join messages on messages.id = participations.message_id
join readings_in_force on readings_in_force.message_id = messages.id
join readings on readings.id = readings_in_force.reading_id
where readings.kind = 'reply' and messages.uid is not null and participations.partstat <> 'needs-action'
  and (select count(*) from claims where claims.reading_id = readings.id) <= 1
  and participations.open_doubts = (select count(*) from flags where flags.message_id = messages.id
    and closed_at is null and code = 'count-missing')
  and messages.id not in (select message_id from drafts)
order by messages.id
"""
# What a message's mark is to be: it waits while a doubt about it is open; else it was recorded if a claim of it counts.
TO_MARK = f"""
select messages.id, messages.source, messages.uidvalidity, messages.uid, messages.received_at,
  case when exists (select 1 from flags where message_id = messages.id and closed_at is null and code in ({DOUBTS}))
      then 'waiting'
    when readings.kind = 'reply' and exists (select 1 from claims where claims.reading_id = readings.id
        and id not in (select claim_id from standing_rulings where claim_id is not null and verb in
          ('dismiss', 'refuse'))) then
      case when julianday(messages.received_at) >= julianday((select reply_by from event)) then 'late'
        else 'recorded' end
    else '' end as mark, coalesce(marks.mark, '') as marked
from messages join readings_in_force on readings_in_force.message_id = messages.id
join readings on readings.id = readings_in_force.reading_id
left join marks on marks.message_id = messages.id
where messages.uid is not null and coalesce(marks.note, '') = ''
order by messages.id
"""  # noqa: S608 - the codes are our own


def plan_drafts(db: Database, own_domains: Iterable[str], now: datetime) -> int:
    """Write down which answers are to be acknowledged; how many are new. Inside the caller's transaction."""
    ours = frozenset(own_domains)
    planned = 0
    for row in list(db.query(TO_ACKNOWLEDGE)):
        domain = row["from_address"].rpartition("@")[2].casefold()
        wanted = bool(domain) and domain not in ours
        db.execute(
            "insert into drafts (message_id, organisation_id, key, state, planned_at, note) values (?, ?, ?, ?, ?, ?)",
            [
                row["id"], row["organisation_id"], row["sha256"], "planned" if wanted else "not wanted", timestamp(now),
                "" if wanted else "written by one of us, or by nobody",
            ],
        )  # fmt: skip
        planned += wanted
    return planned


def planned_drafts(db: Database) -> list[Row]:
    """Drafts that are to be put into the mailbox, with the message answered and where its organisation stands now."""
    query = """
    select drafts.key, drafts.state, drafts.organisation_id, messages.*, readings.language from drafts
    join messages on messages.id = drafts.message_id
    join readings_in_force on readings_in_force.message_id = messages.id
    join readings on readings.id = readings_in_force.reading_id
    where drafts.state in ('planned', 'begun') order by messages.id
    """
    return list(db.query(query))


def set_draft(db: Database, message_id: int, state: str, now: datetime, note: str = "") -> None:
    """Write down how far a draft is. Inside the caller's transaction."""
    ended = None if state in ("planned", "begun") else timestamp(now)
    query = "update drafts set state = ?, ended_at = ?, note = ? where message_id = ?"
    db.execute(query, [state, ended, note, message_id])


def to_mark(db: Database) -> list[Row]:
    """Messages whose mark is not what it is to be: "waiting", "late", "recorded" or none."""
    return [row for row in db.query(TO_MARK) if row["mark"] != row["marked"]]


def set_mark(db: Database, message_id: int, mark: str, now: datetime, note: str = "") -> None:
    """Write down what a message was marked with. Inside the caller's transaction."""
    db.execute(
        "insert into marks (message_id, mark, made_at, note) values (?, ?, ?, ?) "
        "on conflict (message_id) do update set mark = excluded.mark, made_at = excluded.made_at, note = excluded.note",
        [message_id, mark, timestamp(now), note],
    )
