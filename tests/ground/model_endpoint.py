"""A chat completion on loopback that answers as a test says: it behaves, lies, stalls, or talks nonsense."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answering = Callable[[dict[str, Any]], "Reply"]


class Reply:
    """What the endpoint sends. ``content``: the text of the completion; ``raw``: the whole body instead."""

    def __init__(
        self, content: object = "", *, status: int = 200, raw: bytes | None = None, wait: float = 0, drip: float = 0,
        finish: str = "stop", refusal: str | None = None,
    ) -> None:  # fmt: skip
        text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
        message = {"role": "assistant", "content": text, "refusal": refusal}
        completion = {"model": "fake-1", "choices": [{"index": 0, "message": message, "finish_reason": finish}]}
        self.body = json.dumps(completion).encode() if raw is None else raw
        self.status, self.wait, self.drip = status, wait, drip


class FakeEndpoint:
    """The endpoint: where it listens, what it was asked, and what it answers from now on."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.most_at_once = 0
        self.answer: Answering = lambda body: Reply(status=500)
        self._at_once, self._lock, self._ended = 0, threading.Lock(), threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                outer._serve(self)

            def log_message(self, *arguments: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/v1"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def _serve(self, handler: BaseHTTPRequestHandler) -> None:
        body = json.loads(handler.rfile.read(int(handler.headers["Content-Length"])))
        with self._lock:
            self.asked.append(body)
            self.headers.append({k.lower(): v for k, v in handler.headers.items()})
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            reply = self.answer(body) if handler.path == "/v1/chat/completions" else Reply(status=404)
            self._ended.wait(reply.wait)
            handler.send_response(reply.status)
            handler.send_header("Content-Length", str(len(reply.body)))
            handler.end_headers()
            for at in range(0, len(reply.body), 20 if reply.drip else len(reply.body) or 1):
                handler.wfile.write(reply.body[at : at + 20] if reply.drip else reply.body)
                self._ended.wait(reply.drip)
        except OSError:
            pass  # whoever asked has gone
        finally:
            with self._lock:
                self._at_once -= 1

    def close(self) -> None:
        self._ended.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)


@contextmanager
def fake_endpoint() -> Iterator[FakeEndpoint]:
    endpoint = FakeEndpoint()
    try:
        yield endpoint
    finally:
        endpoint.close()


def page(body: dict[str, Any]) -> str:
    """What was asked: the question with the message."""
    return str(body["messages"][1]["content"])


def claim(organisation: str | None, name: str, partstat: str, number: int | None, **more: Any) -> dict[str, Any]:
    """A claim in the shape that is asked for. ``quotes``: words by field."""
    quotes = more.pop("quotes", {})
    people = [{"name": name, "title": None, "function": None} for name in more.pop("people", ())]
    evidence = [{"field": field, "text": text} for field, texts in quotes.items() for text in _several(texts)]
    said = {"op": "set", "leaves": [], "revises": False, "flags": [], **more}
    return {
        "organisation": organisation, "name": name, "partstat": partstat, "delegates": number, "people": people,
        "evidence": evidence, **said,
    }  # fmt: skip


def _several(texts: str | list[str]) -> list[str]:
    return [texts] if isinstance(texts, str) else texts


def answer(
    *claims: dict[str, Any], kind: str = "reply", language: str | None = "en", needs: Any = ()
) -> dict[str, Any]:
    """An answer in the shape that is asked for."""
    return {"kind": kind, "language": language, "claims": list(claims), "needs": list(needs)}


def wait_for(condition: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)
