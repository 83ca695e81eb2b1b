"""What every answer of the server carries: a content security policy, safe cookies, CSV that starts no formula.

No page runs a script but from a file of ours or Datasette's, loads anything from elsewhere, or lets itself be framed.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from inbox_worker.review.place import place_of
from inbox_worker.review.safe_csv import SafeCsv
from inbox_worker.review.throttle import Throttle

if TYPE_CHECKING:
    from datasette.app import Datasette

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

POLICY = (
    "default-src 'none'; script-src 'self'; style-src {styles}; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
OURS = ("/-/review", "/-/overview", "/-/login")  # pages of ours need no style that stands in the page
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
START = b"/-/start"
_throttles: WeakKeyDictionary[Datasette, Throttle] = WeakKeyDictionary()


class Guard:
    """Wraps Datasette's application."""

    def __init__(self, app: App, datasette: Datasette) -> None:
        self.app, self.datasette = app, datasette
        self.throttle = _throttles.setdefault(datasette, Throttle())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http" or place_of(self.datasette) is None:
            await self.app(scope, receive, send)
            return
        scope = {**scope, "headers": [pair for pair in scope["headers"] if not _is_basic(*pair)]}
        signing_in = scope["method"] == "POST" and self._path(scope) == "/-/login"
        if signing_in:
            await self.throttle.sign_in(scope, receive, _Answer(self, scope, send), self.app)
        else:
            await self.app(scope, receive, _Answer(self, scope, send))

    def _path(self, scope: Scope) -> str:
        base = self.datasette.setting("base_url").rstrip("/")
        return str(scope["path"]).removeprefix(base)

    def headers(self, scope: Scope, given: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        """The headers of an answer, with ours."""
        path = self._path(scope)
        names = {name.lower() for name, _ in given}
        strict = path.startswith(OURS)
        policy = POLICY.format(styles="'self'" if strict else "'self' 'unsafe-inline'")
        ours = {
            b"content-security-policy": policy.encode(),
            b"x-content-type-options": b"nosniff",
            b"referrer-policy": b"same-origin",
            b"x-frame-options": b"DENY",
            b"cache-control": b"private, no-store",
        }
        if path.startswith(("/-/static", "/-/static-plugins")):
            del ours[b"cache-control"]
        kept = [(name, self._kept(scope, name.lower(), value)) for name, value in given]
        return [*kept, *((name, value) for name, value in ours.items() if name not in names)]

    def _kept(self, scope: Scope, name: bytes, value: bytes) -> bytes:
        if name == b"set-cookie" and value.startswith((b"ds_actor=", b"ds_messages=")):
            secure = b"; Secure" if self._secure(scope) else b""
            return value + (b"" if b"httponly" in value.lower() else b"; HttpOnly") + secure
        signed_in = self._path(scope) in ("/-/login", "/-/auth-token")
        if name == b"location" and signed_in and value == self.datasette.urls.path("/").encode():
            return str(self.datasette.urls.path("/")).rstrip("/").encode() + START
        return value

    def _secure(self, scope: Scope) -> bool:
        """Whether a cookie may only travel encrypted: always, but on this machine itself without TLS."""
        if scope.get("scheme") == "https" or self.datasette.setting("force_https_urls"):
            return True
        host = next((value for name, value in scope["headers"] if name == b"host"), b"").decode("latin-1")
        name = host if host.endswith("]") else host.rpartition(":")[0] or host
        return name not in LOOPBACK


def _is_basic(name: bytes, value: bytes) -> bool:
    """Whether a header signs in by a password (RFC 7617): datasette-auth-passwords would try one with every request,
    past the form and its throttle."""
    return name.lower() == b"authorization" and value[:5].lower() == b"basic"


class _Answer:
    """Sends an answer on, with our headers; the body of CSV cell by cell."""

    def __init__(self, guard: Guard, scope: Scope, send: Send) -> None:
        self.guard, self.scope, self.send = guard, scope, send
        self.status = 0
        self.csv: SafeCsv | None = None

    async def __call__(self, message: Message) -> None:
        """One ASGI message of the answer."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            given = [(bytes(name), bytes(value)) for name, value in message.get("headers", [])]
            kind = next((value for name, value in given if name.lower() == b"content-type"), b"")
            if kind.startswith(b"text/csv") or (self.scope["path"].endswith(".csv") and self.status == 200):
                self.csv = SafeCsv()
                given = [(name, value) for name, value in given if name.lower() != b"content-length"]
            message = {**message, "headers": self.guard.headers(self.scope, given)}
        elif message["type"] == "http.response.body" and self.csv is not None:
            more = message.get("more_body", False)
            message = {**message, "body": self.csv.feed(bytes(message.get("body", b"")), last=not more)}
        await self.send(message)
