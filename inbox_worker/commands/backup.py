"""``backup``: a verified copy of the registry and its raw mail."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

import click

from inbox_worker.cli import UnusableError
from inbox_worker.commands.options import registry_option, settings_of
from inbox_worker.registry import RawMail
from inbox_worker.registry.backup import make


@click.command()
@click.argument("directory", required=False, type=click.Path(file_okay=False, path_type=Path))
@registry_option
@click.pass_context
def command(ctx: click.Context, directory: Path | None, registry: Path | None) -> None:
    """Copy registry and raw mail into DIRECTORY (default: [backup] directory), and open the copy to see that it holds.

    The worker may run meanwhile. Of the copies there, the newest [backup] keep stay.
    """
    settings = settings_of(ctx, registry)
    target = directory or settings.backup.directory
    if target is None:
        raise UnusableError("name a directory, or set [backup] directory")
    place = settings.registry
    now = datetime.now(timezone.utc)
    copy = make(place.path, RawMail(place.mail_directory), target, settings.backup.keep, now)
    click.echo(f"{copy.path}: {copy.messages} messages, {copy.taken} of them new in the backup; verified")
