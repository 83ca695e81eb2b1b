"""The SASL mechanisms that carry an access token: XOAUTH2 and OAUTHBEARER (RFC 7628)."""

from __future__ import annotations

from inbox_worker.settings import MailboxSettings


class TokenExchange:
    """Our side of one exchange. A server that refuses the token says why first, and waits for an empty answer."""

    def __init__(self, mechanism: str, settings: MailboxSettings, token: str) -> None:
        self._mechanism, self._settings, self._token = mechanism, settings, token
        self._asked = False
        self.told = ""  # the server's reasons, JSON

    def __call__(self, challenge: bytes) -> bytes:
        """The answer to a challenge."""
        if self._asked:
            self.told = challenge.decode("utf-8", "replace")
            return b"\x01"
        self._asked = True
        return self._first()

    def _first(self) -> bytes:
        user, bearer = self._settings.user, f"auth=Bearer {self._token}\x01\x01"
        if self._mechanism == "XOAUTH2":
            return f"user={user}\x01{bearer}".encode()
        name = user.replace("=", "=3D").replace(",", "=2C")  # a saslname (RFC 5801, section 4)
        return f"n,a={name},\x01host={self._settings.host}\x01port={self._settings.port}\x01{bearer}".encode()
