"""One connection to an IMAP server: secured, logged in, a folder open; every fault told as a MailboxError."""

from __future__ import annotations

import contextlib
import imaplib
import ssl
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from imapclient import IMAPClient

from inbox_worker.mailbox import faults
from inbox_worker.mailbox.base import MailboxError
from inbox_worker.mailbox.sasl import TokenExchange
from inbox_worker.model import UTC
from inbox_worker.settings import MailboxSettings, OAuthSettings, SettingsError


class FolderError(MailboxError):
    """One folder cannot be opened; the connection and other folders may well be sound."""


class LostError(MailboxError):
    """The connection broke while something was asked for; a new one may well work."""

    def __init__(self, message: str, *, timed_out: bool) -> None:
        super().__init__(message, retry=True)
        self.timed_out = timed_out


class RefusedError(Exception):
    """The server said NO to a FETCH and keeps the connection: something is wrong with what was asked for."""


@dataclass(frozen=True)
class Folder:
    """A folder as it stood when it was opened (RFC 3501, sections 6.3.1 and 6.3.2)."""

    name: str
    source: str
    exists: int  # messages
    uidvalidity: int
    uidnext: int  # every message that arrives later has this UID or a higher one
    announced: bool  # whether the server told UIDNEXT, rather than we took it from the last message
    modseq: int = 0  # HIGHESTMODSEQ (RFC 7162): later changes of flags have a higher one; 0 where none is kept


@dataclass(frozen=True)
class Fetched:
    """A message as the server gave it."""

    content: bytes
    received: datetime | None  # INTERNALDATE in UTC


def source_name(settings: MailboxSettings, folder: str) -> str:
    """The name of a folder as a URL (RFC 5092), without any secret."""
    scheme = "imaps" if settings.tls == "implicit" else "imap"
    return f"{scheme}://{quote(settings.user, safe='')}@{settings.host}:{settings.port}/{quote(folder)}"


class Session:
    """A logged-in connection.

    Raises:
        MailboxError: from any method, where the server or the network fails.
    """

    def __init__(self, settings: MailboxSettings) -> None:
        self._settings = settings
        self._source = f"{settings.host}:{settings.port}"
        self.sound = True  # False once the connection broke: nothing more can be asked over it
        self._client = self._connect()
        try:
            self._login()
        except BaseException:
            self.close()
            raise

    def _connect(self) -> Any:
        settings = self._settings
        context = _context(settings)
        client = None
        try:
            client = IMAPClient(
                settings.host,
                settings.port,
                ssl=settings.tls == "implicit",
                ssl_context=context,
                timeout=settings.timeout,
            )
            client._imap.debug = 0  # IMAPClient asks for 5, which formats every body it fetches
            client.normalise_times = False  # naive local times otherwise
            if settings.tls == "starttls":
                client.starttls(context)
        except faults.FAULTS as error:
            if client is not None:
                with contextlib.suppress(*faults.FAULTS):
                    client.shutdown()
            raise faults.connecting(settings, error) from error
        return client

    def _login(self) -> None:
        settings = self._settings
        if settings.oauth is not None:
            self._login_by_token(settings.oauth)
            return
        try:
            password = settings.password()
        except SettingsError as error:
            raise MailboxError(str(error), retry=False) from None
        try:
            if (settings.user + password).isascii():
                self._client.login(settings.user, password)
            else:  # LOGIN takes ASCII only; SASL PLAIN is UTF-8 (RFC 4616)
                self._client.plain_login(settings.user, password)
        except faults.FAULTS as error:
            raise faults.logging_in(settings, error, password) from None

    def _login_by_token(self, oauth: OAuthSettings) -> None:
        """Log in by a token; where it is refused, once more by a new one: a token can be withdrawn before its end."""
        from inbox_worker.mailbox.tokens import access_token

        for anew in (False, True):
            token = access_token(oauth, anew=anew)
            exchange = TokenExchange(oauth.mechanism, self._settings, token)
            try:
                self._client.sasl_login(oauth.mechanism, exchange)
            except faults.FAULTS as error:
                refused = faults.token_refused(self._settings, error, token, exchange.told)
                if anew or refused.retry:
                    raise refused from None
            else:
                return

    def close(self) -> None:
        """Log out where the connection still stands, and let go of it."""
        if self.sound:
            with contextlib.suppress(Exception):
                self._client.logout()
        with contextlib.suppress(Exception):
            self._client.shutdown()

    def open(self, name: str) -> Folder:
        """Open a folder, read-only unless the settings allow marks.

        Raises:
            FolderError: where this folder is missing or refused.
        """
        self._source = source_name(self._settings, name)
        try:
            answer = self._client.select_folder(name, readonly=not self._settings.marks)
        except faults.FAULTS as error:
            if isinstance(error, imaplib.IMAP4.error) and not isinstance(error, imaplib.IMAP4.abort):
                raise self._refused(name, error) from None
            raise self._lost(error) from error
        uidvalidity = answer.get(b"UIDVALIDITY")
        if not uidvalidity:
            raise FolderError(
                f"{self._source}: the server gives this folder no lasting UIDs; choose another", retry=False
            )
        exists = int(answer.get(b"EXISTS", 0))
        announced = answer.get(b"UIDNEXT") or self._status_uidnext(name)
        uidnext = announced or self._last_uid(exists) + 1
        modseq = int(answer.get(b"HIGHESTMODSEQ") or 0)
        return Folder(name, self._source, exists, int(uidvalidity), int(uidnext), bool(announced), modseq)

    def _refused(self, name: str, error: Exception) -> MailboxError:
        with self._translated():
            names = [str(n) for _, _, n in self._client.list_folders()]
        if name not in names and name.upper() != "INBOX":
            shown = ", ".join(names[:20]) + (", ..." if len(names) > 20 else "")
            return FolderError(f"{self._source}: no such folder; [mailbox] folders can name {shown}", retry=False)
        return FolderError(f"{self._source}: cannot be opened: {faults.said(error)}", retry=faults.passes(error))

    def _status_uidnext(self, name: str) -> int:
        """UIDNEXT by STATUS, 0 where that tells nothing either: old servers leave it out of SELECT."""
        try:
            return int(self._client.folder_status(name, ["UIDNEXT"]).get(b"UIDNEXT", 0))
        except imaplib.IMAP4.abort as error:
            raise self._lost(error) from error
        except imaplib.IMAP4.error:
            return 0
        except faults.FAULTS as error:
            raise self._lost(error) from error

    def _last_uid(self, exists: int) -> int:
        return max(self._search("*"), default=0) if exists else 0

    def search(self, low: int, high: int) -> list[int]:
        """The UIDs that exist from ``low`` to ``high``, both included, ascending."""
        return [uid for uid in self._search(f"{low}:{high}") if low <= uid <= high]

    def _search(self, uids: str) -> list[int]:
        with self._translated():
            return sorted(set(self._client.search(["UID", uids])))

    def exists(self, uid: int) -> bool:
        """Whether a message is there at this moment, whatever was true when the folder was opened."""
        with self._translated():
            self._client.noop()  # lets the server tell what was expunged
        return bool(self.search(uid, uid))

    def sizes(self, uids: Sequence[int]) -> dict[int, int]:
        """Sizes of messages in bytes, 0 where the server does not tell."""
        with self._translated():
            answer = self._client.fetch(uids, ["RFC822.SIZE"])
        return {uid: int(answer.get(uid, {}).get(b"RFC822.SIZE") or 0) for uid in uids}

    def count_changes(self, folder: Folder) -> None:
        """Have changes of flags counted from now on, where the server can (RFC 7162, section 3.1)."""
        with self._translated():
            if not self._client.has_capability("CONDSTORE"):
                return
            try:
                self._client.folder_status(folder.name, ["HIGHESTMODSEQ"])
            except imaplib.IMAP4.abort:
                raise
            except imaplib.IMAP4.error:
                return  # then all that was answered is told each time

    def answered(self, low: int, high: int, since: int) -> list[int]:
        """The UIDs from ``low`` to ``high`` of messages that bear \\Answered and changed after modification ``since``
        (RFC 7162, section 3.1.5); with 0, of all that bear it."""
        wanted = ["UID", f"{low}:{high}", "ANSWERED"]
        with self._translated():
            try:
                found = self._client.search([*wanted, "MODSEQ", since + 1] if since else wanted)
            except imaplib.IMAP4.abort:
                raise
            except imaplib.IMAP4.error:
                if not since:
                    raise
                found = self._client.search(wanted)  # it counts changes, but cannot search by them
        return [uid for uid in found if low <= uid <= high]

    def messages(self, uids: Sequence[int]) -> dict[int, Fetched]:
        """Whole messages, without marking them as seen. Those that the server does not hand over are left out.

        Raises:
            RefusedError: where the server refuses and the connection stands.
        """
        try:
            answer = self._client.fetch(uids, ["INTERNALDATE", "BODY.PEEK[]"])
        except imaplib.IMAP4.abort as error:
            raise self._lost(error) from error
        except imaplib.IMAP4.error as error:
            if faults.passes(error):
                raise MailboxError(f"{self._source}: {faults.said(error)}", retry=True) from error
            raise RefusedError(faults.said(error)) from error
        except faults.FAULTS as error:
            raise self._lost(error) from error
        return {
            uid: Fetched(items[b"BODY[]"], _in_utc(items.get(b"INTERNALDATE")))
            for uid, items in answer.items()
            if isinstance(items.get(b"BODY[]"), bytes)
        }

    def _lost(self, error: Exception) -> LostError:
        self.sound = False
        return LostError(faults.reading(self._source, error), timed_out=isinstance(error, TimeoutError))

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except faults.FAULTS as error:
            raise self._lost(error) from error


def _context(settings: MailboxSettings) -> ssl.SSLContext | None:
    """A context that checks the certificate and the host name; None where the operator asked for no TLS."""
    if settings.tls == "none":
        return None
    try:
        return ssl.create_default_context(cafile=str(settings.ca_file) if settings.ca_file else None)
    except (OSError, ValueError) as error:
        raise MailboxError(
            f"[mailbox] ca_file {settings.ca_file} cannot be used: {faults.said(error)}; it must be a PEM file of"
            " certificates",
            retry=False,
        ) from error


def _in_utc(moment: object) -> datetime | None:
    if not isinstance(moment, datetime):
        return None
    try:
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (OverflowError, ValueError):
        return None
