"""``demo``: the whole thing on sample mail."""

from __future__ import annotations

import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from inbox_worker.child import Stop
from inbox_worker.cli import FailedError, UnusableError
from inbox_worker.datasette_config import datasette_command
from inbox_worker.poll import poll
from inbox_worker.registry import connect_readonly
from inbox_worker.settings import Settings, load

if TYPE_CHECKING:
    from rich.console import Console

    from inbox_worker.demo.server import MailServer
    from inbox_worker.demo.web import Web


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
        missing = (error.name or "more").partition(".")[0]
        raise UnusableError(
            f'the demo needs {missing}, which is not installed; install this package with its extra "demo", '
            "for instance: pip install '.[demo]'"
        ) from None
    from rich.console import Console

    from inbox_worker.demo.sample import ZONE, write_configuration

    stop = Stop()
    console = Console()
    today = datetime.now(ZONE).date()
    with (
        _ending(stop),
        tempfile.TemporaryDirectory(prefix="inbox-worker-demo-") as name,
        MailServer() as server,
    ):
        settings = load(write_configuration(Path(name), today, server.imap_port))
        _fill(settings, server, console, stop)
        if not once and not stop.is_set():
            _serve(settings, server, Path(name), console, stop)
    return 0


def _fill(settings: Settings, server: MailServer, console: Console, stop: Stop) -> None:
    """Deliver the sample mail message by message, and look into the mailbox after each."""
    from rich.live import Live

    from inbox_worker.demo.board import board
    from inbox_worker.demo.sample import samples

    deadline = settings.invitation.reply_by
    mail = list(samples(deadline.date() - _DAY))
    poll(settings, stop)
    db = connect_readonly(settings.registry.path)
    with Live(console=console, auto_refresh=False, transient=True) as live:
        for number, sample in enumerate(mail, 1):
            if stop.is_set():
                return
            server.deliver(sample.content, sample.received)
            result = poll(settings, stop)
            if result.error:
                raise FailedError(f"the demo's mailbox could not be read: {result.error}")
            if console.is_terminal:
                news = f"{number} of {len(mail)} messages delivered and read over IMAP"
                live.update(board(db, news), refresh=True)
    console.print(board(db, f"All {len(mail)} messages read; the deadline is {deadline:%Y-%m-%d %H:%M}"))
    db.close()


def _serve(settings: Settings, server: MailServer, directory: Path, console: Console, stop: Stop) -> None:
    """Serve the registry in Datasette and go on looking into the mailbox until told to stop."""
    from inbox_worker.demo.ports import free_port
    from inbox_worker.demo.web import Web, WebError

    arguments = datasette_command(settings, directory, "127.0.0.1", free_port("127.0.0.1"))
    try:
        with Web(arguments, directory / "datasette.log") as web:
            console.print(
                _welcome(web.link, settings.invitation.mailbox, server.smtp_port), soft_wrap=True, highlight=False
            )
            while _waited(settings.service.poll_every, stop, web):
                result = poll(settings, stop)
                if result.error:
                    raise FailedError(f"the demo's mailbox could not be read: {result.error}")
                if result.new:
                    console.print(f"{result.new} new message(s) taken in", highlight=False)
    except WebError as error:
        if not stop.is_set():  # Ctrl-C reaches Datasette too
            raise FailedError(str(error)) from None


def _welcome(link: str, address: str, smtp_port: int) -> str:
    """What to do next."""
    base = link.partition("/-/")[0]
    return f"""
The registry is served in Datasette, on this machine only. Open this link once; it signs you in:
  {link}
then rule on what waits, and see how many come and who has not answered:
  {base}/-/review
  {base}/-/overview
  {base}/registry
Send a reply of your own, and watch it come in:
  python3 -c "import smtplib; smtplib.SMTP('127.0.0.1', {smtp_port}).sendmail('you@paxforpeace.example', '{address}',
    'From: You <you@paxforpeace.example>\\nSubject: Re: Invitation\\n\\nPAX will attend with two people.')"
Ctrl-C ends the demo.
"""


def _waited(seconds: float, stop: Stop, web: Web) -> bool:
    """Wait, with an eye on Datasette. False when told to stop."""
    end = time.monotonic() + seconds
    while not stop.is_set() and time.monotonic() < end:
        time.sleep(0.1)
        web.must_run()
    return not stop.is_set()


@contextmanager
def _ending(stop: Stop) -> Iterator[None]:
    """Ctrl-C and SIGTERM end the demo in good order."""
    before = {number: signal.signal(number, stop.on_signal) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
