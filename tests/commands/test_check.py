"""``check``: a line for each thing looked at, and what to do about each fault."""

from __future__ import annotations

import os
import sqlite3
import subprocess
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from inbox_worker.commands.check import look
from inbox_worker.lock import RegistryLock, worker
from inbox_worker.registry.lookups import migrations
from inbox_worker.settings import load
from tests.commands.conftest import Run
from tests.ground.dovecot import Dovecot, free_port
from tests.mailbox.polling import mail

EVENT = """\
[event]
title = "A meeting"
starts = 2031-05-20T10:00:00
ends = 2031-05-20T17:00:00
timezone = "Europe/Zurich"
mailbox = "meadows@host.example"
reply_by = {reply_by}
invited = "invited.csv"
{tables}
"""
INVITED = "id,name,acronym,aliases,domains,category,country\nred,Red Kite Trust,RKT,,redkite.example,ngo,GB\n"
BEFORE = datetime(2031, 5, 1, tzinfo=timezone.utc)


def configure(directory: Path, tables: str = "", reply_by: str = "2031-05-10") -> Path:
    (directory / "invited.csv").write_text(INVITED)
    (directory / "worker.toml").write_text(EVENT.format(tables=tables, reply_by=reply_by))
    return directory / "worker.toml"


def server_table(server: Dovecot, **changes: object) -> str:
    values: dict[str, object] = {
        "host": "localhost",
        "port": server.tls,
        "ca_file": str(server.ca_file),
        "user": "alice",
        "password_env": "TEST_PASSWORD",
        **changes,
    }
    lines = [f'{key} = "{value}"' if isinstance(value, str) else f"{key} = {value}" for key, value in values.items()]
    return "[mailbox]\n" + "\n".join(lines).replace("'", '"')


def lines(result: subprocess.CompletedProcess[str]) -> dict[str, tuple[str, str]]:
    """Name -> state and text."""
    assert result.stderr == ""
    found = {}
    for line in result.stdout.splitlines():
        name, _, text = line[5:].partition(": ")
        found[name] = (line[:5].strip(), text)
    return found


def by_name(config: Path, now: datetime = BEFORE) -> dict[str, tuple[str, str]]:
    return {line.name: (line.state, line.text) for line in look(load(config), now)}


def test_all_is_well_with_a_real_server(run: Run, dovecot: Dovecot, folder: str, tmp_path: Path) -> None:
    dovecot.deliver([mail(1), mail(2)], folder=folder)
    unattended = '[backup]\ndirectory = "backup"\n[alerts]\ncommand = ["true"]'
    config = configure(tmp_path, f"{server_table(dovecot, folders=[folder, 'Junk'])}\n{unattended}")
    dovecot.forget_traffic()
    result = run("--config", config, "check", TEST_PASSWORD="pw")
    found = lines(result)
    assert result.returncode == 0
    assert found["login"] == ("ok", f"as alice at localhost:{dovecot.tls}, over TLS")
    assert (found[folder], found["Junk"]) == (("ok", "2 messages"), ("ok", "0 messages"))
    assert {state for state, _ in found.values()} == {"ok"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["invited.csv", "worker.toml"]
    assert not [line for line in dovecot.commands() if line.startswith(("SELECT", "UID", "STORE", "FETCH"))]


@pytest.mark.parametrize(
    ("changes", "password", "words"),
    [
        ({}, "hunter2", "refuses the login of alice"),
        ({"ca_file": ""}, "pw", "is not accepted: self-signed certificate"),
        ({"port": "closed"}, "pw", "cannot connect to localhost"),
    ],
)
def test_a_mailbox_that_cannot_be_reached_fails_and_the_rest_is_still_looked_at(
    run: Run, dovecot: Dovecot, tmp_path: Path, changes: dict[str, object], password: str, words: str
) -> None:
    if changes.get("port"):
        changes = {"port": free_port()}
    result = run("--config", configure(tmp_path, server_table(dovecot, **changes)), "check", TEST_PASSWORD=password)
    state, text = lines(result)["mailbox"]
    assert (result.returncode, state) == (1, "FAIL")
    assert words in text
    assert "hunter2" not in result.stdout
    assert lines(result)["disk"]


def test_a_certificate_for_another_host(run: Run, new_dovecot: Callable[..., Dovecot], tmp_path: Path) -> None:
    server = new_dovecot(names=("DNS:mail.example.org",))
    result = run("--config", configure(tmp_path, server_table(server)), "check", TEST_PASSWORD="pw")
    assert result.returncode == 1
    assert "Hostname mismatch" in lines(result)["mailbox"][1]


def test_a_folder_that_is_not_there_does_not_hide_the_others(run: Run, dovecot: Dovecot, tmp_path: Path) -> None:
    config = configure(tmp_path, server_table(dovecot, folders=["Spam", "Junk"]))
    result = run("--config", config, "check", TEST_PASSWORD="pw")
    found = lines(result)
    assert result.returncode == 1
    assert found["Spam"][0] == "FAIL"
    assert "no such folder; [mailbox] folders can name" in found["Spam"][1]
    assert found["Junk"][0] == "ok"


def test_an_unusable_configuration_is_status_2_and_one_line(run: Run, tmp_path: Path) -> None:
    config = configure(tmp_path, '[mailbox]\nhots = "localhost"')
    result = run("--config", config, "check")
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith(f"inbox-worker: {config}, line 10: [mailbox] hots: no such key")
    assert result.stderr.count("\n") == 1


def test_files_and_what_cannot_be_read_among_them(tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    config = configure(tmp_path, '[mailbox]\npath = "inbox"')
    assert by_name(config)["mailbox"][0] == "FAIL"
    inbox.mkdir()
    assert by_name(config)[str(inbox)] == ("ok", "readable, and no mail in it yet")
    (inbox / "1.eml").write_bytes(mail(1))
    assert by_name(config)[str(inbox)] == ("ok", "1 files with mail")
    if os.geteuid() != 0:
        (inbox / "1.eml").chmod(0)
        assert by_name(config)[str(inbox / "1.eml")][0] == "FAIL"


@pytest.mark.parametrize(
    ("reply_by", "now", "state", "words"),
    [
        ("2031-05-10", BEFORE, "ok", "before 2031-05-11 00:00, that is for 9 days yet"),
        ("2031-05-01T03:30:00", BEFORE, "ok", "for 90 minutes yet"),
        ("2031-05-10", BEFORE + timedelta(days=10), "warn", "that was 2 hours ago, what comes now is late"),
        ("2031-06-10", BEFORE, "warn", "after the event begins"),
        (
            "2030-10-27T02:30:00",
            BEFORE - timedelta(days=300),
            "ok",
            "2030-10-27 02:30 CET, the second of two such times",
        ),
        ("2030-10-27T02:30:00+02:00", BEFORE - timedelta(days=300), "ok", "02:30 CEST, the first of two such times"),
    ],
)
def test_the_deadline_and_how_far_it_is(tmp_path: Path, reply_by: str, now: datetime, state: str, words: str) -> None:
    found = by_name(configure(tmp_path, reply_by=reply_by), now)
    assert found["deadline"][0] == state
    assert words in found["deadline"][1]
    assert found["mailbox"][0] == "warn"


def test_a_password_that_everybody_can_read(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("pw\n")
    (tmp_path / "password").chmod(0o644)
    table = f'[mailbox]\nhost = "127.0.0.1"\nport = {free_port()}\nuser = "alice"\npassword_file = "password"'
    config = configure(tmp_path, table)
    assert by_name(config)["password"][0] == "warn"
    (tmp_path / "password").chmod(0o600)
    assert "password" not in by_name(config)


def test_a_registry_its_mail_and_its_worker(run: Run, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in/1.eml").write_bytes(mail(1))
    config = configure(tmp_path)
    assert run("--config", config, "import", "in").returncode == 0
    registry = tmp_path / "registry.db"
    found = by_name(config)
    assert found["registry"] == (
        "ok",
        f"{registry}, schema {migrations._migrations[-1].name}, 1 messages, no fault found",
    )
    assert found["raw mail"][0] == "ok"
    assert found["worker"] == ("ok", "not running; 'inbox-worker run' starts it")
    with RegistryLock(registry):
        assert by_name(config)["worker"] == ("ok", f"running (process {os.getpid()})")
    assert worker(registry) is None
    next((tmp_path / "registry.db.mail").rglob("*.eml")).unlink()
    assert by_name(config)["raw mail"][0] == "FAIL"


def test_a_registry_with_a_dangling_reference_one_that_is_none_and_a_later_one(run: Run, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in/1.eml").write_bytes(mail(1))
    config = configure(tmp_path)
    run("--config", config, "import", "in")
    registry = tmp_path / "registry.db"
    db = sqlite3.connect(registry)
    db.execute("insert into flags (message_id, code, detail, opened_at) values (99, 'late', '', '')")
    db.commit()
    assert by_name(config)["registry"][0] == "FAIL"
    assert "names a missing messages" in by_name(config)["registry"][1]
    db.execute("update _sqlite_migrations set name = 'm999_of_tomorrow' where name like 'm001%'")
    db.commit()
    db.close()
    assert "was written by a later version" in by_name(config)["registry"][1]
    for path in tmp_path.glob("registry.db*"):
        if path.is_file():
            path.unlink()
    registry.write_text("no database at all, but long enough to be looked at as one")
    assert by_name(config)["registry"][0] == "FAIL"


def test_a_path_that_the_system_refuses_does_not_hide_the_rest(tmp_path: Path) -> None:
    found = by_name(configure(tmp_path, f'[registry]\npath = "{"x" * 300}.db"'))
    assert found["registry"][0] == "FAIL"
    assert "File name too long" in found["registry"][1]
    assert found["datasette"][0] == "ok"
