"""What rulings teach: who settles whose a message is teaches its address, its domain and the name in it.

A lesson holds as long as its ruling. Learnt or taken back, it has the messages read anew that it may bear on. Each
function runs inside the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from inbox_worker.model import Code, Ruling, Verb, is_free_mail
from inbox_worker.registry.rows import claim_of, timestamp

ABOUT_WHO = frozenset({Code.ORGANISATION_UNLISTED, Code.ORGANISATION_UNCLEAR})
SHORTEST_ALIAS = 4  # letters; shorter ones are words


@dataclass(frozen=True)
class Lesson:
    """From now on this address, domain or name means the organisation."""

    kind: str
    value: str  # lower case, but for an alias


def learn(db: Database, ruling_id: int, ruling: Ruling, secretariat: Iterable[str], now: datetime) -> None:
    """Keep what a ruling teaches, and have the messages read anew that it bears on."""
    if ruling.verb is Verb.UNDO:
        for row in db.query("select * from lessons where ruling_id = ?", [ruling.undoes]):
            _read_anew(db, Lesson(row["kind"], row["value"]), now)
        return
    organisation, read = _settled(db, ruling)
    if organisation is None:
        return
    for lesson in _lessons(db, ruling, organisation, read, frozenset(secretariat)):
        db.execute(
            "insert into lessons (ruling_id, kind, value, organisation_id) values (?, ?, ?, ?)",
            [ruling_id, lesson.kind, lesson.value, organisation],
        )
        _read_anew(db, lesson, now)


def _settled(db: Database, ruling: Ruling) -> tuple[str | None, dict[str, Any] | None]:
    """The organisation that a person settled on against a doubt or another reading, and the claim as it was read."""
    if ruling.verb not in (Verb.ACCEPT, Verb.CORRECT, Verb.MERGE, Verb.ADD) or ruling.message is None:
        return None, None
    read = next(iter(db.query("select * from claims where id = ?", [ruling.entry])), None)
    if read is None and _was_read(db, ruling.message):
        return None, None  # the message is mainly somebody else's
    organisation: str | None = (read or {}).get("organisation_id")
    if ruling.claim is not None:
        organisation = ruling.claim.organisation
    if read is not None:
        doubted = {doubt.code for doubt in claim_of(read).doubts} & ABOUT_WHO
        if not doubted and organisation == read["organisation_id"]:
            return None, None
    return organisation, read


def _was_read(db: Database, message: int) -> bool:
    """Whether the reader found claims in a message."""
    query = "select 1 from claims where reading_id = (select reading_id from readings_in_force where message_id = ?)"
    return db.execute(query, [message]).fetchone() is not None


def _lessons(
    db: Database, ruling: Ruling, organisation: str, read: dict[str, Any] | None, secretariat: frozenset[str]
) -> Iterable[Lesson]:
    message = next(iter(db.query("select * from messages where id = ?", [ruling.message])))
    address = message["from_address"].casefold()
    domain = address.rpartition("@")[2]
    several = "select count(distinct name) from claims where reading_id = ?"
    alone = read is None or db.execute(several, [read["reading_id"]]).fetchone()[0] == 1
    if domain and alone and domain not in secretariat:
        if not _known(db, "address", address):
            yield Lesson("address", address)
        if not is_free_mail(domain) and not _known(db, "domain", domain) and _only_theirs(db, domain, organisation):
            yield Lesson("domain", domain)
    if read is not None and read["organisation_id"] is None:
        name = " ".join(read["name"].split())
        letters = sum(character.isalpha() for character in name)
        if letters >= SHORTEST_ALIAS and "@" not in name and name.casefold() != domain and not _named(db, name):
            yield Lesson("alias", name)


def _known(db: Database, kind: str, value: str) -> bool:
    """Whether an address or domain means some organisation already, by the list or by a lesson."""
    listed = "select 1 from organisation_domains where domain = :value"
    contact = "select 1 from organisations where lower(contact) = :value"
    taught = "select 1 from standing_lessons where kind = :kind and value = :value"
    values = {"kind": kind, "value": value}
    return any(db.execute(query, values).fetchone() for query in (taught, listed if kind == "domain" else contact))


def _only_theirs(db: Database, domain: str, organisation: str) -> bool:
    """Whether nobody wrote from a domain for another organisation."""
    query = """
    select 1 from messages join claims on claims.message_id = messages.id
    where lower(substr(from_address, instr(from_address, '@') + 1)) = ? and organisation_id <> ?
    union all
    select 1 from messages join standing_rulings on standing_rulings.message_id = messages.id
    where lower(substr(from_address, instr(from_address, '@') + 1)) = ? and organisation_id <> ? limit 1
    """
    return db.execute(query, [domain, organisation, domain, organisation]).fetchone() is None


def _named(db: Database, name: str) -> bool:
    """Whether a name is some organisation's already."""
    query = """
    select 1 from organisations where lower(:name) in (lower(name), lower(acronym))
    union all select 1 from organisations, json_each(aliases) where lower(value) = lower(:name)
    union all select 1 from standing_lessons where kind = 'alias' and lower(value) = lower(:name) limit 1
    """
    return db.execute(query, {"name": name}).fetchone() is not None


def _read_anew(db: Database, lesson: Lesson, now: datetime) -> None:
    """Put the messages that a lesson bears on, and that nobody ruled on, on the list of those to be read."""
    bears = {
        "address": "lower(from_address) = :value",
        "domain": "lower(from_address) like '%@' || :value or lower(from_address) like '%.' || :value",
        "alias": "instr(lower(subject || ' ' || text), lower(:value))"
        " or id in (select message_id from claims where lower(name) = lower(:value))",
    }[lesson.kind]
    ruled = "select message_id from standing_rulings where message_id is not null and verb <> 'close'"
    where = f"({bears}) and id not in ({ruled})"
    query = f"insert or ignore into to_read select id, :now from messages where {where}"  # noqa: S608 - our words
    db.execute(query, {"value": lesson.value, "now": timestamp(now)})
