"""The registry: facts are appended, the state is derived, and nothing is half done."""

import json
import sqlite3
import stat
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inbox_worker import decision
from inbox_worker.model import Address, Claim, Message, Ruling, Verb
from inbox_worker.registry import NewerRegistryError, Registry, RegistryError, connect, connect_readonly
from tests.builders import DEADLINE, IN_TIME, ORGANISATIONS, claim, invitation, raw, reading

CLOCKS = {"opened_at", "closed_at", "taken_in_at", "read_at"}  # closed_at is compared as open or not
DERIVED = ("participations", "delegates", "flags")


def open_registry(directory: Path, event=None) -> Registry:
    return Registry.open(directory / "r.db", directory / "r.db.mail", event or invitation(), decision.tell)


def message(number: int, sender: str = "") -> Message:
    return Message(f"<{number}@x.example>", Address("", sender or f"w{number}@x.example"), f"answer {number}", None)


def record(registry: Registry, number: int, *claims: Claim, received=None, sender="", **more) -> int:
    received = received or IN_TIME + timedelta(hours=number)
    item = raw(f"Subject: answer {number}\n\n".encode(), received)
    registry.mail.store(item.content)
    said = reading(*claims, **more)
    return registry.record(
        item, message(number, sender), said, decision.decide(said, received, registry.invitation), reader="test 1"
    )


def rule(registry: Registry, verb: str, about=None, said=None, undoes=None) -> int:
    made_at = IN_TIME + timedelta(days=1)
    return registry.rule(Ruling(0, Verb(verb), made_at, "clerk", "because", about, said, undoes))


def rows(registry: Registry, *tables: str) -> dict[str, list[dict[str, object]]]:
    """Whole tables, clock columns aside."""
    return {
        table: [
            {
                key: bool(value) if key == "closed_at" else value
                for key, value in row.items()
                if key not in CLOCKS - {"closed_at"}
            }
            for row in registry.db.query(f"select * from {table} order by 1, 2")
        ]
        for table in tables
    }


def state(registry: Registry, organisation: str = "red") -> tuple[str, int | None, int]:
    row = next(registry.db.query("select * from participations where organisation_id = ?", [organisation]))
    return row["partstat"], row["delegates"], row["open_doubts"]


@pytest.fixture
def registry(tmp_path):
    opened = open_registry(tmp_path)
    yield opened
    opened.close()


def test_every_invited_organisation_has_a_row_before_anybody_answers(registry):
    assert [(row["organisation_id"], row["partstat"]) for row in registry.db.query("select * from participations")] == [
        (organisation.id, "needs-action") for organisation in sorted(ORGANISATIONS, key=lambda o: o.id)
    ]


def test_an_answer_changes_its_organisation_and_leads_back_to_its_message(registry):
    at = record(registry, 1, claim("accepted", 2, "Ann Lee", "Bo Berg"))
    row = next(registry.db.query("select * from participations where organisation_id = 'red'"))
    assert (row["partstat"], row["delegates"], row["late"], row["message_id"]) == ("accepted", 2, 0, at)
    assert row["received_at"] == row["first_received_at"] == "2031-05-01T08:00:00+00:00"
    assert [r["name"] for r in registry.db.query("select name from delegates order by position")] == [
        "Ann Lee",
        "Bo Berg",
    ]


def test_a_doubted_claim_waits_and_shows_as_an_open_doubt_until_a_ruling(registry):
    record(registry, 1, claim("accepted", 2, doubts=["sender-unverified"]))
    assert state(registry) == ("needs-action", None, 1)
    ruling = rule(registry, "accept", 1)
    assert state(registry) == ("accepted", 2, 0)
    rule(registry, "undo", undoes=ruling)
    assert state(registry) == ("needs-action", None, 1)


def test_a_conflict_is_flagged_and_closed_when_a_ruling_settles_it(registry):
    record(registry, 1, claim("accepted", 2))
    record(registry, 2, claim("accepted", 4))
    assert state(registry) == ("accepted", 2, 1)
    rule(registry, "dismiss", 2)
    assert state(registry) == ("accepted", 2, 0)
    assert [row["code"] for row in registry.db.query("select code from flags where closed_at is null")] == []


def test_a_conflict_is_between_the_answers_as_received_whatever_came_to_us_first(registry):
    record(registry, 2, claim("accepted", 4))
    record(registry, 1, claim("accepted", 2))
    assert state(registry) == ("accepted", 2, 1)


def test_undoing_a_ruling_twice_is_refused(registry):
    record(registry, 1, claim("accepted", 2))
    ruling = rule(registry, "dismiss", 1)
    rule(registry, "undo", undoes=ruling)
    with pytest.raises(RegistryError, match="undone already"):
        rule(registry, "undo", undoes=ruling)
    with pytest.raises(RegistryError, match="not there"):
        rule(registry, "accept", 99)


def test_a_ruling_can_give_a_claim_to_another_organisation_and_back(registry):
    record(registry, 1, claim("accepted", 2))
    ruling = rule(registry, "correct", 1, claim("accepted", 2, organisation="blue"))
    assert (state(registry, "red")[0], state(registry, "blue")[0]) == ("needs-action", "accepted")
    rule(registry, "undo", undoes=ruling)
    assert (state(registry, "red")[0], state(registry, "blue")[0]) == ("accepted", "needs-action")


def test_a_better_reading_takes_the_place_of_the_earlier_one_but_not_of_a_ruling(registry):
    at = record(registry, 1, claim("accepted", 2))
    better = reading(claim("accepted", 3))
    again = (message(1), better, decision.decide(better, IN_TIME, registry.invitation))
    registry.record_again(at, *again, reader="test 2", error=None)
    assert state(registry) == ("accepted", 3, 0)
    rule(registry, "correct", 2, claim("accepted", 5))
    registry.record_again(at, *again, reader="test 3", error=None)
    assert state(registry) == ("accepted", 5, 0)


def test_a_moved_deadline_corrects_what_is_late(tmp_path, registry):
    record(registry, 1, claim("declined"), received=DEADLINE)
    assert next(registry.db.query("select late from participations where organisation_id = 'red'"))["late"] == 1
    registry.close()
    moved = open_registry(tmp_path, invitation(reply_by=DEADLINE + timedelta(days=1)))
    assert next(moved.db.query("select late from participations where organisation_id = 'red'"))["late"] == 0
    assert list(moved.db.query("select * from flags where closed_at is null")) == []
    moved.close()
    back = open_registry(tmp_path)
    assert next(back.db.query("select late from participations where organisation_id = 'red'"))["late"] == 1
    assert [row["code"] for row in back.db.query("select code from flags where closed_at is null")] == ["late"]
    back.close()


def test_an_organisation_that_leaves_the_list_keeps_its_row(tmp_path, registry):
    record(registry, 1, claim("accepted", 2))
    registry.close()
    shorter = open_registry(tmp_path, invitation(organisations=ORGANISATIONS[1:]))
    assert state(shorter) == ("accepted", 2, 0)
    assert next(shorter.db.query("select invited from organisations where id = 'red'"))["invited"] == 0
    shorter.close()


def test_a_transaction_that_fails_leaves_nothing(registry):
    before = rows(registry, "messages", "readings", "claims", "cursors", *DERIVED)
    with pytest.raises(sqlite3.IntegrityError), registry.writing():
        registry.advance("imap", 1, 10)
        record(registry, 1, claim("accepted", 2))
        registry.db.execute("insert into claims (message_id) values (99)")
    assert rows(registry, "messages", "readings", "claims", "cursors", *DERIVED) == before


def test_a_newer_registry_is_refused_and_untouched(tmp_path, registry):
    registry.db.execute(
        "insert into _sqlite_migrations (migration_set, name, applied_at) values ('inbox-worker', 'm999_future', '')"
    )
    registry.close()
    content = (tmp_path / "r.db").read_bytes()
    for opening in (connect, connect_readonly):
        with pytest.raises(NewerRegistryError, match=r"later version.*m999_future"):
            opening(tmp_path / "r.db")
    assert (tmp_path / "r.db").read_bytes() == content


@pytest.mark.parametrize("content", [b"hello, I am no database", b"SQLite format 3\0" + b"\0" * 200])
def test_what_is_no_registry_is_refused(tmp_path, content):
    (tmp_path / "x.db").write_bytes(content)
    with pytest.raises(RegistryError, match="is no registry"):
        connect(tmp_path / "x.db")
    assert (tmp_path / "x.db").read_bytes() == content


def test_another_sqlite_file_is_refused(tmp_path):
    other = sqlite3.connect(tmp_path / "x.db")
    other.execute("create table recipes (id)")
    other.close()
    with pytest.raises(RegistryError, match="not a registry"):
        connect(tmp_path / "x.db")


def test_only_the_owner_reads_registry_and_raw_mail(registry, tmp_path):
    record(registry, 1, claim("declined"))
    files = [tmp_path / "r.db", *(p for p in (tmp_path / "r.db.mail").rglob("*") if p.is_file())]
    assert [stat.S_IMODE(path.stat().st_mode) for path in files] == [0o600, 0o600]
    assert stat.S_IMODE((tmp_path / "r.db.mail").stat().st_mode) == 0o700


def test_every_table_is_strict_and_says_what_it_is_for(registry):
    tables = {
        row["name"]: row["sql"]
        for row in registry.db.query("select name, sql from sqlite_master where type = 'table'")
        if not row["name"].startswith(("messages_fts", "_sqlite", "sqlite_"))
    }
    assert [name for name, sql in tables.items() if "--" not in sql or "strict" not in sql] == []


def test_subjects_and_texts_can_be_searched(registry):
    record(registry, 1, claim("declined"))
    found = registry.db.query(
        "select messages.id from messages_fts join messages on messages.id = messages_fts.rowid "
        "where messages_fts match 'answer'"
    )
    assert [row["id"] for row in found] == [1]


CLAIMS = st.builds(
    lambda organisation, partstat, number, names, op, revises, doubt: claim(
        partstat, number, *names, op=op, revises=revises, organisation=organisation, doubts=doubt
    ),
    st.sampled_from(["red", "blue"]),
    st.sampled_from(["accepted", "declined", "tentative"]),
    st.integers(0, 4),
    st.lists(st.sampled_from(["Ann Lee", "Bo Berg", "Cy Dahl"]), max_size=2, unique=True),
    st.sampled_from(["set", "add", "remove"]),
    st.booleans(),
    st.sampled_from([(), (), ("count-unclear",), ("sender-unverified",)]),
)
RULINGS = st.tuples(
    st.sampled_from(["accept", "correct", "dismiss", "admit", "refuse", "undo"]), st.integers(1, 12), CLAIMS
)
HISTORIES = st.lists(st.one_of(st.tuples(st.just("claim"), CLAIMS), st.tuples(st.just("ruling"), RULINGS)), max_size=12)


def play(registry: Registry, history) -> None:
    for number, (what, value) in enumerate(history, 1):
        if what == "claim":
            record(registry, number, value, received=IN_TIME + timedelta(days=number % 3 * 5, hours=number))
        else:
            verb, target, said = value
            try:
                if verb == "undo":
                    rule(registry, verb, undoes=target)
                else:
                    rule(registry, verb, target, said if verb == "correct" else None)
            except RegistryError:
                pass  # there is no such claim or ruling


SLOW = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@SLOW
@given(HISTORIES)
def test_the_projection_is_rebuilt_to_identical_rows(tmp_path_factory, history):
    registry = open_registry(tmp_path_factory.mktemp("r"))
    play(registry, history)
    before = rows(registry, *DERIVED)
    registry.rebuild()
    assert rows(registry, *DERIVED) == before
    registry.close()


@SLOW
@given(HISTORIES, RULINGS)
def test_undoing_a_ruling_gives_the_state_before_it(tmp_path_factory, history, ruling):
    registry = open_registry(tmp_path_factory.mktemp("r"))
    play(registry, history)
    before = rows(registry, "participations", "delegates")
    verb, target, said = ruling
    if verb != "undo":
        try:
            made = rule(registry, verb, target, said if verb == "correct" else None)
        except RegistryError:
            return
        rule(registry, "undo", undoes=made)
        assert rows(registry, "participations", "delegates") == before
    registry.close()


def test_claims_survive_the_way_through_their_columns(registry):
    said = replace(claim("accepted", 2, "Ann Lee", revises=True, leaves=("Bo Berg",)), confidence=0.75)
    record(registry, 1, said)
    row = next(registry.db.query("select * from claims"))
    assert (json.loads(row["people"]), json.loads(row["leaves"]), row["revises"], row["confidence"]) == (
        [{"name": "Ann Lee", "title": None, "function": None}], ["Bo Berg"], 1, 0.75,
    )  # fmt: skip


def test_messages_read_with_another_list_are_known_as_such(tmp_path, registry):
    record(registry, 1, claim("accepted", 2))
    record(registry, 2, claim("declined", organisation="blue"))
    assert registry.outdated() == []
    rule(registry, "accept", 2)
    registry.close()
    longer = open_registry(tmp_path, invitation(organisations=(*ORGANISATIONS, replace(ORGANISATIONS[0], id="new"))))
    assert [message_id for message_id, _ in longer.outdated()] == [1]
    longer.close()


def test_an_organisation_off_the_list_that_never_answered_has_no_row(tmp_path, registry):
    registry.close()
    shorter = open_registry(tmp_path, invitation(organisations=ORGANISATIONS[1:]))
    assert [row["organisation_id"] for row in shorter.db.query("select * from participations order by 1")] == [
        "blue",
        "green",
    ]
    shorter.close()


def test_a_moved_deadline_leaves_alone_what_is_no_reply_any_more(tmp_path, registry):
    at = record(registry, 1, claim("declined"))
    other = reading(kind="other")
    again = (message(1), other, decision.decide(other, IN_TIME, registry.invitation))
    registry.record_again(at, *again, reader="test 2", error=None)
    registry.close()
    earlier = open_registry(tmp_path, invitation(reply_by=IN_TIME))
    assert list(earlier.db.query("select * from flags where closed_at is null")) == []
    earlier.close()


def test_reading_anew_opens_no_flag_that_a_ruling_settled(registry):
    at = record(registry, 1, claim("accepted", doubts=["count-missing"]))
    rule(registry, "correct", 1, claim("accepted", 2))
    unsure = reading(claim("accepted", doubts=["count-missing"]))
    again = (message(1), unsure, decision.decide(unsure, IN_TIME, registry.invitation))
    registry.record_again(at, *again, reader="test 2", error=None)
    assert list(registry.db.query("select * from flags where closed_at is null")) == []
    assert state(registry) == ("accepted", 2, 0)


def test_a_message_nobody_can_read_doubts_the_organisation_its_sender_wrote_for(registry):
    record(registry, 1, claim("accepted", 3), sender="ann@redkite.example")
    doubt = claim(doubts=["partstat-unclear"]).doubts
    record(registry, 2, sender="ann@redkite.example", doubts=doubt)
    assert state(registry) == ("accepted", 3, 1)
    record(registry, 3, claim("accepted", 1, organisation="blue"), sender="ann@redkite.example")
    assert (state(registry)[2], state(registry, "blue")[2]) == (0, 0)  # she writes for two: nobody knows for whom


def test_a_message_nobody_can_read_doubts_the_organisation_whose_message_it_answers(registry):
    doubt = claim(doubts=["partstat-unclear"]).doubts
    item = raw(b"Subject: forget it\n\n", IN_TIME + timedelta(hours=9))
    said = reading(doubts=doubt)
    answers = (("in-reply-to", "<1@x.example>"),)
    written = Message("<9@x.example>", Address("", "bo@elsewhere.example"), "forget it", None, headers=answers)
    registry.record(item, written, said, decision.decide(said, item.received, registry.invitation), reader="test 1")
    record(registry, 1, claim("accepted", 3))  # it comes to us after the one that answers it
    assert state(registry) == ("accepted", 3, 1)
