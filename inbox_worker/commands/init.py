"""``init``: an example configuration, ready to edit."""

from __future__ import annotations

import importlib.resources
from pathlib import Path

import click

from inbox_worker.cli import UnusableError

FILES = (
    "worker.toml", "invited.csv", "templates.toml", "datasette.yaml", "inbox-worker.service",
    "inbox-worker-web.service",
)  # fmt: skip


def example(name: str) -> str:
    """The text of an example file: from the package, or from ``config/`` in a source checkout."""
    packaged = importlib.resources.files("inbox_worker") / "example_config" / name
    if packaged.is_file():
        return packaged.read_text(encoding="utf-8")
    return (Path(__file__).parents[2] / "config" / name).read_text(encoding="utf-8")


@click.command()
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path), metavar="DIR")
def command(directory: Path) -> None:
    """Write an example configuration into DIR: every setting, explained, with its unit and default.

    Files that are there already are never overwritten.
    """
    present = [name for name in FILES if (directory / name).exists()]
    if present:
        raise UnusableError(
            f"{directory} holds {', '.join(present)} already; nothing was written, name another directory"
        )
    directory.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        (directory / name).write_text(example(name), encoding="utf-8")
    click.echo(f"Wrote {', '.join(FILES)} to {directory}.")
    click.echo(f"Edit them, then try: inbox-worker --config {directory / 'worker.toml'} check")
