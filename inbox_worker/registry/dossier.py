"""Everything behind an organisation's state: what ``explain`` and the pages tell."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

Row = dict[str, Any]


@dataclass(frozen=True)
class Letter:
    """A message with what was read in it about one organisation. Rows as in their tables."""

    message: Row
    claims: tuple[Row, ...]
    flags: tuple[Row, ...]
    rulings: tuple[Row, ...]
    opinions: str = "[]"  # of the reading in force, as in ``readings``


@dataclass(frozen=True)
class Dossier:
    """One organisation's row, state, people, and the letters behind it in order of reception."""

    organisation: Row
    participation: Row
    delegates: tuple[Row, ...]
    letters: tuple[Letter, ...]
    entered: tuple[Row, ...]  # rulings without a message
    not_delivered: tuple[Row, ...] = ()  # delivery reports since it last answered


def find(db: Database, words: str) -> list[Row]:
    """Organisations whose id, acronym, name or alias is ``words``; failing that, those whose name holds them."""
    wanted = words.strip().casefold()
    rows = list(db.query("select * from organisations order by name"))
    exact = [
        row
        for row in rows
        if wanted in {t.casefold() for t in (row["id"], row["acronym"], row["name"], *json.loads(row["aliases"]))}
    ]
    return exact or [row for row in rows if wanted and wanted in row["name"].casefold()]


def dossier(db: Database, organisation: str) -> Dossier:
    """All that the registry holds on an organisation, by its id."""
    at = {"at": organisation}
    messages = db.query(
        """
        select messages.* from messages where id in (
          select message_id from claims where organisation_id = :at
          union select message_id from rulings where organisation_id = :at and message_id is not null)
          or id in (select value from json_each(:linked))
        order by coalesce(received_at, '9999'), id
        """,
        {**at, "linked": json.dumps(unread(db, organisation))},
    )
    return Dossier(
        organisation=_one(db.query("select * from organisations where id = :at", at)),
        participation=_one(db.query("select * from participations where organisation_id = :at", at)),
        delegates=tuple(db.query("select * from delegates where organisation_id = :at order by position", at)),
        letters=tuple(_letter(db, message, organisation) for message in list(messages)),
        entered=tuple(
            db.query(
                "select * from standing_rulings where organisation_id = :at and message_id is null order by id", at
            )
        ),
        not_delivered=tuple(
            db.query("select * from not_delivered where organisation_id = :at order by received_at", at)
        ),
    )


def unread(db: Database, organisation: str) -> list[int]:
    """Messages with an open doubt in which nothing was read, from whoever wrote for the organisation or in reply to
    what it wrote: ids."""
    query = """
    with theirs as materialized (select from_address, messages.message_id from claims
      join messages on messages.id = claims.message_id where organisation_id = :at)
    select distinct flags.message_id from flags join messages as here on here.id = flags.message_id
    where closed_at is null and claim_id is null and code not in ('late', 'question', 'assistance')
      and not exists (select 1 from claims where claims.reading_id = flags.reading_id)
      and ((here.from_address <> '' and here.from_address in (select from_address from theirs))
        or exists (select 1 from json_each(here.refers) join theirs on theirs.message_id = value where value <> ''))
    """
    return [row["message_id"] for row in db.query(query, {"at": organisation})]


def _letter(db: Database, message: Row, organisation: str) -> Letter:
    at = {"message": message["id"], "at": organisation}
    claims = tuple(
        db.query(
            """
            select * from claims where message_id = :message
              and (organisation_id = :at or id in (select claim_id from rulings where organisation_id = :at))
              and reading_id = (select reading_id from readings_in_force where message_id = :message)
            order by position
            """,
            at,
        )
    )
    ids = json.dumps([claim["id"] for claim in claims])
    return Letter(
        message=message,
        claims=claims,
        flags=tuple(
            db.query(
                "select * from flags where message_id = ? and (claim_id is null or claim_id in "
                "(select value from json_each(?))) order by id",
                [message["id"], ids],
            )
        ),
        rulings=tuple(
            db.query(
                """
                select rulings.*, exists (select 1 from standing_rulings where id = rulings.id) as holds from rulings
                where claim_id in (select value from json_each(:ids))
                  or (claim_id is null and message_id = :message) order by id
                """,
                {"ids": ids, "message": message["id"]},
            )
        ),
        opinions=str(_one(db.query(OPINIONS, [message["id"]])).get("opinions", "[]")),
    )


OPINIONS = """
select opinions from readings where id = (select reading_id from readings_in_force where message_id = ?)
"""


def _one(rows: Iterable[Row]) -> Row:
    return next(iter(rows), {})
