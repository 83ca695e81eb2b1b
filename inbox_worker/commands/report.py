"""``report``: the head's page as text."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

import click

from inbox_worker.commands.escaping import shown
from inbox_worker.commands.options import registry_option, settings_of
from inbox_worker.health import health_of
from inbox_worker.model import SERVICE_CODES
from inbox_worker.registry import connect_readonly
from inbox_worker.registry.lists import Figures, figures
from inbox_worker.settings import Settings


@click.command()
@registry_option
@click.pass_context
def command(ctx: click.Context, registry: Path | None) -> None:
    """One page: how many come, who is late, who is outstanding, what waits, and whether all is well."""
    for line in page(settings_of(ctx, registry), datetime.now(timezone.utc)):
        click.echo(shown(line))


def page(settings: Settings, now: datetime) -> list[str]:
    """The page, a line each; ``now`` is aware.

    Raises:
        RegistryError: where there is no registry that can be read.
    """
    db = connect_readonly(settings.registry.path)
    try:
        state = health_of(db, settings, now)
        model = [f"the language model: {state.language_model.sentence}"] if state.language_model else []
        return [*lines(figures(db)), f"the worker: {state.sentence}", *model]
    finally:
        db.close()


def lines(found: Figures) -> Iterator[str]:
    """The figures as a person reads them."""
    at, event = found.figures, found.event
    yield f"{event['title']}, {event['starts'][:16].replace('T', ' ')}"
    yield f"coming: {at['accepted']} organisations with {at['delegates']} people{_besides(found)}"
    yield f"  of them late: {at['late_accepted']} organisations with {at['late_delegates']} people"
    yield f"not coming: {at['declined']}; perhaps: {at['tentative']} organisations with {at['perhaps']} people"
    missed = f", of whom our mail did not reach {found.not_delivered}" if found.not_delivered else ""
    yield f"outstanding: {at['silent']} have not answered{missed}"
    doubts = sum(number for code, number in found.waiting.items() if code not in SERVICE_CODES)
    asks = ", ".join(f"{found.waiting[code]} {code}" for code in sorted(SERVICE_CODES) if code in found.waiting)
    yield f"waiting for somebody: {doubts} doubts about {at['doubtful']} organisations; {asks or 'no question'}"
    if found.unknown_drafts:
        yield f"drafts: {found.unknown_drafts} not known to have come to the mailbox; see the table drafts"


def _besides(found: Figures) -> str:
    at, capacity = found.figures, found.event["capacity"]
    unknown = f", and {at['without_number']} without a number" if at["without_number"] else ""
    return unknown + (f"; {capacity - at['delegates']} of {capacity} seats are left" if capacity else "")
