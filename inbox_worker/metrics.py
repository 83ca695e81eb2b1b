"""Figures for Prometheus: a text file for node_exporter, or a port on loopback. Numbers only, no name of anybody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, start_http_server, write_to_textfile

from inbox_worker.health import health_of
from inbox_worker.poller import PollResult
from inbox_worker.registry import connect_readonly
from inbox_worker.settings import Settings

log = structlog.get_logger(__name__)

PREFIX = "inbox_worker_"


class Metrics:
    """Called after each poll."""

    def __init__(self, settings: Settings, now: Callable[[], datetime]) -> None:
        self._settings, self._now, self._served = settings, now, False
        self._figures = CollectorRegistry()
        self._polls = Counter(f"{PREFIX}polls", "Looks at the mailbox.", ["outcome"], registry=self._figures)
        self._healthy = self._gauge("healthy", "1 if the mailbox is being read.")
        self._success = self._gauge("last_success_timestamp_seconds", "When the mailbox was last read, Unix time.")
        self._messages = self._gauge("messages", "Messages in the registry.")
        self._failed = self._gauge("messages_failed", "Messages that could not be dealt with.")
        self._flags = self._gauge("open_flags", "Flags that wait for a person.", "code")
        self._states = self._gauge("organisations", "Organisations by where they stand.", "partstat")
        self._delegates = self._gauge("delegates", "People who come.")
        self._late = self._gauge("late", "Organisations that answered late.")
        self._bytes = self._gauge("registry_bytes", "Size of the registry.")
        self._log_bytes = self._gauge("registry_log_bytes", "Size of SQLite's write-ahead log.")
        if settings.language_model is not None:
            self._model_well = self._gauge("language_model_well", "1 if it answers and its budget lasts.")
            self._model_asked = self._gauge("language_model_questions_today", "Questions since midnight UTC.")
            self._model_budget = self._gauge("language_model_daily_budget", "Questions a day, at most.")
            self._model_waiting = self._gauge("language_model_waiting", "Messages it is to be asked about yet.")

    def _gauge(self, name: str, said: str, *labels: str) -> Gauge:
        return Gauge(PREFIX + name, said, labels, registry=self._figures)

    def serve(self) -> None:
        """Open the port, where one is asked for. Where it is taken, it is tried again after the next poll: that nobody
        can count is no reason to leave mail unread."""
        port = self._settings.metrics.port
        if self._served or not port:
            return
        try:
            start_http_server(port, addr="127.0.0.1", registry=self._figures)
            self._served = True
        except OSError as error:
            log.warning("metrics not served", port=port, error=error)

    def polled(self, result: PollResult) -> None:
        """Bring the figures up to date, and write the file."""
        self.serve()
        self._polls.labels("failed" if result.error else "done").inc()
        try:
            self._look()
        except BaseException:
            self._healthy.set(0)
            raise
        finally:
            if file := self._settings.metrics.file:
                write_to_textfile(str(file), self._figures)

    def _look(self) -> None:
        settings = self._settings
        db = connect_readonly(settings.registry.path)
        try:
            found = health_of(db, settings, self._now())
        finally:
            db.close()
        self._healthy.set(found.healthy)
        if found.last_success:
            self._success.set(datetime.fromisoformat(found.last_success).timestamp())
        self._messages.set(found.messages)
        self._failed.set(found.failed)
        self._delegates.set(found.delegates)
        self._late.set(found.late)
        self._bytes.set(found.registry_bytes)
        self._log_bytes.set(found.log_bytes)
        if model := found.language_model:
            self._model_well.set(model.well)
            self._model_asked.set(model.asked_today)
            self._model_budget.set(model.daily_budget)
            self._model_waiting.set(model.waiting)
        for gauge, figures in ((self._flags, found.open_flags), (self._states, found.participations)):
            gauge.clear()
            for name, number in figures.items():
                gauge.labels(name).set(number)
