"""What two states of a registry differ in: the report of a reread and of a changed invited list."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

Row = dict[str, Any]


@dataclass(frozen=True)
class Snapshot:
    """Where every organisation stands, as rows of the view ``registry`` by id, and the open flags by code."""

    organisations: dict[str, Row]
    open_flags: Counter[str]


@dataclass(frozen=True)
class Difference:
    """What changed from one snapshot to another. ``None`` in place of a row: not in the registry."""

    organisations: tuple[tuple[Row | None, Row | None], ...]  # before and after, by name
    flags: dict[str, int]  # by code: how many more (or, below zero, fewer) are open


FACTS = ("partstat", "delegates", "late", "open_doubts", "people")


def snapshot(db: Database) -> Snapshot:
    """How the registry stands now."""
    rows = {row["id"]: row for row in db.query("select * from registry order by name")}
    flags = dict(db.execute("select code, count(*) from flags where closed_at is null group by code").fetchall())
    return Snapshot(rows, Counter(flags))


def difference(before: Snapshot, after: Snapshot) -> Difference:
    """What is not as it was."""
    pairs = [
        (before.organisations.get(at), after.organisations.get(at))
        for at in {**after.organisations, **before.organisations}
    ]
    changed = [(old, new) for old, new in pairs if _facts(old) != _facts(new)]
    codes = sorted({*before.open_flags, *after.open_flags})
    moved = {code: after.open_flags[code] - before.open_flags[code] for code in codes}
    return Difference(
        tuple(sorted(changed, key=lambda pair: str((pair[1] or pair[0] or {}).get("name", "")))),
        {code: number for code, number in moved.items() if number},
    )


def _facts(row: Row | None) -> tuple[Any, ...] | None:
    return None if row is None else tuple(row[name] for name in FACTS)
