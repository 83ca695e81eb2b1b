"""What did not arrive, and what was answered in the mailbox."""

from dataclasses import replace
from datetime import timedelta

import pytest

from inbox_worker import decision
from inbox_worker.model import Location, Undelivered
from tests.builders import IN_TIME, ORGANISATIONS, claim, invitation, raw, reading
from tests.registry.test_registry import message, open_registry, record

RED, BLUE, GREEN = ORGANISATIONS
EVENT = invitation(
    organisations=(
        replace(RED, contact="Ann@Private.example"),
        replace(BLUE, domains=("blueharbour.example", "un.example")),
        GREEN,
    )
)


@pytest.fixture
def registry(tmp_path):
    opened = open_registry(tmp_path, EVENT)
    yield opened
    opened.close()


def bounce(registry, number, *failed):
    item = raw(f"Subject: returned {number}\n\n".encode(), IN_TIME + timedelta(hours=number))
    said = reading(kind="bounce")
    written = replace(message(number), undelivered=tuple(failed))
    return registry.record(item, written, said, decision.decide(said, item.received, EVENT), reader="test 1")


def not_delivered(registry):
    query = "select organisation_id, address, message_id from not_delivered order by 1, 2"
    return [tuple(row.values()) for row in registry.db.query(query)]


def test_a_bounce_is_tied_to_the_organisation_by_its_contact_or_its_own_domain(registry):
    at = bounce(registry, 1, Undelivered("ann@private.example", True), Undelivered("x@blueharbour.example", True))
    assert not_delivered(registry) == [("blue", "x@blueharbour.example", at), ("red", "ann@private.example", at)]


def test_a_shared_or_unknown_domain_is_nobodys(registry):
    at = bounce(registry, 1, Undelivered("x@un.example", True), Undelivered("y@nowhere.example", True))
    assert not_delivered(registry) == []
    query = "select address, message_id from not_delivered_to_nobody_listed"
    assert [tuple(row.values()) for row in registry.db.query(query)] == [("y@nowhere.example", at)]


def test_a_delay_is_no_failure(registry):
    bounce(registry, 1, Undelivered("x@blueharbour.example", False))
    assert not_delivered(registry) == []


def test_who_answered_since_was_reached_all_the_same(registry):
    record(registry, 1, claim("accepted", 2, organisation="blue"))
    at = bounce(registry, 2, Undelivered("x@blueharbour.example", True))
    assert not_delivered(registry) == [("blue", "x@blueharbour.example", at)]
    record(registry, 3, claim("accepted", 2, organisation="blue"))
    assert not_delivered(registry) == []


def test_a_question_closes_when_the_mailbox_shows_an_answer_and_stays_closed(registry):
    asks = claim(doubts=["question"]).doubts
    at = record(registry, 1, claim("accepted", 2), needs=asks)
    elsewhere = [Location("test", 1, 2), Location("test", 2, 1), Location("other", 1, 1)]
    assert registry.answered(elsewhere, {}) == 0
    assert registry.answered([Location("test", 1, 1)], {"test": (1, 7)}) == 1
    assert registry.answered([Location("test", 1, 1)], {"test": (1, 9)}) == 0
    assert registry.answers_followed() == {"test": (1, 9)}
    said = reading(claim("accepted", 3), needs=asks)
    again = (message(1), said, decision.decide(said, IN_TIME, EVENT))
    registry.record_again(at, *again, reader="test 2", error=None)
    assert list(registry.db.query("select code from flags where closed_at is null")) == []
