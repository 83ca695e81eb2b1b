"""Runs the service for a test: run.py REGISTRY TARGET POLL_EVERY POLL_DEADLINE GRACE [once]."""

from __future__ import annotations

import importlib
import sys
from datetime import datetime
from pathlib import Path

from inbox_worker import logs
from inbox_worker.lock import LockError
from inbox_worker.model import UTC, Invitation
from inbox_worker.service import run_once, serve
from inbox_worker.settings import RegistrySettings, ServiceSettings, Settings


def main() -> int:
    registry, target, every, deadline, grace, *once = sys.argv[1:]
    moment = datetime(2016, 2, 26, tzinfo=UTC)
    settings = Settings(
        source=Path("worker.toml"),
        invitation=Invitation("A conference", moment, moment, moment, "isu@example.org"),
        invited=None,
        registry=RegistrySettings(Path(registry)),
        service=ServiceSettings(int(every), int(deadline), 3600, retry_after=1),
    )
    logs.start()
    try:
        if once:
            module, function = target.split(":")
            return 1 if run_once(settings, getattr(importlib.import_module(module), function)).error else 0
        serve(settings, target, float(grace))
    except LockError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
