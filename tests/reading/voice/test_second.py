"""Two readers: what one of them does not see is asked about, with both opinions."""

from dataclasses import replace

import pytest

from inbox_worker.model import Address, Code, Kind, Partstat
from inbox_worker.reading import read
from inbox_worker.reading.rules import RuleReader
from inbox_worker.reading.whole import read_whole
from tests.reading.voice.making import INVITATION, letter


@pytest.mark.parametrize(
    ("text", "partstat", "number"),
    [
        (
            "Dear colleagues,\n\nI confirm that Omar Haddad and I will attend the forum on behalf of Delta Trust.\n\nKind regards,\nAnn Lee",
            Partstat.ACCEPTED,
            2,
        ),
        ("Dear colleagues,\n\nUnfortunately we will not be able to attend.\n\nAnn Lee", Partstat.DECLINED, None),
    ],
)
def test_what_both_readers_say_is_written_down(text, partstat, number):
    (claim,) = read(letter(text), INVITATION).claims
    assert (claim.partstat, claim.delegates, claim.doubts) == (partstat, number, ())
    assert 0.5 <= claim.confidence <= 0.95


def test_where_they_differ_the_doubt_tells_both_opinions():
    message = letter(
        "We would have come, all four of us, if only the ferry still ran. So raise a glass for us instead."
    )
    found = read(message, INVITATION)
    doubts = [*found.doubts, *(d for c in found.claims for d in c.doubts)]
    assert {d.code for d in doubts} <= {Code.PARTSTAT_UNCLEAR, Code.COUNT_UNCLEAR, Code.COUNT_MISSING} or found.claims[
        0
    ].partstat is Partstat.DECLINED


def test_evidence_is_what_stands_in_the_message():
    message = letter("Hello,\n\nput Omar Haddad and me on the list, please, we are both coming.\n\nAnn Lee")
    for claim in read(message, INVITATION).claims:
        for evidence in claim.evidence:
            assert (message.text_of(evidence.part) or "")[evidence.start : evidence.end] == evidence.text


def test_the_same_message_is_always_read_the_same():
    message = letter("We are coming, three of us: Ann Lee, Omar Haddad and Vera Kuhn.")
    assert read(message, INVITATION) == read(message, INVITATION)


def test_the_grammar_can_still_be_asked_alone():
    message = letter("Unfortunately we will not be able to attend.")
    alone = read_whole(message, INVITATION, RuleReader())
    assert alone.claims[0].partstat is Partstat.DECLINED


def test_who_copies_us_in_on_a_list_is_read_and_a_newsletter_is_not():
    text = "I confirm that Omar Haddad and I will attend the forum on behalf of Delta Trust.\n\nAnn Lee"
    for name, copied, kind in (("list-id", True, Kind.REPLY), ("list-id", False, Kind.OTHER)):
        made = letter(text)
        headers = (*tuple(h for h in made.headers if h[0] != "in-reply-to"), (name, "<ports.lists.example>"))
        headers += (("cc", "forum@ports.example"),) if copied else ()
        assert read(replace(made, headers=headers), INVITATION).kind is kind


def test_a_stranger_who_writes_to_us_is_not_left_aside():
    made = letter("We want to come, two persons.\n\nSam Gill, Friends of the Reed")
    headers = (("from", "Sam Gill <sam@reed.example>"), ("to", "forum@ports.example"), ("subject", "hello"))
    found = read(
        replace(made, headers=headers, from_=Address("Sam Gill", "sam@reed.example"), subject="hello"), INVITATION
    )
    assert found.kind is Kind.REPLY
    assert found.doubts or any(d for c in found.claims for d in c.doubts)


def test_where_nothing_is_answered_nobody_is_asked():
    text = "Received with thanks. I have passed it on to our director, who will answer you next week.\n\nAnn Lee"
    found = read(letter(text), INVITATION)
    assert (found.kind, found.claims, found.doubts) == (Kind.OTHER, (), ())


def test_what_the_network_saw_only_the_beginning_of_is_never_taken_for_nothing():
    report = "The ferry line was dredged again last spring, and the pilots say that the bar has moved to the north. "
    found = read(
        letter(report * 60 + "We will attend the forum with two people, Omar Haddad and Vera Kuhn."), INVITATION
    )
    assert found.claims or found.doubts


def test_a_refusal_is_not_taken_for_nothing():
    found = read(letter("Received with thanks. This time it must be without us, alas.\n\nAnn Lee"), INVITATION)
    assert found.claims or found.doubts
