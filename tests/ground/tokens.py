"""A token service on loopback over TLS that plays Microsoft's and Google's part, with tokens that Dovecot checks."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from tests.ground.dovecot import TOKEN_KEY, Dovecot

CLIENT, SECRET = "client-77", "secret-of-the-client"


def token(user: str, seconds: int = 3600) -> str:
    """A signed token (RFC 7519) for a user; it ends so many seconds from now."""
    now = int(time.time())
    said = {"sub": user, "iss": "https://issuer.example/", "iat": now - 9, "nbf": now - 9, "exp": now + seconds}
    parts = ".".join(_encoded(json.dumps(part).encode()) for part in ({"typ": "JWT", "alg": "HS256"}, said))
    return f"{parts}.{_encoded(hmac.new(TOKEN_KEY, parts.encode(), hashlib.sha256).digest())}"


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class TokenService:
    """Answers at ``url``. What it was asked is in ``asked``, newest last."""

    def __init__(self, server: Dovecot) -> None:
        self.user = "alice"
        self.seconds = 3600  # that tokens last
        self.refuses = ""  # an error code (RFC 6749, section 5.2) for whoever asks for a token
        self.pending = 1  # times that the user has not consented yet
        self.status = 400  # of refusals
        self.asked: list[dict[str, str]] = []
        self.given: list[str] = []
        self.code = "code-from-the-browser"
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                tenant = self.path.split("/")[1]
                if tenant == "nowhere":
                    self._answer({"error": "invalid_tenant"}, 400)
                    return
                base = f"{service.url}/{tenant}"
                self._answer(
                    {
                        "authorization_endpoint": f"{base}/authorize",
                        "token_endpoint": f"{base}/oauth2/v2.0/token",
                        "device_authorization_endpoint": f"{base}/oauth2/v2.0/devicecode",
                        "issuer": f"{base}/v2.0",
                    }
                )

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                asked = {key: values[0] for key, values in parse_qs(body).items()}
                service.asked.append(asked)
                path = urlsplit(self.path).path
                self._answer(*(service.device() if path.endswith("devicecode") else service.grant(asked)))

            def _answer(self, what: dict[str, Any], status: int = 200) -> None:
                data = json.dumps(what).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: object) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(server.ca_file, server.directory / "tls/key.pem")
        self._http.socket = context.wrap_socket(self._http.socket, server_side=True)
        self.url = f"https://localhost:{self._http.server_address[1]}"
        threading.Thread(target=self._http.serve_forever, daemon=True).start()

    def device(self) -> tuple[dict[str, Any], int]:
        """RFC 8628, section 3.2."""
        return {
            "device_code": "device-code", "user_code": "ABCD-1234", "verification_uri": f"{self.url}/device",
            "expires_in": 900, "interval": 1, "message": f"Open {self.url}/device and enter the code ABCD-1234.",
        }, 200  # fmt: skip

    def grant(self, asked: dict[str, str]) -> tuple[dict[str, Any], int]:
        """RFC 6749, section 5."""
        if self.refuses:
            return {
                "error": self.refuses,
                "error_description": "AADSTS0: as the test wants it. Trace ID: 1",
            }, self.status
        kind = asked["grant_type"]
        if kind.endswith("device_code") and self.pending:
            self.pending -= 1
            return {"error": "authorization_pending"}, 400
        secret = asked.get("client_secret", "")
        public = kind.endswith("device_code") or ("outlook" in asked.get("scope", "") and kind == "refresh_token")
        wants_secret = not public
        if wants_secret and secret != SECRET:
            return {"error": "invalid_client", "error_description": f"wrong secret {secret[:0]}"}, 401
        if kind == "authorization_code" and (asked["code"] != self.code or len(asked.get("code_verifier", "")) < 43):
            return {"error": "invalid_grant"}, 400
        if kind == "refresh_token" and asked["refresh_token"] != "refresh-1":
            return {"error": "invalid_grant"}, 400
        answer: dict[str, Any] = {"token_type": "Bearer", "expires_in": self.seconds, "access_token": self._new()}
        if kind != "client_credentials":
            answer["refresh_token"] = "refresh-1"
        if kind.endswith("device_code"):
            answer |= self._identity(asked["client_id"])
        if public:
            answer["scope"] = "https://outlook.office.com/IMAP.AccessAsUser.All"
        return answer, 200

    def _new(self) -> str:
        self.given.append(token(self.user, self.seconds))
        return self.given[-1]

    def _identity(self, client: str) -> dict[str, str]:
        """What Microsoft says of the user beside the token."""
        now = int(time.time())
        said = {"aud": client, "iss": f"{self.url}/organizations/v2.0", "sub": "1", "oid": "1", "tid": "t", "exp": now + 999,
                "iat": now, "preferred_username": self.user}  # fmt: skip
        return {
            "id_token": f"{_encoded(b'{}')}.{_encoded(json.dumps(said).encode())}.x",
            "client_info": _encoded(json.dumps({"uid": "1", "utid": "t"}).encode()),
        }

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()
