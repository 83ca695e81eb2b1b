"""The benchmarks run: what they print at full size is no test, and what they print here means nothing."""

from __future__ import annotations

from pathlib import Path

from tests.bench import archive, floor, scale, starting
from tests.bench.figures import Figure, table


def names(figures: list[Figure]) -> set[str]:
    assert all(figure.value > 0 for figure in figures), table(figures)
    return {figure.what.partition(",")[0] for figure in figures}


def test_the_floor_and_what_is_above_it() -> None:
    figures, stages = floor.measured(20)
    assert {"the floor", "all but the reading"} <= names(figures)
    assert {line.split(" | ")[0].strip("| ") for line in stages.splitlines()[2:]} == set(floor.STAGES)


def test_a_large_mailbox(tmp_path: Path) -> None:
    assert "peak memory" in names(scale.measured(tmp_path, 40))


def test_the_start(tmp_path: Path) -> None:
    assert names(starting.measured(tmp_path, 1)) == {"inbox-worker --help", "inbox-worker run"}


def test_one_message_and_an_archive(tmp_path: Path) -> None:
    assert names(archive.reading(tmp_path / "reading", 2)) == {
        "reading by both readers",
        "reading by the grammar alone",
    }
    assert len(archive.spedup(tmp_path / "archive", 6)) == 3
