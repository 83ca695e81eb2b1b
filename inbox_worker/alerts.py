"""Tell somebody when the mailbox could not be read for long, and when it can be again: each once, across restarts."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from inbox_worker.outgoing import OutgoingError, send
from inbox_worker.poller import PollResult
from inbox_worker.settings import Settings

log = structlog.get_logger(__name__)

PATIENCE = 60  # seconds that the command may take


@dataclass(frozen=True)
class Trouble:
    """What is kept in ``<registry>.alert`` while polls fail."""

    since: str  # UTC, ISO 8601
    told: bool = False


class Alerts:
    """Called after each poll. Where telling fails, it is tried again after the next."""

    def __init__(self, settings: Settings, now: Callable[[], datetime]) -> None:
        self._settings, self._now = settings, now
        self._path = settings.registry.path.with_name(settings.registry.path.name + ".alert")

    def polled(self, result: PollResult) -> None:
        """Take note of a poll, and tell if it is time."""
        trouble = self._trouble()
        if result.error is None:
            if trouble and (not trouble.told or self.tell("recovered", self._recovered(trouble))):
                self._path.unlink(missing_ok=True)
            return
        now = self._now()
        if trouble is None or datetime.fromisoformat(trouble.since) > now:  # or the clock was set back
            trouble = Trouble(now.isoformat(timespec="seconds"))
            self._keep(trouble)
        failing = now - datetime.fromisoformat(trouble.since)
        if not trouble.told and failing >= timedelta(seconds=self._settings.alerts.after):
            text = f"The mailbox has not been read since {trouble.since}.\n{result.error}\n"
            if self.tell("failing", text):
                self._keep(Trouble(trouble.since, told=True))

    def tell(self, what: str, text: str) -> bool:
        """Tell somebody, as [alerts] says; whether nothing went wrong with that."""
        told = True
        title = self._settings.invitation.title
        if self._settings.alerts.command:
            told = self._run(what, text)
        if self._settings.alerts.mail:
            try:
                send(self._settings.mail, f"inbox-worker {what}: {title}", text, self._now())
            except OutgoingError as error:
                log.warning("alert not sent", error=error)
                told = False
        if self._settings.alerts.command or self._settings.alerts.mail:
            log.warning("alert", what=what, told=told)
        return told

    def _run(self, what: str, text: str) -> bool:
        environment = {**self._settings.without_secrets(os.environ), "INBOX_WORKER_ALERT": what}
        command = list(self._settings.alerts.command)
        try:
            subprocess.run(  # noqa: S603 - the operator's own command
                command, input=text.encode(), env=environment, timeout=PATIENCE, check=True, capture_output=True
            )
        except (OSError, subprocess.SubprocessError) as error:
            log.warning("alert command failed", error=" ".join(str(error).split())[:200])
            return False
        return True

    def _recovered(self, trouble: Trouble) -> str:
        return f"The mailbox is read again. It was not since {trouble.since}.\n"

    def _trouble(self) -> Trouble | None:
        try:
            kept = json.loads(self._path.read_text(encoding="utf-8"))
            datetime.fromisoformat(kept["since"])
            return Trouble(kept["since"], bool(kept["told"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _keep(self, trouble: Trouble) -> None:
        with contextlib.suppress(OSError):  # a full disk must not keep anybody from being told
            _write(self._path, json.dumps(asdict(trouble)))


def _write(path: Path, text: str) -> None:
    temporary = path.with_name(path.name + ".new")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(path)
