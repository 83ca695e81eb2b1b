"""A consumer of arrivals that keeps what a registry would."""

from __future__ import annotations

from dataclasses import dataclass, field

from inbox_worker.mailbox import Arrival, Cursor
from inbox_worker.mailbox.imap import ImapMailbox
from inbox_worker.settings import MailboxSettings


def mail(number: int, size: int = 0) -> bytes:
    """A small message that differs from others by its number, padded to about ``size`` bytes."""
    return b"From: a@example.org\r\nSubject: %d\r\n\r\nWe come. %s\r\n" % (number, b"x" * size)


@dataclass
class Keeper:
    """Polls, and keeps contents, problems and cursors across polls."""

    settings: MailboxSettings
    cursors: dict[str, Cursor] = field(default_factory=dict)
    arrivals: list[Arrival] = field(default_factory=list)

    def poll(self) -> list[bytes]:
        """The contents of one poll, in order."""
        start = len(self.arrivals)
        with ImapMailbox(self.settings) as mailbox:
            for arrival in mailbox.arrivals(dict(self.cursors)):
                self.keep(arrival)
        return [a.raw.content for a in self.arrivals[start:] if a.raw]

    def keep(self, arrival: Arrival) -> None:
        self.arrivals.append(arrival)
        self.cursors[arrival.cursor.source] = arrival.cursor

    @property
    def contents(self) -> list[bytes]:
        return [a.raw.content for a in self.arrivals if a.raw]
