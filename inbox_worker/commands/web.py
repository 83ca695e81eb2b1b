"""``web``: the review desk and the registry in Datasette."""

from __future__ import annotations

import signal
import subprocess
import tempfile
from pathlib import Path

import click

from inbox_worker.commands.options import registry_option, settings_of
from inbox_worker.datasette_config import datasette_command
from inbox_worker.registry import connect_readonly


@click.command()
@registry_option
@click.option("--host", help="Address to listen on (default: [web] host, 127.0.0.1).")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on (default: [web] port, 8001).")
@click.pass_context
def command(ctx: click.Context, registry: Path | None, host: str | None, port: int | None) -> int:
    """Serve the review desk, the overview and the registry in Datasette, on this machine only unless told otherwise.

    It prints a link that signs you in, once. Nobody else sees anything but by a role in datasette.yaml.
    """
    settings = settings_of(ctx, registry)
    connect_readonly(settings.registry.path).close()
    with tempfile.TemporaryDirectory(prefix="inbox-worker-") as directory:
        arguments = datasette_command(settings, Path(directory), host or settings.web.host, port or settings.web.port)
        with subprocess.Popen(arguments) as process:  # noqa: S603 - our own interpreter and arguments
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda received, frame: process.send_signal(received))
            status = process.wait()
    return 0 if status in (0, -signal.SIGTERM, -signal.SIGINT) else 1
