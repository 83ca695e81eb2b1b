"""Stories that organisations tell in several messages, and where they end."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox_worker.decision import tell
from inbox_worker.model import Effect, Evidence, Known, Partstat, Ruling, Verb
from tests.builders import DEADLINE, IN_TIME, claim, entry


def end(*entries, rulings=()):
    return tell("red", entries, rulings, DEADLINE)


def facts(*entries, rulings=()):
    state = end(*entries, rulings=rulings).state
    return state.partstat.value, state.delegates, [person.name for person in state.people]


def conflicts(*entries):
    return [at for at, _ in end(*entries).conflicts]


def test_nobody_wrote():
    assert facts() == ("needs-action", None, [])


def test_names_after_the_number():
    assert facts(entry(1, claim("accepted", 2)), entry(2, claim("accepted", 2, "Ann Lee", "Bo Berg"))) == (
        "accepted", 2, ["Ann Lee", "Bo Berg"],
    )  # fmt: skip


def test_a_number_after_an_acceptance_without_one():
    without = entry(1, claim("accepted", doubts=["count-missing"]), effect=Effect.WITHOUT_NUMBER)
    assert facts(without) == ("accepted", None, [])
    assert facts(without, entry(2, claim("accepted", 3))) == ("accepted", 3, [])


def test_an_acceptance_without_a_number_does_not_take_the_number_back():
    again = entry(2, claim("accepted", doubts=["count-missing"]), effect=Effect.WITHOUT_NUMBER)
    assert facts(entry(1, claim("accepted", 3)), again) == ("accepted", 3, [])


def test_the_same_answer_from_two_colleagues_counts_once():
    first, second = entry(1, claim("accepted", 2, "Ann Lee", "Bo Berg")), entry(2, claim("accepted", 2, "Bo BERG"))
    assert facts(first, second) == ("accepted", 2, ["Ann Lee", "Bo Berg"])
    assert conflicts(first, second) == []


def test_a_contradiction_without_a_word_of_change_leaves_the_first_answer():
    first, second = entry(1, claim("accepted", 2)), entry(2, claim("accepted", 4))
    assert facts(first, second) == ("accepted", 2, [])
    assert conflicts(first, second) == [2]


def test_other_names_under_the_same_number_contradict():
    first, second = entry(1, claim("accepted", 2, "Ann Lee", "Bo Berg")), entry(2, claim("accepted", 2, "Cy Dahl"))
    assert conflicts(first, second) == [2]


def test_a_change_that_says_so_is_a_change():
    assert facts(entry(1, claim("accepted", 2)), entry(2, claim("accepted", 3, revises=True))) == ("accepted", 3, [])


def test_a_later_answer_that_says_it_changes_things_settles_a_contradiction():
    first, second = entry(1, claim("accepted", 2)), entry(2, claim("accepted", 4))
    third = entry(3, claim("accepted", 3, revises=True))
    assert facts(first, second, third) == ("accepted", 3, [])
    assert conflicts(first, second, third) == []


def test_the_same_writer_may_change_their_answer():
    first = entry(1, claim("accepted", 2), sender="ann@redkite.example")
    assert facts(first, entry(2, claim("declined"), sender="ann@redkite.example")) == ("declined", None, [])


def test_an_answer_written_in_reply_to_the_first_may_change_it():
    first = entry(1, claim("accepted", 2), message_id="<1@redkite.example>")
    second = entry(2, claim("accepted", 1), refers=("<0@host.example>", "<1@redkite.example>"))
    assert facts(first, second) == ("accepted", 1, [])


def test_answers_to_the_same_invitation_are_not_one_thread():
    first = entry(1, claim("accepted", 2), refers=("<0@host.example>",))
    assert conflicts(first, entry(2, claim("accepted", 1), refers=("<0@host.example>",))) == [2]


def test_tentative_turns_either_way():
    maybe = entry(1, claim("tentative", 2, "Ann Lee", "Bo Berg"))
    assert facts(maybe, entry(2, claim("accepted", 1, "Ann Lee"))) == ("accepted", 1, ["Ann Lee"])
    assert facts(maybe, entry(2, claim("accepted", 2))) == ("accepted", 2, ["Ann Lee", "Bo Berg"])
    assert facts(maybe, entry(2, claim("declined"))) == ("declined", None, [])


def test_withdrawal_and_return():
    first, gone = entry(1, claim("accepted", 2)), entry(2, claim("declined", revises=True))
    assert facts(first, gone) == ("declined", None, [])
    assert facts(first, gone, entry(3, claim("accepted", 1, "Ann Lee", revises=True))) == ("accepted", 1, ["Ann Lee"])


def test_one_more():
    more = entry(2, claim("accepted", 1, "Cy Dahl", op="add"))
    assert facts(entry(1, claim("accepted", 2, "Ann Lee")), more) == ("accepted", 3, ["Ann Lee", "Cy Dahl"])


def test_one_more_of_nobody_knows_how_many():
    unknown = entry(1, claim("accepted", doubts=["count-missing"]), effect=Effect.WITHOUT_NUMBER)
    assert facts(unknown, entry(2, claim("accepted", 1, "Cy Dahl", op="add"))) == ("accepted", None, ["Cy Dahl"])


def test_one_more_than_nothing_is_asked_about():
    assert conflicts(entry(1, claim("accepted", 1, "Cy Dahl", op="add"))) == [1]


def test_a_replacement_keeps_the_number():
    before = entry(1, claim("accepted", 2, "Ann Lee", "Bo Berg"))
    for leaves in (("Bo Berg",), ("Berg",), ("Bo",)):
        after = entry(2, claim("accepted", 0, "Cy Dahl", op="add", leaves=leaves))
        expected = ["Ann Lee", "Bo Berg"] if leaves == ("Bo",) else ["Ann Lee", "Cy Dahl"]
        assert facts(before, after) == ("accepted", 2, expected)


def test_the_only_delegate_is_replaced_without_being_named():
    assert facts(entry(1, claim("accepted", 1, "Ann Lee")), entry(2, claim("accepted", 0, "Cy Dahl", op="add"))) == (
        "accepted",
        1,
        ["Cy Dahl"],
    )


def test_a_replacement_that_does_not_say_for_whom_is_asked_about():
    before = entry(1, claim("accepted", 2, "Ann Lee", "Bo Berg"))
    assert conflicts(before, entry(2, claim("accepted", 0, "Cy Dahl", op="add"))) == [2]


def test_a_corrected_spelling():
    before = entry(1, claim("accepted", 2, "Ann Lee", "Kjell-Ove Brattland"))
    after = entry(2, claim("accepted", 0, "Kjell-Ove Brattli", op="add"))
    assert facts(before, after) == ("accepted", 2, ["Ann Lee", "Kjell-Ove Brattli"])


def test_a_further_name_for_a_number_given_before():
    before = entry(1, claim("accepted", 3, "Ann Lee"))
    assert facts(before, entry(2, claim("accepted", 0, "Cy Dahl", op="add"))) == ("accepted", 3, ["Ann Lee", "Cy Dahl"])


def test_somebody_drops_out():
    before = entry(1, claim("accepted", 2, "Ann Lee", "Bo Berg"))
    assert facts(before, entry(2, claim("accepted", 1, "Bo Berg", op="remove"))) == ("accepted", 1, ["Ann Lee"])
    assert conflicts(before, entry(2, claim("accepted", 2, op="remove"))) == [2]
    assert conflicts(before, entry(2, claim("accepted", 1, "Cy Dahl", op="remove"))) == [2]


def test_an_unclear_change_of_number_leaves_the_number_open():
    before = entry(1, claim("accepted", 2, "Ann Lee", "Bo Berg"))
    unclear = claim("accepted", None, "Bo Berg", op="remove", doubts=["count-unclear"])
    assert facts(before, entry(2, unclear, effect=Effect.WITHOUT_NUMBER)) == ("accepted", None, ["Ann Lee"])


def test_late_is_a_property_of_the_first_answer():
    first = entry(1, claim("accepted", 2))
    late = replace(entry(2, claim("accepted", 3, revises=True)), received=DEADLINE + timedelta(hours=1))
    assert end(first, late).state.late is False
    assert end(late).state.late is True


def test_a_waiting_claim_changes_nothing():
    assert facts(entry(1, claim("accepted", 2), effect=Effect.WAIT)) == ("needs-action", None, [])


def ruling(at, verb, about=None, said=None, undoes=None):
    return Ruling(at, Verb(verb), IN_TIME + timedelta(days=1, hours=at), "clerk", "", about, said, undoes)


def test_rulings_decide_and_can_be_undone():
    waits = entry(1, claim("accepted", 2), effect=Effect.WAIT)
    accept, undo = ruling(1, "accept", 1), ruling(2, "undo", undoes=1)
    assert facts(waits, rulings=[accept]) == ("accepted", 2, [])
    assert facts(waits, rulings=[accept, undo]) == ("needs-action", None, [])
    correct = ruling(3, "correct", 1, claim("accepted", 5))
    assert facts(waits, rulings=[accept, correct]) == ("accepted", 5, [])
    assert facts(waits, rulings=[accept, correct, ruling(4, "undo", undoes=3)]) == ("accepted", 2, [])
    assert facts(waits, rulings=[ruling(5, "dismiss", 1), ruling(6, "accept", 1)]) == ("accepted", 2, [])


def test_a_ruling_gives_a_claim_to_another_organisation():
    wrong = entry(1, claim("accepted", 2))
    moved = [ruling(1, "correct", 1, claim("accepted", 2, organisation="blue"))]
    assert tell("red", [wrong], moved, DEADLINE).state.partstat is Partstat.NEEDS_ACTION
    assert tell("blue", [wrong], moved, DEADLINE).state.delegates == 2


def test_an_answer_by_telephone_changes_what_was_written():
    written = entry(1, claim("accepted", 2))
    assert facts(written, rulings=[ruling(1, "enter", said=claim("accepted", 4))]) == ("accepted", 4, [])


def test_late_answers_are_admitted_and_refused():
    late = replace(entry(1, claim("accepted", 2)), received=DEADLINE)
    assert end(late, rulings=[ruling(1, "admit", 1)]).state.late is False
    assert end(late, rulings=[ruling(1, "refuse", 1)]).state.partstat is Partstat.NEEDS_ACTION
    assert end(late, rulings=[ruling(1, "refuse", 1), ruling(2, "admit", 1)]).state.delegates == 2


NAMES = st.lists(st.sampled_from(["Ann Lee", "Bo Berg", "Cy Dahl", "Di Eck", "Ed Fox"]), max_size=3, unique=True)
CLAIMS = st.builds(
    lambda partstat, number, names, op, revises: claim(partstat, number, *names, op=op, revises=revises),
    st.sampled_from(["accepted", "declined", "tentative"]),
    st.integers(0, 5),
    NAMES,
    st.sampled_from(["set", "add", "remove"]),
    st.booleans(),
)


@given(st.lists(CLAIMS, max_size=8), st.randoms(use_true_random=False))
def test_the_order_of_telling_is_that_of_reception_not_of_arrival(claims, shuffler: random.Random):
    entries = [entry(at, said) for at, said in enumerate(claims, 1)]
    shuffled = list(entries)
    shuffler.shuffle(shuffled)
    assert end(*shuffled) == end(*entries)


SOUND = CLAIMS.filter(lambda said: len(said.people) <= (said.delegates or 0) and (said.delegates or 0) > 0)


@given(st.lists(SOUND, max_size=8))
def test_never_more_names_than_people(claims):
    state = end(*(entry(at, said) for at, said in enumerate(claims, 1))).state
    if state.delegates is not None:
        assert len(state.people) <= state.delegates


def words(*texts):
    return tuple(Evidence("delegates", "1", 0, len(text), text) for text in texts)


def test_an_addition_sent_twice_counts_once():
    first = entry(1, claim("accepted", 2))
    one = entry(2, claim("accepted", 1, op="add", evidence=words("one more of us")), sender="ann@redkite.example")
    again = entry(3, claim("accepted", 1, op="add", evidence=words("one  more of us")), sender="ann@redkite.example")
    assert facts(first, one, again) == ("accepted", 3, [])
    assert conflicts(first, one, again) == []


def test_an_addition_told_by_two_colleagues_counts_once():
    first = entry(1, claim("accepted", 1, "Ann Lee"))
    one = entry(2, claim("accepted", 1, "Cy Dahl", op="add", evidence=words("Cy joins")))
    again = entry(3, claim("accepted", 1, "Cy DAHL", op="add", evidence=words("and Mr Dahl")))
    assert facts(first, one, again) == ("accepted", 2, ["Ann Lee", "Cy Dahl"])
    assert conflicts(first, one, again) == []


def test_two_colleagues_who_add_one_without_a_name_are_asked_whether_it_is_the_same():
    first = entry(1, claim("accepted", 1))
    one = entry(2, claim("accepted", 1, op="add", evidence=words("one more")))
    other = entry(3, claim("accepted", 1, op="add", evidence=words("another colleague")))
    assert facts(first, one, other) == ("accepted", 2, [])
    assert conflicts(first, one, other) == [3]


def test_one_more_and_later_one_more_from_the_same_writer_are_two():
    first = entry(1, claim("accepted", 1))
    more = [
        entry(at, claim("accepted", 1, op="add", evidence=words(text)), sender="ann@redkite.example")
        for at, text in ((2, "one more"), (3, "and another"))
    ]
    assert facts(first, *more) == ("accepted", 3, [])


def test_an_addition_of_somebody_who_comes_already_is_asked_about():
    first = entry(1, claim("accepted", 2, "Ann Lee", "Bo Berg"))
    more = entry(2, claim("accepted", 2, "Bo Berg", "Cy Dahl", op="add"))
    assert facts(first, more) == ("accepted", 2, ["Ann Lee", "Bo Berg"])
    assert conflicts(first, more) == [2]


def test_a_replacement_and_a_removal_told_twice_count_once():
    first = entry(1, claim("accepted", 2, "Ann Lee", "Bo Berg"))
    swap = [entry(at, claim("accepted", 0, "Cy Dahl", op="add", leaves=("Bo Berg",))) for at in (2, 3)]
    assert (facts(first, *swap), conflicts(first, *swap)) == (("accepted", 2, ["Ann Lee", "Cy Dahl"]), [])
    gone = [entry(at, claim("accepted", 1, "Bo Berg", op="remove")) for at in (2, 3)]
    assert (facts(first, *gone), conflicts(first, *gone)) == (("accepted", 1, ["Ann Lee"]), [])


def test_the_first_answer_sent_again_after_a_change_does_not_change_it_back():
    said = claim("accepted", 2, evidence=words("two of us"))
    first, change = entry(1, said, sender="ann@redkite.example"), entry(2, claim("accepted", 3, revises=True))
    again = entry(3, said, sender="ann@redkite.example")
    assert facts(first, change, again) == ("accepted", 3, [])
    assert conflicts(first, change, again) == [3]


KNOWN = Known(
    frozenset({"redkite.example", "host.example"}), frozenset({"redkite.example"}), frozenset({"kite@gmail.example"})
)
CHANGES = (
    claim("declined", revises=True),
    claim("accepted", 3, revises=True),
    claim("accepted", 1, "Cy Dahl", op="add"),
    claim("accepted", 0, "Cy Dahl", op="add", leaves=("Ann Lee",)),
    claim("accepted", 1, op="remove"),
    claim("accepted", 2, "Ann Lee", "Cy Dahl"),
)


def told(*entries):
    story = tell("red", entries, (), DEADLINE, KNOWN)
    return [at for at, _ in story.conflicts], list(story.applied)


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_from_an_address_and_domain_nobody_knows_is_asked_about_whatever_it_says(change):
    first = entry(1, claim("accepted", 2, "Ann Lee"), sender="ann@redkite.example", message_id="<1@redkite.example>")
    assert told(first, entry(2, change, sender="ann@red-kite.example")) == ([2], [1])
    assert told(first, entry(2, change, sender="ann@gmail.example")) == ([2], [1])
    for known in ("bo@redkite.example", "bo@mail.redkite.example", "kite@GMAIL.example", "desk@host.example"):
        assert 2 in told(first, entry(2, change, sender=known))[1] or not change.revises
    inside = entry(2, change, sender="ann@elsewhere.example", refers=("<1@redkite.example>",))
    assert told(first, inside) == ([], [1, 2])


def test_a_free_mail_domain_is_known_to_nobody_but_the_address_is():
    first = entry(1, claim("accepted", 2), sender="red.kite@gmail.example")
    change = claim("declined", revises=True)
    assert told(first, entry(2, change, sender="another@gmail.example")) == ([2], [1])
    assert told(first, entry(2, change, sender="Red.Kite@gmail.example")) == ([], [1, 2])


def test_a_stranger_who_says_the_same_changes_nothing_and_is_not_asked_about():
    first = entry(1, claim("accepted", 2, "Ann Lee", "Bo Berg"), sender="ann@redkite.example")
    assert told(first, entry(2, claim("accepted", 2), sender="x@elsewhere.example")) == ([], [1, 2])


def test_an_organisation_may_decline_what_a_federation_announced_but_another_number_is_asked_about():
    federation = entry(1, claim("accepted", 1, "Ann Lee"), sender="lou@federation.example")
    assert told(federation, entry(2, claim("declined"), sender="ann@redkite.example")) == ([], [1, 2])
    assert told(federation, entry(2, claim("accepted", 2), sender="ann@redkite.example")) == ([2], [1])
    itself = entry(1, claim("accepted", 1, "Ann Lee"), sender="bo@redkite.example")
    assert told(itself, entry(2, claim("declined"), sender="ann@redkite.example")) == ([2], [1])


def test_a_reply_overtaken_by_a_later_one_is_told_in_the_order_of_reception():
    first, second = entry(1, claim("accepted", 2)), entry(2, claim("accepted", 3, revises=True))
    assert facts(second, first) == facts(first, second) == ("accepted", 3, [])


def test_an_answer_to_our_reminder_gives_the_number_that_was_missing():
    first = entry(
        1, claim("accepted", doubts=["count-missing"]), effect=Effect.WITHOUT_NUMBER, message_id="<1@x.example>"
    )
    answer = entry(2, claim("accepted", 2), refers=("<reminder@host.example>", "<1@x.example>"))
    assert (facts(first, answer), conflicts(first, answer)) == (("accepted", 2, []), [])
