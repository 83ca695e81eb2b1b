"""The command line. Commands are loaded when they are called, so that help is quick; errors become exits here."""

from __future__ import annotations

import importlib
import io
import logging
import os
import sqlite3
import sys
from pathlib import Path
from typing import NoReturn

import click

from inbox_worker import __version__

COMMANDS = {
    "demo": "See the whole thing at work on sample mail.",
    "init": "Write an example configuration, ready to edit.",
    "run": "Watch the mailbox and keep the registry.",
    "read": "Print what messages say, without a registry.",
    "import": "Take messages from files into the registry.",
    "check": "Test configuration, mailbox, registry and disk.",
    "status": "Tell how the worker and the registry are doing.",
    "web": "Show the registry in Datasette.",
    "explain": "Tell why an organisation stands where it stands.",
    "review": "What waits for a person, and rulings on it.",
    "report": "One page: how many come, and what waits.",
    "outstanding": "Who is still to be asked, as a list or as mail drafts.",
    "export": "Write participants and delegates as CSV, XLSX and JSON.",
    "reread": "Read stored messages anew.",
    "backup": "Copy registry and raw mail, verified.",
    "restore": "Put a backup in the place of the registry.",
    "authorize": "Consent to reading the mailbox, where it takes tokens only.",
    "forget": "Remove personal data, after the retention time or on request.",
}
MODULES = {"import": "take_in"}


class UnusableError(Exception):
    """Unusable arguments or configuration: exit status 2."""


class FailedError(Exception):
    """What was asked for could not be done: exit status 1."""


class Commands(click.Group):
    """The commands by name, each in a module of its own."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; whoever reads our output may stop reading, which is no failure of ours."""
        from inbox_worker import logs

        logs.start(logging.WARNING)
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"inbox_worker.commands.{MODULES.get(cmd_name, cmd_name)}")
        command = module.command
        if not isinstance(command, click.Command):
            raise TypeError(f"{module.__name__}.command is no command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="'inbox-worker COMMAND --help' tells more about a command.",
)
@click.option(
    "--config",
    type=click.Path(readable=False, path_type=Path),
    metavar="FILE",
    help="The configuration (default: $INBOX_WORKER_CONFIG, then config/worker.toml).",
)
@click.version_option(__version__, prog_name="inbox-worker")
@click.pass_context
def cli(ctx: click.Context, config: Path | None) -> None:
    """Reads the replies to an invitation out of a mailbox and keeps a registry of who is coming.

    New here? Try 'inbox-worker demo', then 'inbox-worker init config'.
    """
    ctx.obj = config


def main() -> NoReturn:
    """Run a command; say what went wrong in one line."""
    status, problem = 0, ""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # people's names are not ASCII, whatever the locale says
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        result = cli.main(prog_name="inbox-worker", standalone_mode=False)
        status = result if isinstance(result, int) else 0
    except click.exceptions.NoArgsIsHelpError as error:
        print(error.format_message())
        status = 2
    except click.ClickException as error:
        status, problem = 2, f"{error.format_message()} (see 'inbox-worker --help')"
    except (click.Abort, KeyboardInterrupt):
        status = 130
    except Exception as error:
        known = _known(error)
        if known is None:
            raise
        status, problem = known
    if problem:
        print(f"inbox-worker: {' '.join(problem.split())}", file=sys.stderr)
    raise SystemExit(status)


def _known(error: Exception) -> tuple[int, str] | None:
    """Exit status and sentence for the errors that people can mend."""
    from inbox_worker.lock import LockError
    from inbox_worker.mailbox import MailboxError, PathError
    from inbox_worker.registry import NewerRegistryError, NotARegistryError, RegistryError
    from inbox_worker.settings import SettingsError

    if isinstance(error, (UnusableError, SettingsError, PathError, NewerRegistryError, NotARegistryError)):
        return 2, str(error)
    if isinstance(error, (FailedError, RegistryError, MailboxError, LockError)):
        return 1, str(error)
    if isinstance(error, sqlite3.Error):
        return 1, f"the registry cannot be used just now: {error}; free disk space or locks and try again"
    if isinstance(error, OSError):
        return 1, f"{error.filename or 'the system'}: {error.strerror or error}"
    return None
