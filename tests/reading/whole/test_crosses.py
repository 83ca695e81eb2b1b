"""Lists for several meetings at once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from inbox_worker.model import Invitation, Part, Reading, Role
from inbox_worker.reading import read
from inbox_worker.reading.whole.crosses import for_event
from tests.reading.making import INVITATION, message

LIST = """Participants of Wetlands Watch
 | Family name | First name | Post | {other} | {own}
1 | OYELARAN | Simi | Lagos | x | x
2 | VAN DER MEER | Jule | Bonn | x
3 | QUIROGA | Teo | Lima |  | x
4 | FALK | Nora | Oslo | - | -
 | Total |  |  | 2 | 2
"""
BOTH = {"Simi Oyelaran", "Teo Quiroga"}


def sheet(text: str) -> Part:
    return Part("2", "text/csv", Role.ATTACHMENT, text, filename="list.csv")


def reading_of(text: str, invitation: Invitation = INVITATION) -> Reading:
    made = message("Please find our list attached.\n")
    return read(replace(made, parts=(*made.parts, sheet(text))), invitation)


def told(text: str) -> set[str] | None:
    """The names of those who come, None where the clerk is asked."""
    (claim,) = reading_of(text).claims
    if claim.doubts:
        return None
    assert claim.delegates == len(claim.people)
    return {p.name for p in claim.people}


@pytest.mark.parametrize(
    ("other", "own"),
    [
        ("Retreat, Thun, 11 June", "Forum, 12 June"),
        ("Retraite (11 juin)", "Forum (12 juin)"),
        ("Retreat, 2-4 June", "Forum, 11-13 June"),
        ("Retreat, 11 June", "Forum, 12th of June"),
        ("11.06.", "12.06."),
        ("Retreat in Thun", "Forum on River Basins"),
        ("Dinner, 12 June", "River Basins Forum, 12 June"),
    ],
)
def test_a_cross_in_the_column_of_the_event_counts(other: str, own: str) -> None:
    assert told(LIST.format(other=other, own=own)) == BOTH


def test_empty_cells_between_tabs_are_cells() -> None:
    rows = "Name\tPost\tRetreat, 11 June\tForum, 12 June\nSimi Oyelaran\tLagos\tx\tx\nJule Meer\tBonn\tx\t\n"
    assert told(f"Participants of Wetlands Watch\n{rows}Teo Quiroga\tLima\t\tx\n") == BOTH


def test_whoever_comes_on_one_day_of_the_event_comes() -> None:
    invitation = replace(INVITATION, starts=INVITATION.starts.replace(day=11))
    (claim,) = reading_of(LIST.format(other="Forum, 11 June", own="Forum, 12 June"), invitation).claims
    assert {p.name for p in claim.people} == {"Simi Oyelaran", "Jule Van Der Meer", "Teo Quiroga"}


@pytest.mark.parametrize(
    ("other", "own"),
    [
        ("Arrival 11 June", "Arrival 12 June"),
        ("Group A, 11 June", "Group A, 12 June"),
        ("Forum, morning, 12 June", "Forum, afternoon, 12 June"),
        ("Forum", "Basins youth forum"),
        ("Vegetarian", "Airport pick-up 12 June"),
        ("Preparatory meeting", "Conference"),
    ],
)
def test_the_clerk_is_asked_where_the_headings_do_not_tell(other: str, own: str) -> None:
    assert told(LIST.format(other=other, own=own)) is None


@pytest.mark.parametrize("sign", ["✗", "○", "✓"])
def test_the_clerk_is_asked_where_the_signs_do_not_tell(sign: str) -> None:
    text = LIST.format(other="Retreat, 11 June", own="Forum, 12 June")
    assert told(text.replace("Jule | Bonn | x", f"Jule | Bonn | x | {sign}")) is None


def test_rows_keep_their_places() -> None:
    part = sheet(LIST.format(other="Retreat, 11 June", own="Forum, 12 June"))
    left, doubt = for_event(part, INVITATION)
    assert doubt is None
    assert len(left.text) == len(part.text)
    assert "VAN DER MEER" not in left.text
    assert left.text.index("QUIROGA") == part.text.index("QUIROGA")


@pytest.mark.parametrize(
    "text",
    [
        LIST.format(other="Vegetarian", own="Wheelchair"),
        "Name | Forum, 12 June\nSimi Oyelaran | x\nTeo Quiroga | \n",
        "Name   Post   Retreat, 11 June   Forum, 12 June\nSimi Oyelaran   Lagos   x   x\n",
        "A | B | 11 June | 12 June\nSimi | Lagos | x | x | more\n",
    ],
)
def test_what_is_no_list_for_several_meetings_is_left(text: str) -> None:
    assert for_event(sheet(text), INVITATION) == (sheet(text), None)


def test_a_table_of_very_many_columns_and_rows_is_left_in_time() -> None:
    part = sheet("A;" * 9_000 + "B\n" + "x;x\n" * 50_000)
    assert for_event(part, INVITATION) == (part, None)
