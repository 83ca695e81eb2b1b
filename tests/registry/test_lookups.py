"""What is kept beside the tables so that it is found at once is what the tables say."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from inbox_worker.registry import connect
from inbox_worker.registry.lookups import migrations
from tests.test_readme import QUESTIONS

LISTED = "select distinct lower(value), organisations.id from organisations, json_each(domains) order by 1, 2"
KEPT = "select domain, organisation_id from organisation_domains order by 1, 2"
CHANGES = st.lists(
    st.tuples(st.sampled_from("abc"), st.lists(st.sampled_from(['"x.example"', '"Y.example"', '"z.example"']))),
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(CHANGES)
def test_domains_follow_the_invited_list(changes: list[tuple[str, list[str]]]) -> None:
    db = Database(":memory:")
    migrations.apply(db)
    for name, domains in changes:
        listed = f"[{', '.join(domains)}]"
        if db.execute("select 1 from organisations where id = ?", [name]).fetchone():
            db.execute("update organisations set domains = ? where id = ?", [listed, name])
        else:
            db.execute("insert into organisations (id, name, domains) values (?, ?, ?)", [name, name, listed])
        assert db.execute(KEPT).fetchall() == db.execute(LISTED).fetchall()


def test_what_waits_is_not_sorted_to_be_told(tmp_path: Path) -> None:
    connect(tmp_path / "r.db", create=True).close()
    db = sqlite3.connect(tmp_path / "r.db")
    plan = db.execute("explain query plan " + QUESTIONS["What waits for somebody to look?"]["sql"]).fetchall()
    db.close()
    steps = [row[-1] for row in plan]
    assert steps[0] == "SCAN flags USING INDEX flags_waiting", steps
    assert not any("ORDER BY" in step for step in steps), steps
