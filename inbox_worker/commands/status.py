"""``status``: how the worker and the registry are doing."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime, timezone
from pathlib import Path

import click

from inbox_worker.commands.options import registry_option, settings_of
from inbox_worker.health import Health, ModelHealth, health_of
from inbox_worker.registry import connect_readonly


@click.command()
@registry_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for monitoring.")
@click.pass_context
def command(ctx: click.Context, registry: Path | None, as_json: bool) -> int:
    """Tell how the worker and the registry are doing. Exit status 1 when somebody should look."""
    settings = settings_of(ctx, registry)
    db = connect_readonly(settings.registry.path)
    found = health_of(db, settings, datetime.now(timezone.utc))
    click.echo(json.dumps(asdict(found)) if as_json else "\n".join(lines(found)))
    return 0 if found.healthy else 1


def lines(found: Health) -> list[str]:
    """The figures as a person reads them."""
    states = ", ".join(f"{number} {state}" for state, number in found.participations.items())
    flags = ", ".join(f"{number} {code}" for code, number in found.open_flags.items())
    return [
        f"{'healthy' if found.healthy else 'UNHEALTHY'}: {found.sentence}",
        f"organisations: {states or 'none'}; {found.delegates} delegates accepted, {found.late} answered late",
        f"messages: {found.messages}, the newest received {found.newest_message or '-'}; {found.failed} failed",
        f"open flags: {flags or 'none'}",
        *([] if found.language_model is None else [_model_line(found.language_model)]),
        f"registry: {found.registry_bytes / 1e6:.1f} MB, write-ahead log {found.log_bytes / 1e6:.1f} MB",
    ]


def _model_line(model: ModelHealth) -> str:
    last = "not asked yet"
    if model.last_asked:
        last = f"last asked {model.last_asked}: {model.last_error or model.last_outcome}"
    today = f"{model.asked_today} of {model.daily_budget} questions today, {model.waiting} messages wait"
    return f"language model: {model.model} ({model.role}); {today}; {last}"
