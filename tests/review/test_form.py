"""What the form beside a message says in rulings: the difference, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from inbox_worker.model import Code, Doubt, Person
from inbox_worker.registry import Registry
from inbox_worker.registry.corrections import RulingError
from inbox_worker.registry.desk import Desk, MeanwhileError
from inbox_worker.registry.review import Target, item
from inbox_worker.review.entries import Answer, entries, shown
from inbox_worker.review.form import accept, kept_words, save
from tests.builders import claim, people
from tests.registry.test_registry import open_registry, record, state


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    opened = open_registry(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def desk(registry: Registry) -> Desk:
    return Desk(registry, "ann")


def form(registry: Registry, message: int = 1, **changes: Any) -> dict[str, list[str]]:
    """The fields as the page posts them, nothing changed but what is named, of the first claim or that of ``entry``."""
    fields: dict[str, list[str]] = {}
    which = changes.pop("entry", 0)
    for at, entry in enumerate(entries(item(registry.db, Target("message", message)))):
        now: Answer = entry.held
        own = {
            "organisation": shown(now), "answer": now.answer, "number": "" if now.number is None else str(now.number),
            "op": now.op, "people": now.people, **(changes if at == which else {}),
        }  # fmt: skip
        fields |= {f"{entry.key}-{name}": [own[name]] for name in ("organisation", "answer", "number", "op")}
        fields |= {f"{entry.key}-{name}": [own[name]] for name in ("unlisted", "name", "country") if name in own}
        blank = Person("")
        for part in ("name", "title", "function"):
            fields[f"{entry.key}-person-{part}"] = [getattr(p, part) or "" for p in (*own["people"], blank)]
    return fields | {key: [changes[key]] for key in ("late", "done", "why") if key in changes}


def saved(desk: Desk, registry: Registry, message: int = 1, **changes: Any) -> list[tuple[str, int | None]]:
    """What was ruled: verbs and claims."""
    revision = item(registry.db, Target("message", message)).revision
    before = registry.db.execute("select coalesce(max(id), 0) from rulings").fetchone()[0]
    save(desk, message, form(registry, message, **changes), revision)
    rows = registry.db.execute("select verb, claim_id from rulings where id > ? order by id", [before])
    return [tuple(row) for row in rows.fetchall()]


def test_what_is_left_as_it_was_read_is_accepted_where_it_is_doubted(registry: Registry, desk: Desk) -> None:
    record(registry, 1, claim("accepted", 2, doubts=["sender-unverified"]), claim("declined", organisation="blue"))
    assert saved(desk, registry) == [("accept", 1)]
    assert (state(registry), state(registry, "blue")) == (("accepted", 2, 0), ("declined", None, 0))


def test_where_nothing_is_changed_and_nothing_doubted_nothing_is_ruled(registry: Registry, desk: Desk) -> None:
    record(registry, 1, claim("accepted", 2))
    with pytest.raises(RulingError, match="nothing to save"):
        saved(desk, registry)
    assert registry.db.execute("select count(*) from rulings").fetchone()[0] == 0


def test_where_nothing_was_read_and_it_is_doubted_somebody_must_say_what_it_says(
    registry: Registry, desk: Desk
) -> None:
    record(registry, 1, doubts=(Doubt(Code.UNREADABLE, "a part of it"),))
    with pytest.raises(RulingError, match="say which organisation answers what"):
        saved(desk, registry)


@pytest.mark.parametrize(
    ("changes", "verb", "expected"),
    [
        ({"number": "3"}, "correct", ("accepted", 3, 0)),
        ({"number": ""}, "correct", ("accepted", None, 0)),
        ({"answer": "tentative"}, "correct", ("tentative", 2, 0)),
        ({"answer": "declined"}, "correct", ("declined", None, 0)),
        ({"answer": "nothing"}, "dismiss", ("needs-action", None, 0)),
        ({"people": people("Ann Lee", "Bo Li")}, "correct", ("accepted", 2, 0)),
    ],
)
def test_a_change_is_a_correction(
    registry: Registry, desk: Desk, changes: dict[str, Any], verb: str, expected: tuple[Any, ...]
) -> None:
    record(registry, 1, claim("accepted", 2))
    assert saved(desk, registry, **changes) == [(verb, 1)]
    assert state(registry) == expected


def test_what_was_corrected_is_compared_with_the_correction_and_not_with_what_was_read(
    registry: Registry, desk: Desk
) -> None:
    record(registry, 1, claim("accepted", 2, "Ann Lee"))
    saved(desk, registry, number="5")
    with pytest.raises(RulingError, match="nothing to save"):
        saved(desk, registry)
    saved(desk, registry, answer="tentative")
    assert state(registry) == ("tentative", 5, 0), "the number that was corrected stays"
    saved(desk, registry, number="", people=())
    assert state(registry) == ("tentative", None, 0)
    saved(desk, registry, people=people("Ann Lee", "Bo Li", "Cy Young"))
    assert state(registry) == ("tentative", 3, 0), "names that are added are counted where nobody knew a number"


def test_another_organisation_is_a_merge_and_a_new_one_an_addition(registry: Registry, desk: Desk) -> None:
    record(registry, 1, claim("accepted", 2, organisation=None, name="Kites", doubts=["organisation-unlisted"]))
    record(registry, 2, claim("accepted", 1, organisation=None, name="Dunes", doubts=["organisation-unlisted"]))
    assert saved(desk, registry, organisation="Red Kite Trust (red)") == [("merge", 1)]
    assert state(registry) == ("accepted", 2, 0)
    assert saved(desk, registry, 2, unlisted="1", name="Dunes of Gobi", country="mn") == [("add", 2)]
    row = registry.db.execute("select id, country from organisations where name = 'Dunes of Gobi'").fetchone()
    assert tuple(row) == ("dunes-of-gobi", "MN")
    assert state(registry, "dunes-of-gobi") == ("accepted", 1, 0)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"organisation": "Nobody At All"}, "no organisation is called"),
        ({"organisation": ""}, "say which organisation"),
        ({"number": "two"}, "no number of people"),
        ({"number": "0"}, "cannot be how many"),
        ({"number": "1", "people": people("Ann Lee", "Bo Li")}, "2 names, but the number is 1"),
        ({"people": (Person("", "Dr"),)}, "no name"),
        ({"answer": "maybe"}, "is no answer"),
        ({"late": "admit"}, "did not come late"),
    ],
)
def test_what_cannot_be_is_told_and_nothing_is_ruled(
    registry: Registry, desk: Desk, changes: dict[str, Any], words: str
) -> None:
    record(registry, 1, claim("accepted", 2))
    with pytest.raises(RulingError, match=words):
        saved(desk, registry, **changes)
    assert registry.db.execute("select count(*) from rulings").fetchone()[0] == 0


def test_where_nothing_was_read_somebody_says_what_it_says(registry: Registry, desk: Desk) -> None:
    record(registry, 1)
    assert saved(desk, registry, organisation="BHA", answer="accepted", number="4") == [("correct", None)]
    assert state(registry, "blue") == ("accepted", 4, 0)
    assert saved(desk, registry, answer="nothing") == [("dismiss", None)]
    assert state(registry, "blue") == ("needs-action", None, 0)


def test_who_somebody_said_it_was_is_replaced_by_another_word_of_theirs(registry: Registry, desk: Desk) -> None:
    record(registry, 1)
    saved(desk, registry, organisation="BHA", answer="accepted", number="4")
    assert saved(desk, registry, organisation="Red Kite Trust (red)") == [("undo", None), ("correct", None)]
    assert (state(registry), state(registry, "blue")) == (("accepted", 4, 0), ("needs-action", None, 0))


def test_another_organisations_answer_is_added_beside_what_was_read(registry: Registry, desk: Desk) -> None:
    record(registry, 1, claim("accepted", 2))
    assert saved(desk, registry, entry=1, organisation="BHA", answer="accepted", number="3") == [("correct", None)]
    assert (state(registry), state(registry, "blue")) == (("accepted", 2, 0), ("accepted", 3, 0))
    assert saved(desk, registry, entry=2, unlisted="1", name="Dunes of Gobi", answer="declined") == [("add", None)]
    assert state(registry, "dunes-of-gobi") == ("declined", None, 0)
    assert registry.db.execute("select count(*) from lessons").fetchone()[0] == 0, "its sender writes for another"
    saved(desk, registry, entry=1, number="5")
    assert (state(registry), state(registry, "blue")) == (("accepted", 2, 0), ("accepted", 5, 0))
    assert saved(desk, registry, entry=1, answer="nothing") == [("undo", None)], "what was said last stands last"
    assert state(registry, "blue") == ("accepted", 5, 0)
    assert registry.db.execute("select count(*) from participations where partstat = 'declined'").fetchone()[0] == 0


def test_an_organisation_answers_once_in_a_form(registry: Registry, desk: Desk) -> None:
    record(registry, 1, claim("accepted", 2))
    with pytest.raises(RulingError, match="has an answer in this form already"):
        saved(desk, registry, entry=1, organisation="Red Kite Trust (red)", answer="declined")


def test_what_is_dismissed_as_a_whole_says_nothing_of_anybody(registry: Registry, desk: Desk) -> None:
    record(registry, 1, claim("accepted", 2))
    saved(desk, registry, entry=1, organisation="BHA", answer="accepted", number="3")
    outcome = desk.dismiss(Target("message", 1))
    assert (state(registry), state(registry, "blue")) == (("needs-action", None, 0), ("needs-action", None, 0))
    for ruling in reversed(outcome.rulings):
        desk.reopen(Target("ruling", ruling))
    assert (state(registry), state(registry, "blue")) == (("accepted", 2, 0), ("accepted", 3, 0))


def test_what_was_written_stays_though_its_organisation_is_none(registry: Registry) -> None:
    record(registry, 1, claim("accepted", 2))
    (entry, _) = entries(item(registry.db, Target("message", 1)))
    fields = form(registry, organisation="Nobody At All", number="7", people=people("Ann Lee"))
    kept = kept_words(registry.db, entry, fields)
    assert kept and (kept.words, kept.answer.number, kept.answer.people) == ("Nobody At All", 7, people("Ann Lee"))


def test_a_form_that_was_open_while_somebody_else_ruled_changes_nothing(registry: Registry, desk: Desk) -> None:
    record(registry, 1, claim("accepted", 2))
    fields, revision = form(registry, number="9"), item(registry.db, Target("message", 1)).revision
    Desk(registry, "ben").dismiss(Target("message", 1))
    with pytest.raises(MeanwhileError, match="ben ruled 'dismiss'"):
        save(desk, 1, fields, revision)
    assert state(registry) == ("needs-action", None, 0)


def test_accepting_a_message_leaves_alone_what_nobody_doubts_in_it(registry: Registry, desk: Desk) -> None:
    record(registry, 1, claim("accepted", 2, doubts=["sender-unverified"]), claim("declined", organisation="blue"))
    outcome = accept(desk, Target("message", 1), revision=item(registry.db, Target("message", 1)).revision)
    assert len(outcome.rulings) == 1
    assert [tuple(row) for row in registry.db.execute("select verb, claim_id from rulings")] == [("accept", 1)]


def test_accepting_a_message_that_is_doubted_as_a_whole_accepts_all_of_it(registry: Registry, desk: Desk) -> None:
    record(registry, 1, claim("accepted", 2), claim("declined", organisation="blue"))
    accept(desk, Target("message", 1))
    assert [tuple(row) for row in registry.db.execute("select verb, claim_id from rulings")] == [
        ("accept", 1), ("accept", 2),
    ]  # fmt: skip
