"""Forgetting: nothing personal is left in any file, and the counts stay."""

from __future__ import annotations

import pytest

from tests.commands.conftest import Run, run  # noqa: F401 - a fixture
from tests.commands.test_reread import EVENT, letter, place, table  # noqa: F401 - fixtures


@pytest.fixture
def filled(place, tmp_path):  # noqa: F811
    """Red comes with two, by name; two messages of hers, and one call."""
    (tmp_path / "more").mkdir()
    text = "We will be three instead of two: Ann Quillfeather, Bo Marchbanks and Cy Dahl."
    (tmp_path / "more/7.eml").write_bytes(letter(7, "Ann Quillfeather <ann@redkite.example>", text))
    place("import", "more")
    place("review", "enter", "blue", "--answer", "accepted", "--person", "Di Zebranski", "--told-by", "Di", "--by", "x")
    return place


def files(tmp_path) -> bytes:
    return b"".join(path.read_bytes() for path in tmp_path.glob("registry.db*") if path.is_file()) + b"".join(
        path.read_bytes() for path in (tmp_path / "registry.db.mail").rglob("*.eml")
    )


def test_on_request_nothing_of_an_address_is_left_and_the_counts_stay(filled, tmp_path):
    before = table(tmp_path)
    assert before["red"] == ("accepted", 3)
    assert b"Quillfeather" in files(tmp_path)
    assert "2 messages would be forgotten" in filled("forget", "--address", "ann@redkite.example", "--dry-run")
    assert b"Quillfeather" in files(tmp_path)
    assert "2 messages forgotten; 1 organisations" in filled("forget", "--address", "Ann@RedKite.example")
    left = files(tmp_path)
    for word in (b"Quillfeather", b"Marchbanks", b"ann@redkite", b"instead of two"):
        assert word not in left, word
    assert b"Zebranski" in left  # another organisation's
    assert table(tmp_path) == before
    assert "2 known already" in filled("import", "mail/1.eml", "more")
    filled("reread")
    assert table(tmp_path) == before
    assert "comes with three people" in filled("explain", "red")


def test_what_they_write_next_is_told_on_from_there(filled, tmp_path):
    filled("forget", "--address", "ann@redkite.example")
    (tmp_path / "next").mkdir()
    (tmp_path / "next/8.eml").write_bytes(letter(8, "Ann <ann@redkite.example>", "One more of us will attend."))
    filled("import", "next")
    assert table(tmp_path)["red"] == ("accepted", 4)


def test_after_the_retention_time_everything_is_forgotten(filled, tmp_path, run: Run):  # noqa: F811
    early = run("--config", "event.toml", "forget", "--expired")
    assert (early.returncode, "keep_days is 0" in early.stderr) == (2, True)
    (tmp_path / "event.toml").write_text(EVENT + "keep_days = 30\n")
    early = run("--config", "event.toml", "forget", "--expired")
    assert (early.returncode, "nothing expires before 2031-06-19" in early.stderr) == (2, True)
    before = table(tmp_path)
    over = EVENT.replace("2031-", "2021-") + "keep_days = 30\n"
    (tmp_path / "event.toml").write_text(over)
    assert "4 messages forgotten" in filled("forget", "--expired", "--why", "retention")
    assert {name: row[:2] for name, row in table(tmp_path).items()} == before
    assert not list((tmp_path / "registry.db.mail").rglob("*.eml"))
    for word in (b"Quillfeather", b"Zebranski", b"orangetent.example>"):
        assert word not in files(tmp_path), word
    told = run("--config", "event.toml", "review", "reopen", "r1", "--by", "x")
    assert (told.returncode, "from before" in told.stderr) == (1, True)


def test_a_forgotten_message_is_not_ruled_on(filled, run: Run):  # noqa: F811
    filled("forget", "--message", "m1")
    told = run("--config", "event.toml", "review", "dismiss", "m1", "--by", "x")
    assert (told.returncode, "was forgotten on" in told.stderr) == (1, True)
    told = run("--config", "event.toml", "forget")
    assert (told.returncode, "say what to forget" in told.stderr) == (2, True)
