"""Plain replies of each language are read right: they are most of the mail.

``plain/*.tsv``: text (a backslash and "n" for a new line), kind, partstat, number, op, names, flags.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from inbox_worker.reading import read
from tests.reading.making import INVITATION, message

PLAIN = Path(__file__).parent / "plain"


def rows() -> list[tuple[str, dict[str, str]]]:
    found = []
    for path in sorted(PLAIN.glob("*.tsv")):
        with path.open(encoding="utf-8", newline="") as lines:
            table = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
            found += [(f"{path.stem}-{number}", row) for number, row in enumerate(table, start=2)]
    return found


def told(text: str) -> dict[str, str]:
    reading = read(message(text.replace("\\n", "\n")), INVITATION)
    doubts = {d.code for d in (*reading.doubts, *reading.needs)} | {d.code for c in reading.claims for d in c.doubts}
    claim = reading.claims[0] if reading.claims else None
    number = "" if claim is None or claim.delegates is None else str(claim.delegates)
    return {
        "kind": reading.kind.value,
        "partstat": claim.partstat.value if claim else "",
        "number": number,
        "op": claim.op.value if claim else "",
        "names": ";".join(p.name for p in claim.people) if claim else "",
        "flags": ";".join(sorted(d.value for d in doubts)),
    }


@pytest.mark.parametrize(("row"), [pytest.param(row, id=name) for name, row in rows()])
def test_a_plain_reply_is_read_right(row: dict[str, str]) -> None:
    assert told(row["text"]) == {k: v for k, v in row.items() if k != "text"}
