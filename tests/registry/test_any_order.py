"""Any claims and rulings, in any batches, with any crash and replay: the same registry; and undoing gives what was."""

from __future__ import annotations

import os
import random
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inbox_worker.model import Claim, Code, Doubt, Op, Partstat, Person
from inbox_worker.registry import Registry, RegistryError
from inbox_worker.registry.corrections import Correction, Newcomer
from inbox_worker.registry.desk import Desk, Told
from inbox_worker.registry.review import Target
from tests.builders import IN_TIME, claim
from tests.registry.test_registry import open_registry, record

NAMES = ["Ann Lee", "Bo Berg", "Cy Dahl"]
SENDERS = [
    "ann@redkite.example",
    "bo@redkite.example",
    "cy@blueharbour.example",
    "lou@federation.example",
    "x@gmail.example",
]
CLAIMS = st.builds(
    lambda organisation, partstat, number, names, op, revises, doubts: claim(
        partstat, number, *names, op=op, revises=revises, organisation=organisation, doubts=doubts
    ),
    st.sampled_from(["red", "red", "blue"]),
    st.sampled_from(["accepted", "accepted", "declined", "tentative"]),
    st.integers(0, 4),
    st.lists(st.sampled_from(NAMES), max_size=2, unique=True),
    st.sampled_from(["set", "set", "add", "remove"]),
    st.booleans(),
    st.sampled_from([(), (), (), ("count-missing",), ("sender-unverified",), ("organisation-unclear",)]),
)
UNLISTED = st.builds(
    lambda name: claim("accepted", 2, organisation=None, name=name, doubts=["organisation-unlisted"]),
    st.sampled_from(["Orange Tent", "Kites of Rouen"]),
)


@dataclass(frozen=True)
class Letter:
    """A message: when it was received, from whom, what it says, whether in reply to another, and what asks for a look."""

    claims: tuple[Claim, ...]
    sender: str
    hours: int  # after the first; the deadline is 207 hours after it
    asks: bool


@dataclass(frozen=True)
class Rule:
    """What somebody rules on the letter with that number."""

    verb: str
    letter: int
    organisation: str
    number: int


LETTERS = st.builds(
    Letter,
    st.lists(st.one_of(CLAIMS, CLAIMS, UNLISTED), max_size=2).map(tuple),
    st.sampled_from(SENDERS),
    st.integers(0, 400),
    st.booleans(),
)
VERBS = ["accept", "correct", "dismiss", "admit", "refuse", "merge", "add", "enter", "close", "reopen"]
RULES = st.builds(Rule, st.sampled_from(VERBS), st.integers(0, 4), st.sampled_from(["red", "blue"]), st.integers(1, 4))
HISTORIES = st.tuples(st.lists(LETTERS, min_size=1, max_size=5), st.lists(RULES, max_size=6))
MANY = int(os.environ.get("INBOX_WORKER_HISTORIES", "60"))
SLOW = settings(max_examples=MANY, deadline=None, suppress_health_check=list(HealthCheck))


def deliver(registry: Registry, number: int, letter: Letter) -> None:
    """As the worker does: one that is known is passed over."""
    if registry.db.execute("select 1 from messages where subject = ?", [f"answer {number}"]).fetchone():
        return
    needs = (Doubt(Code.QUESTION, "asks"),) if letter.asks else ()
    doubts = () if letter.claims else (Doubt(Code.PARTSTAT_UNCLEAR, "says something"),)
    received = IN_TIME + timedelta(hours=letter.hours)
    record(registry, number, *letter.claims, received=received, sender=letter.sender, needs=needs, doubts=doubts)


def rule(registry: Registry, wanted: Rule, letters: int) -> bool:
    """Whether it could be ruled so."""
    desk, subject = Desk(registry, "ann"), f"answer {wanted.letter % letters}"
    at = Target("message", registry.db.execute("select id from messages where subject = ?", [subject]).fetchone()[0])
    said = Correction(wanted.organisation, Partstat.ACCEPTED, wanted.number, (Person("Di Eck"),), Op.SET)
    calls: dict[str, Any] = {
        "correct": lambda: desk.correct(at, said),
        "merge": lambda: desk.merge(at, wanted.organisation),
        "add": lambda: desk.add(at, Newcomer()),
        "enter": lambda: desk.enter(
            Claim(wanted.organisation, "", Partstat.ACCEPTED, wanted.number), Told("x", "y", IN_TIME)
        ),
    }
    try:
        (calls.get(wanted.verb) or (lambda: getattr(desk, wanted.verb)(at)))()
    except RegistryError:
        return False  # it cannot be ruled so, and nothing was changed
    return True


def shown(registry: Registry) -> list[list[tuple[Any, ...]]]:
    """All that is derived, with messages named by their subject rather than by the order they came in."""
    queries = (
        "select p.organisation_id, p.name, partstat, delegates, late, first_received_at, p.received_at, m.subject, "
        "open_doubts from participations p left join messages m on m.id = p.message_id order by 1",
        "select * from delegates order by 1, 2",
        "select m.subject, coalesce(c.position, -1), code, detail from flags f join messages m on m.id = f.message_id "
        "left join claims c on c.id = f.claim_id where closed_at is null order by 1, 2, 3, 4",
        "select kind, value, organisation_id from standing_lessons order by 1, 2, 3",
    )
    return [registry.db.execute(query).fetchall() for query in queries]


def test_a_ruling_reaches_those_to_whom_another_one_gave_the_answer_of_its_sender(tmp_path: Path) -> None:
    registry = open_registry(tmp_path)
    for number, told in enumerate([(), (claim("accepted", 1, organisation="blue"),)]):
        deliver(registry, number, Letter(told, "bo@redkite.example", 0, False))
    assert rule(registry, Rule("correct", 1, "red", 1), 2)
    assert rule(registry, Rule("correct", 0, "blue", 1), 2)
    before = shown(registry)
    registry.rebuild()
    assert shown(registry) == before


@SLOW
@given(HISTORIES, st.randoms(use_true_random=False))
def test_any_batches_any_crash_and_replay_give_the_same_registry(tmp_path_factory, history, chance: random.Random):
    letters, rules = history
    plain = open_registry(tmp_path_factory.mktemp("r"))
    for number, letter in enumerate(letters):
        deliver(plain, number, letter)
    for wanted in rules:
        rule(plain, wanted, len(letters))
    expected = shown(plain)
    plain.close()

    directory = tmp_path_factory.mktemp("r")
    registry = open_registry(directory)
    order = list(enumerate(letters))
    chance.shuffle(order)
    while order:
        size = chance.randint(1, len(order))
        registry = _crash_or_not(registry, directory, chance, [(deliver, *one) for one in order[:size]])
        if all(_is_there(registry, number) for number, _ in order[:size]):
            order = order[size:] if chance.random() < 0.7 else order  # replayed: everything comes once more
    for wanted in rules:
        while True:
            before = registry.db.execute("select count(*) from rulings").fetchone()[0]
            registry = _crash_or_not(registry, directory, chance, [(rule, wanted, len(letters))])
            after = registry.db.execute("select count(*) from rulings").fetchone()[0]
            if after > before or not _crashed:
                break
    assert shown(registry) == expected
    registry.rebuild()
    assert shown(registry) == expected
    registry.close()


_crashed: list[bool] = []


def _is_there(registry: Registry, number: int) -> bool:
    query = "select 1 from messages where subject = ?"
    return registry.db.execute(query, [f"answer {number}"]).fetchone() is not None


def _crash_or_not(registry: Registry, directory: Path, chance: random.Random, steps: list[Any]) -> Registry:
    """All steps in one transaction; sometimes the process dies before the commit, and another opens the file."""
    _crashed.clear()
    dies = chance.random() < 0.3
    registry.db.conn.execute("begin immediate")
    for function, *arguments in steps:
        function(registry, *arguments)
    if dies:
        registry.close()  # with the transaction open: as if it had been killed
        _crashed.append(True)
        return open_registry(directory)
    registry.db.conn.execute("commit")
    return registry


@SLOW
@given(HISTORIES, RULES)
def test_reopening_gives_the_registry_before_the_ruling(tmp_path_factory, history, last):
    letters, rules = history
    registry = open_registry(tmp_path_factory.mktemp("r"))
    for number, letter in enumerate(letters):
        deliver(registry, number, letter)
    for wanted in rules:
        rule(registry, wanted, len(letters))
    before = shown(registry)
    known = registry.db.execute("select coalesce(max(id), 0) from rulings").fetchone()[0]
    if last.verb != "reopen" and rule(registry, last, len(letters)):
        made = [row["id"] for row in registry.db.query("select id from rulings where id > ? order by id desc", [known])]
        for ruling in made:
            Desk(registry, "bo").reopen(Target("ruling", ruling))
    assert shown(registry) == before
    registry.close()


@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_is_ruled_in_these_histories(tmp_path, verb):
    """That the properties above are about something."""
    registry = open_registry(tmp_path)
    late = Letter((claim("accepted", 2, doubts=["count-missing"]),), "ann@redkite.example", 400, True)
    unlisted = Letter((claim("accepted", 2, organisation=None, name="Orange Tent", doubts=["organisation-unlisted"]),),
                      "x@gmail.example", 1, False)  # fmt: skip
    deliver(registry, 0, unlisted if verb == "add" else late)
    if verb == "reopen":
        assert rule(registry, Rule("accept", 0, "red", 1), 1)
    assert rule(registry, Rule(verb, 0, "red", 1), 1)
    registry.close()
