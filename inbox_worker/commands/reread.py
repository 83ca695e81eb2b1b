"""``reread``: stored messages read anew, with a report of what that changes."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path

import click

from inbox_worker.commands.options import dask_option, engine_of, jobs_of, jobs_option, registry_option, settings_of
from inbox_worker.commands.progress import progress
from inbox_worker.commands.showing import difference_lines, list_lines
from inbox_worker.lock import RegistryLock
from inbox_worker.parallel import Engine
from inbox_worker.registry import connect, refuse_missing, refuse_newer
from inbox_worker.registry.difference import difference, snapshot
from inbox_worker.settings import RegistrySettings, Settings
from inbox_worker.worker import Worker


@click.command()
@click.option("--failed", is_flag=True, help="Only messages whose last reading failed.")
@click.option("--dry-run", is_flag=True, help="Only report what would change; the registry stays as it is.")
@jobs_option
@dask_option
@registry_option
@click.pass_context
def command(
    ctx: click.Context, failed: bool, dry_run: bool, jobs: int | None, dask: str | None, registry: Path | None
) -> None:
    """Read stored messages anew, after a better reader or a changed invited list. Rulings stand.

    Ends with a report: which organisations stand elsewhere than before, and which flags were opened and closed.
    """
    settings = settings_of(ctx, registry)
    refuse_missing(settings.registry.path)
    refuse_newer(settings.registry.path)
    alone = dask is None and jobs_of(jobs) == 1  # the worker itself, which notes what it is reading
    engine = None if alone else engine_of(jobs, dask)
    with _copy(settings) if dry_run else nullcontext(settings) as place:
        lines = _reread(place, failed=failed, dry_run=dry_run, engine=engine)
    for line in lines:
        click.echo(line)


def _reread(settings: Settings, *, failed: bool, dry_run: bool, engine: Engine | None) -> list[str]:
    with RegistryLock(settings.registry.path):
        looking = connect(settings.registry.path)
        before = snapshot(looking)
        looking.close()
        worker = Worker.open(settings, create=False)
        messages = worker.registry.failed() if failed else worker.registry.stored()
        kept = worker.registry.ruled_messages()
        failures = worker.read_again(progress(messages, "reading", len(messages)), engine)
        lines = [
            *list_lines(worker.registry.report, worker.registry.db),
            f"{len(messages)} read anew, {failures} of them failed; {kept} that somebody ruled on stand as ruled",
            *difference_lines(difference(before, snapshot(worker.registry.db))),
        ]
        worker.registry.close()
    return [*lines, "nothing was changed; without --dry-run it is"] if dry_run else lines


@contextmanager
def _copy(settings: Settings) -> Iterator[Settings]:
    """The same settings with a copy of the registry that nobody else works on. Raw mail is only read."""
    with tempfile.TemporaryDirectory(prefix="inbox-worker-") as directory:
        path = Path(directory) / "registry.db"
        connection = sqlite3.connect(f"{settings.registry.path.resolve().as_uri()}?mode=ro", uri=True, timeout=30)
        connection.execute("vacuum into ?", [str(path)])
        connection.close()
        yield replace(settings, registry=RegistrySettings(path, settings.registry.mail_directory))
