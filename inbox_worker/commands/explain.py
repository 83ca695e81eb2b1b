"""``explain``: the story behind an organisation's state, in plain words."""

from __future__ import annotations

from pathlib import Path

import click

from inbox_worker.commands.escaping import shown
from inbox_worker.commands.options import find_one, registry_option, settings_of
from inbox_worker.commands.telling import tell
from inbox_worker.registry import connect_readonly
from inbox_worker.registry.dossier import dossier


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
    for line in tell(dossier(db, found["id"]), settings.invitation.reply_by.tzinfo):
        click.echo(shown(line))
