"""A registry of the first release, brought up to date: everything in it stands."""

import gzip
import shutil
from pathlib import Path

import pytest

from inbox_worker.registry import RegistryError, connect, connect_readonly
from inbox_worker.registry.desk import Desk
from inbox_worker.registry.review import Target
from tests.registry.test_registry import open_registry, rows, state

OLD = Path(__file__).with_name(
    "m001.db.gz"
)  # four answers, one late, three rulings of which one undone, one odd message


@pytest.fixture
def old(tmp_path):
    with gzip.open(OLD) as packed, (tmp_path / "r.db").open("wb") as file:
        shutil.copyfileobj(packed, file)
    return tmp_path / "r.db"


def test_looking_does_not_migrate(old):
    with pytest.raises(RegistryError, match="earlier version"):
        connect_readonly(old)


def test_rulings_claims_and_messages_stand(old):
    db = connect(old)
    rulings = list(db.query("select id, verb, message_id, claim_id, undoes, made_by, why, revision from rulings"))
    assert [tuple(row.values()) for row in rulings] == [
        (1, "dismiss", 2, 2, None, "clerk", "because", ""),
        (2, "undo", 2, 2, 1, "clerk", "because", ""),
        (3, "accept", 3, 3, None, "clerk", "because", ""),
    ]
    assert db.execute("select count(*) from messages").fetchone() == (5,)
    assert db.execute("select count(*) from claims").fetchone() == (4,)
    assert db.execute("select count(*) from flags where reading_id is null").fetchone() == (0,)
    assert list(db.execute("pragma foreign_key_check")) == []
    assert db.execute("pragma integrity_check").fetchone() == ("ok",)
    db.close()


def test_the_projection_is_the_same_when_rebuilt(old):
    before = connect(old)
    shown = list(before.query("select * from participations order by 1"))
    before.close()
    registry = open_registry(old.parent)
    registry.rebuild()
    assert [
        {name: row[name] for name in shown[0]} for row in registry.db.query("select * from participations order by 1")
    ] == shown
    registry.close()


def test_old_rulings_can_be_undone_and_new_ones_made(old):
    registry = open_registry(old.parent)
    assert state(registry, "blue") == ("accepted", 1, 0)
    desk = Desk(registry, "ann")
    desk.reopen(Target("ruling", 3))
    assert state(registry, "blue") == ("needs-action", None, 1)
    desk.accept(Target("claim", 2))
    assert state(registry) == ("accepted", 4, 0)
    assert [row["code"] for row in rows(registry, "flags")["flags"] if not row["closed_at"]] == [
        "sender-unverified", "late",
    ]  # fmt: skip
    registry.close()
