"""``outstanding``: who is still to be asked, before the deadline."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from inbox_worker.cli import UnusableError
from inbox_worker.commands.cells import csv_text
from inbox_worker.commands.escaping import shown
from inbox_worker.commands.options import registry_option, settings_of
from inbox_worker.letters import reminder
from inbox_worker.registry import connect_readonly
from inbox_worker.registry.lists import Row, outstanding
from inbox_worker.settings import Settings
from inbox_worker.templates import load_templates

COLUMNS = ("missing", "id", "name", "country", "contact", "language", "open_doubts", "not_delivered")


@click.command()
@click.option("--csv", "as_csv", is_flag=True, help="As CSV; no cell can start a formula.")
@click.option(
    "--drafts",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Write a reminder for each into DIR, as .eml files that a mail program opens.",
)
@registry_option
@click.pass_context
def command(ctx: click.Context, as_csv: bool, drafts: Path | None, registry: Path | None) -> None:
    """Who has not answered, who comes without a number, who is tentative; with whom to ask.

    An organisation with an open doubt may have answered already: look at 'review list' first.
    """
    settings = settings_of(ctx, registry)
    rows = outstanding(connect_readonly(settings.registry.path))
    if drafts is not None:
        click.echo(_write(rows, drafts, settings))
    elif as_csv:
        click.echo(csv_text(COLUMNS, rows), nl=False)
    else:
        for line in _table(rows):
            click.echo(shown(line))


def _table(rows: Sequence[Row]) -> Iterator[str]:
    for row in rows:
        notes = [f"{row['open_doubts']} open doubt(s)"] if row["open_doubts"] else []
        notes += [f"not delivered to {row['not_delivered']}"] if row["not_delivered"] else []
        contact = row["contact"] or "(no contact)"
        yield f"{row['missing']:<12}  {row['name']}  {contact}{'; ' if notes else ''}{'; '.join(notes)}"
    kinds = [row["missing"] for row in rows]
    yield ", ".join(f"{kinds.count(kind)} {kind}" for kind in dict.fromkeys(kinds)) or "nothing is outstanding"


def _write(rows: Sequence[Row], directory: Path, settings: Settings) -> str:
    """A draft for each that can be written to and has no open doubt. Files that are there are never overwritten."""
    templates = load_templates(settings.drafts.templates)
    directory.mkdir(parents=True, exist_ok=True)
    ready = [row for row in rows if row["contact"] and not row["open_doubts"] and not row["not_delivered"]]
    if present := [row["id"] for row in ready if (directory / f"{row['id']}.eml").exists()]:
        raise UnusableError(f"{directory} holds {present[0]}.eml already; nothing was written, name another directory")
    for row in ready:
        message = reminder(row, settings.invitation, templates)
        (directory / f"{row['id']}.eml").write_bytes(message.as_bytes())
    left = len(rows) - len(ready)
    return (
        f"{len(ready)} drafts written to {directory}; {left} left out, which have no contact or an open doubt, "
        "or were not reached"
    )
