"""Drafts, keywords and moves in a real Dovecot, with the reply lost at each step."""

from __future__ import annotations

import email
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from email import policy

import pytest

from tests.flow.conftest import MakeStation
from tests.flow.station import PASSWORD, Station
from tests.ground.dovecot import Dovecot
from tests.ground.faultproxy import FaultProxy

RECEIVED = datetime(2016, 2, 10, 9, 0, tzinfo=timezone.utc)
LATER = datetime(2016, 2, 11, 9, 0, tzinfo=timezone.utc)
LATE = datetime(2016, 2, 28, 9, 0, tzinfo=timezone.utc)
MARKS = '\n[marks]\nrecorded = "Recorded"\nwaiting = "Waiting"\nlate = "Late"\n'
DRAFTS = "\n[drafts]\nacknowledge = true\n"


def letter(number: int, text: str, headers: str = "", sender: str = "Fiona Bell <fiona@halotrust.example>") -> bytes:
    return f"""\
From: {sender}
To: isu@apminebanconvention.org
Subject: Answer {number}
Message-ID: <answer{number}@halotrust.example>
{headers}
{text}
""".replace("\n", "\r\n").encode()  # fmt: skip


YES = letter(1, "Two of us will attend for The HALO Trust: Fiona Bell and Grant Hay.")


@pytest.fixture
def account(new_server: Callable[..., Dovecot]) -> Dovecot:
    """An account of its own: its drafts folder belongs to this test."""
    return new_server()


@pytest.fixture
def making(account: Dovecot, watching: MakeStation) -> Iterator[Callable[..., Station]]:
    def make(tables: str, port: int = 0, **changes: str) -> Station:
        station = watching(
            account, port=str(port or account.plain), tls='"none"', ca_file="", marks="true", timeout="5", **changes
        )
        with station.config.open("a") as file:
            file.write(tables)
        return station

    yield make


def drafts(server: Dovecot) -> list[email.message.EmailMessage]:
    client = server.client()
    client.select_folder("Drafts", readonly=True)
    uids = client.search("ALL")
    found = client.fetch(uids, ["BODY.PEEK[]", "FLAGS"]) if uids else {}
    client.logout()
    assert all(b"\\Draft" in items[b"FLAGS"] for items in found.values())
    return [email.message_from_bytes(items[b"BODY[]"], policy=policy.default) for items in found.values()]


def flags(server: Dovecot, folder: str = "INBOX") -> dict[int, set[str]]:
    client = server.client()
    client.select_folder(folder, readonly=True)
    found = client.get_flags(client.search("ALL")) if client.search("ALL") else {}
    client.logout()
    return {uid: {f.decode() for f in of} - {"\\Recent", "\\Seen"} for uid, of in found.items()}


def run(station: Station, status: int = 0) -> str:
    done = station.run("run", "--once")
    assert done.returncode == status, done.stderr
    assert PASSWORD not in done.stderr
    return done.stderr


def test_an_answer_is_acknowledged_by_one_threaded_draft_in_its_language(account: Dovecot, making) -> None:
    station = making(DRAFTS)
    french = letter(2, "Nous serons deux à participer à la conférence pour Handicap International.",
                    sender="Luc <luc@hi.example>")  # fmt: skip
    account.deliver([YES, french], received=RECEIVED)
    assert run(station).count(" info draft done ") == 2
    first, second = drafts(account)
    assert (first["to"], first["from"], first["subject"]) == (
        "fiona@halotrust.example", "isu@apminebanconvention.org", "Re: Answer 1",
    )  # fmt: skip
    assert first["in-reply-to"] == first["references"] == "<answer1@halotrust.example>"
    text = first.get_content()
    assert "The HALO Trust will take part in Pledging conference on 2016-03-02, with 2." in text
    assert "Names we have: Grant Hay, Fiona Bell." in text
    assert "Nous avons noté que" in second.get_content()
    assert "draft" not in run(station)
    assert len(drafts(account)) == 2


def test_a_missing_number_is_asked_for(account: Dovecot, making) -> None:
    station = making(DRAFTS)
    account.deliver([letter(1, "The HALO Trust will attend the conference.")], received=RECEIVED)
    run(station)
    (draft,) = drafts(account)
    assert "How many will you be" in draft.get_content()


@pytest.mark.parametrize(
    "headers", ["Auto-Submitted: auto-generated\n", "Precedence: bulk\n", "List-Id: <x.example>\nIn-Reply-To: <a@b>\n"]
)
def test_automatic_mail_is_never_answered(account: Dovecot, making, headers: str) -> None:
    station = making(DRAFTS)
    account.deliver([letter(1, "Two of us will attend for The HALO Trust.", headers)], received=RECEIVED)
    run(station)
    assert drafts(account) == []


def test_what_waits_for_a_person_is_not_acknowledged_until_they_ruled(account: Dovecot, making) -> None:
    station = making(DRAFTS)
    other = letter(2, "Four of us will attend for The HALO Trust.", sender="Jo <jo@halotrust.example>")
    account.deliver([YES], received=RECEIVED)
    account.deliver([other], received=LATER)
    run(station)
    assert drafts(account) == []
    station.run("review", "accept", "m2", "--by", "ann")
    run(station)
    (draft,) = drafts(account)
    assert (draft["to"], "with 4" in draft.get_content()) == ("jo@halotrust.example", True)


def test_off_by_default(account: Dovecot, making) -> None:
    station = making("")
    account.deliver([YES], received=RECEIVED)
    run(station)
    assert drafts(account) == []
    assert flags(account) == {1: set()}


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(
            lambda p: p.lose(rb"APPEND [^\r]*\r\n.*X-Inbox-Worker-Draft.*\r\n\r\n.*regards\r\n"),
            id="reply of the draft",
        ),
        pytest.param(lambda p: p.lose(rb"APPEND [^\r]*\r\n"), id="go-ahead for the draft"),
        pytest.param(lambda p: p.cut(rb"APPEND [^\r]*\r\n.*X-Inbox", 5), id="middle of the draft"),
        pytest.param(lambda p: p.lose(rb"SEARCH [^\r]*HEADER [^\r]*\r\n"), id="search"),
        pytest.param(lambda p: p.lose(rb"SELECT [^\r]*Drafts[^\r]*\r\n"), id="select"),
        pytest.param(lambda p: p.lose(rb"LIST [^\r]*\r\n"), id="list"),
    ],
)
def test_a_lost_reply_makes_no_second_draft_and_loses_none(account: Dovecot, making, fault) -> None:
    account.deliver([YES], received=RECEIVED)
    with FaultProxy(account.plain) as proxy:
        station = making(DRAFTS, port=proxy.port)
        fault(proxy)
        station.run("run", "--once")
        assert proxy.hits == 1
        run(station)
        run(station)
    assert len(drafts(account)) == 1
    assert station.query("select state from drafts") == [("done",)]


def test_where_it_cannot_be_known_nothing_is_done_and_it_is_told(account: Dovecot, making) -> None:
    """The draft was put there, its reply lost, the server gone at once; somebody sent the draft meanwhile."""
    account.deliver([YES], received=RECEIVED)
    station = making(DRAFTS)
    run(station)
    station.change("update drafts set state = 'begun', ended_at = null")
    client = account.client()
    client.select_folder("Drafts")
    client.delete_messages([1])
    client.expunge()
    client.logout()
    assert " warning draft not known " in run(station)
    assert drafts(account) == []
    ((state, note),) = station.query("select state, note from drafts")
    assert (state, "never put there, or sent or deleted since" in note) == ("unknown", True)
    assert "drafts: 1 not known" in station.run("report").stdout


def test_keywords_show_what_was_recorded_what_waits_and_what_is_late(account: Dovecot, making) -> None:
    station = making(MARKS)
    other = letter(2, "Four of us will attend for The HALO Trust.", sender="Jo <jo@halotrust.example>")
    account.deliver([YES], received=RECEIVED)
    account.deliver([other], received=LATER)
    account.deliver(
        [letter(3, "Mines Advisory Group will not attend.", sender="a@maginternational.example")], received=LATE
    )
    account.deliver([letter(4, "Buy our shoes!", "List-Id: <x.example>\n", sender="a@shoes.example")], received=LATE)
    run(station)
    assert flags(account) == {1: {"Recorded"}, 2: {"Waiting"}, 3: {"Late"}, 4: set()}
    station.run("review", "dismiss", "m2", "--by", "ann")
    account.forget_traffic()
    run(station)
    assert flags(account) == {1: {"Recorded"}, 2: set(), 3: {"Late"}, 4: set()}
    account.forget_traffic()
    run(station)
    assert not [line for line in account.commands() if "STORE" in line]


@pytest.mark.parametrize("pattern", [rb"UID STORE [^\r]*\r\n", rb"UID SEARCH [^\r]*\r\n", rb"SELECT [^\r]*\r\n"])
def test_a_lost_reply_to_a_keyword_is_made_good(account: Dovecot, making, pattern: bytes) -> None:
    account.deliver([YES], received=RECEIVED)
    with FaultProxy(account.plain) as proxy:
        station = making(MARKS, port=proxy.port)
        proxy.lose(pattern)
        station.run("run", "--once")
        assert proxy.hits == 1
        run(station)
        run(station)
    assert flags(account) == {1: {"Recorded"}}


MOVES = '\n[marks]\nrecorded = "Done"\nlate = "Tardy"\nmove = true\n'


@pytest.mark.parametrize("pattern", [None, rb"UID MOVE [^\r]*\r\n", rb"UID SEARCH [^\r]*\r\n"])
def test_moves_lose_no_message_and_double_none(account: Dovecot, making, pattern: bytes | None) -> None:
    client = account.client()
    for name in ("Done", "Tardy"):
        client.create_folder(name)
    client.logout()
    other = letter(2, "Four of us will attend for The HALO Trust.", sender="Jo <jo@halotrust.example>")
    account.deliver([YES], received=RECEIVED)
    account.deliver([other], received=LATER)
    account.deliver(
        [letter(3, "Mines Advisory Group will not attend.", sender="a@maginternational.example")], received=LATE
    )
    with FaultProxy(account.plain) as proxy:
        station = making(MOVES, port=proxy.port)
        if pattern:
            proxy.lose(pattern)
        station.run("run", "--once")
        run(station)
        run(station)
        assert proxy.hits == bool(pattern)
    assert [len(flags(account, folder)) for folder in ("INBOX", "Done", "Tardy")] == [1, 1, 1]
    assert station.query("select count(*) from messages") == [(3,)]


def test_a_folder_that_is_not_there_is_told_and_the_message_stays(account: Dovecot, making) -> None:
    account.deliver([YES], received=RECEIVED)
    station = making(MOVES)
    assert "cannot be moved to Done" in run(station, status=1)
    assert [len(flags(account, folder)) for folder in ("INBOX", "Drafts")] == [1, 0]
    assert station.query("select count(*) from messages") == [(1,)]
