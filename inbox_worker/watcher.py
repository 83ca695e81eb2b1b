"""Whoever waits in IDLE for news, in a process of its own, so that a poll begins when something arrives."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from enum import StrEnum

import structlog

from inbox_worker.child import Child
from inbox_worker.pace import Backoff
from inbox_worker.settings import Settings

log = structlog.get_logger(__name__)

HELD = 60.0  # seconds after which a watch is held to have gone well
SLACK = 30.0  # seconds beyond its time-outs that the process may be silent


class Heard(StrEnum):
    """What the process says, each with a sentence or ""."""

    WATCHING = "watching"  # from now on it hears what arrives
    NEWS = "news"
    ALIVE = "alive"  # nothing arrived; the connection stands
    LOST = "lost"
    CANNOT = "cannot"  # the server does not know IDLE


class Watcher:
    """A thread that keeps a watching process and calls ``news`` whenever somebody should look.

    It begins after a poll that went well (``looked``), and after a lost connection only with the next one: so a server
    in trouble is asked by the polls alone, which hold back more and more.
    """

    def __init__(self, settings: Settings, news: Callable[[], None]) -> None:
        self._settings, self._news = settings, news
        service = settings.service
        self._silence = service.idle_renew + 4 * settings.mailbox.timeout + SLACK
        self._backoff = Backoff(min(service.retry_after, service.poll_every), service.retry_at_most)
        self._looked, self._stopping = threading.Event(), threading.Event()
        self._guard = threading.Lock()  # around the start of a child and the order to stop
        self._child: Child | None = None
        self._thread = threading.Thread(target=self._run, name="watcher", daemon=True)

    def start(self) -> None:
        """Begin with the next poll that goes well."""
        self._thread.start()

    def looked(self) -> None:
        """A poll went well."""
        self._looked.set()

    def stop(self) -> None:
        """End the process and the thread."""
        self._stopping.set()
        self._looked.set()
        with self._guard:
            if self._child is not None:
                self._child.kill()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while True:
            self._looked.wait()
            if self._stopping.is_set():
                return
            began = time.monotonic()
            try:
                lost = self._watch()
            except OSError as error:
                lost = f"the process that watches cannot be started: {error}"
            if self._stopping.is_set() or lost is None:
                return
            if time.monotonic() - began > HELD:
                self._backoff.succeeded()
            wait = self._backoff.failed()
            log.warning("watch lost", error=lost, again_in=wait)
            self._stopping.wait(wait)
            self._looked.clear()
            self._news()

    def _watch(self) -> str | None:
        """Watch once; why it ended, or None if there is nothing to begin anew."""
        with self._guard:
            if self._stopping.is_set():
                return None
            child = self._child = Child("inbox_worker.watch_process", "watch", self._settings)
        try:
            while True:
                heard = child.hear(self._silence)
                if not isinstance(heard, tuple):
                    return f"nothing was heard of the process that watches for {self._silence:.0f} s"
                what, why = heard
                if what is Heard.CANNOT:
                    log.warning("no watch, polls only", error=why)
                    return None
                if what is Heard.LOST:
                    return str(why)
                if what is Heard.WATCHING:
                    log.info("watching", folder=self._settings.mailbox.folders[0])
                if what is not Heard.ALIVE:
                    self._news()
        except EOFError:
            return f"the process that watches ended {child.reap()}"
        finally:
            with self._guard:
                self._child = None
                child.kill()
                child.close()
