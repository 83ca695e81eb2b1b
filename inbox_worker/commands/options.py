"""What several commands take."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from inbox_worker.settings import RegistrySettings, Settings, default_path, load

paths_argument = click.argument(
    "paths", nargs=-1, required=True, type=click.Path(readable=False, path_type=Path), metavar="PATH..."
)
registry_option = click.option(
    "--registry",
    type=click.Path(readable=False, path_type=Path),
    metavar="FILE",
    help="The registry, instead of the configured one.",
)


def settings_of(ctx: click.Context, registry: Path | None = None) -> Settings:
    """The configuration that was asked for.

    Raises:
        SettingsError: where it cannot be used.
    """
    config = ctx.find_object(Path)
    settings = load(config if config is not None else default_path())
    return replace(settings, registry=RegistrySettings(registry)) if registry is not None else settings
