"""Reading anew what a ruling bears on, where no running service does it.

``python -m inbox_worker.follow CONFIG REGISTRY`` does it in a process of its own.
"""

from __future__ import annotations

import asyncio
import sys
from dataclasses import replace
from pathlib import Path

from inbox_worker.lock import LockError, RegistryLock
from inbox_worker.settings import RegistrySettings, Settings, load
from inbox_worker.worker import Worker

WITHIN = 600.0  # seconds that the process may take


def follow_rulings(settings: Settings) -> int | None:
    """Read anew what rulings taught something about; how many messages that were. None: the running service does it
    at its next look."""
    try:
        with RegistryLock(settings.registry.path):
            worker = Worker.open(settings, create=False)
            try:
                return worker.follow_rulings()
            finally:
                worker.registry.close()
    except LockError:
        return None


async def follow_apart(config: Path, registry: Path) -> int:
    """The same in a process of its own, for a server that must go on answering. Its exit status.

    What is not done stays on the list, and the next ruling or the worker's next look does it.
    """
    arguments = (sys.executable, "-m", "inbox_worker.follow", str(config), str(registry))
    process = await asyncio.create_subprocess_exec(*arguments)
    try:
        return await asyncio.wait_for(process.wait(), WITHIN)
    finally:
        if process.returncode is None:
            process.kill()


def _main(config: str, registry: str) -> None:
    settings, path = load(Path(config)), Path(registry).resolve()
    if settings.registry.path.resolve() != path:
        settings = replace(settings, registry=RegistrySettings(path))
    follow_rulings(settings)


if __name__ == "__main__":
    _main(*sys.argv[1:])
