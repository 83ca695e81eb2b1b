"""One message through all stages: mailbox -> message -> reading -> decision -> registry.

A message that fails at any stage is kept, flagged ``failed`` and never in the way of the next one.
"""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from inbox_worker import __version__, decision
from inbox_worker.apart import DiedError, apart
from inbox_worker.attempts import MOST, Attempts
from inbox_worker.consulting import Adviser
from inbox_worker.model import Invitation, Limits, Location, RawMessage
from inbox_worker.parallel import Engine
from inbox_worker.registry import Registry, model_answers
from inbox_worker.registry.known import known
from inbox_worker.settings import Settings
from inbox_worker.understanding import DIED, Understood, in_a_line, understand

READER = f"inbox-worker {__version__}"
NOT_READ = Registry.NOT_READ
APART = 3  # times that a suspect is read in a process of its own, which may have ended for lack of memory, say
PATIENCE = 60.0  # seconds for reading a message that is suspected of killing its reader

Cursor = tuple[str, int, int]  # source, UIDVALIDITY, last UID dealt with


class Outcome(StrEnum):
    """What became of a message."""

    RECORDED = "recorded"
    KNOWN = "known"  # it was in the registry already
    FAILED = "failed"  # kept and flagged


@dataclass(frozen=True)
class Step:
    """A message on its way into the registry; without ``raw`` only the cursor moves."""

    cursor: Cursor | None
    raw: RawMessage | None = None  # None: it is known already, or there was none
    understood: Understood | None = None
    reader: str = READER
    passed_over: bool = False  # there was none


def stand_in(where: str, location: Location | None = None) -> RawMessage:
    """What is kept in place of a message that cannot be had. ``where`` tells it from others, and is always the same."""
    return RawMessage(f"X-Not-Handed-Over: {where}\n".encode(), None, location or Location(where))


def _understood(
    loaded: tuple[int, RawMessage | Understood], invitation: Invitation, limits: Limits | None
) -> Understood:
    """What a process of several makes of a stored message; it must touch nothing of the registry."""
    return understand(loaded[1], invitation, limits) if isinstance(loaded[1], RawMessage) else loaded[1]


def _not_had(error: OSError) -> Understood:
    return Understood(error=f"its raw form cannot be read: {error.strerror}")


def _reader(understood: Understood, reader: str) -> str:
    return f"{reader} with {understood.advised_by}" if understood.advised_by else reader


class Worker:
    """Takes messages into a registry."""

    def __init__(
        self,
        registry: Registry,
        invitation: Invitation,
        attempts: Attempts,
        patience: float = PATIENCE,
        limits: Limits | None = None,
        adviser: Adviser | None = None,
    ) -> None:
        self._limits, self._adviser = limits, adviser
        self.registry, self.invitation, self._attempts, self._patience = registry, invitation, attempts, patience

    @classmethod
    def open(cls, settings: Settings, *, create: bool = True) -> Worker:
        """A worker on the registry of a configuration.

        Raises:
            RegistryError: where it cannot be opened, or is not there and must not be made.
        """
        place = settings.registry
        registry = Registry.open(place.path, place.mail_directory, settings.invitation, decision.tell, create=create)
        patience = min(PATIENCE, settings.service.poll_deadline / 2)  # the verdict must come before the poll is cut
        invitation = known(registry.db, settings.invitation)
        adviser = Adviser.of(settings.language_model)
        return cls(registry, invitation, Attempts(place.path), patience, settings.limits, adviser)

    def take_in(self, raw: RawMessage, cursor: Cursor | None = None) -> Outcome:
        """One message, one transaction, together with the cursor that it moves."""
        return self.keep([self.step(raw, cursor)])[0]

    def step(self, raw: RawMessage, cursor: Cursor | None = None) -> Step:
        """A message understood, to be kept. One that the registry knows is not read again."""
        if self.registry.knows(raw.sha256):
            return Step(cursor)
        with self._attempts.at_hand(raw.sha256) as attempt:
            return Step(cursor, raw, self._understand(raw, attempt))

    @property
    def wary(self) -> bool:
        """Whether a process died over a message: then each is kept before the next is begun, so that the one to blame
        is at hand again each time."""
        return self._attempts.left()

    def _understand(self, raw: RawMessage, attempt: int) -> Understood:
        """Read a message that was begun before without an end. Deaths may have had other causes, so what is suspected
        is given a process of its own before it is set aside."""
        if attempt <= MOST:
            return self._consulted(raw, understand(raw, self.invitation, self._limits))
        end = time.monotonic() + self._patience
        for _ in range(APART):
            if (left := end - time.monotonic()) > 0:
                with contextlib.suppress(DiedError):
                    return self._consulted(raw, apart(left, understand, raw, self.invitation, self._limits))
        return Understood(error=f"{DIED}, in {attempt - 1} attempts before this one")

    def _consulted(self, raw: RawMessage, understood: Understood) -> Understood:
        if self._adviser is None:
            return understood
        known_answer = partial(model_answers.answer_of, self.registry.db)
        return self._adviser.consulted(understood, raw, self.invitation, known_answer)

    def set_aside(self, in_its_place: RawMessage, why: str, cursor: Cursor | None = None) -> Outcome:
        """Flag a message ``failed`` that cannot be had at all; a ``stand_in`` says in its place what it was."""
        return self.keep([self.aside(in_its_place, why, cursor)])[0]

    def aside(self, in_its_place: RawMessage, why: str, cursor: Cursor | None = None) -> Step:
        """The same as a step, to be kept with others."""
        if self.registry.knows(in_its_place.sha256):
            return Step(cursor)
        return Step(cursor, in_its_place, Understood(error=why), NOT_READ)

    def keep(self, steps: Sequence[Step]) -> list[Outcome]:
        """Write down what was understood of messages, in their order: raw mail first, then all the rest with the
        cursors in one transaction, which is on the disk when this returns."""
        self.registry.mail.store_all((step.raw.sha256, step.raw.content) for step in steps if step.raw is not None)
        cursors = {step.cursor[0]: step.cursor for step in steps if step.cursor is not None}
        with self.registry.writing():
            outcomes = [self._kept(step) for step in steps]
            for cursor in cursors.values():
                self.registry.advance(*cursor)
        self._attempts.clear()
        return outcomes

    def _kept(self, step: Step) -> Outcome:
        if step.raw is None or step.understood is None or self.registry.knows(step.raw.sha256):
            return Outcome.KNOWN
        return self._record(step.raw, step.understood, step.reader)

    def _record(self, raw: RawMessage, understood: Understood, reader: str) -> Outcome:
        """Write what was understood; where that cannot be written, that the message failed."""
        try:
            with self.registry.db.atomic():
                message_id = self.registry.record(
                    raw,
                    understood.message,
                    understood.reading,
                    understood.decision,
                    reader=_reader(understood, reader),
                    error=understood.error,
                )
                self._remember(message_id, understood)
            return Outcome.FAILED if understood.error else Outcome.RECORDED
        except sqlite3.OperationalError:
            raise  # disk or lock: no fault of the message, which stays where it is
        except Exception as error:  # noqa: BLE001 - set aside for a person
            with self.registry.db.atomic():
                self.registry.record(raw, None, None, None, reader=READER, error=in_a_line(error))
            return Outcome.FAILED

    def _remember(self, message_id: int, understood: Understood) -> None:
        """Whether a language model is to be asked about a message yet; in the message's transaction."""
        if understood.waits_for is not None:
            model_answers.want(self.registry.db, message_id, self.registry.now())
        elif self._adviser is not None:
            model_answers.settle(self.registry.db, message_id)

    def follow_invited_list(self) -> int:
        """Read anew what was read with another invited list, for it may name somebody who is listed now, or no longer.

        Returns how many messages that were. Breaking it off does no harm: the next call goes on from there.
        """
        outdated = self.registry.outdated()
        self.read_again(outdated)
        return len(outdated)

    def follow_rulings(self) -> int:
        """Read anew what a ruling bears on that taught us something, or was undone; how many messages that were."""
        waiting = self.registry.to_read()
        self.read_again(waiting)
        return len(waiting)

    def retry_failed(self) -> int:
        """Read anew what an earlier version of us failed on; how many failed once more."""
        return self.read_again(self.registry.failed(reader=READER))

    def read_again(self, messages: Iterable[tuple[int, str]], engine: Engine | None = None) -> int:
        """Read stored messages (id, hash) anew, here or by an engine; how many of them failed."""
        failed = 0
        for message_id, understood in self._read_by(messages, engine) if engine else map(self._read_again, messages):
            failed += self._record_again(message_id, understood) is Outcome.FAILED
        self._attempts.clear()
        return failed

    def _read_again(self, message: tuple[int, str]) -> tuple[int, Understood]:
        try:
            return message[0], self.stored(*message)[1]
        except OSError as error:
            return message[0], _not_had(error)

    def _read_by(self, messages: Iterable[tuple[int, str]], engine: Engine) -> Iterator[tuple[int, Understood]]:
        """The same by an engine, which tells itself which message ended a process."""
        loading = (self._loaded(*message) for message in messages)
        reader = partial(_understood, invitation=self.invitation, limits=self._limits)
        died = Understood(error=f"{DIED} twice")
        for (message_id, raw), understood in engine(loading, reader, lambda _: died):
            yield message_id, self._consulted(raw, understood) if isinstance(raw, RawMessage) else understood

    def _loaded(self, message_id: int, sha256: str) -> tuple[int, RawMessage | Understood]:
        try:
            return message_id, self._raw(message_id, sha256)
        except OSError as error:
            return message_id, _not_had(error)

    def stored(self, message_id: int, sha256: str) -> tuple[RawMessage, Understood]:
        """A message of the registry, understood anew; nothing is written.

        Raises:
            OSError: where its raw form cannot be read.
        """
        raw = self._raw(message_id, sha256)
        with self._attempts.at_hand(sha256) as attempt:
            return raw, self._understand(raw, attempt)

    def _raw(self, message_id: int, sha256: str) -> RawMessage:
        return RawMessage(self.registry.mail.load(sha256), self.registry.received(message_id), Location("registry"))

    def hear(self, message_id: int, raw: RawMessage, understood: Understood) -> Outcome:
        """Take in a language model's answer, which is in the registry now, about a message that waited for it."""
        return self._record_again(message_id, self._consulted(raw, understood))

    def _record_again(self, message_id: int, understood: Understood) -> Outcome:
        """Write what was understood this time; where that cannot be written, that the message failed."""
        try:
            with self.registry.writing():
                self.registry.record_again(
                    message_id,
                    understood.message,
                    understood.reading,
                    understood.decision,
                    reader=_reader(understood, READER),
                    error=understood.error,
                )
                self._remember(message_id, understood)
            return Outcome.FAILED if understood.error else Outcome.RECORDED
        except sqlite3.OperationalError:
            raise  # as above
        except Exception as error:  # noqa: BLE001 - set aside for a person
            self.registry.record_again(message_id, None, None, None, reader=READER, error=in_a_line(error))
            return Outcome.FAILED
