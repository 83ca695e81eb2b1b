"""New mail over IMAP, against a real Dovecot."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone

import pytest
from structlog.testing import capture_logs

from inbox_worker.mailbox import Cursor, MailboxError, Moment
from inbox_worker.mailbox import imap as imap_module
from inbox_worker.mailbox.imap import ImapMailbox
from inbox_worker.model import UTC
from inbox_worker.settings import MailboxSettings
from tests.ground.dovecot import Dovecot
from tests.mailbox.polling import Keeper, mail

Settings = Callable[..., MailboxSettings]


def traffic(server: Dovecot, keeper: Keeper) -> tuple[list[str], int]:
    """Commands and bytes of answers of one poll."""
    server.forget_traffic()
    keeper.poll()
    time.sleep(0.2)  # the raw log is written when the session ends
    size = server.bytes_sent()
    return server.commands(), size


def test_first_poll_gives_all_in_order_and_the_second_nothing(
    dovecot: Dovecot, folder: str, settings_for: Settings
) -> None:
    sent = [mail(n) for n in range(8)]
    dovecot.deliver(sent, folder=folder)
    keeper = Keeper(settings_for(dovecot, folder))
    assert keeper.poll() == sent
    assert [a.cursor.last_uid for a in keeper.arrivals] == list(range(1, 9))
    assert all(a.raw and a.raw.location.uid == a.cursor.last_uid for a in keeper.arrivals)
    assert keeper.poll() == []
    assert len(keeper.arrivals) == 8


def test_new_mail_is_found_after_the_cursor(dovecot: Dovecot, folder: str, settings_for: Settings) -> None:
    dovecot.deliver([mail(1), mail(2)], folder=folder)
    keeper = Keeper(settings_for(dovecot, folder))
    keeper.poll()
    dovecot.deliver([mail(3)], folder=folder)
    assert keeper.poll() == [mail(3)]


def test_a_source_is_named_without_the_password(dovecot: Dovecot, folder: str, settings_for: Settings) -> None:
    dovecot.deliver([mail(1)], folder=folder)
    keeper = Keeper(settings_for(dovecot, folder))
    keeper.poll()
    assert list(keeper.cursors) == [f"imaps://alice@localhost:{dovecot.tls}/{folder}"]


def test_a_poll_with_no_news_costs_the_same_in_ten_and_in_three_thousand(
    new_dovecot: Callable[..., Dovecot], settings_for: Settings
) -> None:
    server = new_dovecot()
    costs = []
    for user, amount in (("alice", 10), ("bob", 3000)):
        server.deliver((mail(n) for n in range(amount)), user=user)
        keeper = Keeper(settings_for(server, user=user, batch=100))
        assert len(keeper.poll()) == amount
        costs.append(traffic(server, keeper))
    (commands, few), (_, many) = costs
    assert costs[0][0] == costs[1][0] == ['EXAMINE "INBOX"', "LOGOUT"], commands
    assert abs(many - few) < 40  # bytes: the digits of EXISTS, UIDNEXT and the time


def test_mail_expunged_between_search_and_fetch_moves_only_the_cursor(
    dovecot: Dovecot, folder: str, settings_for: Settings
) -> None:
    dovecot.deliver([mail(n) for n in range(1, 7)], folder=folder)
    keeper = Keeper(settings_for(dovecot, folder))
    with ImapMailbox(keeper.settings) as mailbox:
        arrivals = mailbox.arrivals({})
        keeper.keep(next(arrivals))
        dovecot.expunge(5, folder=folder)
        for arrival in arrivals:
            keeper.keep(arrival)
    assert [(a.cursor.last_uid, a.raw is None, a.problem) for a in keeper.arrivals] == [
        (uid, uid == 5, None) for uid in range(1, 7)
    ]
    assert keeper.poll() == []


def test_mail_expunged_at_the_end_is_not_searched_for_again(
    dovecot: Dovecot, folder: str, settings_for: Settings
) -> None:
    dovecot.deliver([mail(n) for n in range(1, 4)], folder=folder)
    dovecot.expunge(3, folder=folder)
    keeper = Keeper(settings_for(dovecot, folder))
    assert keeper.poll() == [mail(1), mail(2)]
    assert [c.last_uid for c in keeper.cursors.values()] == [3]
    assert traffic(dovecot, keeper)[0] == [f'EXAMINE "{folder}"', "LOGOUT"]


def test_after_a_change_of_uidvalidity_everything_is_offered_again(
    dovecot: Dovecot, folder: str, settings_for: Settings
) -> None:
    dovecot.deliver([mail(1), mail(2)], folder=folder)
    keeper = Keeper(settings_for(dovecot, folder))
    keeper.poll()
    dovecot.renumber(1999999999, folder=folder)
    dovecot.deliver([mail(3)], folder=folder)
    with capture_logs() as events:
        assert sorted(keeper.poll()) == [mail(1), mail(2), mail(3)]
    source = f"imaps://alice@localhost:{dovecot.tls}/{folder}"
    assert keeper.cursors == {source: Cursor(source, 1999999999, 3)}
    assert [event["event"] for event in events] == ["UIDVALIDITY changed, the folder is read anew"]
    assert keeper.poll() == []


def test_after_uidnext_went_back_everything_is_offered_again(
    dovecot: Dovecot, folder: str, settings_for: Settings
) -> None:
    dovecot.deliver([mail(1)], folder=folder)
    keeper = Keeper(settings_for(dovecot, folder))
    keeper.poll()
    (source, cursor), *_ = keeper.cursors.items()
    keeper.cursors[source] = Cursor(source, cursor.uidvalidity, 500)  # as before the server lost its newest mail
    with capture_logs() as events:
        assert keeper.poll() == [mail(1)]
    assert [event["event"] for event in events] == ["UIDNEXT went back, the folder is read anew"]
    assert keeper.poll() == []


@pytest.mark.parametrize("width", [50_000, 3])
def test_a_gap_of_four_thousand_million_uids_is_no_work(
    dovecot: Dovecot, folder: str, settings_for: Settings, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    if width == 3:  # the folder counts as a big one, and the gap is small enough for it
        monkeypatch.setattr(imap_module, "SEARCH_WIDTH", width)
    dovecot.deliver([mail(n) for n in range(1, 6)], folder=folder)
    keeper = Keeper(settings_for(dovecot, folder))
    assert len(keeper.poll()) == 5
    dovecot.update("--min-next-uid", "4000000000" if width != 3 else "40", folder=folder)
    dovecot.deliver([mail(6)], folder=folder)
    start = time.monotonic()
    assert keeper.poll() == [mail(6)]
    assert time.monotonic() - start < 2
    assert keeper.poll() == []


def test_the_time_of_reception_is_internaldate_whatever_its_zone(
    dovecot: Dovecot, folder: str, settings_for: Settings
) -> None:
    zone = timezone(timedelta(hours=-7))
    client = dovecot.client()
    client.append(folder, mail(1), msg_time=datetime(2016, 2, 26, 17, 30, tzinfo=zone))
    client.logout()
    dovecot.deliver([mail(2)], folder=folder, received=datetime(2016, 2, 26, 23, 59, 59, tzinfo=UTC))
    keeper = Keeper(settings_for(dovecot, folder))
    keeper.poll()
    assert [a.raw.received for a in keeper.arrivals if a.raw] == [
        datetime(2016, 2, 27, 0, 30, tzinfo=UTC),
        datetime(2016, 2, 26, 23, 59, 59, tzinfo=UTC),
    ]
    assert all(a.raw.received.tzinfo is UTC for a in keeper.arrivals if a.raw and a.raw.received)


@pytest.mark.parametrize("marks", [False, True])
def test_nothing_is_changed_in_the_mailbox(dovecot: Dovecot, folder: str, settings_for: Settings, marks: bool) -> None:
    dovecot.deliver([mail(1), mail(2)], folder=folder)
    client = dovecot.client()
    client.select_folder(folder)
    client.add_flags([2], ["$Important", b"\\Flagged"])
    Keeper(settings_for(dovecot, folder, marks=marks)).poll()
    client.noop()
    flags = {uid: set(f) - {b"\\Recent"} for uid, f in client.get_flags([1, 2]).items()}
    client.logout()
    assert flags == {1: set(), 2: {b"$Important", b"\\Flagged"}}


def test_several_folders_are_watched_each_with_its_cursor(
    new_dovecot: Callable[..., Dovecot], settings_for: Settings
) -> None:
    server = new_dovecot()
    server.deliver([mail(1)])
    server.deliver([mail(2)], folder="Junk")
    keeper = Keeper(settings_for(server, "INBOX", "Junk"))
    assert keeper.poll() == [mail(1), mail(2)]
    server.deliver([mail(3)], folder="Junk")
    assert keeper.poll() == [mail(3)]


def test_a_folder_with_a_name_in_another_alphabet(dovecot: Dovecot, settings_for: Settings) -> None:
    client = dovecot.client()
    client.create_folder("Réponses & ответы")
    client.append("Réponses & ответы", mail(1))
    client.logout()
    keeper = Keeper(settings_for(dovecot, "Réponses & ответы"))
    assert keeper.poll() == [mail(1)]


def test_a_missing_folder_is_told_and_does_not_hold_up_the_others(
    dovecot: Dovecot, folder: str, settings_for: Settings
) -> None:
    dovecot.deliver([mail(1)], folder=folder)
    keeper = Keeper(settings_for(dovecot, "Spam", folder))
    with pytest.raises(
        MailboxError, match=r"/Spam: no such folder; \[mailbox\] folders can name .*(Junk|Test)"
    ) as caught:
        keeper.poll()
    assert not caught.value.retry
    assert keeper.contents == [mail(1)]


def test_a_big_message_comes_alone(
    dovecot: Dovecot, folder: str, settings_for: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap_module, "BYTES_AT_ONCE", 100_000)
    sent = [mail(1), mail(2, 200_000), mail(3), mail(4, 60_000), mail(5, 60_000)]
    dovecot.deliver(sent, folder=folder)
    keeper = Keeper(settings_for(dovecot, folder, batch=25))
    dovecot.forget_traffic()
    assert keeper.poll() == sent
    time.sleep(0.2)
    fetched = [c for c in dovecot.commands() if "BODY" in c]
    assert [c.split()[2] for c in fetched] == ["1", "2", "3,4", "5"]


def test_a_password_with_letters_beyond_ascii(
    dovecot: Dovecot, settings_for: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEST_PASSWORD", dovecot.users["zoe"])
    assert Keeper(settings_for(dovecot, user="zoe")).poll() == []


def test_messages_that_somebody_answered_are_known_by_their_flag(
    dovecot: Dovecot, folder: str, settings_for: Settings
) -> None:
    dovecot.deliver([mail(n) for n in range(4)], folder=folder)
    keeper = Keeper(settings_for(dovecot, folder))
    keeper.poll()
    client = dovecot.client()
    client.select_folder(folder)
    client.add_flags([2], [b"\\Answered"])
    client.add_flags([3], [b"\\Seen", b"Answered"])
    source, validity = keeper.arrivals[0].cursor.source, keeper.arrivals[0].cursor.uidvalidity

    def answered(since: dict[str, Moment]) -> tuple[list[int | None], dict[str, Moment]]:
        with ImapMailbox(settings_for(dovecot, folder)) as mailbox:
            assert not [arrival for arrival in mailbox.arrivals(keeper.cursors) if arrival.raw]
            found = mailbox.answered(since)
        assert {(place.source, place.uidvalidity) for place in found.places} <= {(source, validity)}
        moments = {moment.source: moment for moment in found.moments}
        return sorted(place.uid or 0 for place in found.places), since | moments

    assert answered({}) == ([2], {})  # from now on the server counts changes
    uids, first = answered({})
    assert (uids, list(first)) == ([2], [source])
    assert answered(first) == ([], first)
    client.add_flags([1], [b"\\Answered"])
    client.add_flags([4], [b"\\Flagged"])
    uids, second = answered(first)
    assert (uids, second[source].modseq > first[source].modseq) == ([1], True)
    assert answered({source: Moment(source, validity + 1, second[source].modseq)})[0] == [1, 2]
    assert answered({source: Moment(source, validity, second[source].modseq + 1000)})[0] == [1, 2]
    client.logout()


def test_an_answer_to_what_arrived_after_the_look_is_told_by_the_next(
    dovecot: Dovecot, folder: str, settings_for: Settings
) -> None:
    dovecot.deliver([mail(1)], folder=folder)
    client = dovecot.client()
    with ImapMailbox(settings_for(dovecot, folder)) as mailbox:
        assert len(list(mailbox.arrivals({}))) == 1
        assert not mailbox.answered({}).moments  # from now on the server counts changes
    with ImapMailbox(settings_for(dovecot, folder)) as mailbox:
        assert len([arrival for arrival in mailbox.arrivals({}) if arrival.raw]) == 1
        dovecot.deliver([mail(2)], folder=folder)
        client.select_folder(folder)
        client.add_flags([2], [b"\\Answered"])
        moments = {moment.source: moment for moment in mailbox.answered({}).moments}
        assert len(moments) == 1
    with ImapMailbox(settings_for(dovecot, folder)) as mailbox:
        assert len([arrival for arrival in mailbox.arrivals({}) if arrival.raw]) == 2
        assert [place.uid for place in mailbox.answered(moments).places] == [2]
    client.logout()
