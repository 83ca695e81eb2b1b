"""The plain tests on a second server, which numbers, answers and waits in other ways than Dovecot."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Iterator
from datetime import datetime, timezone
from itertools import count
from pathlib import Path

import pytest

from inbox_worker.mailbox import MailboxError
from inbox_worker.mailbox.changes import Drafted, MailboxChanges
from inbox_worker.mailbox.idle import IdleSession
from inbox_worker.mailbox.imap import ImapMailbox
from inbox_worker.settings import MailboxSettings
from tests.flow.replies import replies
from tests.flow.station import PASSWORD, Station, wait_for
from tests.ground.cyrus import AVAILABLE, Cyrus
from tests.mailbox.polling import Keeper, mail

pytestmark = pytest.mark.skipif(not AVAILABLE, reason="Cyrus is not unpacked: tests/run does that on Debian")
RECEIVED = datetime(2016, 2, 10, 9, 0, tzinfo=timezone.utc)
_folders = count(1)


@pytest.fixture(scope="module")
def cyrus() -> Iterator[Cyrus]:
    with Cyrus() as server:
        yield server


@pytest.fixture
def settings(cyrus: Cyrus) -> MailboxSettings:
    """A folder of its own."""
    name = f"Test{next(_folders)}"
    client = cyrus.client()
    client.create_folder(name)
    client.logout()
    return MailboxSettings(
        host="127.0.0.1", port=cyrus.port, tls="none", user="alice", password_env="TEST_PASSWORD", folders=(name,),
        timeout=10, batch=3,
    )  # fmt: skip


def writable(settings: MailboxSettings) -> MailboxSettings:
    from dataclasses import replace

    return replace(settings, marks=True)


def test_polls_take_in_what_is_new_in_order_and_nothing_twice(cyrus: Cyrus, settings: MailboxSettings) -> None:
    (folder,) = settings.folders
    cyrus.deliver([mail(n) for n in range(7)], folder, RECEIVED)
    keeper = Keeper(settings)
    assert keeper.poll() == [mail(n) for n in range(7)]
    assert {a.raw.received for a in keeper.arrivals if a.raw} == {RECEIVED}
    assert keeper.poll() == []
    cyrus.deliver([mail(7)], folder, RECEIVED)
    assert keeper.poll() == [mail(7)]
    client = cyrus.client()
    client.select_folder(folder, readonly=True)
    assert client.search("SEEN") == []
    client.logout()


def test_what_is_expunged_is_passed_over(cyrus: Cyrus, settings: MailboxSettings) -> None:
    (folder,) = settings.folders
    cyrus.deliver([mail(n) for n in range(6)], folder)
    keeper = Keeper(settings)
    with ImapMailbox(settings) as mailbox:
        arrivals = mailbox.arrivals({})
        keeper.keep(next(arrivals))
        client = cyrus.client()
        client.select_folder(folder)
        client.delete_messages([5])
        client.expunge()
        client.logout()
        for arrival in arrivals:
            keeper.keep(arrival)
    assert [m for m in keeper.contents if m != mail(4)] == [mail(n) for n in (0, 1, 2, 3, 5)]
    assert [a.problem for a in keeper.arrivals if a.problem] == []


def test_a_wrong_password_and_a_missing_folder(settings: MailboxSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    with pytest.raises(MailboxError, match="no such folder") as missing:
        Keeper(replace(settings, folders=("Nowhere",))).poll()
    assert not missing.value.retry
    monkeypatch.setenv("TEST_PASSWORD", "hunter2")
    with pytest.raises(MailboxError, match="refuses the login of alice") as refused:
        Keeper(settings).poll()
    assert not refused.value.retry
    assert "hunter2" not in str(refused.value)


def test_idle_tells_of_news(cyrus: Cyrus, settings: MailboxSettings) -> None:
    (folder,) = settings.folders
    session = IdleSession(settings)
    try:
        session.open(folder)
        assert session.can_idle()
        assert not session.wait(0.5)
        threading.Timer(0.3, cyrus.deliver, ([mail(1)], folder)).start()
        began = time.monotonic()
        assert session.wait(30)
        assert time.monotonic() - began < 15
    finally:
        session.close()


def test_drafts_keywords_and_moves(cyrus: Cyrus, settings: MailboxSettings) -> None:
    (folder,) = settings.folders
    cyrus.deliver([mail(1)], folder)
    keeper = Keeper(settings)
    keeper.poll()
    (arrival,) = [a for a in keeper.arrivals if a.raw]
    assert arrival.raw is not None
    where = arrival.raw.location
    draft = b"X-Key: k1\r\nSubject: draft\r\n\r\nWe thank you.\r\n"
    with MailboxChanges(writable(settings)) as changes:
        for expected in (Drafted.PUT, Drafted.THERE):
            assert changes.draft("", "X-Key", "k1", draft, begun=False, begin=lambda: None) is expected
        assert changes.mark(where, "Recorded", ("Waiting",))
        client = cyrus.client()
        client.select_folder(folder, readonly=True)
        assert b"Recorded" in client.get_flags([where.uid])[where.uid]
        client.logout()
        assert changes.move(where, "Junk")
        assert not changes.move(where, "Junk")


def test_the_service_takes_in_mail_as_it_comes(cyrus: Cyrus, settings: MailboxSettings, tmp_path: Path) -> None:
    (folder,) = settings.folders
    secret = tmp_path / "password"
    secret.write_text(cyrus.password)
    station = Station(
        tmp_path / "station",
        f'host = "localhost"\nport = {cyrus.port}\ntls = "none"\nuser = "alice"\npassword_file = "{secret}"\n'
        f'folders = ["{folder}"]',
        "poll_every = 3600",
    )
    messages = [m.replace(b"\n", b"\r\n") for m in replies(4)]
    log = station.directory / "log"
    with log.open("w") as stream, station.start("run", stdout=subprocess.DEVNULL, stderr=stream) as service:
        try:
            wait_for(lambda: " watching folder=" in log.read_text(), 60)
            cyrus.deliver(messages, folder, RECEIVED)
            wait_for(lambda: len(station.subjects()) == 4, 60)
        finally:
            service.terminate()
        assert service.wait(30) == 0
    assert station.subjects() == [f"Re: Invitation {n}" for n in range(4)]
    assert station.sound()
    assert PASSWORD not in log.read_text()
