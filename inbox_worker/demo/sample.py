"""The sample event and its mail, with dates shifted to now."""

from __future__ import annotations

import importlib.resources
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from email.utils import format_datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from inbox_worker.commands.init import example

ZONE = ZoneInfo("Europe/Zurich")
SERVER = "mail.apminebanconvention.org"
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
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".eml"):
            yield _shifted(file.name.removesuffix(".eml"), file.read_bytes(), today)


def _shifted(name: str, content: bytes, today: date) -> Sample:
    first, _, rest = content.partition(b"\n")
    days, _, clock = first.removeprefix(MARK).decode("ascii").split()
    received = datetime.combine(today + timedelta(days=int(days)), time.fromisoformat(clock), tzinfo=ZONE)
    written = format_datetime(received - timedelta(seconds=40))
    trace = (
        f"Received: from mx.{name}.example by {SERVER} with ESMTPS id demo;\n"
        f"\t{format_datetime(received)}\nDate: {written}\n"
    )
    return Sample(name, (trace.encode() + rest).replace(b"\n", b"\r\n"), received)
