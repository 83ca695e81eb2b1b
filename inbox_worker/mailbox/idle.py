"""IDLE (RFC 2177): a server that says at once when something arrives. A hint only: what it says is never relied on."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from inbox_worker.mailbox import faults
from inbox_worker.mailbox.session import Session

NEWS = (b"EXISTS", b"RECENT")


class IdleSession(Session):
    """A session that waits for news of the open folder.

    Raises:
        MailboxError: from any method, where the server or the network fails.
    """

    def can_idle(self) -> bool:
        """Whether the server knows IDLE."""
        with self._translated():
            return bool(self._client.has_capability("IDLE"))

    def wait(self, seconds: float) -> bool:
        """IDLE for ``seconds`` at most; whether something arrived. A dead connection shows at the latest then.

        What comes together with the server's consent to idle lies in a buffer where ``idle_check`` does not see it,
        and at the end of a connection ``idle_check`` gives nothing, at once and for ever: so it is asked only as long
        as it answers, and ``idle_done``, which hears everything and raises where nobody answers, has the last word.
        """
        with self._translated():
            self._client.idle()
            news = False
            end = time.monotonic() + seconds
            while not news and not self._buffered() and (left := end - time.monotonic()) > 0:
                answers = self._client.idle_check(left)
                if not answers:
                    break
                news = _arrived(answers)
            _, rest = self._client.idle_done()
            return news or _arrived(rest)

    def _buffered(self) -> bool:
        """Whether something was read from the socket that nobody has looked at yet."""
        lines: Any = getattr(self._client._imap, "file", None)
        if lines is None or not hasattr(lines, "peek"):
            return False
        socket = self._client.socket()
        before = socket.gettimeout()
        socket.setblocking(False)
        try:
            return bool(lines.peek(1))
        except (*faults.FAULTS, TypeError):  # nothing there, told in one of several ways
            return False
        finally:
            socket.settimeout(before)


def _arrived(answers: Sequence[Sequence[object]]) -> bool:
    return any(len(answer) > 1 and answer[1] in NEWS for answer in answers)
