"""Rulings from the terminal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.commands.conftest import Run, run  # noqa: F401 - a fixture

CORPUS = Path(__file__).parents[1] / "corpus/pledging"


@pytest.fixture
def season(run: Run):  # noqa: F811
    """The mailbox of a season in a registry, and a way to call commands on it."""
    config = CORPUS / "event.toml"

    def call(*arguments: object, fails: int = 0) -> str:
        result = run("--config", config, *arguments, "--registry", "r.db")
        assert result.returncode == fails, result.stderr
        assert "Traceback" not in result.stderr
        return result.stderr if fails else result.stdout

    call("import", CORPUS / "season")
    return call


def waiting(season, code: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in season("review", "list", "--json", "--code", code).splitlines()]


def test_an_unlisted_organisation_is_seen_added_and_taken_back(season):
    (flag,) = [row for row in waiting(season, "organisation-unlisted") if "Désert" in str(row["organisation"])]
    shown = season("review", "show", flag["flag_id"])
    assert f"flag {flag['flag_id']}  organisation-unlisted" in shown
    revision = shown.splitlines()[0].rpartition(" ")[2]
    made = season("review", "add", flag["flag_id"], "--country", "DZ", "--by", "ann", "--revision", revision)
    assert "ONG Désert Sûr: comes; 2" in made
    assert "comes" in season("explain", "ong-desert-sur")
    late = season("review", "dismiss", flag["flag_id"], "--by", "bo", "--revision", revision, fails=1)
    assert "ann ruled 'add'" in late and "look again" in late
    ruling = made.partition("reopen ")[2].partition("'")[0]
    assert "ONG Désert Sûr: not in the registry" in season("review", "reopen", ruling, "--by", "ann")


def test_an_answer_by_telephone_is_entered(season):
    told = ("--told-by", "M. Roy", "--told-at", "2016-02-20T10:00:00", "--by", "ann")
    made = season("review", "enter", "care", "--answer", "accepted", "--person", "M. Roy; Director", *told)
    assert "CARE International: comes; 1; M. Roy" in made
    assert "M. Roy" in season("explain", "care")


def test_what_cannot_be_ruled_is_told_in_a_line(season):
    assert "there is no flag 9999" in season("review", "accept", 9999, fails=1)
    assert "names nothing to rule on" in season("review", "accept", "soup", fails=1)
    assert "no organisation is called" in season("review", "merge", "m1", "nobody", fails=2)
    assert "not listed" not in season("review", "correct", "m1", "--number", 2, fails=1)
