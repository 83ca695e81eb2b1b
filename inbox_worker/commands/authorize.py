"""``authorize``: consent to reading the mailbox, where the server takes tokens and no passwords."""

from __future__ import annotations

import click

from inbox_worker.cli import FailedError, UnusableError
from inbox_worker.commands.options import settings_of
from inbox_worker.mailbox import MailboxError, open_mailbox
from inbox_worker.message import received_time


@click.command()
@click.pass_context
def command(ctx: click.Context) -> None:
    """Have somebody consent that the mailbox is read, keep the tokens, and try the login.

    For [oauth] way = "user" it shows a page to open in any browser; for way = "app" it only asks for a token. Tokens
    are kept in [oauth] token_file with mode 0600 and renewed by the worker. Run it as the user that the worker runs as.
    """
    from inbox_worker.mailbox.tokens import authorize

    settings = settings_of(ctx, None)
    oauth = settings.mailbox.oauth
    if oauth is None:
        raise UnusableError(f"{settings.source}: there is no table [oauth]; fill it in, or log in by password")
    authorize(oauth, settings.mailbox.user, click.echo, lambda prompt: str(click.prompt(prompt)))
    click.echo(f"tokens are in {oauth.token_file}")
    if not settings.mailbox.host:
        return
    with open_mailbox(settings.mailbox, received_time) as mailbox:
        try:
            for finding in mailbox.check():
                click.echo(f"{finding.name}: {finding.text}")
        except MailboxError as error:
            raise FailedError(f"consent was given, but {error}") from None
