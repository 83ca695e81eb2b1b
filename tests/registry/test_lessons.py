"""What rulings teach, what they never teach, and that undoing one takes it back."""

import pytest

from inbox_worker.registry.corrections import Correction, Newcomer
from inbox_worker.registry.desk import Desk
from inbox_worker.registry.known import known
from inbox_worker.registry.review import Target
from tests.builders import claim
from tests.registry.test_registry import open_registry, record


@pytest.fixture
def registry(tmp_path):
    opened = open_registry(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def desk(registry):
    return Desk(registry, "ann")


def unlisted(name="Kites of Rouen"):
    return claim("accepted", 2, organisation=None, name=name, doubts=["organisation-unlisted"])


def lessons(registry):
    query = "select kind, value, organisation_id from standing_lessons order by id"
    return [tuple(row.values()) for row in registry.db.query(query)]


def told(registry, organisation="red"):
    found = next(o for o in known(registry.db, registry.invitation).organisations if o.id == organisation)
    return found.addresses, found.domains, found.aliases


def test_merging_teaches_address_domain_and_name(registry, desk):
    record(registry, 1, unlisted(), sender="Ann@rouen.example")
    desk.merge(Target("flag", 1), "red")
    assert lessons(registry) == [
        ("address", "ann@rouen.example", "red"), ("domain", "rouen.example", "red"), ("alias", "Kites of Rouen", "red"),
    ]  # fmt: skip
    assert told(registry) == (
        ("ann@rouen.example",), ("redkite.example", "rouen.example"), ("Kite Trust", "Kites of Rouen"),
    )  # fmt: skip


def test_undoing_takes_the_lesson_back_and_reads_the_affected_messages_anew(registry, desk):
    record(registry, 1, unlisted(), sender="ann@rouen.example")
    record(registry, 2, unlisted("Another name"), sender="bo@mail.rouen.example")
    record(registry, 3, unlisted(), sender="cy@elsewhere.example")
    record(registry, 4, claim("accepted", 1, organisation="blue"), sender="x@blueharbour.example")
    before = told(registry)
    desk.merge(Target("flag", 1), "red")
    assert [at for at, _ in registry.to_read()] == [2, 3]
    registry.db.execute("delete from to_read")
    desk.reopen(Target("flag", 1))
    assert (lessons(registry), told(registry)) == ([], before)
    assert [at for at, _ in registry.to_read()] == [1, 2, 3]


@pytest.mark.parametrize("sender", ["ann@gmail.example", "ann@yahoo.fr"])
def test_a_free_mail_domain_is_never_taught_but_the_address_is(registry, desk, sender):
    record(registry, 1, unlisted("@"), sender=sender)
    desk.merge(Target("flag", 1), "red")
    assert lessons(registry) == [("address", sender, "red")]


def test_a_shared_or_foreign_domain_is_never_taught(registry, desk):
    record(registry, 1, claim("accepted", 1, organisation="blue"), sender="x@agency.example")
    for number, sender in ((2, "ann@agency.example"), (3, "bo@un.example"), (4, "cy@blueharbour.example")):
        at = record(registry, number, unlisted("@"), sender=sender)
        desk.merge(Target("message", at), "red")
    assert lessons(registry) == [
        ("address", "ann@agency.example", "red"), ("address", "bo@un.example", "red"),
        ("address", "cy@blueharbour.example", "red"),
    ]  # fmt: skip


def test_whoever_passes_on_an_answer_is_not_taught_to_be_its_writer(registry, desk):
    record(registry, 1, unlisted("@"), sender="colleague@host.example")
    desk.merge(Target("flag", 1), "red")
    record(registry, 2, unlisted("Kites of Rouen"), unlisted("Kites of Lyon"), sender="lou@federation.example")
    desk.merge(Target("claim", 2), "red")
    assert lessons(registry) == [("alias", "Kites of Rouen", "red")]


def test_what_was_not_settled_is_not_taught(registry, desk):
    record(registry, 1, claim("accepted", doubts=["count-missing"]), sender="ann@elsewhere.example")
    desk.correct(Target("flag", 1), Correction(delegates=2))
    record(registry, 2, unlisted(), sender="bo@rouen.example")
    desk.dismiss(Target("message", 2))
    assert lessons(registry) == []


def test_a_new_organisation_is_known_by_its_address_from_then_on(registry, desk):
    record(registry, 1, unlisted("Orange Tent"), sender="ann@orangetent.example")
    desk.add(Target("flag", 1), Newcomer())
    assert told(registry, "orange-tent") == (("ann@orangetent.example",), ("orangetent.example",), ())
    desk.reopen(Target("flag", 1))
    assert [o.id for o in known(registry.db, registry.invitation).organisations] == ["red", "blue", "green"]
