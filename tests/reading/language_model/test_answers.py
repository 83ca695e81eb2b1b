"""Answers written by hand for twenty messages: what each role makes of them, and that no wrong one is believed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from inbox_worker.reading.language_model import RoleOfModel, as_text
from tests.bench.language_model import by_hand, gold, read, scores, understood
from tests.bench.mailboxes import folder_of
from tests.commands.conftest import Run, run  # noqa: F401 - a fixture

SERVICE = {"late", "question", "assistance"}
ANSWERS = {name: as_text(line["answer"]) for name, line in by_hand().items()}
WRONG = {name for name, line in by_hand().items() if line["wrong"]}


def test_second_writes_down_what_was_in_doubt_and_adds_no_silent_error() -> None:
    alone, second = scores(ANSWERS, None), scores(ANSWERS, RoleOfModel.SECOND)
    assert second["straight_through"] > alone["straight_through"]
    assert second["silent"] <= alone["silent"]


def test_agree_leaves_no_silent_error() -> None:
    assert scores(ANSWERS, RoleOfModel.AGREE)["silent"] == 0


@pytest.mark.parametrize("role", RoleOfModel)
@pytest.mark.parametrize("name", sorted(WRONG))
def test_a_wrong_answer_is_never_believed(name: str, role: RoleOfModel) -> None:
    without, with_it = read(name, None, None), read(name, ANSWERS[name], role)
    if set(without["flags"]) - SERVICE:
        assert set(with_it["flags"]) - SERVICE, f"{by_hand()[name]['wrong']}: {with_it['claims']}"
    told = [(c["organisation"], c["partstat"], c["delegates"]) for c in with_it["claims"]]
    assert told == [(c["organisation"], c["partstat"], c["delegates"]) for c in without["claims"]]


@pytest.mark.parametrize("name", sorted(set(ANSWERS) - WRONG))
def test_a_right_answer_never_makes_a_wrong_fact(name: str) -> None:
    found = read(name, ANSWERS[name], RoleOfModel.SECOND)
    alone = read(name, None, None)
    if set(alone["flags"]) - SERVICE and not set(found["flags"]) - SERVICE:
        wanted = [(c["organisation"], c["partstat"], c.get("delegates")) for c in gold(name)["claims"]]
        assert [(c["organisation"], c["partstat"], c["delegates"]) for c in found["claims"]] == wanted


def test_evidence_of_an_answer_is_exactly_what_stands_there() -> None:
    for name, answer in ANSWERS.items():
        for role in RoleOfModel:
            message = understood(name)[1].message
            assert message is not None
            for claim in read(name, answer, role)["claims"]:
                for e in claim["evidence"]:
                    assert (message.text_of(e["part"]) or "")[e["start"] : e["end"]] == e["text"]


def test_questions_go_out_and_answers_come_in_as_json_lines(tmp_path: Path, run: Run) -> None:  # noqa: F811
    mail = folder_of("letters-en") / "007.eml"
    event = tmp_path / "event.toml"  # read by the grammar alone, which doubts one of them
    event.write_text(
        (mail.parents[1] / "event.toml").read_text(encoding="utf-8") + "\n[reading]\ntwo_readers = false\n"
    )
    (tmp_path / "invited.csv").write_bytes((mail.parents[1] / "invited.csv").read_bytes())
    (tmp_path / "mail").mkdir()
    for number in ("001", "007"):
        (tmp_path / f"mail/{number}.eml").write_bytes(mail.with_name(f"{number}.eml").read_bytes())
    first = run("--config", event, "read", "--prompts", "questions.jsonl", "mail")
    questions = [json.loads(line) for line in (tmp_path / "questions.jsonl").read_text().splitlines()]
    assert [Path(q["file"]).name for q in questions] == ["007.eml"]  # the other is not in doubt
    assert {"id", "messages", "schema"} <= set(questions[0])
    answers = tmp_path / "answers.jsonl"
    answers.write_text(json.dumps({"id": questions[0]["id"], "answer": json.loads(ANSWERS["letters-en/007"])}) + "\n")
    second = run("--config", event, "read", "--answers", "answers.jsonl", "mail")
    flags = [[json.loads(line)["flags"] for line in out.stdout.splitlines()] for out in (first, second)]
    assert flags == [[[], ["question", "count-unclear"]], [[], ["question"]]]
    everything = run("--config", event, "read", "--role", "agree", "--prompts", "questions.jsonl", "mail")
    assert everything.returncode == 0
    assert len((tmp_path / "questions.jsonl").read_text().splitlines()) == 2
    answers.write_text('{"id": "x"}\n')
    bad = run("--config", event, "read", "--answers", "answers.jsonl", "mail")
    assert (bad.returncode, bad.stdout) == (2, "")
    assert 'answers.jsonl, line 1: must be an object with "id" (a text) and "answer"' in bad.stderr
