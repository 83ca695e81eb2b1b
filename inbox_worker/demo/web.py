"""Datasette as the demo's child: silent, with the link that signs in, and gone when the demo is."""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

START_TIMEOUT = 60.0  # seconds
END_TIMEOUT = 5.0  # seconds, then it is killed
LINK = re.compile(r"http://\S+/-/auth-token\?token=\w+")
READY = "Uvicorn running"


class WebError(Exception):
    """Datasette does not run. The message holds its last words."""


class Web:
    """Runs between entering and leaving; what it logs goes into a file.

    Raises:
        WebError: on entering, where it does not start.
    """

    def __init__(self, command: Sequence[str], log: Path) -> None:
        self._command, self._log = command, log
        self.link = ""  # opened once, it signs a browser in

    def __enter__(self) -> Self:
        surroundings = {**os.environ, "TMPDIR": str(self._log.parent)}  # what it leaves when killed is cleared away
        with self._log.open("w") as log:
            self._process = subprocess.Popen(self._command, stdout=log, stderr=log, env=surroundings)  # noqa: S603
        try:
            self.link = self._started()
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def must_run(self) -> None:
        """Look whether it still runs.

        Raises:
            WebError: where it ended by itself.
        """
        if self._process.poll() is not None:
            raise WebError(f"Datasette ended by itself: {self._last_words()}")

    def _started(self) -> str:
        end = time.monotonic() + START_TIMEOUT
        while time.monotonic() < end:
            said = self._log.read_text(errors="replace")
            link = LINK.search(said)
            if link and READY in said:
                return link.group()
            self.must_run()
            time.sleep(0.05)
        raise WebError(f"Datasette did not start within {START_TIMEOUT:.0f} s: {self._last_words()}")

    def _last_words(self) -> str:
        lines = self._log.read_text(errors="replace").split("\n")
        return next((line.strip() for line in reversed(lines) if line.strip()), "it said nothing")

    def _end(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(END_TIMEOUT)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
