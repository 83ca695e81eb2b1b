"""``review``: what waits for a person, and their rulings, from the terminal."""

from __future__ import annotations

import getpass
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import Any

import click

from inbox_worker import decision
from inbox_worker.cli import UnusableError
from inbox_worker.commands.escaping import shown
from inbox_worker.commands.options import find_one, registry_option, settings_of
from inbox_worker.commands.showing import item_lines, state_lines, waiting_lines
from inbox_worker.follow import follow_rulings
from inbox_worker.model import Claim, Op, Partstat, Person
from inbox_worker.registry import Registry, connect_readonly
from inbox_worker.registry.corrections import Correction, Newcomer
from inbox_worker.registry.desk import Desk, Outcome, Told
from inbox_worker.registry.review import Target, item, waiting
from inbox_worker.settings import Settings

Command = Callable[..., Any]


@click.group()
def command() -> None:
    """What waits for a person, and rulings on it.

    ITEM is a number that 'review list' shows, or m12 for all of message 12, or c12 for claim 12.
    """


def _me() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""


def ruling(function: Command) -> Command:
    """What every ruling takes."""

    @wraps(function)
    @click.pass_context
    def wrapped(ctx: click.Context, /, *args: Any, by: str, registry: Path | None, **values: Any) -> None:
        settings = settings_of(ctx, registry)
        with _desk(settings, by) as desk:
            _tell(function(desk, *args, **values), settings, desk)
        _follow(settings)

    for option in (
        registry_option,
        click.option("--revision", metavar="R", help="Rule only if nobody ruled since 'review show' gave this."),
        click.option("--why", default="", metavar="TEXT", help="The reason, kept with the ruling."),
        click.option("--by", default=_me, metavar="NAME", help="Who rules (default: the login name)."),
    ):
        wrapped = option(wrapped)
    return wrapped


@contextmanager
def _desk(settings: Settings, by: str) -> Iterator[Desk]:
    place = settings.registry
    registry = Registry.open(place.path, place.mail_directory, settings.invitation, decision.tell, create=False)
    try:
        yield Desk(registry, by)
    finally:
        registry.close()


def _tell(outcome: Outcome, settings: Settings, desk: Desk) -> None:
    numbers = ", ".join(f"r{number}" for number in outcome.rulings)
    click.echo(f"ruled ({numbers}); 'review reopen {numbers.split(', ')[0]}' takes it back")
    for line in state_lines(desk.db, outcome.organisations):
        click.echo(shown(line))
    for flag in outcome.still_open:
        click.echo(f"still open: {flag['id']} {flag['code']}: {flag['detail']}")


def _follow(settings: Settings) -> None:
    """Read anew what a ruling bears on, unless a running service does it at its next look."""
    read_anew = follow_rulings(settings)
    if read_anew is None:
        click.echo("the running service follows it at its next look")
    elif read_anew:
        click.echo(f"{read_anew} messages read anew, for the ruling taught something or took a lesson back")


what = click.argument("item_", metavar="ITEM")
organisation_option = click.option("--organisation", metavar="ID", help="Whose answer it is.")


def answer_options(function: Command) -> Command:
    """How a person says what somebody answers."""
    for option in (
        click.option("--op", type=click.Choice([op.value for op in Op]), help="How the number is meant."),
        click.option("--person", "people", multiple=True, metavar="NAME", help="Who comes; repeat it for each."),
        click.option("--nobody-named", is_flag=True, help="Take all names away."),
        click.option("--number-unknown", is_flag=True, help="They come; nobody knows how many."),
        click.option("--number", type=click.IntRange(0, 10_000), metavar="N", help="How many people come."),
        click.option(
            "--answer",
            type=click.Choice([p.value for p in Partstat if p is not Partstat.NEEDS_ACTION]),
            help="Whether they come.",
        ),
    ):
        function = option(function)
    return function


def _correction(organisation: str | None, values: dict[str, Any]) -> Correction:
    """The correction that the options describe."""
    names = tuple(_person(text) for text in values["people"])
    return Correction(
        organisation=organisation,
        partstat=Partstat(values["answer"]) if values["answer"] else None,
        delegates=values["number"],
        people=names if names or values["nobody_named"] else None,
        op=Op(values["op"]) if values["op"] else None,
        number_unknown=values["number_unknown"],
    )


def _person(text: str) -> Person:
    """ "Ann Lee" or "Ann Lee; Director"."""
    name, _, function = (part.strip() for part in text.partition(";"))
    if not name:
        raise UnusableError(f'--person "{text}" has no name; write "Ann Lee" or "Ann Lee; Director"')
    return Person(name, function=function or None)


@command.command("list")
@click.option("--code", default="", metavar="CODE", help="Only flags of this code, such as conflict.")
@click.option("--organisation", default="", metavar="NAME", help="Only what concerns this organisation.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a flag.")
@registry_option
@click.pass_context
def list_command(ctx: click.Context, code: str, organisation: str, as_json: bool, registry: Path | None) -> None:
    """What waits: a line for each open flag, oldest message first."""
    settings = settings_of(ctx, registry)
    db = connect_readonly(settings.registry.path)
    wanted = find_one(db, organisation)["id"] if organisation else ""
    rows = waiting(db, code=code, organisation=wanted)
    lines = (json.dumps(row, ensure_ascii=False) for row in rows) if as_json else waiting_lines(rows, settings)
    for line in lines:
        click.echo(shown(line))


@command.command("show")
@what
@registry_option
@click.pass_context
def show_command(ctx: click.Context, item_: str, registry: Path | None) -> None:
    """A message with what was read, flagged and ruled, and the revision to rule on."""
    settings = settings_of(ctx, registry)
    db = connect_readonly(settings.registry.path)
    for line in item_lines(item(db, Target.parse(item_)), settings):
        click.echo(shown(line))


@command.command()
@what
@ruling
def accept(desk: Desk, item_: str, **said: Any) -> Outcome:
    """It is right as it was read."""
    return desk.accept(Target.parse(item_), **said)


@command.command()
@what
@organisation_option
@answer_options
@ruling
def correct(desk: Desk, item_: str, organisation: str | None, why: str, revision: str | None, **said: Any) -> Outcome:
    """What holds instead of what was read, or what a person reads where nothing was read."""
    wanted = find_one(desk.db, organisation)["id"] if organisation else None
    return desk.correct(Target.parse(item_), _correction(wanted, said), why=why, revision=revision)


@command.command()
@what
@ruling
def dismiss(desk: Desk, item_: str, **said: Any) -> Outcome:
    """It says nothing for the registry."""
    return desk.dismiss(Target.parse(item_), **said)


@command.command()
@what
@ruling
def admit(desk: Desk, item_: str, **said: Any) -> Outcome:
    """A late answer counts as if it had been in time."""
    return desk.admit(Target.parse(item_), **said)


@command.command()
@what
@ruling
def refuse(desk: Desk, item_: str, **said: Any) -> Outcome:
    """A late answer does not count."""
    return desk.refuse(Target.parse(item_), **said)


@command.command()
@what
@click.argument("organisation")
@ruling
def merge(desk: Desk, item_: str, organisation: str, **said: Any) -> Outcome:
    """It is the answer of ORGANISATION (id, acronym or name), which is in the registry."""
    return desk.merge(Target.parse(item_), find_one(desk.db, organisation)["id"], **said)


@command.command()
@what
@click.option("--name", default="", metavar="NAME", help="What it is called (default: as the message has it).")
@click.option("--id", "id_", default="", metavar="ID", help="Its id (default: made of the acronym or the name).")
@click.option("--acronym", default="", metavar="TEXT", help="Its acronym.")
@click.option("--category", default="", metavar="TEXT", help="Its category, as in the invited list.")
@click.option("--country", default="", metavar="CC", help="Its country, ISO 3166-1 alpha-2.")
@click.option("--contact", default="", metavar="ADDRESS", help="The address to write to.")
@answer_options
@ruling
def add(
    desk: Desk, item_: str, name: str, id_: str, acronym: str, category: str, country: str, contact: str,
    why: str, revision: str | None, **said: Any,
) -> Outcome:  # fmt: skip
    """It is the answer of a new organisation, which joins the registry by it."""
    new = Newcomer(name, id_, acronym, category, country, contact, _correction(None, said))
    return desk.add(Target.parse(item_), new, why=why, revision=revision)


@command.command()
@click.argument("organisation")
@click.option("--told-by", required=True, metavar="NAME", help="Who said it.")
@click.option("--told-to", default="", metavar="NAME", help="Whom they told (default: who rules).")
@click.option("--told-at", type=click.DateTime(), help="When, in the event's time zone (default: now).")
@answer_options
@ruling
def enter(
    desk: Desk, organisation: str, told_by: str, told_to: str, told_at: datetime | None,
    why: str, revision: str | None, **said: Any,
) -> Outcome:  # fmt: skip
    """An answer of ORGANISATION that came by telephone or on paper."""
    from inbox_worker.registry.corrections import corrected

    about = find_one(desk.db, organisation)
    claim = corrected(Claim(about["id"], about["name"], Partstat.NEEDS_ACTION), _correction(about["id"], said))
    at = told_at.replace(tzinfo=desk.zone) if told_at else None
    return desk.enter(claim, Told(told_by, told_to, at), why=why, revision=revision)


@command.command()
@what
@ruling
def close(desk: Desk, item_: str, **said: Any) -> Outcome:
    """A question or a request was dealt with; what was read stands."""
    return desk.close(Target.parse(item_), **said)


@command.command()
@what
@ruling
def reopen(desk: Desk, item_: str, **said: Any) -> Outcome:
    """Take back what was ruled on ITEM, or the one ruling r12."""
    return desk.reopen(Target.parse(item_), **said)
