"""``import``: messages from files through all stages into the registry."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

import click

from inbox_worker.asking import ask_waiting
from inbox_worker.commands.options import paths_argument, registry_option, settings_of
from inbox_worker.commands.progress import progress
from inbox_worker.commands.showing import list_lines
from inbox_worker.lock import RegistryLock
from inbox_worker.mailbox import Unreadable, read_paths
from inbox_worker.message import received_time
from inbox_worker.model import Location, RawMessage
from inbox_worker.registry import RawMail, refuse_newer
from inbox_worker.settings import ModelSettings
from inbox_worker.together import MOST, MOST_BYTES, Together
from inbox_worker.worker import Outcome, Worker, stand_in

UNKNOWN = datetime.max.replace(tzinfo=timezone.utc)


@dataclass(frozen=True)
class Waiting:
    """A message whose raw form is kept and that waits for its turn."""

    received: datetime | None
    sha256: str
    source: str


@click.command(name="import")
@paths_argument
@registry_option
@click.pass_context
def command(ctx: click.Context, paths: tuple[Path, ...], registry: Path | None) -> None:
    """Take messages from files into the registry, in the order they were received.

    PATH is an .eml file, a directory of them, an mbox file or a Maildir. A message that is in the registry already is
    passed over, so an import that was broken off is simply repeated.
    """
    settings = settings_of(ctx, registry)
    found = read_paths(paths, received_time)
    refuse_newer(settings.registry.path)
    settings.registry.path.parent.mkdir(parents=True, exist_ok=True)
    with RegistryLock(settings.registry.path):
        worker = Worker.open(settings)
        for line in list_lines(worker.registry.report, worker.registry.db):
            click.echo(line)
        if read_anew := worker.follow_invited_list():
            click.echo(f"{read_anew} messages read anew with the changed list")
        worker.follow_rulings()
        outcomes: Counter[Outcome] = Counter()
        waiting, unreadable = _keep(found, worker.registry.mail)
        together = Together(worker)
        for message in progress(waiting, "importing", len(waiting)):
            content = worker.registry.mail.load(message.sha256)
            together.add(RawMessage(content, message.received, Location(message.source)))
            if together.full:
                outcomes.update(outcome for _, outcome in together.write())
        outcomes.update(outcome for _, outcome in together.write())
        for problem in unreadable:
            why = f"{problem.path}: cannot be read: {problem.reason}"
            outcomes[worker.set_aside(stand_in(problem.path), why)] += 1
        told = _ask_model(worker, settings.language_model)
        worker.registry.close()
    click.echo(
        f"{outcomes[Outcome.RECORDED]} recorded, {outcomes[Outcome.KNOWN]} known already, "
        f"{outcomes[Outcome.FAILED]} failed; registry {settings.registry.path}"
    )
    for line in told:
        click.echo(line)


def _ask_model(worker: Worker, settings: ModelSettings | None) -> list[str]:
    """Ask a language model about what waits for it; what came of that, for the operator."""
    if settings is None:
        return []
    tally = ask_waiting(worker, settings)
    lines = [f"language model {settings.model}: {tally.answered} answers, {tally.failed} failures"]
    lines += [f"  {error}" for error in tally.errors[:5]]
    return lines + ([f"  {tally.waiting} messages wait for the next 'run' or 'import'"] if tally.waiting else [])


def _keep(found: Iterable[RawMessage | Unreadable], mail: RawMail) -> tuple[list[Waiting], list[Unreadable]]:
    """Keep all raw messages and put them in order of reception: a name and a time for each stay in memory."""
    waiting, unreadable = [], []
    for messages in _several(progress(found, "collecting")):
        whole = [message for message in messages if isinstance(message, RawMessage)]
        unreadable += [message for message in messages if isinstance(message, Unreadable)]
        mail.store_all((message.sha256, message.content) for message in whole)
        waiting += [Waiting(message.received, message.sha256, message.location.source) for message in whole]
    waiting.sort(key=lambda message: message.received or UNKNOWN)
    return waiting, unreadable


def _several(found: Iterable[RawMessage | Unreadable]) -> Iterator[list[RawMessage | Unreadable]]:
    """As many as are kept in one wait for the disk."""
    some: list[RawMessage | Unreadable] = []
    held = 0
    for message in found:
        some.append(message)
        held += len(message.content) if isinstance(message, RawMessage) else 0
        if len(some) >= MOST or held >= MOST_BYTES:
            yield some
            some, held = [], 0
    yield some
