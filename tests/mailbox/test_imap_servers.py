"""Answers that Dovecot never gives, from a server that plays a part."""

from __future__ import annotations

import contextlib
import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pytest

from inbox_worker.mailbox import Arrival, Cursor, MailboxError
from inbox_worker.mailbox.imap import ImapMailbox
from inbox_worker.model import UTC
from inbox_worker.settings import MailboxSettings

Answers = dict[str, bytes]

SELECTED = b"* 2 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n"
USUAL: Answers = {
    "CAPABILITY": b"* CAPABILITY IMAP4rev1\r\n",
    "LOGIN": b"",
    "EXAMINE": SELECTED + b"* OK [UIDNEXT 6] x\r\n",
    "UID SEARCH": b"* SEARCH 3 5\r\n",
    "UID FETCH 3,5 (RFC822.SIZE)": b"* 1 FETCH (UID 3 RFC822.SIZE 5)\r\n* 2 FETCH (UID 5 RFC822.SIZE 5)\r\n",
    "UID FETCH 3,5": b'* 1 FETCH (UID 3 INTERNALDATE "26-Feb-2016 12:00:00 +0000" BODY[] {5}\r\nthree)\r\n'
    b'* 2 FETCH (UID 5 INTERNALDATE "26-Feb-2016 12:00:00 +0000" BODY[] {4}\r\nfive)\r\n',
    "NOOP": b"",
    "LOGOUT": b"* BYE\r\n",
}


class Server:
    """Answers each command with what is written for its longest beginning, then OK unless that ends the command."""

    def __init__(self, answers: Answers) -> None:
        self.answers = {**USUAL, **answers}
        self.commands: list[str] = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self) -> None:
        while True:
            try:
                peer, _ = self.listener.accept()
            except OSError:
                return
            with contextlib.suppress(OSError), peer, peer.makefile("rb") as lines:
                peer.sendall(self.answers.get("greeting", b"* OK hello\r\n"))
                for line in lines:
                    tag, command = line.decode().rstrip().split(" ", 1)
                    self.commands.append(command)
                    answer = next(a for c, a in self.by_length() if command.startswith(c))
                    if answer == b"cut":
                        break
                    peer.sendall(answer.replace(b"TAG", tag.encode()))
                    if b"TAG" not in answer:
                        peer.sendall(tag.encode() + b" OK done\r\n")

    def by_length(self) -> list[tuple[str, bytes]]:
        return sorted(self.answers.items(), key=lambda item: -len(item[0]))


Play = Callable[[Answers], Any]


@pytest.fixture
def play() -> Play:
    @contextmanager
    def played(answers: Answers) -> Iterator[tuple[Server, MailboxSettings]]:
        server = Server(answers)
        settings = MailboxSettings(
            host="127.0.0.1", port=server.port, tls="none", user="isu", password_env="TEST_PASSWORD", timeout=5
        )
        try:
            yield server, settings
        finally:
            server.listener.shutdown(socket.SHUT_RDWR)
            server.listener.close()

    return played


def arrivals(settings: MailboxSettings, *cursors: Cursor) -> list[Arrival]:
    with ImapMailbox(settings) as mailbox:
        return list(mailbox.arrivals({c.source: c for c in cursors}))


def told(found: list[Arrival]) -> list[tuple[int, bytes | None, str | None]]:
    return [(a.cursor.last_uid, a.raw and a.raw.content, a.problem) for a in found]


BOTH = [(3, b"three", None), (5, b"five", None)]


def test_the_part_is_played_well(play: Play) -> None:
    with play({}) as (_, settings):
        assert told(arrivals(settings)) == BOTH


@pytest.mark.parametrize("status", [b"* STATUS INBOX (UIDNEXT 6)\r\n", b"* STATUS INBOX ()\r\n", b"TAG BAD what\r\n"])
def test_a_server_that_does_not_announce_uidnext(play: Play, status: bytes) -> None:
    answers = {"EXAMINE": SELECTED, "STATUS": status, "UID SEARCH UID *": b"* SEARCH 5\r\n"}
    with play(answers) as (server, settings):
        found = arrivals(settings)
        assert told(found) == BOTH
        server.commands.clear()
        assert arrivals(settings, found[-1].cursor) == []
        assert not [c for c in server.commands if c.startswith("UID FETCH") or "1:" in c]


def test_a_search_that_names_more_than_was_asked_for(play: Play) -> None:
    with play({"UID SEARCH": b"* SEARCH 5 1 3 9\r\n"}) as (_, settings):
        source = f"imap://isu@127.0.0.1:{settings.port}/INBOX"
        assert told(arrivals(settings, Cursor(source, 7, 2))) == BOTH


def test_a_server_without_lasting_uids_is_refused(play: Play) -> None:
    with play({"EXAMINE": b"* 2 EXISTS\r\n"}) as (_, settings):
        with pytest.raises(MailboxError, match="gives this folder no lasting UIDs") as caught:
            arrivals(settings)
        assert not caught.value.retry


def test_a_message_that_is_refused_is_told_and_the_others_come(play: Play) -> None:
    answers = {
        "UID FETCH 3,5 (INTERNALDATE BODY.PEEK[])": b"TAG NO cannot convert\r\n",
        "UID FETCH 3 (": b"TAG NO cannot convert this one\r\n",
        "UID FETCH 5 (": b"* 2 FETCH (UID 5 BODY[] {4}\r\nfive)\r\n",
        "UID SEARCH UID 3:3": b"* SEARCH 3\r\n",
    }
    with play(answers) as (_, settings):
        found = told(arrivals(settings))
    assert [f[:2] for f in found] == [(3, None), (5, b"five")]
    assert re.search("the message with UID 3 cannot be fetched: .*cannot convert this one", str(found[0][2]))


@pytest.mark.parametrize(
    "answer",
    [
        b"TAG NO [UNAVAILABLE] later\r\n",
        b"TAG NO Server Busy\r\n",
        b"TAG NO [OVERQUOTA] Account exceeded command or bandwidth limits. (Failure)\r\n",  # Gmail
        b"TAG NO System Error (Failure)\r\n",  # Gmail
        b"TAG BAD Request is throttled. Suggested Backoff Time: 92415 milliseconds\r\n",  # Exchange Online
    ],
)
def test_a_passing_refusal_sets_no_message_aside(play: Play, answer: bytes) -> None:
    with play({"UID FETCH 3,5 (INTERNALDATE": answer, "UID FETCH 3 ": answer, "UID FETCH 5 ": answer}) as (_, settings):
        with pytest.raises(MailboxError) as caught:
            arrivals(settings)
        assert caught.value.retry


@pytest.mark.parametrize("beginning", ["UID FETCH 3,5 (RFC822.SIZE)", "UID FETCH 3,5 (INTERNALDATE"])
def test_a_connection_cut_at_every_message_sets_no_message_aside(play: Play, beginning: str) -> None:
    with play({beginning: b"cut", "UID FETCH 3,5": b"cut", "UID FETCH 3 ": b"cut", "UID FETCH 5 ": b"cut"}) as (
        _,
        settings,
    ):
        with pytest.raises(MailboxError, match="the connection broke") as caught:
            arrivals(settings)
        assert caught.value.retry


def test_cuts_that_end_before_the_verdict_set_no_message_aside(play: Play) -> None:
    cut = {"UID FETCH 3,5 (INTERNALDATE": b"cut", "UID FETCH 3 ": b"cut", "UID FETCH 5 ": b"cut"}
    whole = USUAL["UID FETCH 3,5"].split(b"* 2 ")
    with play(cut) as (server, settings), ImapMailbox(settings) as mailbox:
        session_counts = 0
        play_on = server.by_length

        def by_length() -> list[tuple[str, bytes]]:
            nonlocal session_counts
            session_counts += server.commands[-1].startswith("UID FETCH")
            if session_counts > 3:  # sizes, both, 3 alone were asked for
                server.answers["UID FETCH 5 "] = b"* 2 " + whole[1]
            if session_counts > 5:
                server.answers["UID FETCH 3 "] = whole[0]
            return play_on()

        server.by_length = by_length  # type: ignore[method-assign]
        assert told(list(mailbox.arrivals({}))) == BOTH


def test_what_came_before_a_folder_was_renumbered_is_kept_and_nothing_is_taken_after_it(play: Play) -> None:
    three = USUAL["UID FETCH 3,5"].split(b"* 2 ")[0]
    with play({"UID FETCH 3,5 (INTERNALDATE": b"cut", "UID FETCH 3 ": three, "UID FETCH 5 ": b"cut"}) as (
        server,
        settings,
    ):
        play_on = server.by_length

        def by_length() -> list[tuple[str, bytes]]:
            if server.commands[-2].startswith("UID FETCH 5 "):
                server.answers["EXAMINE"] = USUAL["EXAMINE"].replace(b"UIDVALIDITY 7", b"UIDVALIDITY 8")
            return play_on()

        server.commands.append("")
        server.by_length = by_length  # type: ignore[method-assign]
        found: list[Arrival] = []
        with ImapMailbox(settings) as mailbox, pytest.raises(MailboxError, match="UIDVALIDITY changed while"):
            found.extend(mailbox.arrivals({}))
        assert told(found) == [(3, b"three", None)]
        assert found[0].cursor.uidvalidity == 7


@pytest.mark.parametrize(
    ("text", "received"),
    [
        (b"26-Feb-2016 23:30:00 -0500", datetime(2016, 2, 27, 4, 30, tzinfo=UTC)),
        (b" 6-Feb-2016 23:30:00 +0545", datetime(2016, 2, 6, 17, 45, tzinfo=UTC)),
        (b"31-Feb-2016 99:00:00 +0000", None),
        (b"nonsense", None),
    ],
)
def test_internaldate_is_taken_in_utc_or_not_at_all(play: Play, text: bytes, received: datetime | None) -> None:
    fetched = b'* 1 FETCH (UID 3 INTERNALDATE "' + text + b'" BODY[] {5}\r\nthree)\r\n'
    with play({"UID SEARCH": b"* SEARCH 3\r\n", "UID FETCH 3": fetched}) as (_, settings):
        assert [a.raw.received for a in arrivals(settings) if a.raw] == [received]


@pytest.mark.parametrize(
    ("answer", "retry"),
    [
        (b"TAG NO [AUTHENTICATIONFAILED] LOGIN isu pw is wrong\r\n", False),
        (b"TAG BAD LOGIN isu pw is not understood\r\n", False),
        (b"TAG NO [UNAVAILABLE] Temporary authentication failure.\r\n", True),
        (b"TAG NO [LIMIT] Too many connections\r\n", True),
        (b"TAG NO [ALERT] Account exceeded command or bandwidth limits. (Failure)\r\n", True),
        (b"* BYE go away\r\n", True),
        (b"cut", True),
    ],
)
def test_a_login_that_fails_now_or_for_good(play: Play, answer: bytes, retry: bool) -> None:
    with play({"LOGIN": answer}) as (_, settings):
        with pytest.raises(MailboxError) as caught:
            arrivals(settings)
        assert caught.value.retry is retry
        assert "pw" not in str(caught.value)


@pytest.mark.parametrize(
    "answers",
    [
        {"greeting": b"* BYE overloaded\r\n"},
        {"greeting": b"220 mail.example.org ESMTP\r\n"},
        {"EXAMINE": b"TAG BAD User is authenticated but not connected.\r\n", "LIST": b"TAG BAD User is\r\n"},
        {"EXAMINE": b"* BYE Session invalidated - AccessTokenExpired\r\n"},
        {"UID SEARCH": b"* SEARCH three\r\n"},
        {"UID SEARCH": b"cut"},
    ],
)
def test_a_server_out_of_sorts_is_an_error_that_may_pass(play: Play, answers: Answers) -> None:
    with play(answers) as (_, settings):
        with pytest.raises(MailboxError) as caught:
            arrivals(settings)
        assert caught.value.retry
        assert "\n" not in str(caught.value)


def test_a_server_that_takes_no_passwords_any_more_is_told_from_a_wrong_password(play: Play) -> None:
    words = b"TAG NO AUTHENTICATE failed. BasicAuthBlocked-2 [f2d1]\r\n"
    with play({"LOGIN": words}) as (_, settings), pytest.raises(MailboxError) as caught:
        arrivals(settings)
    assert str(caught.value) == (
        "127.0.0.1 takes no passwords (basic authentication) for isu: AUTHENTICATE failed. BasicAuthBlocked-2 [f2d1];"
        " fill in [oauth] and run 'inbox-worker authorize'"
    )
    assert not caught.value.retry


def test_a_session_that_exchange_ends_is_begun_anew(play: Play) -> None:
    """Seen with Microsoft 365 when a token ends under way, and when its back end is away."""
    for words in (
        b"* BYE Session invalidated - AccessTokenExpired\r\n",
        b"TAG BAD User is authenticated but not connected.\r\n",
    ):
        with play({"UID SEARCH": words}) as (server, settings):
            with pytest.raises(MailboxError) as caught:
                arrivals(settings)
            assert caught.value.retry
            server.answers["UID SEARCH"] = USUAL["UID SEARCH"]
            assert told(arrivals(settings)) == BOTH
