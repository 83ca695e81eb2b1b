"""The policy as a table: what is doubted, and what it holds back."""

from datetime import timedelta

import pytest

from inbox_worker.decision import decide
from inbox_worker.model import Code, Effect, Flag
from tests.builders import DEADLINE, IN_TIME, claim, invitation, reading


@pytest.mark.parametrize(
    ("doubts", "effect"),
    [
        ((), Effect.APPLY),
        (("count-missing",), Effect.WITHOUT_NUMBER),
        (("count-unclear",), Effect.WITHOUT_NUMBER),
        (("organisation-unclear",), Effect.WAIT),
        (("partstat-unclear",), Effect.WAIT),
        (("sender-unverified",), Effect.WAIT),
        (("unreadable",), Effect.WAIT),
        (("count-unclear", "sender-unverified"), Effect.WAIT),
    ],
)
def test_a_doubt_holds_back_only_what_it_doubts(doubts, effect):
    decision = decide(reading(claim("accepted", 2, doubts=doubts)), IN_TIME, invitation())
    assert decision.effects == (effect,)
    assert [flag.code for flag in decision.flags] == [Code(code) for code in doubts]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (claim("accepted", None), Code.COUNT_MISSING),
        (claim("accepted", 0), Code.COUNT_UNCLEAR),
        (claim("accepted", -3), Code.COUNT_UNCLEAR),
        (claim("accepted", 10_000), Code.COUNT_UNCLEAR),
        (claim("accepted", 1, "Ann Lee", "Bo Berg"), Code.COUNT_UNCLEAR),
        (claim("needs-action"), Code.PARTSTAT_UNCLEAR),
        (claim("accepted", 2, confidence=0.3), Code.PARTSTAT_UNCLEAR),
        (claim("accepted", 2, organisation=None), Code.ORGANISATION_UNLISTED),
        (claim("accepted", 2, organisation="nobody"), Code.ORGANISATION_UNCLEAR),
    ],
)
def test_what_no_clerk_would_write_down_without_asking(said, code):
    decision = decide(reading(said), IN_TIME, invitation())
    assert [flag.code for flag in decision.flags] == [code]
    assert decision.flags[0].claim == 0


@pytest.mark.parametrize(
    "said",
    [
        claim("accepted", 2, "Ann Lee", "Bo Berg"),
        claim("accepted", 4, "Ann Lee"),
        claim("declined"),
        claim("tentative"),
        claim("accepted", 0, "Ann Lee", op="add", leaves=("Bo Berg",)),
        claim("accepted", 1, "Bo Berg", op="remove"),
    ],
)
def test_what_is_written_down_without_asking(said):
    decision = decide(reading(said), IN_TIME, invitation())
    assert (decision.claims, decision.effects, decision.flags) == ((said,), (Effect.APPLY,), ())


def test_a_room_smaller_than_the_delegation_is_asked_about():
    decision = decide(reading(claim("accepted", 12)), IN_TIME, invitation(capacity=10))
    assert [flag.code for flag in decision.flags] == [Code.COUNT_UNCLEAR]


def test_nothing_but_a_reply_says_anything_on_participation():
    for kind in ("auto-reply", "bounce", "other"):
        decision = decide(reading(claim("accepted", 2), kind=kind), DEADLINE, invitation())
        assert (decision.claims, decision.late) == ((), False)


def test_a_claim_with_an_id_that_is_not_listed_names_no_organisation():
    decision = decide(reading(claim("accepted", 2, organisation="nobody")), IN_TIME, invitation())
    assert decision.claims[0].organisation is None
    assert decision.effects == (Effect.WAIT,)


@pytest.mark.parametrize(("seconds", "late"), [(-1, False), (0, True), (1, True)])
def test_late_begins_with_the_deadline(seconds, late):
    decision = decide(reading(claim("declined")), DEADLINE + timedelta(seconds=seconds), invitation())
    assert decision.late is late
    assert [flag.code for flag in decision.flags] == ([Code.LATE] if late else [])


def test_a_reply_of_unknown_arrival_is_shown_to_a_person_but_not_called_late():
    decision = decide(reading(claim("declined")), None, invitation())
    assert not decision.late
    assert decision.flags == (Flag(Code.LATE, "nothing tells when it arrived; see whether it was in time"),)
