"""``report``, ``outstanding`` and ``export``: what people take away from the registry."""

from __future__ import annotations

import csv
import json
from email import message_from_bytes, policy
from pathlib import Path

import openpyxl
import pytest

from inbox_worker.commands.cells import harmless
from tests.commands.conftest import Run, run  # noqa: F401 - a fixture
from tests.commands.test_reread import LIST, letter, place  # noqa: F401 - a fixture

CONTACTS = LIST.replace("country\n", "country,contact,language\n").replace("GB\n", "GB,,\n").replace("NL\n", "NL,,\n")
MORE = CONTACTS + "green,Green Meadow Union,GMU,,,io,CH,office@green.example,fr\ngrey,Grey Hill,,,,io,CH,,\n"


@pytest.fixture
def filled(place, tmp_path: Path):  # noqa: F811
    """Red comes with two, blue does not come, green and grey are silent, ochre comes with nobody knows how many."""
    (tmp_path / "invited.csv").write_text(MORE + "ochre,Ochre Dune Foundation,,,ochre.example,ngo,FR,,\n")
    (tmp_path / "late").mkdir()
    text = "Ochre Dune Foundation will attend the meeting."
    (tmp_path / "late/6.eml").write_bytes(letter(6, "Di <di@ochre.example>", text))
    place("import", "late")
    return place


def test_the_page_tells_how_many_and_what_waits(filled):
    lines = filled("report").splitlines()
    assert lines[0] == "Meeting on Meadows, 2031-05-20 10:00"
    assert lines[1] == "coming: 2 organisations with 2 people, and 1 without a number"
    assert lines[2] == "  of them late: 0 organisations with 0 people"
    assert lines[4] == "outstanding: 2 have not answered"
    assert lines[5].startswith("waiting for somebody: 2 doubts about 1 organisations")


def test_who_is_still_to_be_asked_as_a_table_and_as_csv(filled):
    assert filled("outstanding").splitlines() == [
        "not answered  Green Meadow Union  office@green.example",
        "not answered  Grey Hill  (no contact)",
        "no number     Ochre Dune Foundation  di@ochre.example; 1 open doubt(s)",
        "2 not answered, 1 no number",
    ]
    rows = list(csv.DictReader(filled("outstanding", "--csv").splitlines()))
    assert [(row["id"], row["missing"], row["contact"]) for row in rows] == [
        ("green", "not answered", "office@green.example"),
        ("grey", "not answered", ""),
        ("ochre", "no number", "di@ochre.example"),
    ]


def test_reminders_are_ready_mail_drafts_in_the_language_of_the_list(filled, tmp_path):
    assert "1 drafts written to out; 2 left out" in filled("outstanding", "--drafts", "out")
    (draft,) = (tmp_path / "out").iterdir()
    message = message_from_bytes(draft.read_bytes(), policy=policy.default)
    assert (draft.name, message["to"], message["from"]) == (
        "green.eml", "office@green.example", "meadows@host.example",
    )  # fmt: skip
    assert message["subject"] == "Meeting on Meadows : votre participation"
    text = message.get_content()
    assert "si Green Meadow Union participera à Meeting on Meadows le 2031-05-20" in text
    assert "d'ici au 2031-05-10" in text


def test_lists_are_written_for_badges_and_tell_what_is_new_since_the_last(filled, tmp_path):
    filled("review", "correct", "m1", "--person", "Ann Lee", "--person", "=HYPERLINK(1); +1", "--by", "x")
    assert "0 rows are new" in filled("export", "one")
    for name in ("participants.csv", "delegates.csv", "participants.xlsx", "participants.json"):
        assert (tmp_path / "one" / name).exists()
    rows = list(csv.DictReader((tmp_path / "one/delegates.csv").read_text("utf-8-sig").splitlines()))
    assert [(row["name"], row["function"]) for row in rows] == [("Ann Lee", ""), ("'=HYPERLINK(1)", "'+1")]
    book = openpyxl.load_workbook(tmp_path / "one/participants.xlsx")
    assert book.sheetnames == ["participants", "delegates"]
    assert not {c.data_type for sheet in book for row in sheet.iter_rows() for c in row} & {"f"}
    assert [row[1].value for row in book["delegates"].iter_rows(min_row=2)] == ["Ann Lee", "'=HYPERLINK(1)"]
    filled("review", "correct", "m1", "--person", "Ann Lee", "--person", "Cy Dahl", "--by", "x")
    filled("review", "correct", "m2", "--answer", "tentative", "--number", 1, "--by", "x")
    changed = json.loads((filled("export", "two", "--no-marker") and (tmp_path / "two/participants.json")).read_text())
    marks = {(row["name"], row["since_last"]) for row in changed["delegates"] + changed["participants"]}
    assert {("Cy Dahl", "new"), ("=HYPERLINK(1)", "gone"), ("Blue Harbour Association", "changed")} <= marks
    assert ("Ann Lee", "") in marks
    filled("export", "three")
    last = json.loads((tmp_path / "three/participants.json").read_text())
    assert last == changed  # the export without a marker left none
    filled("export", "four")
    assert not any(
        row["since_last"] for row in json.loads((tmp_path / "four/participants.json").read_text())["delegates"]
    )


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", " =1", "\t=1", "\u200b=1", "\uff1d1", "a\x00=b"])
def test_no_cell_can_start_a_formula(text):
    made = harmless(text)
    assert made.startswith("'") or made == "a =b"
    assert harmless("Ann-Lee = x") == "Ann-Lee = x"
    assert harmless(3) == 3
