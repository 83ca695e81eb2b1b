"""What is changed in a mailbox: drafts, keywords, moves. Each is safe to repeat, or says that it cannot be known."""

from __future__ import annotations

import time
from collections.abc import Callable
from enum import Enum
from types import TracebackType
from typing import Self

import structlog

from inbox_worker.mailbox.base import MailboxError
from inbox_worker.mailbox.session import LostError, RefusedError, source_name
from inbox_worker.mailbox.writing import WritingSession
from inbox_worker.model import Location
from inbox_worker.settings import MailboxSettings

log = structlog.get_logger(__name__)

LOOKS = 3  # for a draft after its reply was lost, before it is held not to be there
PAUSE = 0.5  # seconds between them: the server may not be done with it


class DraftRefusedError(MailboxError):
    """The server said no to a draft: it is certainly not there."""


class Drafted(Enum):
    """What became of a draft."""

    PUT = "put there"
    THERE = "was there already"
    UNKNOWN = "not known"  # an attempt before this one was cut off, and the draft is not there (any more)


class MailboxChanges:
    """A connection that changes things in an account. Connects when first used."""

    def __init__(self, settings: MailboxSettings) -> None:
        self._settings = settings
        self._session: WritingSession | None = None

    def draft(
        self, folder: str, header: str, key: str, content: bytes, *, begun: bool, begin: Callable[[], None]
    ) -> Drafted:
        """Put a draft into a folder ("" for the server's own) unless one with that key is there.

        After a lost reply it is looked for before it is put there again, at once, when nobody can have sent or
        deleted it. ``begun`` tells of an attempt in an earlier run, after which somebody can have; ``begin`` is called
        before an attempt, to keep that.

        Raises:
            MailboxError: where it cannot be done, or the connection is lost again and again.
        """
        where = folder or self._connected().drafts_folder()
        if not where:
            raise MailboxError("the server names no folder for drafts; set [drafts] folder", retry=False)
        for _ in range(2):
            if self._is_there(where, header, key):
                return Drafted.THERE
            if begun:
                return Drafted.UNKNOWN
            begin()
            try:
                self._connected().append_draft(where, content)
            except RefusedError as error:
                raise DraftRefusedError(f"{where}: a draft cannot be put there: {error}", retry=False) from None
            except LostError as error:
                log.warning("reply lost, looking for the draft", folder=where, error=error)
            else:
                return Drafted.PUT
            if self._appears(where, header, key):
                return Drafted.PUT
        raise MailboxError(f"{where}: the connection was lost twice while a draft was put there", retry=True)

    def _appears(self, folder: str, header: str, key: str) -> bool:
        for _ in range(LOOKS):
            if self._is_there(folder, header, key):
                return True
            time.sleep(PAUSE)
        return False

    def _is_there(self, folder: str, header: str, key: str) -> bool:
        self._select(folder)
        try:
            return self._connected().has_header(header, key)
        except RefusedError as error:
            raise MailboxError(
                f"{folder}: the server cannot search for our drafts ({error}), so none is put there;"
                " set [drafts] acknowledge = false", retry=False,
            ) from None  # fmt: skip

    def mark(self, where: Location, add: str, others: tuple[str, ...]) -> bool:
        """Give a message one keyword of ours and take the others; False where it is no longer there.

        Raises:
            MailboxError: where the server keeps no keywords, or cannot be reached.
        """
        if not self._at(where):
            return False
        try:
            self._connected().keywords(where.uid or 0, [add] if add else [], others)
        except RefusedError as error:
            raise MailboxError(f"{where.source}: cannot be marked: {error}", retry=False) from None
        return True

    def move(self, where: Location, folder: str) -> bool:
        """Move a message; False where it is no longer there: moved by us before, or by somebody.

        Raises:
            MailboxError: where it cannot be moved; the message stays where it is.
        """
        if not self._at(where):
            return False
        try:
            self._connected().move(where.uid or 0, folder)
        except RefusedError as error:
            raise MailboxError(
                f"{where.source}: cannot be moved to {folder}: {error}; create that folder", retry=False
            ) from None
        return True

    def _at(self, where: Location) -> bool:
        """Open the folder of a message; whether the message is there under its number."""
        name = next((n for n in self._settings.folders if source_name(self._settings, n) == where.source), None)
        if name is None or where.uid is None:
            return False
        return self._select(name) == where.uidvalidity and self._connected().exists(where.uid)

    def _select(self, name: str) -> int:
        return self._connected().open(name).uidvalidity

    def _connected(self) -> WritingSession:
        if self._session is not None and not self._session.sound:
            self.close()
        if self._session is None:
            self._session = WritingSession(self._settings)
        return self._session

    def close(self) -> None:
        """Log out."""
        if self._session is not None:
            self._session.close()
            self._session = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
