"""The child's side of ``watcher``: waits in IDLE for news of the first folder, and tells it."""

from __future__ import annotations

import signal
import sys
from multiprocessing.connection import Connection

from inbox_worker import logs
from inbox_worker.child import channel_to
from inbox_worker.mailbox.base import MailboxError
from inbox_worker.mailbox.idle import IdleSession
from inbox_worker.settings import Settings
from inbox_worker.watcher import Heard


def main(arguments: list[str]) -> int:
    """Watch until the connection is lost or we are told to stop; the parent decides when to begin anew."""
    channel = channel_to(arguments)
    if channel is None:
        return 1
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # there is nothing to finish
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent says what to do
    try:
        settings = channel.recv()
        logs.start(as_json=settings.logs.json)
        try:
            _watch(settings, channel)
        except MailboxError as error:
            channel.send((Heard.LOST, str(error)))
    except (EOFError, OSError):  # the parent is gone
        return 1
    return 0


def _watch(settings: Settings, channel: Connection) -> None:
    session = IdleSession(settings.mailbox)
    try:
        session.open(settings.mailbox.folders[0])
        if not session.can_idle():
            channel.send((Heard.CANNOT, f"{settings.mailbox.host} does not know IDLE (RFC 2177)"))
            return
        channel.send((Heard.WATCHING, ""))
        while True:
            channel.send((Heard.NEWS if session.wait(settings.service.idle_renew) else Heard.ALIVE, ""))
    finally:
        session.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
