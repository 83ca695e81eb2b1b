"""What goes wrong with a real Dovecot: each fault a MailboxError that says what to do, and nothing lost."""

from __future__ import annotations

import contextlib
import random
import signal
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from inbox_worker.mailbox import MailboxError
from inbox_worker.mailbox.imap import ImapMailbox
from inbox_worker.settings import MailboxSettings
from tests.faults.proxy import CuttingProxy
from tests.ground.dovecot import Dovecot, free_port
from tests.mailbox.polling import Keeper, mail

Settings = Callable[..., MailboxSettings]


def failure(settings: MailboxSettings) -> MailboxError:
    with pytest.raises(MailboxError) as caught, ImapMailbox(settings) as mailbox:
        list(mailbox.arrivals({}))
    return caught.value


def test_wrong_password(dovecot: Dovecot, settings_for: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_PASSWORD", "hunter2")
    error = failure(settings_for(dovecot))
    assert str(error).startswith("localhost refuses the login of alice: [AUTHENTICATIONFAILED] Authentication failed.")
    assert "the password came from the environment variable TEST_PASSWORD" in str(error)
    assert "hunter2" not in str(error)
    assert not error.retry


def test_wrong_password_in_a_file(dovecot: Dovecot, settings_for: Settings, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hunter2\n")
    error = failure(settings_for(dovecot, password_env="", password_file=secret))
    assert f"the password came from the file {secret}" in str(error)
    assert not error.retry


def test_no_password(dovecot: Dovecot, settings_for: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TEST_PASSWORD")
    error = failure(settings_for(dovecot))
    assert "TEST_PASSWORD named by [mailbox] password_env is not set" in str(error)
    assert not error.retry


@pytest.mark.parametrize("tls", ["implicit", "starttls"])
def test_certificate_of_an_unknown_authority(dovecot: Dovecot, settings_for: Settings, tls: str) -> None:
    port = dovecot.tls if tls == "implicit" else dovecot.plain
    error = failure(settings_for(dovecot, ca_file=None, tls=tls, port=port))
    assert f"the certificate of localhost:{port} is not accepted: self-signed certificate" in str(error)
    assert "[mailbox] ca_file" in str(error)
    assert not error.retry


@pytest.mark.parametrize("tls", ["implicit", "starttls"])
def test_certificate_for_another_host(new_dovecot: Callable[..., Dovecot], settings_for: Settings, tls: str) -> None:
    server = new_dovecot(names=("DNS:mail.example.org",))
    error = failure(settings_for(server, tls=tls, port=server.tls if tls == "implicit" else server.plain))
    assert "Hostname mismatch, certificate is not valid for 'localhost'" in str(error)
    assert not error.retry


def test_ca_file_that_is_none(dovecot: Dovecot, settings_for: Settings, tmp_path: Path) -> None:
    missing = tmp_path / "ca.pem"
    assert f"ca_file {missing} cannot be used: No such file" in str(failure(settings_for(dovecot, ca_file=missing)))
    missing.write_text("no certificate")
    assert f"ca_file {missing} cannot be used" in str(failure(settings_for(dovecot, ca_file=missing)))


def test_starttls(dovecot: Dovecot, folder: str, settings_for: Settings) -> None:
    dovecot.deliver([mail(1)], folder=folder)
    keeper = Keeper(settings_for(dovecot, folder, tls="starttls", port=dovecot.plain))
    assert keeper.poll() == [mail(1)]
    assert "TLS" in [line for line in dovecot.log().splitlines() if "Login: user=<alice>" in line][-1]


def test_without_tls_only_when_asked_for(dovecot: Dovecot, folder: str, settings_for: Settings) -> None:
    dovecot.deliver([mail(1)], folder=folder)
    keeper = Keeper(settings_for(dovecot, folder, tls="none", port=dovecot.plain))
    assert keeper.poll() == [mail(1)]


def test_tls_at_a_port_that_does_not_speak_it(dovecot: Dovecot, settings_for: Settings) -> None:
    error = failure(settings_for(dovecot, port=dovecot.plain))
    assert 'does not speak TLS from the start; set [mailbox] tls = "starttls"' in str(error)
    assert not error.retry


def test_the_password_is_not_sent_where_starttls_is_not_offered(settings_for: Settings, dovecot: Dovecot) -> None:
    import threading

    heard = bytearray()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            peer, _ = listener.accept()
            with peer, peer.makefile("rb") as lines:
                peer.sendall(b"* OK hello\r\n")
                for line in lines:
                    heard.extend(line)
                    tag, command = line.split()[:2]
                    if command.upper() == b"CAPABILITY":
                        peer.sendall(b"* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n")
                    peer.sendall(tag + b" OK done\r\n")

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        error = failure(settings_for(dovecot, tls="starttls", port=listener.getsockname()[1]))
        thread.join(5)
    assert "does not support STARTTLS" in str(error)
    assert b"LOGIN" not in heard.upper()


def test_server_down(dovecot: Dovecot, settings_for: Settings) -> None:
    port = free_port()
    error = failure(settings_for(dovecot, port=port))
    assert (
        str(error) == f"cannot connect to localhost:{port}: Connection refused; is the server up, and the port right?"
    )
    assert error.retry


def test_server_that_does_not_answer(dovecot: Dovecot, settings_for: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        error = failure(settings_for(dovecot, port=listener.getsockname()[1], timeout=1))
    assert "did not answer within 1 s" in str(error)
    assert error.retry


def test_host_that_does_not_exist(dovecot: Dovecot, settings_for: Settings) -> None:
    error = failure(settings_for(dovecot, host="mail.invalid"))
    assert "the host name mail.invalid cannot be resolved" in str(error)
    assert error.retry


def test_server_killed_between_batches(new_dovecot: Callable[..., Dovecot], settings_for: Settings) -> None:
    server = new_dovecot()
    sent = [mail(n) for n in range(8)]
    server.deliver(sent)
    keeper = Keeper(settings_for(server))
    with ImapMailbox(keeper.settings) as mailbox:
        arrivals = mailbox.arrivals({})
        for _ in range(4):
            keeper.keep(next(arrivals))
        server.kill()
        with pytest.raises(MailboxError) as caught:
            for arrival in arrivals:
                keeper.keep(arrival)
    assert caught.value.retry
    server.start()
    keeper.poll()
    assert keeper.contents == sent


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_session_lost_between_batches_is_taken_up_again(
    new_dovecot: Callable[..., Dovecot], settings_for: Settings, number: signal.Signals
) -> None:
    server = new_dovecot()
    sent = [mail(n) for n in range(8)]
    server.deliver(sent)
    keeper = Keeper(settings_for(server, timeout=1))
    with ImapMailbox(keeper.settings) as mailbox:
        arrivals = mailbox.arrivals({})
        keeper.keep(next(arrivals))
        server.signal_sessions(number)
        for arrival in arrivals:
            keeper.keep(arrival)
    assert keeper.contents == sent
    assert all(a.problem is None for a in keeper.arrivals)


@pytest.mark.parametrize("bad", [0, 2, 4])
def test_a_message_that_the_server_breaks_off_at_does_not_hold_up_the_others(
    new_dovecot: Callable[..., Dovecot], settings_for: Settings, bad: int
) -> None:
    server = new_dovecot()
    sent = [mail(n) for n in range(5)]
    server.deliver(sent)
    path = sorted(server.maildir().glob("new/*"))[bad]
    path.chmod(0)  # Dovecot, which does not run as root, closes the connection when it cannot read a message
    keeper = Keeper(settings_for(server, batch=5))
    keeper.poll()
    assert keeper.contents == [m for n, m in enumerate(sent) if n != bad]
    assert [a.problem is not None for a in keeper.arrivals] == [n == bad for n in range(5)]
    assert f"the message with UID {bad + 1} cannot be fetched" in str(keeper.arrivals[bad].problem)


def test_a_line_that_breaks_all_the_time_sets_no_message_aside(
    new_dovecot: Callable[..., Dovecot], settings_for: Settings
) -> None:
    """Every connection ends after 1,600 to 60,000 bytes: messages of 20,000 hardly pass, short ones often do."""
    server, rng = new_dovecot(), random.Random(11)
    sent = [mail(n, size=rng.choice((0, 2_000, 20_000))) for n in range(60)]
    server.deliver(sent)
    with CuttingProxy(server.plain) as line:
        line.each = lambda: (int(10 ** rng.uniform(3.2, 4.8)), rng.choice(("fin", "rst")))
        keeper = Keeper(settings_for(server, port=line.port, tls="none", ca_file=None))
        for _ in range(400):
            with contextlib.suppress(MailboxError):
                keeper.poll()
                break
        assert line.hits > 30
    assert [a.problem for a in keeper.arrivals if a.problem] == []
    assert keeper.contents == sent
