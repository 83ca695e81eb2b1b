"""The process that parses attachments: ``python -m inbox_worker.message.parsing_process KIND MEMORY``, where KIND is
``documents``, ``scans`` or ``pictures``.

It reads requests from standard input and answers on standard output. What it answers is data and never code, so that a
file which takes it over gains nothing but wrong words.
"""

from __future__ import annotations

import base64
import gc
import json
import os
import signal
import sys
from dataclasses import asdict
from typing import Any, BinaryIO

from inbox_worker.message.confinement import confine
from inbox_worker.message.formats.content import Content, Extracted, NotReadableError
from inbox_worker.message.formats.drawing import Drawing, draw

LENGTH = 8  # bytes of a number that says how long what follows is


def receive(stream: BinaryIO) -> bytes | None:
    """A block with its length before it, or None at the end."""
    head = stream.read(LENGTH)
    if len(head) < LENGTH:
        return None
    size = int.from_bytes(head, "big")
    data = stream.read(size)
    return data if len(data) == size else None


def packed(data: bytes) -> bytes:
    """A block as it is sent."""
    return len(data).to_bytes(LENGTH, "big") + data


def main() -> None:
    """Answer requests until there are no more."""
    kind, memory = sys.argv[1], int(sys.argv[2])
    sys.setrecursionlimit(2_000)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no answer
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if kind == "scans":
        _warm()
    given_up = confine(memory)
    answers.write(packed(json.dumps(given_up).encode()))
    answers.flush()
    while (head := receive(sys.stdin.buffer)) is not None:
        data = receive(sys.stdin.buffer)
        if data is None:
            return
        asked = json.loads(head)
        signal.setitimer(signal.ITIMER_REAL, asked["seconds"])
        content = Content(data, asked["media_type"], asked["charset"], asked["filename"])
        answer, out_of_memory = _answer(kind, content, asked)
        signal.setitimer(signal.ITIMER_REAL, 0)
        answers.write(packed(json.dumps(answer).encode("utf-8", "replace")))
        answers.flush()
        if out_of_memory:
            return
        gc.collect()


def _warm() -> None:
    """Load what asks the system for more than it needs later."""
    from inbox_worker.message.formats import scans

    if scans.available():
        import onnxruntime  # noqa: F401
        import rapidocr  # noqa: F401


def _answer(kind: str, content: Content, asked: dict[str, Any]) -> tuple[dict[str, Any], bool]:
    """What is in an attachment, and whether it took all memory."""
    empty = _drawn(Drawing()) if kind == "pictures" else asdict(Extracted())
    try:
        found = _drawn(draw(content, asked["page"])) if kind == "pictures" else asdict(_read(kind, content))
    except MemoryError:
        return {**empty, "problem": "it needs more memory than it may have"}, True
    except NotReadableError as error:
        return {**empty, "problem": str(error)}, False
    except Exception as error:  # noqa: BLE001 - a library that breaks on a file must not lose the others
        return {**empty, "problem": f"it could not be read ({type(error).__name__})"}, False
    return found, False


def _drawn(drawing: Drawing) -> dict[str, Any]:
    return {**asdict(drawing), "png": base64.b64encode(drawing.png).decode()}


def _read(kind: str, content: Content) -> Extracted:
    if kind == "scans":
        from inbox_worker.message.formats.scans import read_scan

        return read_scan(content)
    from inbox_worker.message.attachments import extract

    return extract(content)


if __name__ == "__main__":
    main()
