"""``demo``: the whole thing on sample mail."""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from inbox_worker.cli import UnusableError
from inbox_worker.datasette_config import datasette_command
from inbox_worker.poll import poll
from inbox_worker.registry import connect_readonly
from inbox_worker.settings import Settings, load

if TYPE_CHECKING:
    from rich.console import Console

    from inbox_worker.demo.server import MailServer


_DAY = timedelta(days=1)


@click.command()
@click.option("--once", is_flag=True, help="End when the sample mail is taken in; do not serve it.")
def command(once: bool) -> int:
    """See the whole thing at work on sample mail, on this machine only.

    Starts a small IMAP and SMTP server, delivers the sample mailbox of an event whose deadline is tonight, reads it
    over IMAP into a new registry, and serves that in Datasette. Nothing is kept when it ends.
    """
    try:
        from inbox_worker.demo.server import MailServer
    except ImportError as error:
        raise UnusableError(
            f"the demo needs {error.name}, which is not installed; install it with: pip install 'inbox-worker[demo]'"
        ) from None
    from rich.console import Console

    from inbox_worker.demo.sample import ZONE, write_configuration

    stop = threading.Event()
    console = Console()
    today = datetime.now(ZONE).date()
    with tempfile.TemporaryDirectory(prefix="inbox-worker-demo-") as name, MailServer() as server, _ending(stop):
        settings = load(write_configuration(Path(name), today, server.imap_port))
        _fill(settings, server, console, stop)
        if not once and not stop.is_set():
            _serve(settings, server, Path(name), console, stop)
    return 0


def _fill(settings: Settings, server: MailServer, console: Console, stop: threading.Event) -> None:
    """Deliver the sample mail message by message, and look into the mailbox after each."""
    from rich.live import Live

    from inbox_worker.demo.board import board
    from inbox_worker.demo.sample import samples

    deadline = settings.invitation.reply_by
    poll(settings, stop)
    db = connect_readonly(settings.registry.path)
    mail = list(samples(deadline.date() - _DAY))
    with Live(console=console, auto_refresh=False) as live:
        for number, sample in enumerate(mail, 1):
            server.deliver(sample.content, sample.received)
            result = poll(settings, stop)
            if result.error:
                raise OSError(f"the demo's mailbox could not be read: {result.error}")
            if console.is_terminal:
                news = f"{number} of {len(mail)} messages delivered and read over IMAP"
                live.update(board(db, news), refresh=True)
            if stop.is_set():
                return
        live.update(
            board(db, f"All {len(mail)} messages read; the deadline is {deadline:%Y-%m-%d %H:%M}"), refresh=True
        )
    db.close()


def _serve(settings: Settings, server: MailServer, directory: Path, console: Console, stop: threading.Event) -> None:
    """Serve the registry in Datasette and go on looking into the mailbox until told to stop."""
    from inbox_worker.demo.ports import free_port

    port = free_port("127.0.0.1")
    arguments = datasette_command(settings, directory, "127.0.0.1", port)
    address = settings.invitation.mailbox
    console.print(
        "\nThe registry is served on this machine. Sign in with the link below, then look at the table "
        f"[bold]registry[/bold]:\n  http://127.0.0.1:{port}/registry/registry\n"
        f"Send it a reply of your own, for example:\n"
        f"  python3 -c \"import smtplib; smtplib.SMTP('127.0.0.1', {server.smtp_port}).sendmail("
        f"'you@pax.example', ['{address}'], "
        f"'From: You <you@pax.example>\\nSubject: Re: Invitation\\n\\nPAX will attend with two people.')\"\n"
        "Ctrl-C ends the demo.\n",
        soft_wrap=True,
        highlight=False,
    )
    sys.stdout.flush()
    with subprocess.Popen(arguments) as datasette:  # noqa: S603 - our own interpreter and arguments
        try:
            while not stop.wait(settings.service.poll_every) and datasette.poll() is None:
                result = poll(settings, stop)
                if result.new:
                    console.print(f"{result.new} new message(s) taken in", highlight=False)
        finally:
            datasette.terminate()


@contextmanager
def _ending(stop: threading.Event) -> Iterator[None]:
    """Ctrl-C and SIGTERM end the demo in good order."""
    before = {
        number: signal.signal(number, lambda received, frame: stop.set()) for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
