"""From claims and rulings to ``participations`` and ``delegates``: derived, and always rebuilt to the same rows."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import datetime

from sqlite_utils import Database

from inbox_worker.model import (
    SERVICE_CODES,
    Code,
    Effect,
    Entry,
    Invitation,
    Known,
    Participation,
    Partstat,
    Person,
    Ruling,
    Story,
)
from inbox_worker.registry.rows import asked, claim_of, moment, ruling_of, timestamp

Tell = Callable[[str, Iterable[Entry], Iterable[Ruling], datetime, Known, Participation], Story]

# A claim counts if its reading is in force, for the organisation it names and for one that a ruling gives it to.
ENTRIES = """
select claims.*, messages.sha256, messages.received_at, messages.from_address, messages.refers,
  messages.message_id as header_message_id
from claims join messages on messages.id = claims.message_id
where (claims.organisation_id = :organisation
       or claims.id in (select claim_id from rulings where organisation_id = :organisation))
  and claims.reading_id = (select reading_id from readings_in_force where message_id = claims.message_id)
  and claims.id > coalesce((select claims_up_to from settled where organisation_id = :organisation), 0)
"""
# All rulings on those claims, on claims that were once this organisation's, and on messages in which a person read
# something of it, with what undoes them.
RULINGS = """
with recursive about(id) as (
  select id from rulings where organisation_id = :organisation
    or claim_id in (select id from claims where organisation_id = :organisation)
    or claim_id in (select claim_id from rulings where organisation_id = :organisation)
    or (claim_id is null and message_id in
        (select message_id from rulings where organisation_id = :organisation and claim_id is null))
  union
  select rulings.id from rulings join about on rulings.undoes = about.id
)
select rulings.*, messages.received_at from rulings left join messages on messages.id = rulings.message_id
where rulings.id in (select id from about)
  and rulings.id > coalesce((select rulings_up_to from settled where organisation_id = :organisation), 0)
order by rulings.id
"""
DOUBTS = ", ".join(f"'{code.value}'" for code in Code if code not in SERVICE_CODES)
# A message in which nothing could be read still doubts an organisation: that which its sender wrote for, if it is one
# only, and those whose messages it answers. The plus signs keep SQLite from the index of flags by claim: there it would
# pass by all flags of messages as a whole.
OPEN_DOUBTS = f"""
select count(*) from (
  select id, code, closed_at from flags where claim_id in (select value from json_each(:claims))
  union
  select id, code, closed_at from flags
    where +claim_id is null and message_id in (select value from json_each(:messages))
  union
  select id, code, closed_at from flags
    where closed_at is null and +claim_id is null and +code in ({DOUBTS})
      and not exists (select 1 from claims where claims.reading_id = flags.reading_id)
      and message_id in (
        select message_id from replies where header in (select value from json_each(:headers))
        union
        select messages.id from json_each(:senders) as one join messages on messages.from_address = one.value
          where 1 = (select count(distinct organisation_id) from claims join messages as theirs
                       on theirs.id = claims.message_id where theirs.from_address = one.value))
) where closed_at is null and code in ({DOUBTS})
"""  # noqa: S608 - the codes are our own
LINKED = """
with here as (select * from messages where id = :message),
others(id) as (
  select id from messages where from_address <> '' and from_address = (select from_address from here)
  union
  select messages.id from here, json_each(here.refers) join messages on messages.message_id = value where value <> ''
)
select organisation_id from claims where message_id in (select id from others) and organisation_id is not null
union
select organisation_id from rulings where message_id in (select id from others) and organisation_id is not null
"""

# Of some domains, those that more than one organisation is listed with.
SHARED_DOMAINS = """
select domain from organisation_domains where domain in (select value from json_each(?))
group by domain having count(*) > 1
"""


def project(db: Database, organisations: Iterable[str], tell: Tell, invitation: Invitation, now: datetime) -> None:
    """Derive the rows of these organisations, their delegates and conflict flags. Costs what their stories cost.

    All flags are settled before any row counts its open doubts. Call it inside a transaction.
    """
    stories = []
    for organisation in organisations:
        entries = [_entry(row) for row in asked(db, ENTRIES, {"organisation": organisation})]
        rulings = [ruling_of(row) for row in asked(db, RULINGS, {"organisation": organisation})]
        known = _known(db, organisation, invitation.own_domains)
        story = tell(organisation, entries, rulings, invitation.reply_by, known, _start(db, organisation))
        # An entry that a ruling gave to another organisation is that one's matter.
        own = [entry for entry in entries if entry.id not in story.elsewhere]
        _sync_conflicts(db, own, story, now)
        stories.append((organisation, own, story))
    for organisation, own, story in stories:
        _write(db, organisation, own, story)


def _start(db: Database, organisation: str) -> Participation:
    """Where an organisation's story begins: where it was settled when messages were forgotten, or with nothing."""
    row = next(iter(asked(db, "select * from settled where organisation_id = ?", [organisation])), None)
    if row is None:
        return Participation()
    return Participation(
        partstat=Partstat(row["partstat"]),
        delegates=row["delegates"],
        people=tuple(Person(**person) for person in json.loads(row["people"])),
        late=bool(row["late"]),
        first_received=moment(row["first_received_at"]),
        received=moment(row["received_at"]),
        message=row["message_id"],
    )


def _known(db: Database, organisation: str, secretariat: Iterable[str]) -> Known:
    """By whom an organisation is known to speak."""
    query = "select domains, contact from organisations where id = ?"
    row = next(iter(asked(db, query, [organisation])), {"domains": "[]", "contact": ""})
    taught = asked(db, "select kind, value from standing_lessons where organisation_id = ?", [organisation])
    listed = frozenset(domain.casefold() for domain in json.loads(row["domains"]))
    domains = listed | {lesson["value"] for lesson in taught if lesson["kind"] == "domain"}
    addresses = {row["contact"].casefold()} | {le["value"] for le in taught if le["kind"] == "address"}
    several = asked(db, SHARED_DOMAINS, [json.dumps(sorted(domains))])
    shared = {row["domain"] for row in several}
    return Known(domains | frozenset(secretariat), domains - shared, frozenset(addresses - {""}))


def touched_by(db: Database, claims: Iterable[int]) -> set[str]:
    """The organisations whose state the claims and those beside them in their messages can change."""
    query = """
    with beside(id) as (
      select id from claims where message_id in
        (select message_id from claims where id in (select value from json_each(:ids))))
    select organisation_id from claims where id in beside and organisation_id is not null
    union select organisation_id from rulings where claim_id in beside and organisation_id is not null
    """
    return {row["organisation_id"] for row in asked(db, query, {"ids": json.dumps(sorted(claims))})}


def linked(db: Database, message_id: int) -> set[str]:
    """The organisations that a message's sender wrote for, or whose messages it answers."""
    return {row["organisation_id"] for row in asked(db, LINKED, {"message": message_id})}


def _entry(row: dict[str, object]) -> Entry:
    received = row["received_at"]
    return Entry(
        id=int(str(row["id"])),
        message=int(str(row["message_id"])),
        order=f"{row['sha256']}/{row['position']:04}",
        received=moment(str(received)) if received else None,
        claim=claim_of(row),
        effect=Effect(str(row["effect"])),
        sender=str(row["from_address"]),
        message_id=str(row["header_message_id"]),
        refers=tuple(json.loads(str(row["refers"]))),
    )


def _sync_conflicts(db: Database, entries: list[Entry], story: Story, now: datetime) -> None:
    """Open a conflict flag for each contradiction the story tells, close those it no longer tells."""
    conflicts = dict(story.conflicts)
    by_id = {entry.id: entry for entry in entries}
    flagged = {
        row["claim_id"]: row
        for row in asked(
            db,
            "select * from flags where code = 'conflict' and claim_id in (select value from json_each(?))",
            [json.dumps(list(by_id))],
        )
    }
    for entry_id, why in conflicts.items():
        if entry_id not in by_id:
            continue  # entered by hand: who entered it knows
        row = flagged.get(entry_id)
        if row is None:
            db.execute(
                "insert into flags (message_id, reading_id, claim_id, code, detail, opened_at) "
                "select message_id, reading_id, id, 'conflict', ?, ? from claims where id = ?",
                [why, timestamp(now), entry_id],
            )
        elif row["closed_at"] is not None or row["detail"] != why:
            db.execute("update flags set closed_at = null, detail = ? where id = ?", [why, row["id"]])
    for entry_id, row in flagged.items():
        if entry_id not in conflicts and row["closed_at"] is None:
            db.execute("update flags set closed_at = ? where id = ?", [timestamp(now), row["id"]])


def _write(db: Database, organisation: str, entries: list[Entry], story: Story) -> None:
    state = story.state
    db.execute("delete from delegates where organisation_id = ?", [organisation])
    answered = state.partstat is not Partstat.NEEDS_ACTION
    if not story.applied and not answered and not _is_invited(db, organisation):
        db.execute("delete from participations where organisation_id = ?", [organisation])
        return
    about = {
        "claims": json.dumps([entry.id for entry in entries]),
        "messages": json.dumps([entry.message for entry in entries]),
        "headers": json.dumps([entry.message_id for entry in entries if entry.message_id]),
        "senders": json.dumps(sorted({entry.sender for entry in entries if entry.sender})),
    }
    doubts = db.execute(OPEN_DOUBTS, about).fetchone()[0]
    db.execute(
        """
        insert into participations (organisation_id, name, partstat, delegates, late, first_received_at, received_at,
          message_id, open_doubts)
        select id, name, ?, ?, ?, ?, ?, ?, ? from organisations where id = ?
        on conflict (organisation_id) do update set name = excluded.name, partstat = excluded.partstat,
          delegates = excluded.delegates, late = excluded.late, first_received_at = excluded.first_received_at,
          received_at = excluded.received_at, message_id = excluded.message_id, open_doubts = excluded.open_doubts
        """,
        [
            state.partstat.value,
            state.delegates,
            int(state.late),
            timestamp(state.first_received),
            timestamp(state.received),
            state.message,
            doubts,
            organisation,
        ],
    )
    db.conn.executemany(
        "insert into delegates (organisation_id, position, name, title, function) values (?, ?, ?, ?, ?)",
        [(organisation, at, p.name, p.title, p.function) for at, p in enumerate(state.people, 1)],
    )


def _is_invited(db: Database, organisation: str) -> bool:
    """Whether an organisation is on the list: if not, it has a row only once it has answered."""
    found = db.execute("select invited from organisations where id = ?", [organisation]).fetchone()
    return bool(found and found[0])
