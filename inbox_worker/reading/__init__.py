"""Message -> Reading: what a message says of who comes."""

from __future__ import annotations

from typing import Protocol

from inbox_worker.model import Invitation, Message, Reading
from inbox_worker.reading.rules import RuleReader
from inbox_worker.reading.voice.second import reconsidered
from inbox_worker.reading.whole import read_whole


class Reader(Protocol):
    """Somebody who reads: by rules, by statistics, by a language model. Readers are pure and never raise."""

    name: str
    version: str

    def read(self, message: Message, invitation: Invitation) -> Reading:
        """What the message says."""
        ...


_GRAMMAR = RuleReader()
_BOTH = RuleReader(second=reconsidered)


def read(message: Message, invitation: Invitation) -> Reading:
    """Read a message with all that belongs to it."""
    return read_whole(message, invitation, _BOTH if invitation.two_readers else _GRAMMAR)


__all__ = ["Reader", "read"]
