"""``check`` for what an unattended service needs: tokens, backups, and somebody who is told."""

from __future__ import annotations

import os
from datetime import datetime, timedelta, timezone
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from inbox_worker.commands.check import look
from inbox_worker.commands.check_lines import Line
from inbox_worker.commands.check_service import backups, telling, tokens
from inbox_worker.mailbox.tokens import authorize
from inbox_worker.registry import RawMail, connect
from inbox_worker.registry.backup import make
from inbox_worker.settings import load
from tests.commands.test_check import BEFORE, configure
from tests.ground.dovecot import Dovecot, free_port
from tests.ground.tokens import CLIENT, SECRET, TokenService

needs_rights = pytest.mark.skipif(os.geteuid() == 0, reason="root may read and write everything")
MICROSOFT = 'provider = "microsoft"'
MAIL = '[mail]\nsender = "worker@our.example"\nto = ["ops@our.example", "head@our.example"]\n'


def lines(config: Path, now: datetime = BEFORE) -> list[Line]:
    """What ``check`` says of what is looked at here, and of nothing else."""
    settings = load(config)
    return [*tokens(settings.mailbox.oauth), *backups(settings, now), *telling(settings)]


def by_name(config: Path, now: datetime = BEFORE) -> dict[str, tuple[str, str]]:
    return {line.name: (line.state, line.text) for line in lines(config, now)}


def all_of(config: Path) -> str:
    return "\n".join(map(str, lines(config)))


def by_token(server: Dovecot, service: TokenService | None, more: str = "") -> str:
    where = f'authority = "{service.url}"\nauthority_ca = "{server.ca_file}"\n' if service else ""
    return (
        f'[mailbox]\nhost = "localhost"\nport = {server.tls}\nca_file = "{server.ca_file}"\nuser = "alice"\n'
        f'[oauth]\nclient_id = "{CLIENT}"\n{where}{more or MICROSOFT}'
    )


def test_a_token_file_that_is_missing_damaged_of_nobody_or_open_to_all(dovecot: Dovecot, tmp_path: Path) -> None:
    with TokenService(dovecot) as service:
        config = configure(tmp_path, by_token(dovecot, service))
        file = tmp_path / "token.json"
        assert by_name(config)["tokens"] == (
            "FAIL",
            f"{file} is not there: nobody has consented yet that the mailbox is read; run 'inbox-worker authorize' as"
            " the user that the worker runs as",
        )
        for text in ("", "{", "[]", '[["Account", 1]]', '{"Account": 3}', '{"Account": {}, "RefreshToken": {}}'):
            file.write_text(text)
            file.chmod(0o600)
            state, said = by_name(config)["tokens"]
            assert (state, said.partition(";")[0]) == (
                "FAIL", f"{file} is damaged, or holds no consent for microsoft",
            )  # fmt: skip
        oauth = load(config).mailbox.oauth
        assert oauth is not None
        authorize(oauth, "alice", lambda _: None, str)
        found = {line.name: (line.state, line.text) for line in look(load(config), BEFORE)}
        assert found["tokens"] == ("ok", f"{file}, renewed by the worker")
        assert found["login"][0] == "ok"
        file.chmod(0o644)
        assert f"everybody on this machine can read {file}; chmod 600 it" in all_of(config)


def test_google_wants_a_lasting_consent_and_an_application_none(dovecot: Dovecot, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    google = f'provider = "google"\nclient_secret_file = "{secret}"'
    config = configure(tmp_path, by_token(dovecot, None, google))
    (tmp_path / "token.json").write_text('{"access_token": "t"}')
    found = by_name(config)
    assert found["client secret"] == (
        "FAIL",
        f"[oauth] client_secret_file {secret} cannot be read: [Errno 2] No such file or directory: '{secret}'",
    )
    assert found["tokens"][0] == "FAIL"
    (tmp_path / "token.json").write_text('{"refresh_token": "t"}')
    (tmp_path / "token.json").chmod(0o600)
    secret.write_text(SECRET)
    secret.chmod(0o644)
    found = by_name(config)
    assert found["tokens"] == ("ok", f"{tmp_path}/token.json, renewed by the worker")
    assert found["client secret"] == ("warn", f"everybody on this machine can read {secret}; chmod 600 it")
    (tmp_path / "token.json").unlink()
    app = f'provider = "microsoft"\nway = "app"\ntenant = "our.example"\nclient_secret_file = "{secret}"'
    config = configure(tmp_path, by_token(dovecot, None, app + '\ntoken_file = "new/token.json"'))
    assert by_name(config)["tokens"] == ("ok", f"{tmp_path}/new/token.json is not there yet; the first login makes it")


def test_nothing_is_said_of_tokens_where_a_password_is_used(tmp_path: Path) -> None:
    assert not {"tokens", "client secret"} & set(by_name(configure(tmp_path)))


@needs_rights
def test_places_that_this_user_may_not_write(dovecot: Dovecot, tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    more = f'provider = "microsoft"\ntoken_file = "closed/token.json"\n[backup]\ndirectory = "{closed}/backup"'
    found = by_name(configure(tmp_path, by_token(dovecot, None, more)))
    assert found["tokens"][0] == found["backup"][0] == "FAIL"
    assert f"this user may not write in {closed}; correct its owner" in found["tokens"][1]
    assert found["backup"][1] == f"this user may not write in {closed}; correct its owner, or [backup] directory"


def test_backups_that_are_not_made_cannot_be_made_are_new_old_or_open_to_all(tmp_path: Path) -> None:
    assert by_name(configure(tmp_path))["backup"] == (
        "warn", "none is made; name a directory in [backup] directory, best on another disk",
    )  # fmt: skip
    directory = tmp_path / "backup"
    config = configure(tmp_path, '[backup]\ndirectory = "backup"')
    where = f"{directory}, each night at 2:00, on the registry's own disk"
    assert by_name(config)["backup"] == ("ok", f"{where}; no copy yet, the worker makes the first")
    assert not directory.exists(), "looking makes nothing"
    made = datetime(2031, 4, 30, 1, 0, tzinfo=timezone.utc)
    connect(tmp_path / "registry.db", create=True).close()
    make(tmp_path / "registry.db", RawMail(tmp_path / "registry.db.mail"), directory, 14, made)
    (directory / "registry-of-last-year.db").write_text("not one of ours")
    assert by_name(config, made + timedelta(hours=20))["backup"] == (
        "ok", f"{where}; 1 copies, the newest of {made:%Y-%m-%d %H:%M} UTC",
    )  # fmt: skip
    state, said = by_name(config, made + timedelta(days=5))["backup"]
    assert (state, said) == (
        "warn", f"{where}; the newest copy is 5 days old: see that the worker runs and what it logs",
    )  # fmt: skip
    directory.chmod(0o755)
    assert f"others on this machine can look into {directory}, which holds all mail; chmod 700 it" in all_of(config)
    config = configure(tmp_path, '[backup]\ndirectory = "invited.csv"')
    assert by_name(config)["backup"] == (
        "FAIL", f"{tmp_path}/invited.csv is no directory; correct [backup] directory, or move the file away",
    )  # fmt: skip


def test_nobody_is_told_or_by_a_command_that_is_not_there(tmp_path: Path) -> None:
    assert by_name(configure(tmp_path))["alerts"] == (
        "warn", "nobody is told when the mailbox cannot be read; set [alerts] command or mail",
    )  # fmt: skip
    command = tmp_path / "tell"
    config = configure(tmp_path, f'[alerts]\ncommand = ["{command}", "ops"]\nafter = 600')
    missing = f"[alerts] command: {command} is no program that this user may run; give its full path, and chmod +x it"
    assert by_name(config)["alerts"] == ("FAIL", missing)
    command.write_text("#!/bin/sh\n")
    assert by_name(config)["alerts"] == ("FAIL", missing)
    command.chmod(0o755)
    assert by_name(config)["alerts"] == ("ok", f"by {command}, after 600 s without a look into the mailbox")


def test_mail_by_a_sendmail_that_is_there_or_not(tmp_path: Path) -> None:
    sendmail = tmp_path / "sendmail"
    tables = f'[alerts]\nmail = true\n[summary]\non = "monday"\n{MAIL}sendmail = "{sendmail}"'
    found = by_name(configure(tmp_path, tables))
    assert found["alerts"][0] == "ok"
    assert found["report"] == ("ok", "by mail to ops@our.example, head@our.example, each Monday at 7:00")
    assert found["mail"] == (
        "FAIL",
        f"[mail] sendmail: {sendmail} is no program that this user may run; install a mail server, give the path of its"
        " sendmail, or name a server in [mail] smtp_host",
    )
    sendmail.write_text("#!/bin/sh\n")
    sendmail.chmod(0o755)
    assert by_name(tmp_path / "worker.toml")["mail"] == ("ok", f"leaves by {sendmail}, from worker@our.example")


class Choosy:
    """An SMTP server that takes mail for one of us only, and remembers any that was sent."""

    def __init__(self) -> None:
        self.mail: list[EmailMessage] = []

    async def handle_RCPT(self, server: object, session: object, envelope: Any, address: str, options: object) -> str:
        if not address.startswith("ops@"):
            return "550 5.7.1 relaying denied"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: object, session: object, envelope: Any) -> str:
        self.mail.append(envelope)
        return "250 OK"


def test_mail_by_a_server_that_is_asked_and_sent_nothing(tmp_path: Path) -> None:
    port, choosy = free_port(), Choosy()
    tables = f'[summary]\non = "daily"\n{MAIL}smtp_host = "127.0.0.1"\nsmtp_port = {port}'
    config = configure(tmp_path, tables)
    state, said = by_name(config)["mail"]
    assert (state, said.partition(": [Errno")[0]) == (
        "FAIL", f"[mail] smtp_host: 127.0.0.1:{port} does not answer as a mail server",
    )  # fmt: skip
    server = Controller(choosy, hostname="127.0.0.1", port=port)
    server.start()
    try:
        assert by_name(config)["mail"] == (
            "FAIL",
            f"127.0.0.1:{port} does not take mail for head@our.example: 550 5.7.1 relaying denied; correct [mail] sender"
            " and to, or let that server take mail from this machine",
        )
        config = configure(tmp_path, tables.replace(', "head@our.example"', ""))
        assert by_name(config)["mail"] == ("ok", f"leaves by 127.0.0.1:{port}, from worker@our.example")
    finally:
        server.stop()
    assert choosy.mail == []
