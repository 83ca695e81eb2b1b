"""New mail of an IMAP account: what to ask for, in which order, and how far the cursor may move."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import TracebackType
from typing import Self

import structlog

from inbox_worker.mailbox.base import Answers, Arrival, Cursor, Finding, MailboxError, Moment
from inbox_worker.mailbox.session import Fetched, Folder, FolderError, LostError, RefusedError, Session
from inbox_worker.model import Location, RawMessage
from inbox_worker.settings import MailboxSettings

log = structlog.get_logger(__name__)

# One answer to a SEARCH names at most as many UIDs as the folder holds messages and the range has numbers. imaplib
# gives up on a line of 1,000,000 bytes; 50,000 UIDs of ten digits are 550,000.
SEARCH_WIDTH = 50_000
# Before a message is held to be what breaks the connection. On a line that breaks half of all fetches by chance, ten
# times in a row "this one not, the sound one yes" comes about once in a million.
TRIALS = 10
PROOFS = 30  # times at most that the sound one is fetched to be as much as the suspect
BYTES_AT_ONCE = 25_000_000  # of bodies in one answer; a bigger message comes alone


class ImapMailbox:
    """The folders of an account, read by UID. Connects when the first arrival is asked for."""

    def __init__(self, settings: MailboxSettings) -> None:
        self._settings = replace(settings, port=settings.port or (993 if settings.tls == "implicit" else 143))
        self._session: Session | None = None
        self._read: list[Folder] = []  # as they stood when what was new in them was read

    def arrivals(self, cursors: Mapping[str, Cursor]) -> Iterator[Arrival]:
        """New messages of all folders, in the order of their UIDs.

        A folder that cannot be opened does not hold up the others: its error is raised when they are done.

        Raises:
            MailboxError: where the server cannot be reached or read, or a folder not be opened.
        """
        failed: list[FolderError] = []
        for name in self._settings.folders:
            try:
                folder = self._connected().open(name)
            except FolderError as error:
                failed.append(error)
                continue
            yield from self._folder(folder, cursors.get(folder.source))
            self._read.append(folder)
        if failed:
            raise MailboxError("; ".join(str(e) for e in failed), retry=all(e.retry for e in failed))

    def answered(self, since: Mapping[str, Moment]) -> Answers:
        """Messages of the folders that were read which bear \\Answered, if they changed since.

        Raises:
            MailboxError: where the server cannot be reached or read.
        """
        places: set[Location] = set()
        moments = []
        for folder in self._read:
            before = since.get(folder.source)
            known = before.modseq if before is not None and before.uidvalidity == folder.uidvalidity else 0
            if known and known == folder.modseq:
                continue
            self._reopen(folder)
            if self._connected().open(folder.name).uidvalidity != folder.uidvalidity:
                continue
            known = known if known < folder.modseq else 0
            for low in range(1, folder.uidnext, SEARCH_WIDTH):
                uids = self._connected().answered(low, min(low + SEARCH_WIDTH, folder.uidnext) - 1, known)
                places |= {Location(folder.source, folder.uidvalidity, uid) for uid in uids}
            if not folder.modseq:
                self._connected().count_changes(folder)
            else:
                moments.append(Moment(folder.source, folder.uidvalidity, folder.modseq))
        return Answers(frozenset(places), tuple(moments))

    def check(self) -> Iterator[Finding]:
        """The login, then each folder.

        Raises:
            MailboxError: where nobody answers, or the login is refused.
        """
        settings = self._settings
        self._connected()
        manner = "without encryption" if settings.tls == "none" else "over TLS"
        yield Finding("login", f"as {settings.user} at {settings.host}:{settings.port}, {manner}")
        for name in settings.folders:
            try:
                folder = self._connected().open(name)
            except FolderError as error:
                yield Finding(name, str(error), sound=False)
            else:
                yield Finding(name, f"{folder.exists} messages")

    def _connected(self) -> Session:
        if self._session is None:
            self._session = Session(self._settings)
        return self._session

    def _folder(self, folder: Folder, cursor: Cursor | None) -> Iterator[Arrival]:
        """New messages of one folder. With no news it costs nothing beyond having opened the folder."""
        start = _start(folder, cursor)
        if start != cursor and cursor is not None:
            yield Arrival(None, start)
        low, last = start.last_uid + 1, folder.uidnext - 1
        while low <= last:
            high = last if folder.exists <= SEARCH_WIDTH else min(low + SEARCH_WIDTH - 1, last)
            uids = self._connected().search(low, high)
            for at in range(0, len(uids), self._settings.batch):
                yield from self._batch(folder, uids[at : at + self._settings.batch])
            if not uids or uids[-1] < high:
                # Nothing can appear below UIDNEXT any more (RFC 3501, section 2.3.1.1), so the rest stays empty.
                yield Arrival(None, Cursor(folder.source, folder.uidvalidity, high))
            low = high + 1

    def _batch(self, folder: Folder, uids: list[int]) -> Iterator[Arrival]:
        for group in self._groups(folder, uids):
            found, error = self._fetch(folder, group)
            for uid in group:
                cursor = Cursor(folder.source, folder.uidvalidity, uid)
                message = found.get(uid)
                if isinstance(message, Fetched):
                    where = Location(folder.source, folder.uidvalidity, uid)
                    yield Arrival(RawMessage(message.content, message.received, where), cursor)
                elif error is not None:
                    raise error  # what came before it is not lost by that
                elif self._connected().exists(uid):
                    problem = f"{folder.source}: the message with UID {uid} cannot be fetched: {message}"
                    yield Arrival(None, cursor, problem)
                else:
                    log.info("expunged before it was fetched", source=folder.source, uid=uid)
                    yield Arrival(None, cursor)
            if error is not None:
                raise error

    def _groups(self, folder: Folder, uids: list[int]) -> list[dict[int, int]]:
        """Runs of messages that together stay below BYTES_AT_ONCE, each with its size; 0 where that cannot be had."""
        try:
            sizes = self._connected().sizes(uids)
        except LostError as error:
            log.warning("sizes cannot be had", source=folder.source, error=error)
            self._reopen(folder)
            return [dict.fromkeys(uids, 0)]
        groups: list[dict[int, int]] = []
        for uid in uids:
            if not groups or sum(groups[-1].values()) + sizes[uid] > BYTES_AT_ONCE:
                groups.append({})
            groups[-1][uid] = sizes[uid]
        return groups

    def _fetch(self, folder: Folder, sizes: Mapping[int, int]) -> tuple[dict[int, Fetched | str], MailboxError | None]:
        """Messages by UID, or why there is none, and what kept the others away, if anything did. One that the server
        breaks off at does not hold up the others."""
        found: dict[int, Fetched | str] = {}
        try:
            found.update(self._connected().messages(list(sizes)))
        except (RefusedError, LostError) as error:
            log.warning("fetched one by one after a failure", source=folder.source, error=error)
        except MailboxError as error:
            return found, error
        suspects = []
        try:
            for uid in sizes:
                if uid not in found:
                    try:
                        found[uid] = self._alone(folder, uid)
                    except LostError:
                        suspects.append(uid)
            for uid in suspects:
                found[uid] = self._tried(folder, uid, sizes[uid], found)
            self._reopen(folder)
        except MailboxError as error:
            return found, error
        return found, None

    def _alone(self, folder: Folder, uid: int) -> Fetched | str:
        self._reopen(folder)
        try:
            return self._connected().messages([uid]).get(uid, "the server sends no content")
        except RefusedError as error:
            return str(error)

    def _tried(self, folder: Folder, uid: int, size: int, found: Mapping[int, Fetched | str]) -> Fetched | str:
        """A message that the connection broke at. It is to blame if it breaks in turn with a sound one that comes, so
        often that it is as much: a line that breaks now and then breaks at long messages first.

        Raises:
            MailboxError: where the sound one does not come either, there is none, or nothing comes in time.
        """
        why, sound = "", _largest(found)
        for _ in range(TRIALS):
            try:
                return self._alone(folder, uid)
            except LostError as error:
                if sound is None or error.timed_out:
                    raise
                why = str(error)
            self._reopen(folder)
            for _ in range(min(PROOFS, size // sound[1] + 1) if size else PROOFS):
                self._connected().messages([sound[0]])
        return why

    def _reopen(self, folder: Folder) -> None:
        """Connect again where the connection was lost, to the same folder under the same numbers."""
        if self._session is not None and self._session.sound:
            return
        self.close()
        if self._connected().open(folder.name).uidvalidity != folder.uidvalidity:
            raise MailboxError(f"{folder.source}: UIDVALIDITY changed while it was read", retry=True)

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


def _start(folder: Folder, cursor: Cursor | None) -> Cursor:
    """Where to go on. Anything that makes old UIDs meaningless starts anew; content hashes prevent doubles."""
    anew = Cursor(folder.source, folder.uidvalidity, 0)
    if cursor is None:
        return anew
    if cursor.uidvalidity != folder.uidvalidity:
        log.warning(
            "UIDVALIDITY changed, the folder is read anew",
            source=folder.source, **{"was": cursor.uidvalidity, "is": folder.uidvalidity},
        )  # fmt: skip
        return anew
    if folder.announced and cursor.last_uid >= folder.uidnext:
        log.warning(
            "UIDNEXT went back, the folder is read anew",
            source=folder.source, last_uid=cursor.last_uid, uidnext=folder.uidnext,
        )  # fmt: skip
        return anew
    return cursor


def _largest(found: Mapping[int, Fetched | str]) -> tuple[int, int] | None:
    """The UID and octets of the longest message that came."""
    sizes = {uid: len(message.content) or 1 for uid, message in found.items() if isinstance(message, Fetched)}
    return max(sizes.items(), key=lambda item: item[1], default=None)
