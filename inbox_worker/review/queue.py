"""What waits for a person, a row for each message, grouped by its weightiest reason, the oldest deadline first.

A message that came in time is due by the deadline for answers: by then the figures are to be right, and whoever asks
something must know it. What came later is due when the event begins. Of one deadline the longest waiting comes first.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlite_utils import Database

from inbox_worker.commands.telling import said
from inbox_worker.registry.corrections import RulingError, acceptable
from inbox_worker.registry.desk import SERVICES
from inbox_worker.registry.review import revision

Row = Mapping[str, Any]

# Why a message waits, the weightiest first, in the words of the page.
REASONS = {
    "failed": "Could not be dealt with",
    "unreadable": "Part of it could not be read",
    "sender-unverified": "Sender may not be who it says",
    "conflict": "Contradicts an earlier answer",
    "organisation-unclear": "More than one organisation can be meant",
    "organisation-unlisted": "Not on the invited list",
    "partstat-unclear": "Yes or no is not clear",
    "count-unclear": "Number is not clear",
    "count-missing": "Number is missing",
    "late": "Late",
    "assistance": "Asks for assistance",
    "question": "Asks us something",
}
SHOWN = 40  # rows of a reason, unless only that reason is asked for
MOST = 400  # rows of one reason at most
EXCERPT = 220  # characters of a message


@dataclass(frozen=True)
class Wanted:
    """What somebody asked to see; empty: everything. ``organisation`` is an id, ``code`` a reason."""

    code: str = ""
    language: str = ""
    organisation: str = ""


@dataclass(frozen=True)
class Waiting:
    """A message that waits, with what can be done about it at once."""

    message: int
    row: Row  # of the message, with language
    flags: tuple[Row, ...]  # open ones, the weightiest first
    claims: tuple[str, ...] = ()  # what each says, in a sentence
    due: str | None = None  # until when somebody should have dealt with it, as in ``event``
    revision: str = ""
    act: str = ""  # what "a" does: "accept", "close", or "" where somebody must open it
    hindrance: str = ""  # why it cannot be accepted as it was read

    @property
    def reason(self) -> str:
        """Its weightiest flag's code."""
        return str(self.flags[0]["code"])

    @property
    def only_late(self) -> bool:
        """Late, but clear: nothing else waits."""
        return all(flag["code"] == "late" for flag in self.flags) and self.act == "accept"


@dataclass(frozen=True)
class Group:
    """The messages of one reason; ``total`` counts those that are not shown, too."""

    code: str
    title: str
    total: int
    rows: tuple[Waiting, ...]


@dataclass(frozen=True)
class Queue:
    """What waits, and for the filters how many flags there are by reason and messages by language."""

    groups: tuple[Group, ...]
    total: int  # messages
    by_code: dict[str, int] = field(default_factory=dict)  # of messages, whatever was asked for
    by_language: dict[str, int] = field(default_factory=dict)


OPEN = """
select flags.id, flags.code, flags.detail, flags.message_id, flags.claim_id, claims.name as about,
  coalesce(readings.language, '') as language,
  case when julianday(messages.received_at) < julianday(event.reply_by) then event.reply_by else event.starts end as due
from flags join messages on messages.id = flags.message_id
left join claims on claims.id = flags.claim_id
left join readings on readings.id = flags.reading_id
left join event on true
where flags.closed_at is null and messages.forgotten_at is null
order by julianday(due), coalesce(messages.received_at, '9999'), messages.id
"""
ABOUT = """
select distinct message_id from claims where organisation_id = :at
union select message_id from rulings where organisation_id = :at and message_id is not null
"""


def queue(db: Database, wanted: Wanted | None = None) -> Queue:
    """What waits, as asked for."""
    wanted = wanted or Wanted()
    weight = {code: at for at, code in enumerate(REASONS)}
    found: dict[int, list[Row]] = {}
    for flag in db.query(OPEN):
        found.setdefault(flag["message_id"], []).append(flag)
    for flags in found.values():
        flags.sort(key=lambda flag: weight.get(flag["code"], 0))
    by_code = Counter(code for flags in found.values() for code in {flag["code"] for flag in flags})
    by_language = Counter(flags[0]["language"] for flags in found.values())
    chosen = _chosen(db, found, wanted)
    groups = tuple(_groups(db, chosen, MOST if wanted.code else SHOWN))
    ordered = {code: by_code[code] for code in REASONS if by_code[code]}
    return Queue(groups, len(chosen), ordered, dict(by_language.most_common()))


def version(db: Database) -> str:
    """Changes whenever the queue may have: the last flag, the last ruling, and how many flags are open."""
    query = (
        "select (select max(id) from flags), (select max(id) from rulings), count(*) from flags where closed_at is null"
    )
    return "-".join(str(value or 0) for value in db.execute(query).fetchone())


def next_after(db: Database, message: int) -> int | None:
    """The message that waits next, in the order of the page, or None."""
    weight = {code: at for at, code in enumerate(REASONS)}
    heaviest: dict[int, int] = {}
    for flag in db.query(OPEN):
        at = flag["message_id"]
        heaviest[at] = min(weight.get(flag["code"], 0), heaviest.get(at, len(weight)))
    order = sorted(heaviest, key=lambda at: heaviest[at])  # stable: within a reason by deadline
    later = order[order.index(message) + 1 :] if message in heaviest else order
    return next(iter([*later, *order]), None)


def _chosen(db: Database, found: dict[int, list[Row]], wanted: Wanted) -> dict[int, list[Row]]:
    about = None
    if wanted.organisation:
        about = {row["message_id"] for row in db.query(ABOUT, {"at": wanted.organisation})}
    return {
        message: flags
        for message, flags in found.items()
        if (not wanted.code or any(flag["code"] == wanted.code for flag in flags))
        and (not wanted.language or flags[0]["language"] == wanted.language)
        and (about is None or message in about)
    }


def _groups(db: Database, chosen: dict[int, list[Row]], most: int) -> Iterable[Group]:
    by_reason: dict[str, list[int]] = {}
    for message, flags in chosen.items():
        by_reason.setdefault(flags[0]["code"], []).append(message)
    shown = [message for messages in by_reason.values() for message in messages[:most]]
    rows = _rows(db, shown, chosen)
    for code, title in REASONS.items():
        if code in by_reason:
            messages = by_reason[code]
            yield Group(code, title, len(messages), tuple(rows[message] for message in messages[:most]))


def _rows(db: Database, shown: Sequence[int], flags: dict[int, list[Row]]) -> dict[int, Waiting]:
    ids = json.dumps(list(shown))
    query = f"""
    select id, received_at, from_name, from_address, subject, substr(text, 1, {EXCERPT}) as excerpt from messages
    where id in (select value from json_each(?))
    """  # noqa: S608 - a number of ours
    claims: dict[int, list[Row]] = {}
    accepted = {row["claim_id"] for row in db.query(ACCEPTED, [ids])}
    for claim in db.query(CLAIMS, [ids]):
        claims.setdefault(claim["message_id"], []).append(claim)
    return {
        row["id"]: _waiting(db, {**row, "language": flags[row["id"]][0]["language"]}, flags[row["id"]],
                            claims.get(row["id"], []), accepted)
        for row in list(db.query(query, [ids]))
    }  # fmt: skip


CLAIMS = """
select claims.* from claims join readings_in_force on readings_in_force.reading_id = claims.reading_id
  and readings_in_force.message_id = claims.message_id
where claims.message_id in (select value from json_each(?)) order by claims.message_id, claims.position
"""
ACCEPTED = """
select claim_id from standing_rulings where verb = 'accept' and message_id in (select value from json_each(?))
"""


def _waiting(db: Database, row: Row, flags: Sequence[Row], claims: Sequence[Row], accepted: set[int]) -> Waiting:
    act, hindrance = _act(flags, claims, accepted)
    return Waiting(
        message=row["id"],
        row=row,
        flags=tuple(flags),
        due=flags[0]["due"],
        claims=tuple(f"{claim['name'] or 'Somebody'}: {said(claim)}" for claim in claims),
        revision=revision(db, row["id"]),
        act=act,
        hindrance=hindrance,
    )


def _act(flags: Sequence[Row], claims: Sequence[Row], accepted: set[int]) -> tuple[str, str]:
    if all(flag["code"] in SERVICES for flag in flags):
        return "close", ""
    if not claims:
        return "", "nothing was read in it that could be accepted"
    doubted = {flag["claim_id"] for flag in flags if flag["code"] not in SERVICES}
    about = [claim for claim in claims if doubted & {None, claim["id"]}]
    if all(claim["id"] in accepted for claim in about):
        return "", "it was accepted, and still contradicts what else was said"
    try:
        for claim in about:
            acceptable(claim)
    except RulingError as error:
        return "", str(error)
    return "accept", ""
