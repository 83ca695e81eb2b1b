"""The service as a process on a station, and what must hold whatever befalls it: each message once, and soon."""

from __future__ import annotations

import contextlib
import csv
import itertools
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Self

import psutil

from tests.flow.replies import INVITED
from tests.flow.station import Station
from tests.ground.dovecot import Dovecot

IN_TIME = datetime(2016, 2, 10, 9, 0, tzinfo=timezone.utc)
LIMIT = 45.0  # seconds after which a test gives up waiting


def wait_until(condition: Callable[[], object], what: str, seconds: float = LIMIT) -> float:
    """Seconds until something is so; fails where it never is."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < seconds, f"not within {seconds} s: {what}"
        time.sleep(0.02)
    return time.monotonic() - began


class Senders:
    """Numbered replies of the invited, in turn, delivered to a folder one by one and remembered."""

    def __init__(self, server: Dovecot, folder: str = "INBOX") -> None:
        self._server, self.folder = server, folder
        self._numbers = itertools.count(1)
        with INVITED.open(encoding="utf-8", newline="") as file:
            self._invited = [row for row in csv.DictReader(file) if row["domains"]]
        self.sent: list[str] = []

    def send(self, size: int = 200, received: datetime | None = None) -> str:
        """Deliver a reply of about that many bytes, in time where nothing else is said; its subject."""
        number = next(self._numbers)
        subject = f"Reply {number}"
        organisation = self._invited[number % len(self._invited)]
        domain = organisation["domains"].split("|")[0]
        padding = "".join(f"{n:076}\r\n" for n in range(size // 78))
        message = (
            f"From: Ana Example <a@{domain}>\r\nTo: isu@apminebanconvention.org\r\n"
            f"Subject: {subject}\r\nMessage-ID: <{number}.{self.folder}@{domain}>\r\n"
            "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
            f"Dear colleagues,\r\n\r\n{organisation['name']} will attend with two people.\r\n\r\n-- \r\n{padding}"
        )
        self._server.deliver(
            [message.encode()], folder=self.folder, received=received or IN_TIME + timedelta(seconds=number)
        )
        self.sent.append(subject)
        return subject


class Running:
    """``inbox-worker run`` on a station, its log in a file. It can be killed and started again."""

    def __init__(self, station: Station, senders: Senders) -> None:
        self.station, self.senders = station, senders
        self.log_path = station.directory / "log"
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> Self:
        """Begin, or begin anew."""
        with self.log_path.open("a") as log:
            self.process = self.station.start("run", stdout=subprocess.DEVNULL, stderr=log)
        return self

    def log(self) -> str:
        """All that it logged."""
        return self.log_path.read_text() if self.log_path.exists() else ""

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send it a signal and wait for its end."""
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(60)

    def tree(self) -> list[psutil.Process]:
        """It and its children."""
        assert self.process is not None
        me = psutil.Process(self.process.pid)
        return [me, *me.children(recursive=True)]

    def children(self) -> list[psutil.Process]:
        """The poll and the watch; not what the poll begins in its turn, to read a suspect message apart."""
        assert self.process is not None
        return psutil.Process(self.process.pid).children()

    def subjects(self) -> list[str]:
        """What is in the registry, which may not even be there yet."""
        try:
            return self.station.subjects() if self.station.registry.exists() else []
        except Exception:  # noqa: BLE001 - locked, full or being made: nothing can be told
            return []

    def caught_up(self, seconds: float = LIMIT) -> float:
        """Seconds until all that was sent is in the registry."""
        return wait_until(
            lambda: set(self.senders.sent) <= set(self.subjects()),
            f"{sorted(set(self.senders.sent) - set(self.subjects()))[:5]} in the registry\n{self.log()[-3000:]}",
            seconds,
        )

    def well(self, seconds: float = LIMIT) -> float:
        """Seconds until a poll that begins now went well."""
        polls = self.log().count(" poll done ")
        return wait_until(
            lambda: self.log().count(" poll done ") > polls, f"a good poll\n{self.log()[-3000:]}", seconds
        )

    def once_each(self) -> None:
        """Every message exactly once, and the registry without fault."""
        found, sent = Counter(self.station.subjects()), Counter(self.senders.sent)
        assert found == sent, f"missing {sent - found}, doubled {found - sent}\n{self.log()[-3000:]}"
        assert self.station.sound()
        failed = (
            "select subject, error from messages join readings on readings.message_id = messages.id"
            " where error is not null"
        )
        assert self.station.query(failed) == []
        assert self.station.query("select count(*) from flags where code = 'failed'") == [(0,)]

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        if self.process is not None and self.process.poll() is None:
            with contextlib.suppress(psutil.NoSuchProcess):
                for process in reversed(self.tree()):
                    process.kill()
            self.process.wait()


@contextlib.contextmanager
def no_process_left(of: Running) -> Iterator[None]:
    """What was begun on a station ends with it."""
    yield
    config = str(of.station.config)
    wait_until(lambda: not _of(config), "no process left", 10)


def _of(config: str) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                if config.encode() in (entry / "cmdline").read_bytes():
                    found.append(int(entry.name))
    return found
