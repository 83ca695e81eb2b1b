"""``restore``: a backup in the place of the registry."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

import click

from inbox_worker.commands.options import registry_option, settings_of
from inbox_worker.lock import RegistryLock
from inbox_worker.registry import RawMail
from inbox_worker.registry.backup import restore


@click.command()
@click.argument("copy", type=click.Path(dir_okay=False, path_type=Path))
@registry_option
@click.pass_context
def command(ctx: click.Context, copy: Path, registry: Path | None) -> None:
    """Put COPY, a file that 'backup' made, in the place of the registry, with its raw mail.

    Stop the service first. The registry that was there is kept beside it. The next 'run' takes in once more what came
    since, as far as it is still in the mailbox; rulings made since are lost.
    """
    place = settings_of(ctx, registry).registry
    place.path.parent.mkdir(parents=True, exist_ok=True)
    with RegistryLock(place.path):
        messages, aside = restore(copy, place.path, RawMail(place.mail_directory), datetime.now(timezone.utc))
    click.echo(f"{place.path}: {messages} messages restored" + (f"; the earlier one is {aside}" if aside else ""))
