"""The server stops, dies, freezes, refuses, renumbers or forgets; the network is gone."""

from __future__ import annotations

import os
import signal
import time

import pytest

from tests.faults.conftest import Held, MakeRunning, full
from tests.faults.proxy import CuttingProxy, Step
from tests.faults.running import Running, wait_until
from tests.ground.dovecot import Dovecot

WITHIN = 15.0  # seconds in which it must have recovered once the fault ended
PROMISE = f"recovers alone within {WITHIN:.0f} s of its end, each message once"


def ready(running: Running) -> Running:
    """A service that watches, with some mail taken in."""
    wait_until(lambda: " watching folder=" in running.log(), "a watch")
    for _ in range(3):
        running.senders.send()
    running.caught_up()
    return running


def recovered(running: Running) -> str:
    """Send once more, wait until all is there, and compare."""
    began = time.monotonic()
    running.senders.send()
    running.caught_up(WITHIN)
    running.well(WITHIN)
    took = time.monotonic() - began
    running.once_each()
    return f"yes, {took:.1f} s"


def stop(server: Dovecot) -> None:
    """An orderly stop: SIGTERM, and BYE to whoever is connected."""
    assert server.process is not None
    for pid in server.imap_pids():
        os.kill(pid, signal.SIGTERM)
    server.process.terminate()
    server.process.wait(10)
    server.kill()


@pytest.mark.parametrize(
    "how", ["killed", *(pytest.param(how, marks=full) for how in ("stopped", "frozen", "restarted"))]
)
def test_a_server_that_goes_away_while_a_watch_stands(
    server: Dovecot, make_running: MakeRunning, held: Held, how: str
) -> None:
    running = ready(make_running(server, server.plain))
    if how == "frozen":
        assert server.process is not None
        os.killpg(server.process.pid, signal.SIGSTOP)
        running.senders.send()
        time.sleep(4)
        os.killpg(server.process.pid, signal.SIGCONT)
    else:
        stop(server) if how == "stopped" else server.kill()
        running.senders.send()
        if how != "restarted":
            wait_until(lambda: " poll failed " in running.log(), "a failure")
        server.start()
    held(f"server {how}", "during IDLE", PROMISE, recovered(running))


@pytest.mark.parametrize(
    "how", ["frozen", *(pytest.param(how, marks=full) for how in ("stopped", "killed", "restarted"))]
)
def test_a_server_that_goes_away_while_messages_are_fetched(
    server: Dovecot, proxy: CuttingProxy, make_running: MakeRunning, held: Held, how: str
) -> None:
    proxy.rate = 20_000
    running = make_running(server, proxy.port)
    for _ in range(8):
        running.senders.send(size=20_000)
    wait_until(lambda: len(running.subjects()) >= 2, f"the first messages\n{running.log()[-2000:]}")
    assert len(running.subjects()) < 8
    if how == "frozen":
        server.signal_sessions(signal.SIGSTOP)
        time.sleep(2.5)
        server.signal_sessions(signal.SIGCONT)
    else:
        server.kill() if how == "killed" else stop(server)
        if how == "stopped":
            wait_until(lambda: " poll failed " in running.log(), "a failure")
        server.start()
    proxy.rate = 0
    held(f"server {how}", "during a fetch", PROMISE, recovered(running))


@full
def test_a_login_that_is_refused_for_a_while(server: Dovecot, make_running: MakeRunning, held: Held) -> None:
    running = ready(make_running(server, server.plain))
    users = server.directory / "users"
    right = users.read_text()
    users.write_text(right.replace("{PLAIN}", "{PLAIN}not-"))
    os.utime(users, (1, 1))
    running.senders.send()
    server.doveadm("kick", "alice", check=False)
    wait_until(lambda: "refuses the login of alice" in running.log(), "a refusal")
    users.write_text(right)
    os.utime(users, (2, 2))
    held("login refused", "between two polls", PROMISE, recovered(running))
    assert running.log().count("refuses the login") < 12, "it went on trying without a pause"


@full
def test_a_server_that_is_slow(server: Dovecot, proxy: CuttingProxy, make_running: MakeRunning, held: Held) -> None:
    running = ready(make_running(server, proxy.port))
    proxy.delay = 0.6  # below the time-out of a second
    running.senders.send()
    time.sleep(3)
    proxy.delay = 0
    held("every answer delayed by 0.6 s", "for 3 s", PROMISE, recovered(running))
    proxy.delay = 1.5
    proxy.cut_all()
    wait_until(lambda: "did not answer within 1 s" in running.log(), "a time-out")
    proxy.delay = 0
    held("every answer delayed beyond the time-out", "at the login", PROMISE, recovered(running))


@full
def test_a_server_that_throttles(server: Dovecot, proxy: CuttingProxy, make_running: MakeRunning, held: Held) -> None:
    running = ready(make_running(server, proxy.port))
    proxy.rate = 3_000
    for _ in range(3):
        running.senders.send(size=3000)
    running.caught_up(60)
    proxy.rate = 0
    held("3,000 bytes a second", "for three messages", PROMISE, recovered(running))


@full
def test_too_many_connections(server: Dovecot, make_running: MakeRunning, held: Held) -> None:
    conf = server.directory / "dovecot.conf"
    text = conf.read_text()
    conf.write_text(text.replace("mail_max_userip_connections = 200", "mail_max_userip_connections = 1"))
    server.kill()
    server.start()
    running = make_running(server, server.plain)
    running.well()
    running.senders.send()
    wait_until(lambda: "Maximum number of connections" in running.log(), "a refusal")
    conf.write_text(text)
    server.doveadm("reload")
    held("one connection allowed, and two needed", "from the start", PROMISE, recovered(running))


def test_uidvalidity_changes(server: Dovecot, make_running: MakeRunning, held: Held) -> None:
    running = ready(make_running(server, server.plain))
    server.renumber(1999999999)
    held("UIDVALIDITY changed, all messages renumbered", "while the service runs", PROMISE, recovered(running))
    assert "UIDVALIDITY changed, the folder is read anew" in running.log()


@full
def test_a_folder_is_deleted_and_made_again(server: Dovecot, make_running: MakeRunning, held: Held) -> None:
    client = server.client()
    client.create_folder("Replies")
    running = ready(make_running(server, server.plain, folder="Replies"))
    client.delete_folder("Replies")
    wait_until(lambda: "no such folder" in running.log(), "the missing folder")
    client.create_folder("Replies")
    client.logout()
    held("folder deleted and made again, UIDs reused", "while the service runs", PROMISE, recovered(running))


def test_a_message_is_expunged_under_way(
    server: Dovecot, proxy: CuttingProxy, make_running: MakeRunning, held: Held
) -> None:
    running = ready(make_running(server, proxy.port))
    proxy.arm(Step("sizes", rb" UID FETCH [^\r]*RFC822.SIZE", rb"\w+ OK Fetch", 0), "stall")
    running.senders.send()
    gone = running.senders.send()
    wait_until(lambda: proxy.hits, "the moment between search and fetch")
    client = server.client()
    client.select_folder("INBOX")
    client.delete_messages(client.search(["SUBJECT", f'"{gone}"']))
    client.expunge()
    client.logout()
    running.senders.sent.remove(gone)
    running.caught_up(WITHIN)
    running.well(WITHIN)
    if gone in running.subjects():  # it had been fetched by then
        running.senders.sent.append(gone)
    held("message expunged by somebody else", "between search and fetch", PROMISE, recovered(running))
