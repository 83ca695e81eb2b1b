"""Claims, messages and states as lines of text."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, tzinfo
from typing import Any

from sqlite_utils import Database

from inbox_worker.commands.opinions import dropped_lines, opinion_lines, opinions_of
from inbox_worker.registry.difference import Difference
from inbox_worker.registry.review import Item
from inbox_worker.registry.sync import SyncReport
from inbox_worker.settings import Settings

Row = Mapping[str, Any]
STATES = {
    "needs-action": "has not answered",
    "accepted": "comes",
    "declined": "does not come",
    "tentative": "may come",
}
OPS = {"set": "", "add": " more", "remove": " fewer"}
SHOWN = 3_000  # characters of a message


def when(stamp: str | None, zone: tzinfo | None) -> str:
    """A time as the event's clock shows it."""
    return datetime.fromisoformat(stamp).astimezone(zone).strftime("%Y-%m-%d %H:%M") if stamp else "(unknown time)"


def person(row: Row) -> str:
    """A person with title and function."""
    name = " ".join(filter(None, (row.get("title"), row["name"])))
    return f"{name} ({' '.join(row['function'].split())})" if row.get("function") else name


def claim(row: Row) -> str:
    """What a claim says, in a line."""
    number = row["delegates"]
    people = ", ".join(person(p) for p in json.loads(row["people"]))
    leaves = ", ".join(json.loads(row["leaves"]))
    words = [row["partstat"]]
    if row["op"] == "add" and number == 0:
        words.append("the number stays")
    elif number is not None:
        words.append(f"{number}{OPS[row['op']]}")
    if people:
        words.append(f"leaving: {people}" if row["op"] == "remove" else people)
    if leaves:
        words.append(f"instead of {leaves}")
    return ", ".join(words)


def sender(row: Row) -> str:
    """Who wrote, as a mail program shows it."""
    return f"{row['from_name']} <{row['from_address']}>".strip()


def waiting_lines(rows: Iterable[Row], settings: Settings) -> Iterator[str]:
    """Open flags, two lines each."""
    for row in rows:
        received = when(row["received_at"], settings.invitation.reply_by.tzinfo)
        who = row["organisation"] or row["from_address"] or "?"
        yield f"{row['flag_id']:>5}  {received}  {row['code']:<21} {who}: {' '.join(row['subject'].split())[:60]}"
        yield f"       {row['detail']}"


def item_lines(item: Item, settings: Settings) -> Iterator[str]:
    """A message under review: its words, what was read, flagged and ruled, and the revision."""
    zone, message = settings.invitation.reply_by.tzinfo, item.message
    yield f"message m{message['id']}, received {when(message['received_at'], zone)}, revision {item.revision}"
    yield f"from {sender(message)}: {' '.join(message['subject'].split())}"
    yield ""
    text = message["text"].strip()
    yield from (f"  {line}" for line in text[:SHOWN].splitlines())
    if len(text) > SHOWN:
        yield f"  (and {len(text) - SHOWN} characters more)"
    yield ""
    for row in item.all_claims:
        about = row["organisation_id"] or "not in the registry"
        yield f"claim c{row['id']}  {row['name']} ({about}): {claim(row)}"
    if opinions := opinions_of(item.opinions):
        yield from opinion_lines(opinions)
        yield from dropped_lines(opinions)
    for flag in item.flags:
        state = f"closed {when(flag['closed_at'], zone)}" if flag["closed_at"] else "open"
        about = f" on c{flag['claim_id']}" if flag["claim_id"] else ""
        yield f"flag {flag['id']}  {flag['code']}{about} ({state}): {flag['detail']}"
    for row in item.rulings:
        about = f" on c{row['claim_id']}" if row["claim_id"] else ""
        instead = f": {claim(json.loads(row['claim']))}" if row["claim"] else ""
        why = f", because {row['why']}" if row["why"] else ""
        who = f"{row['made_by']} {when(row['made_at'], zone)}"
        yield f"ruling r{row['id']}  {row['verb']}{about} by {who}{instead}{why}"


def state_lines(db: Database, organisations: Iterable[str]) -> Iterator[str]:
    """Where organisations stand, a line each."""
    query = """
    select organisations.name, registry.partstat, registry.delegates, registry.people, registry.open_doubts
    from organisations left join registry using (id) where organisations.id = ?
    """
    for organisation in organisations:
        for row in db.query(query, [organisation]):
            yield f"{row['name']}: {_standing(row)}"


def _standing(row: Row) -> str:
    if row["partstat"] is None:
        return "not in the registry"
    parts = [STATES[row["partstat"]]]
    if row["partstat"] in ("accepted", "tentative"):
        parts.append("number unknown" if row["delegates"] is None else f"{row['delegates']}")
        parts += [row["people"]] if row["people"] else []
    if row.get("late"):
        parts.append("late")
    if row["open_doubts"]:
        parts.append(f"{row['open_doubts']} open doubt(s)")
    return "; ".join(parts)


def list_lines(report: SyncReport, db: Database) -> Iterator[str]:
    """What a changed invited list changed: a line for each organisation."""
    if not report.counts:
        return
    yield f"invited list: {', '.join(f'{number} {what}' for what, number in report.counts.items() if number)}"
    answered = "select partstat from participations where organisation_id = ?"
    for what, ids in (("new", report.new), ("changed", report.changed), ("no longer on it", report.removed)):
        for organisation in ids:
            row = db.execute(answered, [organisation]).fetchone()
            stays = f" ({STATES[row[0]]}; stays in the registry)" if what == "no longer on it" and row else ""
            yield f"  {what}: {organisation}{stays}"


def difference_lines(found: Difference) -> Iterator[str]:
    """What is not as it was: organisations, then flags."""
    if not found.organisations and not found.flags:
        yield "no organisation stands elsewhere than before, and no flag was opened or closed"
    nobody = {"partstat": None}
    for before, after in found.organisations:
        name = (after or before or {})["name"]
        yield f"{name}: {_standing(before or nobody)} -> {_standing(after or nobody)}"
    for code, number in found.flags.items():
        yield f"open {code} flags: {number:+d}"
