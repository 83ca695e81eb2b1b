"""What happens around a message that breaks or kills its reader: trick.py REGISTRY MODE...

The reader is the real one. It stumbles over the invitation it is given, whose list of organisations does what MODE
says when somebody looks at it: "fine", "raise" an error, "exit" the process, that "once:FILE", which remembers it, or
"admit" one the registry has not.
Takes in message 1, 2, ... with MODE 1, 2, ..., and prints what became of each. With "reread" in place of the first
mode: reads all failed ones anew, with the second mode.
"""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path

from inbox_worker.attempts import Attempts
from inbox_worker.decision import tell
from inbox_worker.model import Invitation, Location, Organisation, RawMessage
from inbox_worker.registry import Registry
from inbox_worker.settings import load
from inbox_worker.worker import Worker
from tests.flow.replies import replies


class Trick(Invitation):
    """An invitation that cannot be looked at."""

    def set(self, mode: str) -> None:
        vars(self)["mode"] = mode  # in the instance, so that it goes along into another process

    def __getattribute__(self, name: str) -> object:
        mode = vars(self).get("mode", "fine") if name == "organisations" else "fine"
        if mode == "raise":
            raise ValueError("the list\nis broken")
        if mode.startswith("once:"):
            marker = Path(mode.removeprefix("once:"))
            mode = "fine" if marker.exists() else "exit"
            marker.touch()
        if mode == "exit":
            os._exit(9)
        found: tuple[Organisation, ...] = object.__getattribute__(self, name)
        if mode == "admit":
            return tuple(replace(organisation, id=organisation.id + "-x") for organisation in found)
        return found


def worker(registry: Path) -> tuple[Worker, Trick]:
    settings = load(registry.with_name("worker.toml"))
    real = settings.invitation
    opened = Registry.open(registry, settings.registry.mail_directory, real, tell)
    trick = Trick(**{name: getattr(real, name) for name in real.__dataclass_fields__})
    return Worker(opened, trick, Attempts(registry)), trick


def main(registry: Path, modes: list[str]) -> None:
    taking, trick = worker(registry)
    if modes[0] == "reread":
        trick.set(modes[1])
        print(taking.read_again(taking.registry.failed()))
        return
    for content, mode in zip(replies(len(modes)), modes, strict=True):
        trick.set(mode)
        print(taking.take_in(RawMessage(content, None, Location("test"))), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
