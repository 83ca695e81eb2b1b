"""Where raw messages come from: an IMAP account, or files."""

from __future__ import annotations

from inbox_worker.mailbox.base import Answers, Arrival, Cursor, Finding, Mailbox, MailboxError, Moment
from inbox_worker.mailbox.files import PathError, ReceivedTime, Unreadable, read_paths
from inbox_worker.settings import MailboxSettings

__all__ = [
    "Answers",
    "Arrival",
    "Cursor",
    "Finding",
    "Mailbox",
    "MailboxError",
    "Moment",
    "PathError",
    "ReceivedTime",
    "Unreadable",
    "open_mailbox",
    "read_paths",
]


def open_mailbox(settings: MailboxSettings, received_time: ReceivedTime) -> Mailbox:
    """The mailbox that ``[mailbox]`` names. Nothing is connected or opened before the first arrival is asked for.

    Raises:
        MailboxError: where none is named.
    """
    if settings.path is not None:
        from inbox_worker.mailbox.polled import FilesMailbox

        return FilesMailbox(settings.path, received_time)
    if not settings.host:
        raise MailboxError("no mailbox is configured; give [mailbox] host or path", retry=False)
    from inbox_worker.mailbox.imap import ImapMailbox

    return ImapMailbox(settings)
