"""Slows down whoever guesses passwords: after some failures a name, or an address, must wait."""

from __future__ import annotations

import time
import urllib.parse
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

FREE = 5  # failures of one name from one address without waiting
FREE_ANYWHERE = 20  # failures of one name from all addresses, or of one address with all names
LONGEST = 900.0  # seconds that somebody has to wait at most
FORGET = 3600.0  # seconds after which failures are forgotten
MOST = 10_000  # names and addresses that are remembered
LARGEST = 10_000  # bytes of a sign-in form


class Answer(Protocol):
    """How an answer goes back; it remembers its status."""

    status: int

    async def __call__(self, message: Any) -> None: ...


class Throttle:
    """Counts failures of one process; a restart forgets them."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures: OrderedDict[tuple[str, str], tuple[int, float]] = OrderedDict()

    async def sign_in(
        self, scope: Any, receive: Callable[[], Awaitable[Any]], answer: Answer, app: Callable[..., Awaitable[None]]
    ) -> None:
        """Let a sign-in through to ``app``, or refuse it with status 429 (RFC 6585, section 4)."""
        body = await _body(receive)
        if body is None:
            await _refuse(answer, 413, "That is no sign-in form.", 0)
            return
        # As the sign-in itself reads it: of a field that is given twice the last holds.
        fields = dict(urllib.parse.parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
        name = fields.get("username", "")[:200]
        address = str((scope.get("client") or [""])[0])
        keys = {(name, address): FREE, (name, ""): FREE_ANYWHERE, ("", address): FREE_ANYWHERE}
        wait = max(self._wait(key, free) for key, free in keys.items())
        if wait > 0:
            await _refuse(answer, 429, f"Too many failed attempts; try again in {int(wait) + 1} seconds.", wait)
            return
        before = {key: self._failures.get(key, (0, 0.0)) for key in keys}
        for key in keys:
            self._failed(key)  # before it is tried, so that many at once do not slip through
        await app(scope, _replay(body, receive), answer)
        if answer.status in (302, 303):  # a success redirects; a failure shows the form once more
            self._failures.update({**before, (name, address): (0, 0.0)})

    def _wait(self, key: tuple[str, str], free: int) -> float:
        count, last = self._failures.get(key, (0, 0.0))
        if count < free or self._clock() - last > FORGET:
            return 0.0
        return min(LONGEST, 2.0 ** (count - free + 2)) - (self._clock() - last)

    def _failed(self, key: tuple[str, str]) -> None:
        count, last = self._failures.pop(key, (0, 0.0))
        fresh = self._clock() - last > FORGET
        self._failures[key] = (1 if fresh else count + 1, self._clock())
        while len(self._failures) > MOST:
            self._failures.popitem(last=False)


async def _body(receive: Callable[[], Awaitable[Any]]) -> bytes | None:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > LARGEST:
            return None
    return body


def _replay(body: bytes, receive: Callable[[], Awaitable[Any]]) -> Callable[[], Awaitable[Any]]:
    waiting = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Any:
        return waiting.pop() if waiting else await receive()

    return again


async def _refuse(answer: Answer, status: int, words: str, wait: float) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"retry-after", str(int(wait) + 1).encode())]
    await answer({"type": "http.response.start", "status": status, "headers": headers})
    await answer({"type": "http.response.body", "body": words.encode()})
