"""Questions for a language model and its answers as JSON Lines, for measuring one without a network."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from inbox_worker.cli import UnusableError
from inbox_worker.model import RawMessage
from inbox_worker.reading.language_model import Prompt, as_text


def question_line(raw: RawMessage, prompt: Prompt) -> str:
    """One question. ``id`` is the message's hash, so that answers outlive a change of the prompt."""
    found = {
        "id": raw.sha256,
        "file": raw.location.source,
        "prompt": prompt.version,
        "messages": list(prompt.messages),
        "schema": prompt.schema,
    }
    return json.dumps(found, ensure_ascii=False).encode("utf-8", "replace").decode("utf-8")


def read_answers(path: Path) -> dict[str, str]:
    """The answers of a file by id: lines {"id", "answer"}, the answer an object or the text that a model gave.

    Raises:
        UnusableError: where the file, or a line of it, cannot be used.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UnusableError(f"{path}: cannot be read: {error}") from None
    answers: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            found: Any = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise UnusableError(f"{path}, line {number}: is not JSON: {error}") from None
        if not isinstance(found, dict) or not isinstance(found.get("id"), str) or "answer" not in found:
            raise UnusableError(f'{path}, line {number}: must be an object with "id" (a text) and "answer"')
        if found["id"] in answers:
            raise UnusableError(f"{path}, line {number}: the id {found['id']} stands there twice; keep one of them")
        answers[found["id"]] = as_text(found["answer"])
    return answers
