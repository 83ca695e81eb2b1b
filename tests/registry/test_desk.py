"""Rulings of people: what each does, that it can be taken back, and that two at once do not undo each other."""

import threading
from datetime import datetime, timezone

import pytest

from inbox_worker import decision
from inbox_worker.model import Claim, Op, Partstat, Person
from inbox_worker.registry import Registry, RegistryError
from inbox_worker.registry.corrections import Correction, Newcomer, RulingError
from inbox_worker.registry.desk import Desk, MeanwhileError, Told
from inbox_worker.registry.review import Target, item, organisation_revision, waiting
from tests.builders import DEADLINE, IN_TIME, claim, invitation, raw, reading
from tests.registry.test_registry import message, open_registry, record, rows, state

UTC = timezone.utc


@pytest.fixture
def registry(tmp_path):
    opened = open_registry(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def desk(registry):
    return Desk(registry, "ann")


def codes(registry) -> list[str]:
    return [row["code"] for row in waiting(registry.db)]


def flag(registry, code: str) -> Target:
    return Target("flag", next(row["flag_id"] for row in waiting(registry.db, code=code)))


def test_what_waits_is_listed_by_code_and_organisation(registry):
    record(registry, 2, claim("accepted", 2, doubts=["sender-unverified"]))
    record(registry, 1, claim("accepted", organisation="blue", doubts=["count-missing"]))
    assert [(row["code"], row["organisation_id"]) for row in waiting(registry.db)] == [
        ("count-missing", "blue"), ("sender-unverified", "red"),
    ]  # fmt: skip
    assert [row["code"] for row in waiting(registry.db, organisation="red")] == ["sender-unverified"]
    assert [row["code"] for row in waiting(registry.db, code="count-missing")] == ["count-missing"]


def test_accepting_writes_down_what_was_read_with_who_when_why_and_the_revision(registry, desk):
    record(registry, 1, claim("accepted", 2, doubts=["sender-unverified"]))
    seen = item(registry.db, Target("flag", 1)).revision
    outcome = desk.accept(Target("flag", 1), why="I know her", revision=seen)
    assert (state(registry), outcome.organisations, outcome.still_open) == (("accepted", 2, 0), ("red",), ())
    row = next(registry.db.query("select * from rulings"))
    assert (row["verb"], row["made_by"], row["why"], row["revision"], row["claim_id"], row["message_id"]) == (
        "accept", "ann", "I know her", "1.0", 1, 1,
    )  # fmt: skip
    assert row["made_at"].endswith("+00:00")


def test_reopening_gives_the_state_and_the_flags_before(registry, desk):
    record(registry, 1, claim("accepted", 2, doubts=["sender-unverified"]))
    before = rows(registry, "participations", "delegates", "flags")
    desk.accept(Target("flag", 1))
    desk.correct(Target("flag", 1), Correction(delegates=5))
    assert state(registry) == ("accepted", 5, 0)
    desk.reopen(Target("flag", 1))
    assert rows(registry, "participations", "delegates", "flags") == before
    with pytest.raises(RulingError, match="nothing to reopen"):
        desk.reopen(Target("flag", 1))


def test_one_ruling_of_several_is_taken_back_by_its_number(registry, desk):
    record(registry, 1, claim("accepted", 2, doubts=["sender-unverified"]))
    desk.accept(Target("claim", 1))
    second = desk.correct(Target("claim", 1), Correction(delegates=5)).rulings[0]
    desk.reopen(Target("ruling", second))
    assert state(registry) == ("accepted", 2, 0)


def test_correcting_says_number_people_answer_and_organisation(registry, desk):
    record(registry, 1, claim("accepted", doubts=["count-missing"]))
    desk.correct(flag(registry, "count-missing"), Correction(people=(Person("Ann Lee"), Person("Bo Berg"))))
    assert state(registry) == ("accepted", 2, 0)
    desk.correct(Target("claim", 1), Correction(partstat=Partstat.DECLINED))
    assert state(registry) == ("declined", None, 0)
    desk.correct(Target("claim", 1), Correction(organisation="blue", delegates=3))
    assert (state(registry), state(registry, "blue")) == (("needs-action", None, 0), ("accepted", 3, 0))


@pytest.mark.parametrize(
    ("correction", "why"),
    [
        (Correction(delegates=0), "cannot be how many"),
        (Correction(delegates=1, people=(Person("A B"), Person("C D"))), "2 names, but the number is 1"),
        (Correction(organisation="purple"), 'no organisation "purple"'),
        (Correction(partstat=Partstat.NEEDS_ACTION), "say what they answer"),
    ],
)
def test_a_correction_that_cannot_be_is_refused_and_changes_nothing(registry, desk, correction, why):
    record(registry, 1, claim("accepted", 2))
    before = rows(registry, "rulings", "participations", "flags")
    with pytest.raises(RulingError, match=why):
        desk.correct(Target("message", 1), correction)
    assert rows(registry, "rulings", "participations", "flags") == before


def test_a_dismissed_claim_says_nothing_for_the_registry(registry, desk):
    record(registry, 1, claim("accepted", 2), claim("accepted", 1, organisation="blue"))
    desk.dismiss(Target("claim", 1))
    assert (state(registry)[0], state(registry, "blue")[0]) == ("needs-action", "accepted")
    desk.dismiss(Target("message", 1))
    assert state(registry, "blue")[0] == "needs-action"


def unread(registry, number=1, received=IN_TIME) -> int:
    """A message that its reader could make nothing of."""
    item = raw(f"Subject: odd {number}\n\n".encode(), received)
    said = reading(doubts=claim(doubts=["partstat-unclear"]).doubts)
    return registry.record(item, message(number), said, decision.decide(said, received, invitation()), reader="test 1")


def test_what_nobody_could_read_is_read_by_a_person(registry, desk):
    at = unread(registry)
    with pytest.raises(RulingError, match="nothing was read"):
        desk.accept(Target("message", at))
    with pytest.raises(RulingError, match="which organisation"):
        desk.correct(Target("message", at), Correction(partstat=Partstat.ACCEPTED))
    said = Correction(organisation="red", partstat=Partstat.ACCEPTED, people=(Person("Ann Lee"),))
    desk.correct(Target("message", at), said)
    assert (state(registry), codes(registry)) == (("accepted", 1, 0), [])
    row = next(registry.db.query("select * from participations where organisation_id = 'red'"))
    assert (row["message_id"], row["received_at"]) == (at, "2031-05-01T07:00:00+00:00")
    desk.dismiss(Target("message", at))
    assert (state(registry)[0], codes(registry)) == ("needs-action", [])
    desk.reopen(Target("message", at))
    assert (state(registry)[0], codes(registry)) == ("needs-action", ["partstat-unclear"])


def test_what_a_person_read_in_a_late_message_is_late_until_admitted(registry, desk):
    at = unread(registry, received=DEADLINE)
    said = Correction(organisation="red", partstat=Partstat.DECLINED)
    desk.correct(Target("message", at), said)
    late = "select late from participations where organisation_id = 'red'"
    assert registry.db.execute(late).fetchone() == (1,)
    desk.admit(Target("message", at))
    assert registry.db.execute(late).fetchone() == (0,)
    desk.refuse(Target("message", at))
    assert state(registry)[0] == "needs-action"


def test_a_late_answer_is_admitted_or_refused_and_stays_corrected(registry, desk):
    record(registry, 1, claim("accepted", 2), received=DEADLINE)
    assert codes(registry) == ["late"]
    desk.admit(flag(registry, "late"))
    late = "select late from participations where organisation_id = 'red'"
    assert (registry.db.execute(late).fetchone(), codes(registry)) == ((0,), [])
    desk.correct(Target("claim", 1), Correction(delegates=3))
    assert (state(registry), registry.db.execute(late).fetchone()) == (("accepted", 3, 0), (0,))
    desk.refuse(Target("claim", 1))
    assert state(registry) == ("needs-action", None, 0)
    desk.admit(Target("claim", 1))
    assert state(registry) == ("accepted", 3, 0)


def test_admitting_a_late_answer_does_not_settle_a_doubt_about_it(registry, desk):
    record(registry, 1, claim("accepted", 2, doubts=["sender-unverified"]), received=DEADLINE)
    desk.admit(flag(registry, "late"))
    assert (state(registry), codes(registry)) == (("needs-action", None, 1), ["sender-unverified"])


def test_only_a_late_answer_is_admitted(registry, desk):
    record(registry, 1, claim("accepted", 2))
    with pytest.raises(RulingError, match="did not come late"):
        desk.admit(Target("claim", 1))


def unlisted() -> Claim:
    return claim("accepted", 2, organisation=None, name="Orange Tent", doubts=["organisation-unlisted"])


def test_an_unlisted_organisation_is_merged_with_a_listed_one(registry, desk):
    record(registry, 1, unlisted())
    with pytest.raises(RulingError, match="merge it with one, or add it"):
        desk.accept(Target("flag", 1))
    desk.merge(Target("flag", 1), "blue")
    assert (state(registry, "blue"), codes(registry)) == (("accepted", 2, 0), [])


def test_an_unlisted_organisation_is_added_and_leaves_again_when_that_is_undone(registry, desk):
    record(registry, 1, unlisted())
    desk.add(Target("flag", 1), Newcomer(acronym="OT", country="FR"))
    assert state(registry, "ot") == ("accepted", 2, 0)
    row = next(registry.db.query("select * from organisations where id = 'ot'"))
    assert (row["name"], row["country"], row["invited"]) == ("Orange Tent", "FR", 0)
    desk.reopen(Target("flag", 1))
    assert list(registry.db.query("select * from participations where organisation_id = 'ot'")) == []
    assert codes(registry) == ["organisation-unlisted"]
    with pytest.raises(RulingError, match="already, as ot; merge"):
        desk.add(Target("flag", 1), Newcomer())


def test_an_answer_by_telephone_is_told_with_who_told_whom_and_when(registry, desk):
    record(registry, 2, claim("accepted", 2))
    told_at = datetime(2031, 5, 3, 8, tzinfo=UTC)
    said = Claim("red", "", Partstat.ACCEPTED, 3, people=(Person("Ann Lee"),))
    desk.enter(said, Told("Ann Lee", "the front desk", told_at), why="she rang")
    assert state(registry) == ("accepted", 3, 0)
    row = next(registry.db.query("select * from rulings"))
    assert (row["told_by"], row["told_to"], row["told_at"]) == (
        "Ann Lee", "the front desk", "2031-05-03T08:00:00+00:00",
    )  # fmt: skip
    with pytest.raises(RulingError, match="who told it"):
        desk.enter(said, Told("", ""))


def test_a_call_before_a_letter_does_not_take_the_letter_back(registry, desk):
    record(registry, 48, claim("accepted", 2, revises=True), sender="ann@redkite.example")
    desk.enter(Claim("red", "", Partstat.ACCEPTED, 3), Told("Ann", "Bo", IN_TIME))
    assert state(registry) == ("accepted", 2, 0)


def test_a_question_is_closed_by_hand_and_what_was_read_stands(registry, desk):
    said = claim(doubts=["question"]).doubts
    at = record(registry, 1, claim("accepted", 2), needs=said)
    desk.accept(Target("message", at))
    assert codes(registry) == ["question"]
    desk.close(flag(registry, "question"))
    assert (codes(registry), state(registry)) == ([], ("accepted", 2, 0))
    desk.reopen(Target("flag", 1))
    assert codes(registry) == ["question"]
    desk.close(Target("message", at))
    with pytest.raises(RulingError, match="only an open question"):
        desk.close(Target("message", at))


def test_a_question_closed_by_hand_stays_closed_when_the_message_is_read_anew(registry, desk):
    said = reading(claim("accepted", 2), needs=claim(doubts=["question"]).doubts)
    at = record(registry, 1, claim("accepted", 2), needs=said.needs)
    desk.close(Target("flag", 1))
    better = reading(claim("accepted", 3), needs=said.needs)
    again = (message(1), better, decision.decide(better, IN_TIME, invitation()))
    registry.record_again(at, *again, reader="test 2", error=None)
    assert (codes(registry), state(registry)) == ([], ("accepted", 3, 0))


def test_a_doubt_is_not_closed_by_hand(registry, desk):
    record(registry, 1, claim("accepted", 2, doubts=["sender-unverified"]))
    with pytest.raises(RulingError, match="accept, correct or dismiss a doubt"):
        desk.close(Target("flag", 1))


def test_a_message_about_several_organisations_needs_the_claim_named(registry, desk):
    record(registry, 1, claim("accepted", 2), claim("accepted", 1, organisation="blue"))
    with pytest.raises(RulingError, match=r"c1 \(Red Kite Trust\), c2 \(Blue Harbour Association\)"):
        desk.correct(Target("message", 1), Correction(delegates=4))


def test_an_accepted_addition_to_nothing_stays_open_and_is_told(registry, desk):
    record(registry, 1, claim("accepted", 1, "Cy Dahl", op="add"))
    outcome = desk.accept(Target("message", 1))
    assert [row["code"] for row in outcome.still_open] == ["conflict"]
    desk.correct(Target("message", 1), Correction(op=Op.SET))
    assert (state(registry), codes(registry)) == (("accepted", 1, 0), [])


@pytest.mark.parametrize("text", ["", "x", "12x", "-1", "0", "m", "mm1"])
def test_what_names_nothing_is_refused(text):
    with pytest.raises(RegistryError, match="names nothing to rule on"):
        Target.parse(text)


def test_who_comes_too_late_is_told_who_ruled_and_nothing_changes(registry, desk):
    record(registry, 1, claim("accepted", 2, doubts=["sender-unverified"]))
    seen = item(registry.db, Target("flag", 1)).revision
    desk.accept(Target("flag", 1), revision=seen)
    before = rows(registry, "rulings", "participations", "flags")
    with pytest.raises(MeanwhileError, match="ann ruled 'accept'"):
        Desk(registry, "bo").dismiss(Target("flag", 1), revision=seen)
    assert rows(registry, "rulings", "participations", "flags") == before


def test_who_rules_on_another_message_of_the_organisation_changes_the_revision(registry, desk):
    record(registry, 1, claim("accepted", 2))
    record(registry, 2, claim("accepted", 4))
    seen = item(registry.db, Target("message", 2)).revision
    called = organisation_revision(registry.db, "red")
    desk.correct(Target("message", 1), Correction(delegates=3))
    with pytest.raises(MeanwhileError):
        desk.accept(Target("message", 2), revision=seen)
    with pytest.raises(MeanwhileError):
        desk.enter(Claim("red", "", Partstat.DECLINED), Told("x", "y"), revision=called)


def test_of_two_reviewers_at_once_one_wins_and_the_other_is_told(tmp_path, registry):
    """Two connections, let go at the same moment, forty times."""
    for number in range(1, 41):
        record(registry, number, claim("accepted", number % 9 + 1, revises=True, doubts=["sender-unverified"]))
    desks = [Registry.open(tmp_path / "r.db", tmp_path / "r.db.mail", invitation(), decision.tell) for _ in range(2)]
    results: list[list[str]] = [[], []]
    start = threading.Barrier(2)
    seen = {n: item(registry.db, Target("message", n)).revision for n in range(1, 41)}

    def rule(at: int) -> None:
        for number in range(1, 41):
            start.wait()
            fresh = seen[number].partition(".")[0] + "." + str(number - 1)  # each round appends one ruling
            try:
                Desk(desks[at], f"reviewer {at}").correct(
                    Target("message", number), Correction(delegates=at + 1), revision=fresh
                )
                results[at].append("won")
            except MeanwhileError:
                results[at].append("told")
            start.wait()

    threads = [threading.Thread(target=rule, args=(at,)) for at in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for opened in desks:
        opened.close()
    assert set(zip(*results, strict=True)) <= {("told", "won"), ("won", "told")}
    assert len(results[0]) == 40
    kept = [(row["message_id"], row["made_by"]) for row in registry.db.query("select * from rulings order by id")]
    assert kept == [(n, f"reviewer {0 if results[0][n - 1] == 'won' else 1}") for n in range(1, 41)]
