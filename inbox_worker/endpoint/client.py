"""One question to an OpenAI-compatible chat completion with a JSON Schema answer.

The form is that of POST /chat/completions with response_format json_schema, which OpenAI, Ollama, llama.cpp, vLLM and
LM Studio share. No tools are offered, nothing is streamed, no redirect is followed.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import Any, Self

import httpx2

from inbox_worker.reading.language_model import Prompt
from inbox_worker.reading_settings import ModelSettings
from inbox_worker.toml_table import SettingsError

LONGEST = 1_000_000  # bytes of an answer that are read
MOST_TOKENS = 4_000  # of an answer; a list of forty delegates takes half of it
SHOWN = 200  # characters of what an endpoint says of itself


class Failure(StrEnum):
    """Why there is no answer."""

    UNREACHABLE = "unreachable"  # nobody listens, the name is not known, the certificate is not good
    TIMEOUT = "timeout"  # no whole answer within [reading.model] timeout
    REFUSED = "refused"  # the endpoint does not want to: key, budget, content
    BROKEN = "broken"  # the endpoint says that it failed
    NONSENSE = "nonsense"  # an answer that is none, or was cut short


DOWN = frozenset({Failure.UNREACHABLE, Failure.TIMEOUT, Failure.BROKEN})  # about the endpoint, not about the question


class EndpointError(Exception):
    """There is no answer. The message says why and, where it can be mended, how. ``status``: of HTTP, or None."""

    def __init__(self, failure: Failure, why: str, status: int | None = None) -> None:
        super().__init__(why)
        self.failure, self.status = failure, status

    @property
    def down(self) -> bool:
        """Whether another question would fare no better now."""
        return self.failure in DOWN or self.status in (401, 403, 404, 429)


@dataclass(frozen=True)
class Answered:
    """What an endpoint gave: the text, the model it says it is, and how long it took."""

    text: str
    model: str
    seconds: float


class Endpoint:
    """A configured endpoint. Safe to use from several threads at once."""

    def __init__(self, settings: ModelSettings) -> None:
        self._settings = settings
        each = httpx2.Timeout(settings.timeout, connect=min(10.0, settings.timeout))
        limits = httpx2.Limits(max_connections=settings.concurrency)
        self._client = httpx2.Client(timeout=each, limits=limits, follow_redirects=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def ask(self, prompt: Prompt) -> Answered:
        """Ask one question.

        Raises:
            EndpointError: where no answer came.
        """
        start = time.monotonic()
        body = {
            "model": self._settings.model,
            "messages": list(prompt.messages),
            "temperature": 0,
            "max_tokens": MOST_TOKENS,
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "reading", "strict": True, "schema": prompt.schema},
            },
        }
        status, content = self._post(body, start + self._settings.timeout)
        if status != httpx2.codes.OK:
            raise _refusal(status, content, self._settings)
        text, model = _completion(content)
        return Answered(text, model or self._settings.model, time.monotonic() - start)

    def _post(self, body: Mapping[str, Any], deadline: float) -> tuple[int, bytes]:
        """The status and content of the answer; the deadline (monotonic) holds for all of it, however it drips."""
        url, content = f"{self._settings.endpoint}/chat/completions", bytearray()
        try:
            headers = {"Content-Type": "application/json", **self._authorization()}
            with self._client.stream("POST", url, content=json.dumps(body).encode(), headers=headers) as response:
                for chunk in response.iter_bytes():
                    content += chunk
                    if time.monotonic() > deadline:
                        raise EndpointError(Failure.TIMEOUT, self._too_slow())
                    if len(content) > LONGEST:
                        raise EndpointError(Failure.NONSENSE, f"{url} answers with more than {LONGEST} bytes")
                return response.status_code, bytes(content)
        except httpx2.TimeoutException:
            raise EndpointError(Failure.TIMEOUT, self._too_slow()) from None
        except SettingsError as error:
            raise EndpointError(Failure.REFUSED, str(error), 401) from None
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
            said = str(error) or type(error).__name__
            raise EndpointError(
                Failure.UNREACHABLE, f"{url} cannot be asked: {said}; see [reading.model] endpoint"
            ) from None

    def _too_slow(self) -> str:
        where, seconds = self._settings.endpoint, self._settings.timeout
        return f"{where} gave no whole answer within {seconds} s; raise [reading.model] timeout or take a smaller model"

    def _authorization(self) -> dict[str, str]:
        key = self._settings.key()
        return {"Authorization": f"Bearer {key}"} if key else {}


def _refusal(status: int, content: bytes, settings: ModelSettings) -> EndpointError:
    said = _said(content)
    if status in (401, 403):
        why = f"{settings.endpoint} does not accept the key ({status}{said}); see [reading.model] key_env and key_file"
        return EndpointError(Failure.REFUSED, why, status)
    if status == 404:
        why = f"{settings.endpoint} knows no such address or model ({status}{said}); see [reading.model]"
        return EndpointError(Failure.REFUSED, why, status)
    if status == 429:
        return EndpointError(Failure.REFUSED, f"{settings.endpoint} wants fewer questions ({status}{said})", status)
    if status >= 500 or status < 400:
        return EndpointError(Failure.BROKEN, f"{settings.endpoint} failed ({status}{said})", status)
    return EndpointError(Failure.REFUSED, f"{settings.endpoint} does not take the question ({status}{said})", status)


def _said(content: bytes) -> str:
    """What an endpoint says of its refusal, in a line."""
    try:
        told = json.loads(content)["error"]
        text = told["message"] if isinstance(told, dict) else told
    except (ValueError, KeyError, TypeError, RecursionError):
        text = content.decode("utf-8", "replace")
    line = " ".join("".join(c if c.isprintable() else " " for c in str(text)).split())[:SHOWN]
    return f": {line}" if line else ""


def _completion(content: bytes) -> tuple[str, str]:
    """The text of a completion and the model that it names."""
    try:
        told = json.loads(content)
        choice, model = told["choices"][0], told.get("model")
        message, reason = choice["message"], choice.get("finish_reason")
        text, refusal = message.get("content"), message.get("refusal")
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError):
        raise EndpointError(Failure.NONSENSE, f"what came is no chat completion{_said(content)}") from None
    if refusal or reason == "content_filter":
        raise EndpointError(Failure.REFUSED, f"the model does not want to answer{_said(str(refusal or '').encode())}")
    if reason == "length":
        raise EndpointError(Failure.NONSENSE, "the answer was cut short; give the model a larger context")
    if not isinstance(text, str) or not text.strip():
        raise EndpointError(Failure.NONSENSE, "the answer is empty")
    return text, model if isinstance(model, str) else ""
