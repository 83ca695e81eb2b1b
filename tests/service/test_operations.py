"""What the service does besides polling, as a process: alerts, metrics, backups, forgetting, and what it tells systemd."""

from __future__ import annotations

import json
import re
import socket
import stat
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta, timezone
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from inbox_worker.alerts import Alerts
from inbox_worker.jobs import report
from inbox_worker.outgoing import OutgoingError, send
from inbox_worker.poller import PollResult
from inbox_worker.settings import MailSettings, load
from tests.faults.running import Running, wait_until
from tests.flow.replies import replies
from tests.flow.station import Station
from tests.ground.dovecot import free_port

SOON = "poll_every = 1\nretry_after = 1\nretry_at_most = 1\n"


class Watched(Running):
    """A service that watches a directory of files: no server is needed for what is tested here."""

    def __init__(self, directory: Path, tables: str = "") -> None:
        (directory / "incoming").mkdir(parents=True)
        super().__init__(Station(directory, 'path = "incoming"', SOON + tables), None)  # type: ignore[arg-type]
        self.incoming = directory / "incoming"

    def break_it(self) -> None:
        self.incoming.rename(self.incoming.with_name("away"))

    def mend_it(self) -> None:
        self.incoming.with_name("away").rename(self.incoming)


Watch = Callable[..., Watched]


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[Watch]:
    with ExitStack() as stack:
        yield lambda tables="": stack.enter_context(Watched(tmp_path / "station", tables))


def script(path: Path, text: str) -> Path:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def test_an_alert_is_given_once_when_it_fails_for_long_and_once_when_it_recovers(watch: Watch, tmp_path: Path) -> None:
    told = tmp_path / "told"
    command = script(tmp_path / "alert", f'echo "$INBOX_WORKER_ALERT" >> {told}; cat >> {told}')
    service = watch(f'[alerts]\nafter = 2\ncommand = ["{command}"]')
    service.well()
    service.break_it()
    wait_until(told.exists, "an alert")
    service.end()
    text = service.station.config.read_text()
    down = f'host = "localhost"\nport = {free_port()}\nuser = "a"\npassword_env = "IW_TEST_PASSWORD"'
    service.station.config.write_text(text.replace('path = "incoming"', down))
    service.start()  # it is told once across restarts too
    wait_until(lambda: service.log().count("Connection refused") > 2, "more failures")
    service.end()
    assert told.read_text().count("failing") == 1
    assert "[mailbox] path: " in told.read_text()
    service.station.config.write_text(text)
    service.mend_it()
    service.start()
    wait_until(lambda: "recovered" in told.read_text(), "the end of the alert")
    service.well()
    assert told.read_text().count("recovered") == 1
    assert re.search(r"It was not since \d{4}-", told.read_text())
    assert not list(service.station.directory.glob("*.alert"))


def test_the_command_of_an_alert_is_told_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    command = script(tmp_path / "alert", f"env > {tmp_path}/told")
    mailbox = 'host = "mail.our.example"\nuser = "isu"\npassword_env = "IW_TEST_PASSWORD"'
    station = Station(tmp_path / "station", mailbox, f'\n[alerts]\nafter = 1\ncommand = ["{command}"]')
    monkeypatch.setenv("IW_TEST_PASSWORD", "hunter2")
    monkeypatch.setenv("IW_TEST_OTHER", "kept")
    now = datetime(2016, 2, 10, tzinfo=timezone.utc)
    assert Alerts(load(station.config), lambda: now).tell("failing", "the server is down")
    told = (tmp_path / "told").read_text()
    assert {"IW_TEST_OTHER=kept", "INBOX_WORKER_ALERT=failing"} <= set(told.splitlines())
    assert "hunter2" not in told


def test_a_short_failure_alerts_nobody(watch: Watch, tmp_path: Path) -> None:
    told = tmp_path / "told"
    service = watch(f'[alerts]\nafter = 60\ncommand = ["{script(tmp_path / "alert", f"cat >> {told}")}"]')
    service.well()
    service.break_it()
    wait_until(lambda: " poll failed " in service.log(), "a failure")
    service.mend_it()
    service.well()
    assert not told.exists()


def test_an_alert_that_could_not_be_given_is_given_later(tmp_path: Path) -> None:
    command = tmp_path / "alert"
    station = Station(tmp_path / "station", service=f'\n[alerts]\nafter = 10\ncommand = ["{command}"]')
    now = [datetime(2016, 3, 27, 0, 30, tzinfo=timezone.utc)]
    alerts = Alerts(load(station.config), lambda: now[0])
    failed = PollResult(error="the server is down")
    alerts.polled(failed)
    now[0] += timedelta(seconds=11)
    alerts.polled(failed)
    script(command, f"cat > {tmp_path / 'told'}")
    alerts.polled(failed)
    assert "the server is down" in (tmp_path / "told").read_text()
    (tmp_path / "told").unlink()
    alerts.polled(failed)
    assert not (tmp_path / "told").exists()
    now[0] -= timedelta(days=1)  # the clock is set back
    alerts.polled(failed)
    now[0] += timedelta(seconds=11)
    alerts.polled(failed)
    assert (tmp_path / "told").exists()


class Inbox:
    """An SMTP server's side."""

    def __init__(self) -> None:
        self.mail: list[Any] = []

    async def handle_DATA(self, server: object, session: object, envelope: Any) -> str:
        self.mail.append(envelope)
        return "250 OK"


@pytest.mark.parametrize("way", ["sendmail", "smtp"])
def test_the_report_goes_out_as_mail_that_nothing_answers(tmp_path: Path, way: str) -> None:
    inbox = Inbox()
    server = Controller(inbox, hostname="127.0.0.1", port=free_port())
    sendmail = script(tmp_path / "sendmail", f'echo "$@" > {tmp_path}/arguments; cat > {tmp_path}/mail')
    how = f'sendmail = "{sendmail}"' if way == "sendmail" else f'smtp_host = "127.0.0.1"\nsmtp_port = {server.port}'
    tables = f'\n[mail]\nsender = "worker@our.example"\nto = ["head@our.example"]\n{how}\n[summary]\non = "monday"'
    station = Station(tmp_path / "station", service=tables)
    assert station.run("import", station.write(replies(6))).returncode == 0
    server.start()
    try:
        report(load(station.config), lambda: datetime(2016, 2, 22, 7, tzinfo=timezone.utc))
    finally:
        server.stop()
    if way == "sendmail":
        assert (tmp_path / "arguments").read_text() == "-i -f worker@our.example -- head@our.example\n"
        content = (tmp_path / "mail").read_bytes()
    else:
        (envelope,) = inbox.mail
        assert (envelope.mail_from, envelope.rcpt_tos) == ("worker@our.example", ["head@our.example"])
        content = envelope.content
    mail = message_from_bytes(content, policy=default)
    assert (mail["Auto-Submitted"], mail["To"]) == ("auto-generated", "head@our.example")
    assert mail["Subject"] == "Replies to: Pledging conference"
    assert mail.get_content().startswith("Pledging conference, 2016-03-02")  # type: ignore[attr-defined]
    assert mail.get_content().splitlines() == station.run("report").stdout.splitlines()  # type: ignore[attr-defined]


def test_mail_that_nobody_takes_is_told(tmp_path: Path) -> None:
    now = datetime(2016, 2, 22, 7, tzinfo=timezone.utc)
    for settings, words in (
        (MailSettings(sendmail=tmp_path / "none", sender="a@b.example", to=("c@d.example",)), "No such file"),
        (
            MailSettings(smtp_host="127.0.0.1", smtp_port=free_port(), sender="a@b.example", to=("c@d.example",)),
            "refused",
        ),
    ):
        with pytest.raises(OutgoingError, match=words):
            send(settings, "x", "y", now)


def test_metrics_are_a_file_and_a_port_on_loopback_and_name_nobody(watch: Watch) -> None:
    port = free_port()
    service = watch(f'[metrics]\nfile = "worker.prom"\nport = {port}')
    (service.incoming / "1.eml").write_bytes(next(replies(1)))
    wait_until(service.subjects, "the message")
    service.well()
    service.well()
    text = (service.station.directory / "worker.prom").read_text()
    assert "inbox_worker_healthy 1.0" in text
    assert "inbox_worker_messages 1.0" in text
    assert re.search(r'inbox_worker_polls_total{outcome="done"} \d', text)
    assert re.search(r'inbox_worker_organisations{partstat="needs-action"} \d', text)
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
        assert b"inbox_worker_healthy 1.0" in answer.read()
    sender = str(service.station.query("select from_address from messages")[0][0])
    assert sender.partition("@")[2] not in text
    service.break_it()
    wait_until(lambda: " poll failed " in service.log(), "a failure")
    wait_until(
        lambda: "inbox_worker_healthy 0.0" in (service.station.directory / "worker.prom").read_text(), "unhealthy"
    )


def test_a_metrics_port_that_is_taken_keeps_nobody_from_reading_mail(watch: Watch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        service = watch(f"[metrics]\nport = {port}")
        service.well()
        assert f" warning metrics not served port={port} " in service.log()
    service.well()
    service.well()
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
        assert b"inbox_worker_healthy 1.0" in answer.read()


def test_events_are_json_where_that_is_asked_for(watch: Watch) -> None:
    service = watch("[logs]\njson = true")
    wait_until(lambda: "poll done" in service.log(), "a poll")
    service.end()
    events = [json.loads(line) for line in service.log().splitlines()]
    assert [list(event)[:3] for event in events] == [["timestamp", "level", "event"]] * len(events)
    done = next(event for event in events if event["event"] == "poll done")
    assert {key: done[key] for key in ("level", "seen", "new", "failed")} == {
        "level": "info", "seen": 0, "new": 0, "failed": 0,
    }  # fmt: skip


def test_a_backup_is_made_soon_after_the_start_where_there_is_none(
    watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = watch('[backup]\ndirectory = "backup"')
    wait_until(lambda: " backup done " in service.log(), "a backup", 60)
    (copy,) = (service.station.directory / "backup").glob("registry-*.db")
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    service.well()


def test_what_is_kept_no_longer_is_forgotten_by_the_service(tmp_path: Path) -> None:
    station = Station(tmp_path / "station", 'path = "incoming"', SOON)
    text = station.config.read_text()
    (station.directory / "incoming").mkdir()
    (station.directory / "incoming/1.eml").write_bytes(next(replies(1)))
    time.sleep(1.1)
    assert station.run("run", "--once").returncode == 0
    assert station.subjects() == ["Re: Invitation 0"]
    station.config.write_text(text.replace('path = "registry.db"', 'path = "registry.db"\nkeep_days = 30'))
    done = station.run("run", "--once")
    assert " info messages forgotten messages=1" in done.stderr
    assert station.subjects() == [""]
    assert station.raw_mail() == {}
    assert "messages forgotten" not in station.run("run", "--once").stderr
    assert station.subjects() == [""]


def test_systemd_is_told_when_it_is_ready_alive_and_ending(
    watch: Watch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"/tmp/iw-notify-{free_port()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
        heard.bind(address)
        heard.settimeout(20)
        monkeypatch.setenv("NOTIFY_SOCKET", address)
        try:
            service = watch()
            assert heard.recv(100) == b"READY=1"
            assert heard.recv(100) == b"WATCHDOG=1"
            assert service.end() == 0
            assert heard.recv(100) == b"STOPPING=1"
        finally:
            Path(address).unlink()
