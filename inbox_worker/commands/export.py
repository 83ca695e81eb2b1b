"""``export``: participants and delegates for badges and room planning."""

from __future__ import annotations

import getpass
import json
from datetime import datetime, timezone
from pathlib import Path

import click

from inbox_worker.commands.cells import write_csv, write_xlsx
from inbox_worker.commands.options import registry_option, settings_of
from inbox_worker.registry import connect, refuse_missing
from inbox_worker.registry.database import writing
from inbox_worker.registry.exports import compare, keep
from inbox_worker.registry.lists import delegates, participants

FORMATS = ("csv", "xlsx", "json")
KEYS = {"participants": ("id",), "delegates": ("organisation_id", "name")}
FACTS = {
    "participants": ("name", "partstat", "delegates", "late"),
    "delegates": ("name", "title", "function", "organisation", "partstat"),
}
COLUMNS = {
    "participants": (
        "since_last", "id", "name", "acronym", "category", "country", "partstat", "delegates", "late", "open_doubts",
        "first_received_at", "received_at",
    ),
    "delegates": ("since_last", "name", "title", "function", "organisation", "country", "partstat", "organisation_id"),
}  # fmt: skip


@click.command()
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path), metavar="DIR")
@click.option("--format", "formats", multiple=True, type=click.Choice(FORMATS), help="Only this (default: all).")
@click.option("--no-marker", is_flag=True, help="Do not remember this export: the next compares with the one before.")
@registry_option
@click.pass_context
def command(
    ctx: click.Context, directory: Path, formats: tuple[str, ...], no_marker: bool, registry: Path | None
) -> None:
    """Write participants and delegates into DIR as CSV, XLSX and JSON.

    The column since_last tells what is new, changed or gone since the last export. No cell can start a formula.
    """
    settings = settings_of(ctx, registry)
    refuse_missing(settings.registry.path)
    directory.mkdir(parents=True, exist_ok=True)
    db = connect(settings.registry.path)
    with writing(db):
        rows = {"participants": participants(db), "delegates": delegates(db)}
        marked = {kind: compare(db, kind, found, KEYS[kind], FACTS[kind]) for kind, found in rows.items()}
        for name in formats or FORMATS:
            _write(name, directory, marked)
        if not no_marker:
            keep(db, {k: (found, KEYS[k], FACTS[k]) for k, found in rows.items()}, _who(), datetime.now(timezone.utc))
    db.close()
    changes = sum(bool(row["since_last"]) for found in marked.values() for row in found)
    click.echo(
        f"{len(rows['participants'])} organisations and {len(rows['delegates'])} delegates written to {directory}"
    )
    click.echo(f"{changes} rows are new, changed or gone since the last export")


def _write(name: str, directory: Path, marked: dict[str, list[dict[str, object]]]) -> None:
    if name == "csv":
        for kind, rows in marked.items():
            write_csv(directory / f"{kind}.csv", COLUMNS[kind], rows)
    elif name == "xlsx":
        write_xlsx(directory / "participants.xlsx", {kind: (COLUMNS[kind], rows) for kind, rows in marked.items()})
    else:
        tables = {kind: [{c: row[c] for c in COLUMNS[kind]} for row in rows] for kind, rows in marked.items()}
        (directory / "participants.json").write_text(json.dumps(tables, ensure_ascii=False, indent=1), encoding="utf-8")


def _who() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""
