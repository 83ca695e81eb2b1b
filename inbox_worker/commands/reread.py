"""``reread``: stored messages read anew."""

from __future__ import annotations

from pathlib import Path

import click

from inbox_worker.commands.options import registry_option, settings_of
from inbox_worker.commands.progress import progress
from inbox_worker.lock import RegistryLock
from inbox_worker.registry import refuse_missing, refuse_newer
from inbox_worker.worker import Worker


@click.command()
@click.option("--failed", is_flag=True, help="Only messages whose last reading failed.")
@registry_option
@click.pass_context
def command(ctx: click.Context, failed: bool, registry: Path | None) -> None:
    """Read stored messages anew, after a better reader or a changed invited list. Rulings stand."""
    settings = settings_of(ctx, registry)
    refuse_missing(settings.registry.path)
    refuse_newer(settings.registry.path)
    with RegistryLock(settings.registry.path):
        worker = Worker.open(settings, create=False)
        messages = worker.registry.failed() if failed else worker.registry.stored()
        failures = worker.read_again(progress(messages, "reading", len(messages)))
        worker.registry.close()
    click.echo(f"{len(messages)} read anew, {failures} of them failed")
