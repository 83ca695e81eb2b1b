"""``forget``: personal data removed, after the retention time or on request."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

import click

from inbox_worker.cli import UnusableError
from inbox_worker.commands.options import registry_option, settings_of
from inbox_worker.lock import RegistryLock
from inbox_worker.registry import Registry, refuse_missing
from inbox_worker.retention import due, forget_messages, not_forgotten
from inbox_worker.settings import Settings
from inbox_worker.worker import Worker


@click.command()
@click.option("--expired", is_flag=True, help="All messages, once [registry] keep_days after the event are over.")
@click.option("--address", default="", metavar="ADDRESS", help="All messages from this address.")
@click.option("--message", "messages", multiple=True, metavar="M12", help="This message; repeat it for more.")
@click.option("--dry-run", is_flag=True, help="Only tell what would be forgotten.")
@click.option("--why", default="", metavar="TEXT", help="The reason, kept with it.")
@registry_option
@click.pass_context
def command(
    ctx: click.Context, expired: bool, address: str, messages: tuple[str, ...], dry_run: bool, why: str,
    registry: Path | None,
) -> None:  # fmt: skip
    """Remove the words, names and addresses of messages. Hashes, counts and who ruled when stay; it cannot be undone.

    Stop the service first. Messages in the mailbox, exports and backups are not touched.
    """
    settings = settings_of(ctx, registry)
    if sum(map(bool, (expired, address, messages))) != 1:
        raise UnusableError("say what to forget: --expired, --address or --message")
    refuse_missing(settings.registry.path)
    with RegistryLock(settings.registry.path):
        worker = Worker.open(settings, create=False)
        try:
            chosen = _chosen(worker.registry, address, messages)
            ids = _expired(worker.registry, settings) if expired else chosen
            _forget(worker.registry, ids, dry_run=dry_run, why=why, everything=expired)
        finally:
            worker.registry.close()


def _forget(registry: Registry, ids: list[int], *, dry_run: bool, why: str, everything: bool) -> None:
    if dry_run or not ids:
        click.echo(f"{len(ids)} messages would be forgotten" if dry_run else "there is nothing to forget")
        return
    organisations = forget_messages(registry, ids, why, everything=everything)
    click.echo(f"{len(ids)} messages forgotten; {len(organisations)} organisations stand where they stood")


def _expired(registry: Registry, settings: Settings) -> list[int]:
    when = due(settings)
    if when is None:
        raise UnusableError(
            "[registry] keep_days is 0, so nothing expires; set how many days after the event to keep mail"
        )
    if datetime.now(timezone.utc) < when:
        raise UnusableError(
            f"nothing expires before {when:%Y-%m-%d}, {settings.registry.keep_days} days after the event"
        )
    return not_forgotten(registry)


def _chosen(registry: Registry, address: str, messages: tuple[str, ...]) -> list[int]:
    if address:
        query = "select id from messages where lower(from_address) = lower(?) order by id"
        return [row["id"] for row in registry.db.query(query, [address.strip()])]
    found = []
    for text in messages:
        number = text.lower().removeprefix("m")
        known = registry.db.execute("select forgotten_at from messages where id = ?", [number]).fetchone()
        if known is None:
            raise UnusableError(f'there is no message "{text}"; "explain" and "review list" show their numbers, as m12')
        found += [int(number)] if known[0] is None else []
    return found
