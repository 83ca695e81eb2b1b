"""The policy of the two roles, a row each: what the built-in reader read, what the model, what comes of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from inbox_worker.model import Claim, Code, Doubt, Evidence, Kind, Reading
from inbox_worker.reading.language_model.roles import NEVER, SETTLES, RoleOfModel, asks, joined
from inbox_worker.reading.language_model.validation import Checked
from tests.builders import claim as built
from tests.builders import invitation, reading
from tests.reading.making import message

WORDS = Evidence("doubt", "1", 0, 12, "Three of us.")
NUMBER = replace(WORDS, field="delegates")
RANGE = Evidence("doubt", "1", 0, 22, "Three or four of us.")
ELSEWHERE = Evidence("partstat", "1", 40, 60, "We look forward to it")


def claim(*arguments: Any, rests: tuple[Evidence, ...] = (WORDS,), **more: Any) -> Claim:
    return built(*arguments, evidence=rests, **more)


def doubted(code: str, *arguments: Any, words: Evidence | None = WORDS, **more: Any) -> Claim:
    doubt = Doubt(Code(code), "not clear", (words,) if words else ())
    return replace(claim(*arguments, **more), doubts=(doubt,))


def told(read: Reading) -> list[tuple[Any, ...]]:
    """Each claim as organisation, answer, number, names and doubts; then the doubts of the whole message."""
    rows: list[tuple[Any, ...]] = [
        (c.organisation, c.partstat.value, c.delegates, *(p.name for p in c.people), *(d.code.value for d in c.doubts))
        for c in read.claims
    ]
    return rows + [(d.code.value,) for d in read.doubts]


def both(role: str, mine: Reading, model: Reading) -> list[tuple[Any, ...]]:
    return told(joined(RoleOfModel(role), mine, Checked(replace(model, reader="m"), ()), invitation()))


THREE = doubted("count-unclear", "accepted", None)
PERHAPS = doubted("partstat-unclear", "tentative", 3)

SECOND = {
    "a number in doubt is settled": ([THREE], [claim("accepted", 3)], [("red", "accepted", 3)]),
    "not by another answer": ([THREE], [claim("declined")], [("red", "accepted", None, "count-unclear")]),
    "not for another organisation": (
        [THREE], [claim("accepted", 3, organisation="blue")], [("red", "accepted", None, "count-unclear")],
    ),
    "not by words elsewhere": (
        [THREE], [claim("accepted", 3, rests=(ELSEWHERE,))], [("red", "accepted", None, "count-unclear")],
    ),
    "not by a number that the words in doubt do not say": (
        [THREE], [claim("accepted", 5)], [("red", "accepted", None, "count-unclear")],
    ),
    "not where no words are in doubt": (
        [doubted("count-unclear", "accepted", None, words=None)], [claim("accepted", 3)],
        [("red", "accepted", None, "count-unclear")],
    ),
    "not by a claim that is doubted itself": (
        [THREE], [claim("accepted", 3, doubts=("count-unclear",))], [("red", "accepted", None, "count-unclear")],
    ),
    "not without one who is sure to come": (
        [doubted("partstat-unclear", "tentative", 3, "Ann Lee")], [claim("accepted", 3, "Bo Berg")],
        [("red", "tentative", 3, "Ann Lee", "partstat-unclear")],
    ),
    "an answer in doubt is settled": ([PERHAPS], [claim("accepted", 3)], [("red", "accepted", 3)]),
    "not against a number that is sure": (
        [PERHAPS], [claim("accepted", 4)], [("red", "tentative", 3, "partstat-unclear")],
    ),
    "a number that was passed over is filled in": (
        [doubted("count-missing", "accepted", None, words=None)], [claim("accepted", 3, rests=(NUMBER,))],
        [("red", "accepted", 3)],
    ),
    "not by names alone": (
        [doubted("count-missing", "accepted", None, words=None)], [claim("accepted", 2, "Ann Lee", "Bo Berg")],
        [("red", "accepted", None, "count-missing")],
    ),
    "not a number out of two": (
        [doubted("count-unclear", "accepted", None, words=RANGE)], [claim("accepted", 3, rests=(RANGE,))],
        [("red", "accepted", None, "count-unclear")],
    ),
    "no name is lost over a number": (
        [doubted("count-unclear", "accepted", None, "Ann Lee")], [claim("accepted", 3, "Bo Berg")],
        [("red", "accepted", None, "Ann Lee", "count-unclear")],
    ),
    "and stays away where the model has none": (
        [doubted("count-missing", "accepted", None, words=None)], [claim("accepted", None)],
        [("red", "accepted", None, "count-missing")],
    ),
    "an organisation in doubt is settled": (
        [doubted("organisation-unclear", "accepted", 3, organisation=None)], [claim("accepted", 3)],
        [("red", "accepted", 3)],
    ),
    "what is sure stays whatever the model says": ([claim("accepted", 3)], [claim("declined")], [("red", "accepted", 3)]),
    "one wrong claim and none is believed": (
        [claim("accepted", 3), replace(THREE, organisation="blue")],
        [claim("accepted", 4), claim("accepted", 3, organisation="blue")],
        [("red", "accepted", 3), ("blue", "accepted", None, "count-unclear")],
    ),
    "a claim more and none is believed": (
        [THREE], [claim("accepted", 3), claim("accepted", 3, organisation="blue")],
        [("red", "accepted", None, "count-unclear")],
    ),
    "that nothing is said is not believed": ([THREE], [], [("red", "accepted", None, "count-unclear")]),
}  # fmt: skip

AGREE = {
    "what both say is written down": ([claim("accepted", 3)], [claim("accepted", 3)], [("red", "accepted", 3)]),
    "a doubt goes where both say the same": (
        [doubted("count-unclear", "accepted", 3)], [claim("accepted", 3)], [("red", "accepted", 3)],
    ),
    "not where one of them says nothing": ([THREE], [claim("accepted", 3)], [("red", "accepted", None, "count-unclear")]),
    "another answer is asked about": (
        [claim("accepted", 3)], [claim("declined")], [("red", "accepted", 3, "partstat-unclear")],
    ),
    "another number is asked about": (
        [claim("accepted", 3)], [claim("accepted", 4)], [("red", "accepted", 3, "count-unclear")],
    ),
    "no number against one is asked about": (
        [claim("accepted", 3)], [claim("accepted", None)], [("red", "accepted", 3, "count-unclear")],
    ),
    "another name is asked about": (
        [claim("accepted", 1, "Ann Lee")], [claim("accepted", 1, "Bo Berg")],
        [("red", "accepted", 1, "Ann Lee", "count-unclear")],
    ),
    "a doubt of the model is asked about": (
        [claim("accepted", 3)], [claim("accepted", 3, doubts=("partstat-unclear",))],
        [("red", "accepted", 3, "partstat-unclear")],
    ),
    "another organisation is asked about": (
        [claim("accepted", 3)], [claim("accepted", 3, organisation="blue")],
        [("red", "accepted", 3, "partstat-unclear"), ("partstat-unclear",)],
    ),
    "an answer that only the model sees is asked about": ([], [claim("accepted", 3)], [("partstat-unclear",)]),
    "an answer that only the model does not see is asked about": (
        [claim("accepted", 3)], [], [("red", "accepted", 3, "partstat-unclear")],
    ),
    "nothing against nothing is nothing": ([], [], []),
}  # fmt: skip


@pytest.mark.parametrize("row", SECOND)
def test_second(row: str) -> None:
    mine, model, comes = SECOND[row]
    assert both("second", reading(*mine), reading(*model)) == comes


@pytest.mark.parametrize("row", AGREE)
def test_agree(row: str) -> None:
    mine, model, comes = AGREE[row]
    kind = "reply" if mine else "other"
    assert both("agree", reading(*mine, kind=kind), reading(*model)) == comes


@pytest.mark.parametrize("role", RoleOfModel)
@pytest.mark.parametrize("code", sorted(NEVER))
def test_some_doubts_are_never_settled(role: str, code: Code) -> None:
    claims = reading(doubted(code.value, "accepted", 3))
    assert both(role, claims, reading(claim("accepted", 3))) == [("red", "accepted", 3, code.value)]
    beside = reading(replace(THREE, doubts=(*THREE.doubts, Doubt(code, "trust"))))
    assert both(role, beside, reading(claim("accepted", 3)))[0][3:] == ("count-unclear", code.value)
    whole = reading(doubts=(Doubt(code, "trust", (WORDS,)),))
    assert (code.value,) in both(role, whole, reading(claim("accepted", 3)))


def test_every_doubt_is_settled_by_a_row_or_never() -> None:
    assert set(SETTLES) | NEVER == {code for code in Code if code.is_doubt}
    assert not set(SETTLES) & NEVER


def test_a_message_of_which_nothing_was_understood_is_answered_by_the_words_in_doubt() -> None:
    mine = reading(doubts=(Doubt(Code.PARTSTAT_UNCLEAR, "not understood", (WORDS,)),))
    assert both("second", mine, reading(claim("accepted", 3))) == [("red", "accepted", 3)]
    assert both("second", mine, reading(claim("accepted", 3, rests=(ELSEWHERE,)))) == [("partstat-unclear",)]
    assert both("second", mine, reading(claim("accepted", 3, organisation=None))) == [("partstat-unclear",)]
    assert both("second", mine, reading(kind="other")) == [("partstat-unclear",)]


def test_whom_it_is_asked_about() -> None:
    sure, unsure = reading(claim("accepted", 3)), reading(THREE)
    unlisted = reading(doubted("organisation-unlisted", "accepted", 3))
    machine = replace(sure, kind=Kind.AUTO_REPLY)
    mail = message("We come.")

    def asked(role: str) -> list[bool]:
        return [asks(RoleOfModel(role), read, mail, invitation()) for read in (sure, unsure, unlisted, machine)]

    assert (asked("second"), asked("agree")) == ([False, True, False, False], [True, True, True, False])


def test_both_opinions_stand_in_the_flag_and_whole_beside_the_reading() -> None:
    read = joined(
        RoleOfModel.AGREE, reading(claim("accepted", 3, "Ann Lee")),
        Checked(replace(reading(claim("declined")), reader="m (prompt 1)"), ("the number 4, resting on no words",)),
        invitation(),
    )  # fmt: skip
    assert read.claims[0].doubts[0].detail == (
        "Two readers differ. The built-in reader reads: Red Kite Trust: accepted, 3, Ann Lee. The language model m (prompt 1) reads: "
        "Red Kite Trust: declined."
    )
    assert [(one.reader, one.kind, one.claims, one.dropped) for one in read.opinions] == [
        (reading().reader, Kind.REPLY, (claim("accepted", 3, "Ann Lee"),), ()),
        ("m (prompt 1)", Kind.REPLY, (claim("declined"),), ("the number 4, resting on no words",)),
    ]
