"""The clocks are changed in the very hour of the deadline: polls, lateness, backups and reports stay right."""

from __future__ import annotations

import itertools
import re
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from tests.faults.conftest import Held, MakeRunning, full, needs_faketime
from tests.faults.running import wait_until
from tests.ground.dovecot import Dovecot

AUTUMN = datetime(2016, 10, 30, 1, tzinfo=timezone.utc)  # 03:00 becomes 02:00 in Zurich, and 2 to 3 comes twice
SPRING = datetime(2016, 3, 27, 1, tzinfo=timezone.utc)  # 02:00 becomes 03:00, and there is no 2 to 3
MINUTE = timedelta(minutes=1)
EARLY = timedelta(seconds=3)  # before the change that is waited for


@needs_faketime
@pytest.mark.parametrize(
    ("change", "name", "in_time", "late", "backups", "reports"),
    [
        pytest.param(AUTUMN, "comes twice", (-50, -15, 29), (30, 70), 1, 0, id="autumn"),
        pytest.param(SPRING, "is skipped", (-50, 0, 29), (30, 70), 2, 1, id="spring", marks=full),
    ],
)
def test_the_clocks_are_changed_in_the_hour_of_the_deadline(
    server: Dovecot, clock: Path, make_running: MakeRunning, held: Held, tmp_path: Path, change: datetime, name: str,
    in_time: tuple[int, ...], late: tuple[int, ...], backups: int, reports: int,
) -> None:  # fmt: skip
    """The deadline is 02:30 in Zurich, and so are backup and report at 2; mail comes so many minutes after the change.

    A backup is made soon after any first start. That of 2 o'clock has been made, where that hour comes twice.
    """
    sendmail = tmp_path / "sendmail"
    sendmail.write_text(f"#!/bin/sh\ncat >> {tmp_path}/mail\n")
    sendmail.chmod(0o755)
    tables = (
        f'[backup]\ndirectory = "backup"\nhour = 2\n[summary]\non = "daily"\nhour = 2\n'
        f'[mail]\nsendmail = "{sendmail}"\nsender = "worker@our.example"\nto = ["head@our.example"]'
    )
    show(clock, change - 30 * MINUTE)
    running = make_running(
        server, server.plain, service="poll_every = 1\nidle = false", tables=tables,
        reply_by=f"{change:%Y-%m-%d}T02:30:00",
    )  # fmt: skip
    running.well()
    show(clock, change - EARLY)
    for minutes in in_time:
        running.senders.send(received=change + minutes * MINUTE)
    too_late = [running.senders.send(received=change + minutes * MINUTE) for minutes in late]
    after = f"{change + timedelta(seconds=4):%FT%T}"
    wait_until(lambda: times(running.log(), "poll done")[-1:] > [after], f"polls after the change\n{running.log()}")
    running.once_each()
    polls = [datetime.fromisoformat(f"{at}+00:00") for at in times(running.log(), "poll done")]
    began = change - EARLY
    pauses = [(b - a).total_seconds() for a, b in itertools.pairwise([began, *(at for at in polls if at >= began)])]
    assert max(pauses) < 15, pauses
    flagged = running.station.query(
        "select subject from flags join messages m on m.id = flags.message_id where code = 'late' order by m.id"
    )
    assert [subject for (subject,) in flagged] == too_late
    wait_until(lambda: running.log().count(" backup done ") >= backups, f"backups\n{running.log()}")
    wait_until(lambda: running.log().count(" report sent ") >= reports, f"reports\n{running.log()}")
    assert running.log().count(" backup done ") == backups, running.log()
    assert running.log().count(" report sent ") == reports, running.log()
    held("clocks changed", f"the deadline and the hour of backup and report in the hour that {name}",
         "polls go on, late is what came after, backup and report once",
         f"yes, longest pause {max(pauses):.1f} s")  # fmt: skip


def show(clock: Path, moment: datetime) -> None:
    """Set the clock."""
    clock.write_text(f"{round(moment.timestamp() - time.time()):+d}\n")


def times(log: str, event: str) -> list[str]:
    return re.findall(rf"^(\S+)\.\d+Z \w+ {event}", log, re.MULTILINE)
