"""``run`` against a real Dovecot over TLS: what is taken in, what is logged, how it ends."""

from __future__ import annotations

import mailbox
import re
import signal
import subprocess
from collections.abc import Callable
from datetime import datetime, timezone
from email import message_from_bytes
from pathlib import Path

from tests.flow.conftest import MakeStation
from tests.flow.replies import replies
from tests.flow.station import PASSWORD, Station, wait_for
from tests.ground.dovecot import Dovecot

LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (info|warning|error) \w")
RECEIVED = datetime(2016, 2, 10, 9, 0, tzinfo=timezone.utc)


def crlf(messages: list[bytes]) -> list[bytes]:
    """As a server keeps them."""
    return [message.replace(b"\n", b"\r\n") for message in messages]


def subjects(*numbers: int) -> list[str]:
    return [f"Re: Invitation {number}" for number in numbers]


def poll(station: Station, status: int = 0) -> str:
    """One poll: its log, which is the only thing it prints, a line an event, and never the password."""
    done = station.run("run", "--once")
    assert done.returncode == status, done.stderr
    assert done.stdout == ""
    assert all(LINE.match(line) for line in done.stderr.splitlines()), done.stderr
    no_password_in(station, done.stderr)
    return done.stderr


def no_password_in(station: Station, *texts: str) -> None:
    assert not [text for text in texts if PASSWORD in text]
    assert not [name for name, content in station.listing().items() if content and PASSWORD.encode() in content]


def test_polls_take_in_what_is_new_and_nothing_twice(server: Dovecot, folder: str, watching: MakeStation) -> None:
    mail = crlf(list(replies(8)))
    station = watching(server, folder, batch="3")
    server.deliver(mail[:5], folder=folder, received=RECEIVED)

    assert re.search(r" info poll done seen=5 new=5 failed=0 seconds=\d+\.\d$", poll(station).strip())
    assert station.subjects() == subjects(0, 1, 2, 3, 4)
    times = station.query("select distinct received_at from messages")
    assert times == [(RECEIVED.isoformat(timespec="seconds"),)]
    beat = station.heartbeat()
    assert beat["polled_at"] == beat["tried_at"]
    assert beat["error"] is None

    before = station.state()
    assert " info poll done seen=0 new=0 failed=0 " in poll(station)
    assert station.state() == before

    server.deliver(mail[5:], folder=folder, received=RECEIVED)
    assert " info poll done seen=3 new=3 failed=0 " in poll(station)
    assert station.subjects() == subjects(*range(8))
    assert set(station.raw_mail().values()) == set(mail)
    assert station.sound()


def test_mail_expunged_while_the_poll_runs_is_passed_over(server: Dovecot, folder: str, watching: MakeStation) -> None:
    mail = crlf(list(replies(80)))
    server.deliver(mail, folder=folder)
    station = watching(server, folder, batch="1")
    with station.start("run", "--once") as process:
        wait_for(lambda: station.registry.exists() and station.mail.exists() and station.raw_mail())
        server.expunge(80, folder=folder)
        _, log = process.communicate(timeout=60)
    assert process.returncode == 0
    assert re.search(
        rf" info expunged before it was fetched source=imaps://alice@localhost:\S+/{folder} uid=80$", log, re.M
    )
    assert " info poll done seen=79 new=79 failed=0 " in log
    assert station.subjects() == subjects(*range(79))
    server.deliver(crlf([b"Subject: later\n\nWe come.\n"]), folder=folder)
    assert " info poll done seen=1 new=1 " in poll(station)


def test_a_changed_uidvalidity_doubles_nothing_and_misses_nothing(
    server: Dovecot, folder: str, watching: MakeStation
) -> None:
    mail = crlf(list(replies(6)))
    server.deliver(mail[:4], folder=folder)
    station = watching(server, folder)
    poll(station)
    before = station.state()

    server.expunge(1, folder=folder)
    server.renumber(987654321, folder=folder)
    server.deliver(mail[4:], folder=folder)
    log = poll(station)
    assert " warning UIDVALIDITY changed, the folder is read anew source=imaps://alice@localhost:" in log
    assert re.search(r"was=\d+ is=987654321$", log, re.M)
    assert " info poll done seen=5 new=2 failed=0 " in log
    assert station.subjects() == subjects(*range(6))
    assert station.state()["messages"][:4] == before["messages"]
    assert station.query("select uidvalidity, last_uid from cursors") == [(987654321, 5)]
    assert " seen=0 new=0 " in poll(station)


def test_a_wrong_password_is_told_without_being_told(
    server: Dovecot, folder: str, watching: MakeStation, tmp_path: Path
) -> None:
    secret = tmp_path / "password"
    secret.write_text("wrong-" + PASSWORD)
    station = watching(server, folder, password_env="", password_file=f'"{secret}"')
    log = poll(station, status=1)
    assert " error poll failed seen=0 new=0 failed=0 " in log
    assert "retry=False" in log
    assert "localhost refuses the login of alice" in log
    assert f"the password came from the file {secret}, correct it there" in log
    beat = station.heartbeat()
    assert (beat["polled_at"], beat["tried_at"] is not None) == (None, True)
    assert beat["error"].startswith("localhost refuses the login of alice")

    secret.write_text(PASSWORD)
    server.deliver(crlf(list(replies(1))), folder=folder)
    assert " seen=1 new=1 " in poll(station)
    assert station.heartbeat()["error"] is None


def test_a_password_that_is_not_set(server: Dovecot, folder: str, watching: MakeStation) -> None:
    station = watching(server, folder, password_env='"IW_NO_SUCH_VARIABLE"')
    done = station.run("run", "--once")
    said = "the environment variable IW_NO_SUCH_VARIABLE named by [mailbox] password_env is not set; set it"
    assert (done.returncode, done.stderr) == (2, f"inbox-worker: {said}\n")
    assert not station.registry.exists()


def test_a_certificate_that_nobody_vouches_for(server: Dovecot, folder: str, watching: MakeStation) -> None:
    server.forget_traffic()
    log = poll(station := watching(server, folder, ca_file=""), status=1)
    assert "error poll failed seen=0 new=0 failed=0 seconds=" in log
    assert f"the certificate of localhost:{server.tls} is not accepted: self-signed certificate" in log
    assert "set [mailbox] ca_file to the authority that signed it" in log
    assert "is not accepted" in station.heartbeat()["error"]
    assert not server.commands(), "something was said before the certificate was seen"


def test_a_certificate_for_another_host(new_server: Callable[..., Dovecot], watching: MakeStation) -> None:
    station = watching(new_server(names=("DNS:mail.example.org",)))
    log = poll(station, status=1)
    assert "is not accepted: Hostname mismatch" in log
    assert "connect by the name that the certificate was made for" in log


def test_a_server_that_is_down_and_comes_back(new_server: Callable[..., Dovecot], watching: MakeStation) -> None:
    server = new_server()
    station = watching(server)
    server.deliver(crlf(list(replies(2)))[:1])
    poll(station)
    looked = station.heartbeat()
    server.kill()
    log = poll(station, status=1)
    assert f"cannot connect to localhost:{server.tls}: Connection refused; is the server up, and the port right?" in log
    assert "retry=True" in log
    beat = station.heartbeat()
    assert beat["polled_at"] == looked["polled_at"]
    assert beat["tried_at"] >= looked["tried_at"]
    assert "Connection refused" in beat["error"]
    status = station.run("status")
    assert status.returncode == 1
    assert status.stdout.startswith("UNHEALTHY: could not look at the mailbox: cannot connect to localhost")

    server.start()
    server.deliver(crlf(list(replies(2)))[1:])
    assert " seen=1 new=1 " in poll(station)
    status = station.run("status")
    assert (status.returncode, status.stdout[:29]) == (0, "healthy: looked at the mailbo")


def test_a_folder_that_is_not_there_is_named_and_the_others_are_read(
    server: Dovecot, folder: str, watching: MakeStation
) -> None:
    server.deliver(crlf(list(replies(2))), folder=folder)
    station = watching(server, "Nowhere", folder)
    log = poll(station, status=1)
    assert "/Nowhere: no such folder; [mailbox] folders can name " in log
    assert station.subjects() == subjects(0, 1)


def test_the_service_takes_in_mail_as_it_comes_and_ends_on_sigterm(
    server: Dovecot, folder: str, watching: MakeStation
) -> None:
    mail = crlf(list(replies(3)))
    station = watching(server, folder)
    server.deliver(mail[:1], folder=folder)
    log = station.directory / "log"
    with log.open("w") as stream, station.start("run", stdout=subprocess.DEVNULL, stderr=stream) as service:
        try:
            wait_for(lambda: "new=1" in log.read_text())
            assert station.subjects() == subjects(0)

            for arguments in (("run", "--once"), ("run",), ("import", station.write(mail[2:])), ("reread",)):
                second = station.run(*arguments)
                assert second.returncode == 1
                assert [line for line in second.stderr.splitlines() if " service " not in line] == [
                    f"inbox-worker: {station.registry}: another worker (process {service.pid}) works on this registry; "
                    "stop it first, or use another [registry] path"
                ]
            assert station.subjects() == subjects(0)

            server.deliver(mail[1:2], folder=folder)
            wait_for(lambda: station.subjects() == subjects(0, 1))
        finally:
            service.send_signal(signal.SIGTERM)
        assert service.wait(20) == 0
    lines = log.read_text().splitlines()
    assert all(LINE.match(line) for line in lines), lines
    assert any(line.endswith(" info service ending signal=SIGTERM") for line in lines)
    assert lines[-1].endswith(" info service ended")
    no_password_in(station)
    assert station.sound()


def test_an_export_of_the_mailbox_is_known(server: Dovecot, folder: str, watching: MakeStation) -> None:
    lines = [b"From here to there.\n\nFrom: a quoted head\n", b"Empty lines\n\n\n\n"]
    odd = [b"From: Ana <ana@halotrust.example>\nSubject: odd\n\n" + line for line in lines]
    mail = [*replies(5), *odd]
    station = watching(server, folder)
    server.deliver(crlf(mail), folder=folder)
    poll(station)
    before = station.state()

    box = mailbox.mbox(station.directory / "export.mbox")
    for message in mail:
        box.add(message_from_bytes(message))
    box.close()
    for path in (station.write(mail), station.write(crlf(mail), "crlf"), station.directory / "export.mbox"):
        done = station.run("import", path)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.startswith("0 recorded, "), (path, done.stdout, done.stderr)
    assert station.state() == before


def test_a_question_closes_once_somebody_answered_it_in_their_mail_program(
    server: Dovecot, folder: str, watching: MakeStation
) -> None:
    asks = b"""\
From: Ann Lee <ann@halotrust.example>
To: isu@apminebanconvention.org
Subject: The room
Message-ID: <room@halotrust.example>

Two of us will attend for The HALO Trust. Could you tell us which entrance we should use?
"""
    station = watching(server, folder)
    server.deliver(crlf([asks]), folder=folder, received=RECEIVED)
    poll(station)
    open_questions = "select count(*) from flags where code = 'question' and closed_at is null"
    assert station.query(open_questions) == [(1,)]
    server.forget_traffic()
    poll(station)
    assert station.query(open_questions) == [(1,)]
    client = server.client()
    client.select_folder(folder)
    client.add_flags([1], [b"\\Answered"])
    client.logout()
    assert " info questions answered messages=1" in poll(station)
    assert station.query(open_questions) == [(0,)]
    assert "questions answered" not in poll(station)
