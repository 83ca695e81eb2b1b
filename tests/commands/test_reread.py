"""A changed invited list and a better reader: what changes is told, first without changing anything."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from tests.commands.conftest import Run, run  # noqa: F401 - a fixture

LIST = """\
id,name,acronym,aliases,domains,category,country
red,Red Kite Trust,RKT,,redkite.example,ngo,GB
blue,Blue Harbour Association,BHA,,blueharbour.example,ngo,NL
"""
EVENT = """\
[event]
title = "Meeting on Meadows"
starts = 2031-05-20T10:00:00
ends = 2031-05-20T17:00:00
timezone = "Europe/Zurich"
mailbox = "meadows@host.example"
reply_by = 2031-05-10
invited = "invited.csv"
[reading]
two_readers = false
[registry]
path = "registry.db"
"""


def letter(number: int, sender: str, text: str) -> bytes:
    return f"""\
Received: from mx.example by mail.host.example; Thu, 01 May 2031 0{number}:00:00 +0200
From: {sender}
To: meadows@host.example
Subject: Meeting on Meadows
Message-ID: <{number}@{sender.rpartition("@")[2].strip(">")}>

{text}
""".encode()


@pytest.fixture
def place(tmp_path: Path, run: Run):  # noqa: F811
    (tmp_path / "event.toml").write_text(EVENT)
    (tmp_path / "invited.csv").write_text(LIST)
    (tmp_path / "mail").mkdir()
    letters = [
        letter(1, "Ann Lee <ann@redkite.example>", "Two of us will attend the meeting for Red Kite Trust."),
        letter(2, "Bo Berg <bo@blueharbour.example>", "Blue Harbour Association will not be able to attend."),
        letter(3, "Cy Dahl <cy@orangetent.example>", "Three of us from Orange Tent Foundation will attend."),
    ]
    for number, content in enumerate(letters, 1):
        (tmp_path / f"mail/{number}.eml").write_bytes(content)

    def call(*arguments: object) -> str:
        result = run("--config", "event.toml", *arguments)
        assert result.returncode == 0, result.stderr
        return result.stdout

    call("import", "mail")
    return call


def table(tmp_path: Path) -> dict[str, tuple[str, int | None]]:
    db = sqlite3.connect(tmp_path / "registry.db")
    rows = db.execute("select organisation_id, partstat, delegates from participations").fetchall()
    db.close()
    return {row[0]: row[1:] for row in rows}


def test_a_changed_list_is_told_and_an_organisation_that_answered_does_not_disappear(place, tmp_path):
    assert table(tmp_path) == {"red": ("accepted", 2), "blue": ("declined", None)}
    (tmp_path / "invited.csv").write_text(
        LIST.replace("red,Red Kite Trust,RKT,,redkite.example,ngo,GB\n", "")
        + "ot,Orange Tent Foundation,OT,,orangetent.example,ngo,FR\nnew,New Field,NF,,,ngo,IT\n"
    )
    dry = place("reread", "--dry-run")
    assert "invited list: 2 new, 1 removed" in dry
    assert "no longer on it: red (comes; stays in the registry)" in dry
    assert "Orange Tent Foundation: not in the registry -> comes; 3" in dry
    assert "New Field: not in the registry -> has not answered" in dry
    assert "open organisation-unlisted flags: -1" in dry
    assert "nothing was changed" in dry
    assert table(tmp_path) == {"red": ("accepted", 2), "blue": ("declined", None)}
    told = place("import", "mail")
    assert "3 messages read anew with the changed list" in told
    after = {"red": ("accepted", 2), "blue": ("declined", None), "ot": ("accepted", 3), "new": ("needs-action", None)}
    assert table(tmp_path) == after
    assert "no organisation stands elsewhere than before" in place("reread")
    assert table(tmp_path) == after


def test_rulings_stand_when_messages_are_read_anew(place, tmp_path):
    place("review", "correct", "m1", "--number", 4, "--by", "ann")
    assert "1 that somebody ruled on stand as ruled" in place("reread")
    assert table(tmp_path)["red"] == ("accepted", 4)


def test_a_dry_run_writes_nothing_beside_the_registry(place, tmp_path):
    def listing():
        return {path.name: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}

    before = listing()
    place("reread", "--dry-run")
    assert {name: content for name, content in listing().items() if not name.endswith(("-wal", "-shm"))} == before


def test_an_old_registry_is_brought_up_to_date_only_by_the_real_run(place, tmp_path):
    old = Path(__file__).parents[1] / "registry/m001.db.gz"
    import gzip

    (tmp_path / "registry.db").unlink()
    with gzip.open(old) as packed, (tmp_path / "registry.db").open("wb") as file:
        shutil.copyfileobj(packed, file)
    before = (tmp_path / "registry.db").read_bytes()
    assert "nothing was changed" in place("reread", "--dry-run")
    assert (tmp_path / "registry.db").read_bytes() == before


def test_a_ruling_teaches_and_what_it_taught_is_taken_back_with_it(place, tmp_path, run):  # noqa: F811
    """A private address that a person settled on is trusted from then on, in mail that says nothing else."""
    (tmp_path / "more").mkdir()
    first = letter(4, "Kit <kit1987@gmail.example>", "Two of us will attend.")
    second = letter(5, "Kit <kit1987@gmail.example>", "We will be 3 instead of 2.")
    for number, content in ((4, first), (5, second)):
        (tmp_path / f"more/{number}.eml").write_bytes(content)
    place("import", "more")
    assert table(tmp_path)["red"] == ("accepted", 2)
    waiting = place("review", "list", "--code", "organisation-unclear")
    assert waiting.count("organisation-unclear") == 2
    number = waiting.split()[0]
    made = place("review", "merge", number, "blue", "--by", "ann")
    assert "1 messages read anew" in made
    assert table(tmp_path)["blue"] == ("accepted", 3)
    ruling = made.partition("reopen ")[2].partition("'")[0]
    assert "read anew" in place("review", "reopen", ruling, "--by", "ann")
    assert table(tmp_path)["blue"] == ("declined", None)
    again = place("review", "list", "--code", "organisation-unclear")
    assert again.count("organisation-unclear") == 2
