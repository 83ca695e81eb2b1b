"""``explain``: the story behind an organisation's state, in plain words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, tzinfo
from pathlib import Path

import click

from inbox_worker.commands.options import find_one, registry_option, settings_of
from inbox_worker.registry import connect_readonly
from inbox_worker.registry.dossier import Dossier, Letter, Row, dossier

STATES = {
    "needs-action": "has not answered",
    "accepted": "comes",
    "declined": "does not come",
    "tentative": "may come",
}
OPS = {"set": "", "add": " more", "remove": " fewer"}


@click.command()
@click.argument("organisation")
@registry_option
@click.pass_context
def command(ctx: click.Context, organisation: str, registry: Path | None) -> None:
    """Tell why an organisation stands where it stands: every message, the words, flags and rulings.

    ORGANISATION is its id, acronym or name, or a part of the name.
    """
    settings = settings_of(ctx, registry)
    db = connect_readonly(settings.registry.path)
    found = find_one(db, organisation)
    zone = settings.invitation.reply_by.tzinfo
    for line in tell(dossier(db, found["id"]), zone):
        click.echo(line)


def tell(story: Dossier, zone: tzinfo | None) -> Iterator[str]:
    """The dossier as lines of text, times in the event's zone."""
    yield f"{story.organisation['name']} ({story.organisation['id']})"
    yield f"  {_state(story, zone)}"
    if not story.letters and not story.entered:
        yield "  Nothing has come from them."
    for letter in story.letters:
        yield ""
        yield from _letter(letter, zone)
    for ruling in story.entered:
        yield ""
        yield f"{_when(ruling['made_at'], zone)}  entered by {ruling['made_by']}: {_claim(json.loads(ruling['claim']))}"
        if ruling["why"]:
            yield f"    because: {ruling['why']}"


def _state(story: Dossier, zone: tzinfo | None) -> str:
    row = story.participation
    parts = [STATES[row["partstat"]]]
    if row["partstat"] in ("accepted", "tentative"):
        parts.append("number unknown" if row["delegates"] is None else f"{row['delegates']} people")
        if story.delegates:
            parts.append(", ".join(_person(person) for person in story.delegates))
    if row["late"]:
        parts.append("answered late")
    if row["open_doubts"]:
        parts.append(f"{row['open_doubts']} open doubt(s)")
    if row["received_at"]:
        parts.append(f"as of {_when(row['received_at'], zone)}")
    return "; ".join(parts)


def _letter(letter: Letter, zone: tzinfo | None) -> Iterator[str]:
    message = letter.message
    sender = f"{message['from_name']} <{message['from_address']}>".strip()
    yield f'{_when(message["received_at"], zone)}  {sender} wrote "{" ".join(message["subject"].split())}"'
    for claim in letter.claims:
        verdict = {"apply": "", "without-number": " (number not taken)", "wait": " (waits for a ruling)"}
        yield f"    says: {_claim(claim)}{verdict[claim['effect']]}"
        for field, quotes in _words(claim):
            yield f"      {field}: {quotes}"
    for flag in letter.flags:
        state = f"closed {_when(flag['closed_at'], zone)}" if flag["closed_at"] else "open"
        yield f"    flagged {flag['code']} ({state}): {flag['detail']}"
    for ruling in letter.rulings:
        instead = f": {_claim(json.loads(ruling['claim']))}" if ruling["claim"] else ""
        why = f", because {ruling['why']}" if ruling["why"] else ""
        yield f"    ruled by {ruling['made_by']} {_when(ruling['made_at'], zone)}: {ruling['verb']}{instead}{why}"


def _claim(claim: Row) -> str:
    number = claim["delegates"]
    people = ", ".join(_person(person) for person in json.loads(claim["people"]))
    leaves = ", ".join(json.loads(claim["leaves"]))
    words = [claim["partstat"]]
    if claim["op"] == "add" and number == 0:
        words.append("the number stays")
    elif number is not None:
        words.append(f"{number}{OPS[claim['op']]}")
    if people:
        words.append(f"leaving: {people}" if claim["op"] == "remove" else people)
    if leaves:
        words.append(f"instead of {leaves}")
    return ", ".join(words)


def _words(claim: Row) -> Iterator[tuple[str, str]]:
    """The words each field rests on."""
    quotes: dict[str, list[str]] = {}
    for evidence in json.loads(claim["evidence"]):
        quote = f'"{" ".join(evidence["text"].split())[:200]}"'
        if quote not in quotes.setdefault(evidence["field"], []):
            quotes[evidence["field"]].append(quote)
    for field, found in quotes.items():
        yield field, ", ".join(found)


def _person(person: Row) -> str:
    name = " ".join(filter(None, (person.get("title"), person["name"])))
    return f"{name} ({person['function']})" if person.get("function") else name


def _when(stamp: str | None, zone: tzinfo | None) -> str:
    return datetime.fromisoformat(stamp).astimezone(zone).strftime("%Y-%m-%d %H:%M") if stamp else "(unknown time)"
