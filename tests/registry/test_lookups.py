"""What is kept beside the tables so that it is found at once is what the tables say."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
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


def steps_of(directory: Path, query: str) -> list[str]:
    """How SQLite goes about a query."""
    connect(directory / "r.db", create=True).close()
    db = sqlite3.connect(directory / "r.db")
    steps = [row[-1] for row in db.execute(f"explain query plan {query}")]
    db.close()
    return steps


@pytest.mark.parametrize("title", ["What waits for somebody to look?", "Who asks us something, or needs something?"])
def test_what_waits_is_not_sorted_to_be_told(tmp_path: Path, title: str) -> None:
    steps = steps_of(tmp_path, QUESTIONS[title]["sql"])
    assert steps[0] == "SCAN flags USING INDEX flags_waiting", steps
    assert not any("ORDER BY" in step for step in steps), steps


@pytest.mark.parametrize("view", ["not_delivered", "not_delivered_to_nobody_listed"])
def test_whom_mail_did_not_reach_is_found_without_looking_at_all_who_are_listed(tmp_path: Path, view: str) -> None:
    steps = steps_of(tmp_path, f"select * from {view}")
    scanned = {step.split()[1] for step in steps if step.startswith("SCAN")}
    assert scanned <= {"bounces", "failed"}, steps
