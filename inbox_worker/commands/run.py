"""``run``: the service."""

from __future__ import annotations

from pathlib import Path

import click

from inbox_worker import logs, service
from inbox_worker.cli import UnusableError
from inbox_worker.commands.options import registry_option, settings_of
from inbox_worker.registry import refuse_damaged, refuse_newer

TARGET = "inbox_worker.poll:poll"


@click.command()
@click.option("--once", is_flag=True, help="Look once, then end; exit status 1 if the mailbox could not be read.")
@registry_option
@click.pass_context
def command(ctx: click.Context, once: bool, registry: Path | None) -> int:
    """Watch the mailbox and keep the registry, until told to stop.

    Says what it does on standard error, a line an event. SIGTERM or Ctrl-C finishes the message at hand and ends.
    """
    settings = settings_of(ctx, registry)
    if not settings.mailbox.configured:
        raise UnusableError(f"{settings.source}: [mailbox] has neither host nor path; say where the mail is")
    if settings.mailbox.path is not None and not settings.mailbox.path.exists():
        raise UnusableError(f"{settings.source}: [mailbox] path: there is no {settings.mailbox.path}")
    if settings.mailbox.host and settings.mailbox.oauth is None:
        settings.mailbox.password()
    refuse_newer(settings.registry.path)
    refuse_damaged(settings.registry.path)
    settings.registry.path.parent.mkdir(parents=True, exist_ok=True)
    logs.start(as_json=settings.logs.json)
    if not once:
        service.serve(settings, TARGET)  # the child reads; this process has no need to load a reader
        return 0
    from inbox_worker import poll

    result = service.run_once(settings, poll.poll)
    return 1 if result.error else 0
