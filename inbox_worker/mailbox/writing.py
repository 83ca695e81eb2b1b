"""A connection over which a mailbox is changed: drafts, keywords, moves."""

from __future__ import annotations

import contextlib
import imaplib
from collections.abc import Iterator, Sequence

from imapclient.imapclient import DRAFTS

from inbox_worker.mailbox import faults
from inbox_worker.mailbox.session import RefusedError, Session


class WritingSession(Session):
    """A session that changes things. What is refused was not done; after a lost reply nobody knows.

    Raises:
        MailboxError: from any method, where the server or the network fails.
    """

    def drafts_folder(self) -> str | None:
        """The folder that the server marks as that of drafts (RFC 6154), or the one that bears a name usual for it."""
        with self._translated():
            found = self._client.find_special_folder(DRAFTS)
        return str(found) if found else None

    def has_header(self, name: str, value: str) -> bool:
        """Whether a message of the open folder bears that header field.

        Raises:
            RefusedError: where the server cannot search for it.
        """
        try:
            return bool(self._client.search(["HEADER", name, value]))
        except imaplib.IMAP4.abort as error:
            raise self._lost(error) from error
        except imaplib.IMAP4.error as error:
            raise RefusedError(faults.said(error)) from error
        except faults.FAULTS as error:
            raise self._lost(error) from error

    def append_draft(self, folder: str, content: bytes) -> None:
        """Put a draft into a folder. With a lost reply nobody knows whether it is there.

        Raises:
            RefusedError: where the server says no: nothing was appended.
        """
        with self._changing():
            self._client.append(folder, content, flags=(b"\\Draft", b"\\Seen"))

    def keywords(self, uid: int, add: Sequence[str], remove: Sequence[str]) -> None:
        """Set and take keywords (RFC 3501, section 2.3.2); doing it again changes nothing.

        Raises:
            RefusedError: where the server keeps no keywords of ours.
        """
        with self._changing():
            if remove:
                self._client.remove_flags([uid], [word.encode() for word in remove])
            if add:
                answer = self._client.add_flags([uid], [word.encode() for word in add])
                kept = {flag.decode("ascii", "replace").casefold() for flag in answer.get(uid, ())}
                if answer.get(uid) is not None and not {word.casefold() for word in add} <= kept:
                    raise RefusedError('the server does not keep keywords; set [marks] to ""')

    def move(self, uid: int, folder: str) -> None:
        """Move a message (RFC 6851), in one step or not at all.

        Raises:
            RefusedError: where the server cannot, or the folder is not there.
        """
        with self._changing():
            if not self._client.has_capability("MOVE"):
                raise RefusedError("the server cannot move in one step (RFC 6851); set [marks] move = false")
            self._client.move([uid], folder)

    @contextlib.contextmanager
    def _changing(self) -> Iterator[None]:
        try:
            yield
        except imaplib.IMAP4.abort as error:
            raise self._lost(error) from error
        except imaplib.IMAP4.error as error:
            raise RefusedError(faults.said(error)) from error
        except faults.FAULTS as error:
            raise self._lost(error) from error
