"""The sample event and its mail, with dates shifted to now."""

from __future__ import annotations

import importlib.resources
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from email.utils import format_datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from inbox_worker.commands.init import example

ZONE = ZoneInfo("Europe/Zurich")
SERVER = "mail.apminebanconvention.org"
SENDING_HOST = re.compile(rb"^Message-ID: <\S+@(\S+)>$", re.MULTILINE)
DAY = re.compile(rb"@(-\d+)@")  # in a sample: a day, as many after the deadline's day
MARK = b"X-Arrives: "  # first line of each sample: days after the deadline's day, and the time of day

CONFIGURATION = """\
[event]
title    = "First International Pledging Conference for the Implementation of the Anti-Personnel Mine Ban Convention"
starts   = {starts}
ends     = {ends}
timezone = "Europe/Zurich"
venue    = "Palais des Nations, Room XXV, Geneva"
capacity = 200
mailbox  = "isu@apminebanconvention.org"
reply_by = {reply_by}
invited  = "invited.csv"

[mailbox]
host = "127.0.0.1"
port = {port}
tls = "none"                    # the demo's server is in the same process
user = "demo"
password_file = "password"

[service]
poll_every = 2
"""


@dataclass(frozen=True)
class Sample:
    """A message of the sample mailbox and when it is received."""

    name: str
    content: bytes
    received: datetime


def write_configuration(directory: Path, today: date, port: int) -> Path:
    """Write the sample event's configuration: its deadline is the end of ``today``. Returns the path of the TOML."""
    day = datetime.combine(today, time(15)) + timedelta(days=5)
    text = CONFIGURATION.format(
        starts=day.isoformat(),
        ends=(day + timedelta(hours=3)).isoformat(),
        reply_by=today.isoformat(),
        port=port,
    )
    (directory / "invited.csv").write_text(example("invited.csv"), encoding="utf-8")
    (directory / "password").write_text("demo\n", encoding="utf-8")
    (directory / "worker.toml").write_text(text, encoding="utf-8")
    return directory / "worker.toml"


def samples(today: date) -> Iterator[Sample]:
    """The sample mailbox in order of reception, around a deadline at the end of ``today``."""
    folder = importlib.resources.files("inbox_worker.demo") / "mail"
    found = (_shifted(e.name, e.read_bytes(), today) for e in folder.iterdir() if e.name.endswith(".eml"))
    yield from sorted(found, key=lambda sample: sample.received)


def _shifted(name: str, content: bytes, today: date) -> Sample:
    first, _, rest = content.partition(b"\n")
    days, _, clock = first.removeprefix(MARK).decode("ascii").split()
    received = datetime.combine(today + timedelta(days=int(days)), time.fromisoformat(clock), tzinfo=ZONE)
    written = format_datetime(received - timedelta(seconds=40))
    host = SENDING_HOST.search(rest)
    trace = (
        f"Received: from mx.{host[1].decode() if host else 'example'} by {SERVER} with ESMTPS id demo;\n"
        f"\t{format_datetime(received)}\nDate: {written}\n"
    )
    rest = DAY.sub(lambda found: f"{today + timedelta(days=int(found[1])):%d/%m/%Y}".encode(), rest)
    return Sample(name.removesuffix(".eml"), (trace.encode() + rest).replace(b"\n", b"\r\n"), received)
