"""Personal data removed once it is kept no longer: after [registry] keep_days, by the service or by hand."""

from __future__ import annotations

import os
import pwd
from collections.abc import Iterable
from datetime import datetime, timedelta

from inbox_worker.registry import Registry
from inbox_worker.registry.forgetting import forget, wipe
from inbox_worker.settings import Settings

EXPIRED = "[registry] keep_days are over"


def due(settings: Settings) -> datetime | None:
    """When messages expire; None: never."""
    days = settings.registry.keep_days
    return settings.invitation.ends + timedelta(days=days) if days else None


def not_forgotten(registry: Registry) -> list[int]:
    """The messages whose words are there yet."""
    return [row["id"] for row in registry.db.query("select id from messages where forgotten_at is null order by id")]


def forget_expired(registry: Registry, settings: Settings) -> int:
    """Forget everything, if its time has come; how many messages."""
    when = due(settings)
    if when is None or registry.now() < when:
        return 0
    ids = not_forgotten(registry)
    if ids:
        forget_messages(registry, ids, EXPIRED, everything=True)
    return len(ids)


def forget_messages(registry: Registry, ids: Iterable[int], why: str, *, everything: bool) -> set[str]:
    """Forget messages, in the registry and their files; the organisations that stay where they stood."""
    with registry.writing():
        organisations = forget(registry.db, list(ids), _who(), why, registry.now(), everything=everything)
        registry.project(organisations)
    hashes = [row["sha256"] for row in registry.db.query("select sha256 from messages where forgotten_at is not null")]
    for sha256 in hashes:
        registry.mail.path(sha256).unlink(missing_ok=True)
    wipe(registry.db)
    return organisations


def _who() -> str:
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return ""
