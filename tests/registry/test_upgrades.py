"""A registry of every schema there ever was, each made by the program of its day, brought up to date."""

from __future__ import annotations

import gzip
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from inbox_worker.registry import NewerRegistryError, connect, connect_readonly
from inbox_worker.registry.lookups import migrations
from tests.flow.station import Station

FIXTURES = sorted(Path(__file__).parent.glob("m*.db.gz"))
FACTS = ("messages", "readings", "claims", "rulings")  # appended only
STATE = "select organisation_id, partstat, delegates, late, message_id from participations order by 1"


def unpacked(fixture: Path, target: Path) -> Path:
    with gzip.open(fixture) as packed, target.open("wb") as file:
        shutil.copyfileobj(packed, file)
    return target


def rows(path: Path, table: str, columns: list[str] | None = None) -> tuple[list[str], list[tuple[Any, ...]]]:
    connection = sqlite3.connect(path)
    found = columns or [row[1] for row in connection.execute(f"pragma table_info({table})")]
    data = connection.execute(f"select {', '.join(found)} from {table} order by id").fetchall()
    connection.close()
    return found, data


def test_there_is_a_registry_of_each_schema() -> None:
    names = [migration.name for migration in migrations._migrations]
    assert [fixture.name.removesuffix(".db.gz") for fixture in FIXTURES] == [name[:4] for name in names][
        : len(FIXTURES)
    ]
    assert len(names) - len(FIXTURES) <= 4, "make one with the version to be released; see CONTRIBUTING.md"


@pytest.mark.parametrize("fixture", FIXTURES, ids=lambda path: path.name[:4])
def test_what_was_written_down_stands(fixture: Path, tmp_path: Path) -> None:
    path = unpacked(fixture, tmp_path / "r.db")
    before = {table: rows(path, table) for table in FACTS}
    connection = sqlite3.connect(path)
    state = connection.execute(STATE).fetchall()
    connection.close()
    connect(path).close()
    for table, (columns, data) in before.items():
        assert data, f"{fixture.name} has no {table}"
        assert rows(path, table, columns)[1] == data
    db = connect_readonly(path)
    assert db.execute(STATE).fetchall() == state
    assert db.execute("pragma integrity_check").fetchall() == [("ok",)]
    assert db.execute("pragma foreign_key_check").fetchall() == []
    db.close()


def test_a_registry_of_a_later_version_is_refused_in_one_line_and_left_alone(tmp_path: Path) -> None:
    station = Station(tmp_path / "station", 'path = "incoming"')
    (station.directory / "incoming").mkdir()
    assert station.run("run", "--once").returncode == 0
    station.change(
        "insert into _sqlite_migrations (migration_set, name, applied_at) values ('inbox-worker', 'm999_later', '2030')"
    )
    before = station.registry.read_bytes()
    with pytest.raises(NewerRegistryError):
        connect(station.registry)
    for command in ("run", "status", "report", "backup"):
        done = station.run(command, *(["backup"] if command == "backup" else []))
        assert (done.returncode, done.stdout) == (2, ""), (command, done.stderr)
        assert done.stderr == (
            f"inbox-worker: {station.registry}: was written by a later version of inbox-worker (it knows m999_later); "
            "install that version or restore a backup\n"
        )
    assert station.registry.read_bytes() == before
