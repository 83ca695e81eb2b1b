"""IDLE against Dovecot, and against servers that say things at the wrong moment."""

from __future__ import annotations

import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from inbox_worker.mailbox import MailboxError
from inbox_worker.mailbox.idle import IdleSession
from inbox_worker.settings import MailboxSettings
from tests.ground.dovecot import Dovecot
from tests.mailbox.polling import mail

Settings = Callable[..., MailboxSettings]


@contextmanager
def idling(settings: MailboxSettings) -> Iterator[IdleSession]:
    session = IdleSession(settings)
    try:
        session.open(settings.folders[0])
        yield session
    finally:
        session.close()


def test_news_ends_the_wait_and_silence_does_not(dovecot: Dovecot, folder: str, settings_for: Settings) -> None:
    with idling(settings_for(dovecot, folder)) as session:
        assert session.can_idle()
        assert not session.wait(0.5)
        threading.Timer(0.3, dovecot.deliver, ([mail(1)],), {"folder": folder}).start()
        began = time.monotonic()
        assert session.wait(20)
        assert time.monotonic() - began < 10
        assert not session.wait(0.5)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_a_session_that_dies_or_hangs_is_told_when_the_wait_is_over(
    new_dovecot: Callable[..., Dovecot], settings_for: Settings, number: signal.Signals
) -> None:
    server = new_dovecot()
    server.deliver([mail(1)])
    with idling(settings_for(server, timeout=1)) as session:
        server.signal_sessions(number)
        began = time.monotonic()
        with pytest.raises(MailboxError) as caught:
            session.wait(2)
        assert time.monotonic() - began < 8
    assert caught.value.retry


# What is said in reply to IDLE and to DONE; "cut" ends the connection. TAG is that of the command.
HEARD = {
    "news together with the consent": ([b"+ idling\r\n* 3 EXISTS\r\n"], b"TAG OK done\r\n"),
    "news only after DONE": ([b"+ idling\r\n"], b"* 3 EXISTS\r\nTAG OK done\r\n"),
    "signs of life before news": ([b"+ idling\r\n", b"* OK Still here\r\n", b"* 3 EXISTS\r\n"], b"TAG OK done\r\n"),
    "a flag, then news": ([b"+ idling\r\n", b"* 1 FETCH (FLAGS (\\Seen))\r\n", b"* 1 RECENT\r\n"], b"TAG OK done\r\n"),
}
LOST = {
    "end of the connection": ([b"+ idling\r\n", b"cut"], b""),
    "BYE": ([b"+ idling\r\n", b"* BYE Session invalidated - AccessTokenExpired\r\n", b"cut"], b""),
    "half a line": ([b"+ idling\r\n", b"* 3 EXI"], b"TAG OK done\r\n"),
    "no consent": ([b"TAG BAD User is authenticated but not connected.\r\n"], b""),
    "news instead of consent": ([b"* 3 EXISTS\r\n", b"+ idling\r\n"], b"TAG OK done\r\n"),
}


@contextmanager
def playing(said: list[bytes], done: bytes) -> Iterator[MailboxSettings]:
    """A server that says these things, a moment apart."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            peer, _ = listener.accept()
            with peer, peer.makefile("rb") as lines:
                peer.sendall(b"* OK [CAPABILITY IMAP4rev1 IDLE] hello\r\n")
                tag = b""
                for line in lines:
                    if line == b"DONE\r\n":
                        peer.sendall(done.replace(b"TAG", tag))
                        continue
                    tag, command = line.split()[:2]
                    if command == b"IDLE":
                        for each in said:
                            if each == b"cut":
                                return
                            peer.sendall(each.replace(b"TAG", tag))
                            time.sleep(0.1)
                    else:
                        if command == b"EXAMINE":
                            peer.sendall(b"* 2 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 6] x\r\n")
                        if command == b"CAPABILITY":
                            peer.sendall(b"* CAPABILITY IMAP4rev1 IDLE\r\n")
                        peer.sendall(tag + b" OK done\r\n")

        threading.Thread(target=serve, daemon=True).start()
        yield MailboxSettings(
            host="127.0.0.1", port=listener.getsockname()[1], tls="none", user="isu", password_env="TEST_PASSWORD",
            timeout=2,
        )  # fmt: skip


@pytest.mark.parametrize("case", HEARD)
def test_news_is_heard_whenever_it_comes(case: str) -> None:
    with playing(*HEARD[case]) as settings, idling(settings) as session:
        began = time.monotonic()
        assert session.wait(1.5)
        if "consent" in case:
            assert time.monotonic() - began < 1.2, "it slept over what had come already"


@pytest.mark.parametrize("case", LOST)
def test_a_connection_that_is_lost_in_idle_is_told_at_once(case: str) -> None:
    with playing(*LOST[case]) as settings, idling(settings) as session:
        began = time.process_time()
        with pytest.raises(MailboxError) as caught:
            session.wait(20)
        assert time.process_time() - began < 1, "it went round and round"
    assert caught.value.retry
