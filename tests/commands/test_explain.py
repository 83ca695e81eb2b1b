"""The story of an organisation, as a person would tell it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from inbox_worker.commands.telling import tell
from inbox_worker.model import Claim, Partstat, Person
from inbox_worker.registry.corrections import Correction
from inbox_worker.registry.desk import Desk, Told
from inbox_worker.registry.dossier import dossier
from inbox_worker.registry.review import Target
from tests.builders import IN_TIME, ZONE, claim
from tests.registry.test_registry import open_registry, record


@pytest.fixture
def registry(tmp_path):
    opened = open_registry(tmp_path)
    yield opened
    opened.close()


def story(registry, organisation="red"):
    """Without the days of rulings, which are today's."""
    return list(tell(dossier(registry.db, organisation), ZONE))


def test_nobody_wrote(registry):
    assert story(registry) == ["Red Kite Trust (red) has not answered.", "Nothing has come from them."]


def test_an_answer_an_addition_and_a_contradiction(registry):
    record(registry, 1, claim("accepted", 2, "Ann Lee", "Bo Berg"), sender="ann@redkite.example")
    record(registry, 2, claim("accepted", 1, "Cy Dahl", op="add"), sender="ann@redkite.example")
    record(registry, 3, claim("declined"), sender="bo@redkite.example")
    assert story(registry) == [
        "Red Kite Trust (red) comes with three people: Ann Lee, Bo Berg and Cy Dahl.",
        "One doubt about it waits for a person.",
        "",
        '1 May 2031, 10:00, <ann@redkite.example> wrote "answer 1" (m1).',
        "  Two people come: Ann Lee and Bo Berg. It was written down.",
        "",
        '1 May 2031, 11:00, <ann@redkite.example> wrote "answer 2" (m2).',
        "  One more person joins: Cy Dahl. It was written down.",
        "",
        '1 May 2031, 12:00, <bo@redkite.example> wrote "answer 3" (m3).',
        "  They do not come. It contradicts what was said before, which stands until somebody rules.",
        "  Flagged conflict, which waits for a person: an earlier answer says accepted, 3 (Ann Lee, Bo Berg, Cy Dahl), "
        "this one declined, and no word that it changes anything.",
    ]


def test_rulings_and_a_call(registry):
    record(registry, 1, claim("accepted", doubts=["count-missing"]))
    made = Desk(registry, "Eve").correct(Target("claim", 1), Correction(delegates=2), why="she rang")
    told = Told("Ann Lee", "the desk", IN_TIME + timedelta(days=1))
    Desk(registry, "Eve").enter(Claim("red", "", Partstat.ACCEPTED, 1, people=(Person("Ann Lee"),)), told)
    lines = story(registry)
    assert lines[0] == "Red Kite Trust (red) comes with one person, Ann Lee."
    assert [line.partition(", Eve ")[2] for line in lines if ", Eve " in line] == [
        "corrected it: Two people come, because she rang.", "entered it.",
    ]  # fmt: skip
    assert "2 May 2031, 09:00, Ann Lee told the desk, without a message (r2)." in lines
    Desk(registry, "Eve").reopen(Target("ruling", made.rulings[0]))
    assert any(line.endswith("because she rang. That was taken back.") for line in story(registry))


def test_what_cannot_be_read_is_part_of_the_story(registry):
    record(registry, 1, claim("accepted", 2), sender="ann@redkite.example")
    record(registry, 2, sender="ann@redkite.example", doubts=claim(doubts=["partstat-unclear"]).doubts)
    assert "  What it says could not be read; somebody has to look." in story(registry)
