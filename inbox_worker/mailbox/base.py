"""What every mailbox promises: messages that arrived, each with the cursor to keep once it is dealt with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

from inbox_worker.model import Location, RawMessage


class MailboxError(Exception):
    """A mailbox cannot be read. The message says what failed, where, and what to do.

    ``retry`` is True where waiting may help (server down, connection lost, time-out), False where nothing changes
    until the operator acts (password, certificate, folder, configuration).
    """

    def __init__(self, message: str, *, retry: bool) -> None:
        super().__init__(message)
        self.retry = retry


@dataclass(frozen=True)
class Cursor:
    """How far a source has been read. Numbers as in RFC 3501, section 2.3.1.1; files give them their own meaning."""

    source: str  # the Location.source of its messages
    uidvalidity: int
    last_uid: int  # nothing up to and including it is asked for again


@dataclass(frozen=True)
class Moment:
    """Up to which change of its messages' flags a source was looked at (RFC 7162, section 3.1)."""

    source: str
    uidvalidity: int
    modseq: int


@dataclass(frozen=True)
class Answers:
    """Messages that bear \\Answered, of those whose flags changed since some moments; and up to which this holds."""

    places: frozenset[Location] = frozenset()
    moments: tuple[Moment, ...] = ()


@dataclass(frozen=True)
class Arrival:
    """One step of a source: commit ``cursor`` in the transaction that keeps ``raw``.

    Without ``raw`` only the cursor moves: the message was expunged before it could be fetched, or a range was empty.
    ``problem`` is a sentence about a message that exists and that the mailbox does not hand over; a person must hear
    of it, for it will not be offered again.
    """

    raw: RawMessage | None
    cursor: Cursor
    problem: str | None = None
    path: str | None = None  # of the file that has the problem; without it the cursor names the message


@dataclass(frozen=True)
class Finding:
    """What a look at one part of a mailbox (the login, a folder, a path) came to, for the operator."""

    name: str
    text: str  # "123 messages", or what is wrong and how to mend it
    sound: bool = True


class Mailbox(Protocol):
    """A place where messages arrive. Leaving the context closes it; it is not safe to share between threads."""

    def arrivals(self, cursors: Mapping[str, Cursor]) -> Iterator[Arrival]:
        """What is new since ``cursors`` (by source), lazily and in order; fetched as it is consumed.

        Raises:
            MailboxError: where it cannot be read on. What was yielded before stays valid.
        """
        ...

    def answered(self, since: Mapping[str, Moment]) -> Answers:
        """Which messages somebody has answered, as the mailbox shows them (\\Answered of RFC 3501, section 2.3.2), as
        far as that may have changed since ``since`` (by source). To be asked when all arrivals were dealt with: what
        arrived later is told the next time.

        Raises:
            MailboxError: where the mailbox cannot be read.
        """
        ...

    def check(self) -> Iterator[Finding]:
        """Whether messages could be had, part by part: nothing is fetched, and nothing changed.

        Raises:
            MailboxError: where the mailbox as a whole cannot be reached.
        """
        ...

    def close(self) -> None:
        """Let go of connections and files. Never raises, and may be called twice."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
