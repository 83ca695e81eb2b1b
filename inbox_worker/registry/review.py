"""What waits for a person, and what they need to see of it before they rule."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from inbox_worker.registry.database import RegistryError
from inbox_worker.registry.dossier import OPINIONS

Row = dict[str, Any]
TARGET = re.compile(r"(?P<kind>[mcr]?)(?P<id>[1-9][0-9]{0,17})\Z")
KINDS = {"": "flag", "m": "message", "c": "claim", "r": "ruling"}


@dataclass(frozen=True)
class Target:
    """What a ruling is about: a flag, a message, a claim or (to reopen) a ruling, by its id."""

    kind: str  # "flag", "message", "claim" or "ruling"
    id: int

    @classmethod
    def parse(cls, text: str) -> Target:
        """``12`` for a flag, ``m12`` for a message, ``c12`` for a claim, ``r12`` for a ruling.

        Raises:
            RegistryError: where it is none of them.
        """
        found = TARGET.match(text.strip())
        if found is None:
            raise RegistryError(
                f'"{text}" names nothing to rule on; give the number that "review list" shows, '
                "or m12 for message 12, c12 for claim 12, r12 for ruling 12"
            )
        return cls(KINDS[found["kind"]], int(found["id"]))


@dataclass(frozen=True)
class Item:
    """A message under review. Rows as in their tables; ``claims`` are those of the reading in force."""

    message: Row
    claims: tuple[Row, ...]  # that the target is about: one for a claim's flag, all for a message's
    all_claims: tuple[Row, ...]
    flags: tuple[Row, ...]  # all of the reading in force, open and closed
    rulings: tuple[Row, ...]  # that hold
    flag: Row | None  # the flag that was asked for
    opinions: str  # of several readers, as in ``readings``; "[]" where one alone was heard
    revision: str  # changes whenever somebody rules on this message or its organisations, or it is read anew

    @property
    def supplied(self) -> tuple[Row, ...]:
        """The rulings by which somebody said what the reader did not find in the message."""
        whole = [ruling for ruling in self.rulings if ruling["claim_id"] is None]
        dismissed = max((ruling["id"] for ruling in whole if ruling["verb"] == "dismiss"), default=0)
        return tuple(ruling for ruling in whole if ruling["claim"] and ruling["id"] > dismissed)


def waiting(db: Database, *, code: str = "", organisation: str = "") -> list[Row]:
    """Open flags in the order their messages were received. ``organisation``: an id."""
    query = """
    select waiting.*, claims.organisation_id, messages.from_name from waiting
    join messages on messages.id = waiting.message_id left join claims on claims.id = waiting.claim_id
    where (:code = '' or waiting.code = :code)
      and (:organisation = '' or exists (select 1 from claims as about where about.message_id = waiting.message_id
           and about.organisation_id = :organisation and (waiting.claim_id is null or waiting.claim_id = about.id)))
    order by coalesce(waiting.received_at, '9999'), waiting.flag_id
    """
    return list(db.query(query, {"code": code, "organisation": organisation}))


def item(db: Database, target: Target) -> Item:
    """The message that a target belongs to, with what is said and ruled of it.

    Raises:
        RegistryError: where there is no such thing, or it is a ruling without a message.
    """
    table = {"flag": "flags", "message": "messages", "claim": "claims", "ruling": "rulings"}[target.kind]
    found = next(iter(db.query(f"select * from {table} where id = ?", [target.id])), None)  # noqa: S608 - our tables
    if found is None:
        raise RegistryError(f'there is no {target.kind} {target.id}; "review list" shows what waits')
    message_id = found["id"] if target.kind == "message" else found["message_id"]
    if message_id is None:
        raise RegistryError(f"ruling {target.id} is about no message; it can only be reopened")
    forgotten = db.execute("select forgotten_at from messages where id = ?", [message_id]).fetchone()[0]
    if forgotten is not None:
        raise RegistryError(
            f"message {message_id} was forgotten on {forgotten[:10]}; 'review enter' gives an answer anew"
        )
    claims = tuple(db.query(CLAIMS, {"message": message_id}))
    about = found["id"] if target.kind == "claim" else found.get("claim_id")
    return Item(
        message=next(iter(db.query("select * from messages where id = ?", [message_id]))),
        claims=tuple(claim for claim in claims if about in (None, claim["id"])),
        all_claims=claims,
        flags=tuple(db.query(FLAGS, {"message": message_id})),
        rulings=tuple(db.query("select * from standing_rulings where message_id = ? order by id", [message_id])),
        flag=found if target.kind == "flag" else None,
        opinions=_opinions(db, message_id),
        revision=revision(db, message_id),
    )


def _opinions(db: Database, message_id: int) -> str:
    row = next(iter(db.query(OPINIONS, [message_id])), None)
    return str(row["opinions"]) if row else "[]"


CLAIMS = """
select * from claims where message_id = :message
  and reading_id = (select reading_id from readings_in_force where message_id = :message) order by position
"""
FLAGS = """
select * from flags where message_id = :message
  and reading_id = (select reading_id from readings_in_force where message_id = :message) order by id
"""
LAST_RULING = """
select coalesce(max(id), 0) from rulings where message_id = :message
  or organisation_id in (select value from json_each(:organisations))
  or claim_id in (select id from claims where organisation_id in (select value from json_each(:organisations)))
"""


def revision(db: Database, message_id: int) -> str:
    """The reading in force of a message and the last ruling that touches it or an organisation it speaks of."""
    reading = db.execute("select reading_id from readings_in_force where message_id = ?", [message_id]).fetchone()
    about = {row["organisation_id"] for row in db.query(CLAIMS, {"message": message_id})} - {None}
    last = db.execute(LAST_RULING, {"message": message_id, "organisations": json.dumps(sorted(about))}).fetchone()[0]
    return f"{reading[0] if reading else 0}.{last}"


def organisation_revision(db: Database, organisation: str) -> str:
    """The last ruling that touches an organisation: what somebody saw who enters an answer for it."""
    values = {"message": None, "organisations": json.dumps([organisation])}
    return f"o.{db.execute(LAST_RULING, values).fetchone()[0]}"


def meanwhile(db: Database, revision_now: str) -> str:
    """Who ruled last, for somebody whose ruling came too late: "Ann accepted it at 12:00 UTC"."""
    last = int(revision_now.rpartition(".")[2])
    row = next(iter(db.query("select * from rulings where id = ?", [last])), None)
    if row is None:
        return "the message was read anew"
    return f"{row['made_by']} ruled '{row['verb']}' at {row['made_at'][:16].replace('T', ' ')} UTC"
