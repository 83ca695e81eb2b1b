"""Attachments read in a process of their own, which may die without harm: of too much time, memory or output."""

from __future__ import annotations

import atexit
import base64
import json
import os
import selectors
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from inbox_worker.message.formats.content import Content, Extracted, Inner
from inbox_worker.message.formats.drawing import Drawing
from inbox_worker.message.parsing_process import LENGTH, packed
from inbox_worker.model import MEGABYTE, Limits

T = TypeVar("T")
START = 30.0  # seconds in which the process must be ready
MOST_ANSWERED = 20_000_000  # bytes of an answer
PIECE = 1 << 16  # bytes read at once
DIED = "reading it ended the process that reads attachments"


class _GoneError(Exception):
    """The process ended, or was ended, with a sentence about why."""


@dataclass
class ParsingProcess:
    """A process that reads attachments one by one, whatever threads ask it. It is started when it is needed, and again
    when it died."""

    kind: str  # "documents", "scans" or "pictures"
    memory: int  # address space in bytes
    confined: tuple[str, ...] = ()  # what it gave up, once it runs
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    _owner: int = 0  # the process it belongs to: a fork must not talk to its parent's
    _turn: Any = field(default_factory=threading.Lock, repr=False)  # one question at a time

    def read(self, content: Content, seconds: float) -> Extracted:
        """The text of an attachment. Never raises: what goes wrong is its problem."""
        found = self._asked(content, seconds, _extracted)
        return Extracted(problem=found) if isinstance(found, str) else found

    def draw(self, content: Content, number: int, seconds: float) -> Drawing:
        """A page of an attachment as a picture. Never raises, as above."""
        found = self._asked(content, seconds, _drawing, page=number)
        return Drawing(problem=found) if isinstance(found, str) else found

    def _asked(
        self, content: Content, seconds: float, understand: Callable[[dict[str, Any]], T], **more: int
    ) -> T | str:
        """What the process answers, or a sentence on what went wrong."""
        with self._turn:
            try:
                process = self._running()
                about = {"media_type": content.media_type, "charset": content.charset, "filename": content.filename}
                head = {**about, "seconds": seconds + 1.0, **more}
                deadline = time.monotonic() + seconds
                self._send(process, packed(json.dumps(head).encode()) + packed(content.data), deadline)
                return understand(json.loads(self._receive(process, deadline)))
            except TimeoutError:
                self.end()
                return f"reading it takes longer than {seconds:.0f} seconds"
            except _GoneError as error:
                self.end()
                return str(error)
            except (OSError, ValueError, TypeError, KeyError):
                self.end()
                return DIED

    def start(self) -> tuple[str, ...]:
        """Start it if it does not run; what it gave up.

        Raises:
            OSError: where no process can be started.
        """
        try:
            self._running()
        except (_GoneError, TimeoutError) as error:
            self.end()
            raise OSError(str(error)) from error
        return self.confined

    def end(self) -> None:
        """End it, if it runs and is ours."""
        process, self._process = self._process, None
        if process is None or self._owner != os.getpid():
            return
        process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()
        process.wait()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._owner == os.getpid() and self._process.poll() is None:
            return self._process
        self.end()
        self._owner = os.getpid()
        command = [sys.executable, "-P", "-m", "inbox_worker.message.parsing_process", self.kind, str(self.memory)]
        self._process = subprocess.Popen(  # noqa: S603 - our own program
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
            start_new_session=True,
            bufsize=0,
        )
        for pipe in (self._process.stdin, self._process.stdout):
            os.set_blocking(pipe.fileno(), False)  # type: ignore[union-attr]
        self.confined = tuple(json.loads(self._receive(self._process, time.monotonic() + START)))
        return self._process

    def _send(self, process: subprocess.Popen[bytes], data: bytes, deadline: float) -> None:
        view = memoryview(data)
        assert process.stdin is not None  # noqa: S101 - it was opened with a pipe
        while view:
            _wait(process.stdin, selectors.EVENT_WRITE, deadline)
            try:
                view = view[os.write(process.stdin.fileno(), view[:PIECE]) :]
            except BlockingIOError:
                continue
            except OSError as error:
                raise _GoneError(DIED) from error

    def _receive(self, process: subprocess.Popen[bytes], deadline: float) -> bytes:
        assert process.stdout is not None  # noqa: S101 - as above
        held, wanted = bytearray(), LENGTH
        while len(held) < wanted:
            _wait(process.stdout, selectors.EVENT_READ, deadline)
            piece = os.read(process.stdout.fileno(), min(PIECE, wanted - len(held)))
            if not piece:
                raise _GoneError(DIED)
            held += piece
            if wanted == LENGTH and len(held) == LENGTH:
                wanted += int.from_bytes(held, "big")
                if wanted > MOST_ANSWERED:
                    raise _GoneError("it gives more text than any letter has")
        return bytes(held[LENGTH:])


def _wait(pipe: Any, event: int, deadline: float) -> None:
    left = deadline - time.monotonic()
    with selectors.DefaultSelector() as selector:
        selector.register(pipe, event)
        if left <= 0 or not selector.select(left):
            raise TimeoutError


def _environment() -> dict[str, str]:
    """Nothing of ours but what Python needs to find itself: no password, no proxy."""
    kept = ("PATH", "HOME", "LANG", "LC_ALL", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "TMPDIR")
    return {name: os.environ[name] for name in kept if name in os.environ} | {
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MALLOC_ARENA_MAX": "2",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def _extracted(answer: dict[str, Any]) -> Extracted:
    inner = tuple(Inner(**piece) for piece in answer["inner"])
    return Extracted(str(answer["text"]), answer["problem"], inner, bool(answer["picture"]))


def _drawing(answer: dict[str, Any]) -> Drawing:
    return Drawing(base64.b64decode(answer["png"], validate=True), int(answer["pages"]), answer["problem"])


_PROCESSES: dict[tuple[str, int], ParsingProcess] = {}


def process_for(kind: str, limits: Limits) -> ParsingProcess:
    """The process for documents, for scans or for pictures of pages, one of each."""
    memory = (limits.ocr_memory if kind == "scans" else limits.attachment_memory) * MEGABYTE
    return _PROCESSES.setdefault((kind, memory), ParsingProcess(kind, memory))


@atexit.register
def end_all() -> None:
    """End every process that reads attachments."""
    for process in _PROCESSES.values():
        process.end()
