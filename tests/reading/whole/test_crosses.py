"""Lists for several meetings at once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from inbox_worker.model import Part, Role
from inbox_worker.reading import read
from inbox_worker.reading.whole.crosses import for_event
from tests.reading.making import INVITATION, message

LIST = """Participants of Wetlands Watch
 | Family name | First name | Post | {other} | {own}
1 | OYELARAN | Simi | Lagos | x | x
2 | VAN DER MEER | Jule | Bonn | x
3 | QUIROGA | Teo | Lima |  | x
 | Total |  |  | 2 | 2
"""


def sheet(text: str) -> Part:
    return Part("2", "text/csv", Role.ATTACHMENT, text, filename="list.csv")


@pytest.mark.parametrize(
    ("other", "own"),
    [
        ("Retreat, Thun, 11 June", "Forum, 12 June"),
        ("Retraite (11 juin)", "Forum (12 juin)"),
        ("11.06.", "12.06."),
        ("Retreat in Thun", "Forum on River Basins"),
    ],
)
def test_a_cross_in_the_column_of_the_event_counts(other: str, own: str) -> None:
    made = message("Please find our list attached.\n")
    made = replace(made, parts=(*made.parts, sheet(LIST.format(other=other, own=own))))
    (claim,) = read(made, INVITATION).claims
    assert claim.delegates == 2
    assert [p.name for p in claim.people] == ["Simi Oyelaran", "Teo Quiroga"]
    assert not claim.doubts


def test_rows_keep_their_places() -> None:
    part = sheet(LIST.format(other="Retreat, 11 June", own="Forum, 12 June"))
    left = for_event(part, INVITATION)
    assert len(left.text) == len(part.text)
    assert "VAN DER MEER" not in left.text
    assert left.text.index("QUIROGA") == part.text.index("QUIROGA")


@pytest.mark.parametrize(
    ("other", "own"),
    [("Vegetarian", "Visa"), ("Forum, 12 June, morning", "Forum, 12 June, afternoon"), ("Retreat", "Dinner")],
)
def test_columns_that_tell_no_event_from_another_are_left(other: str, own: str) -> None:
    part = sheet(LIST.format(other=other, own=own))
    assert for_event(part, INVITATION) == part


def test_one_column_of_crosses_is_left() -> None:
    part = sheet("Name | Forum, 12 June\nSimi Oyelaran | x\nTeo Quiroga | \n")
    assert for_event(part, INVITATION) == part
