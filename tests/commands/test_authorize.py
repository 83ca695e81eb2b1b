"""``authorize`` as somebody at a terminal sees it."""

from __future__ import annotations

import stat
from pathlib import Path

from tests.commands.conftest import Run
from tests.flow.station import EVENT
from tests.ground.dovecot import Dovecot
from tests.ground.tokens import CLIENT, TokenService


def test_somebody_consents_by_device_code_and_the_login_is_tried(
    dovecot: Dovecot,
    folder: str,
    run: Run,
    tmp_path: Path,
) -> None:
    with TokenService(dovecot) as service:
        (tmp_path / "worker.toml").write_text(
            f"""{EVENT.replace('invited  = "invited.csv"', "")}
[mailbox]
host = "localhost"
port = {dovecot.tls}
ca_file = "{dovecot.ca_file}"
user = "alice"
folders = ["{folder}"]
[oauth]
provider = "microsoft"
client_id = "{CLIENT}"
authority = "{service.url}"
authority_ca = "{dovecot.ca_file}"
"""
        )
        done = run("--config", "worker.toml", "authorize")
        assert (done.returncode, done.stderr) == (0, "")
        assert "enter the code ABCD-1234" in done.stdout
        assert "login: as alice at localhost" in done.stdout
        assert f"{folder}: 0 messages" in done.stdout
        assert stat.S_IMODE((tmp_path / "token.json").stat().st_mode) == 0o600
        assert not any(given in done.stdout for given in service.given)

        done = run("--config", "worker.toml", "run", "--once")
        assert (done.returncode, " poll done seen=0 " in done.stderr) == (0, True), done.stderr
        assert not any(given in done.stderr for given in service.given)


def test_without_the_table_it_says_what_to_fill_in(run: Run, tmp_path: Path) -> None:
    (tmp_path / "worker.toml").write_text(EVENT.replace('invited  = "invited.csv"', ""))
    done = run("--config", "worker.toml", "authorize")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "there is no table [oauth]; fill it in" in done.stderr
