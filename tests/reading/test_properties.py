"""What holds for any message: no exception, exact evidence, bounded time."""

from __future__ import annotations

import ast
import time
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inbox_worker import reading
from inbox_worker.model import Evidence, Message, Reading
from inbox_worker.reading import read
from inbox_worker.reading.grammar.said import Context
from inbox_worker.reading.grammar.sentence import say
from inbox_worker.reading.lexicon import lexicons
from inbox_worker.reading.text import sentences
from tests.pace import pace
from tests.reading.making import INVITATION, message

TELLING = (
    ["we", "will", "not", "attend", "two of us", "Mr.", "Ana López", "\n\n", "-", "1.", ":", ";", ",", "?", "no"],
    ["add", "instead of", "参加", "سنشارك", "Wetlands Watch", "\t|", "I", "me", "and", "Regards", "who", "2", "May"],
)
WORDS = st.sampled_from([word for words in TELLING for word in words])


def evidence_of(reading_: Reading) -> list[Evidence]:
    found = list(reading_.evidence)
    for doubt in (*reading_.doubts, *reading_.needs):
        found += doubt.evidence
    for claim in reading_.claims:
        found += claim.evidence
        for doubt in claim.doubts:
            found += doubt.evidence
    return found


def check(made: Message) -> None:
    result = read(made, INVITATION)
    for evidence in evidence_of(result):
        assert (made.text_of(evidence.part) or "")[evidence.start : evidence.end] == evidence.text
    assert read(made, INVITATION) == result


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=400))
def test_any_text_is_read_without_an_exception(text: str) -> None:
    check(message(text))


@settings(max_examples=300, deadline=None)
@given(st.lists(WORDS, max_size=60))
def test_any_heap_of_telling_words_is_read_without_an_exception(words: list[str]) -> None:
    check(message(" ".join(words)))


SPANS = st.lists(st.tuples(st.integers(0, 200), st.integers(1, 40)).map(lambda at: (at[0], sum(at))), max_size=6)


@settings(max_examples=300, deadline=None)
@given(st.lists(WORDS, max_size=40), SPANS, SPANS, st.frozensets(st.sampled_from(["we", "two", "ana", "may", "2"])))
def test_a_sentence_says_the_same_by_what_of_the_context_concerns_it(
    words: list[str], own: list[tuple[int, int]], others: list[tuple[int, int]], title: frozenset[str]
) -> None:
    text = " ".join(words)
    context = Context(date(2026, 3, 2), tuple(own), tuple(others), title)
    for sentence in sentences(text, 0, len(text)):
        assert say(sentence, lexicons()["en"], context.of(sentence.words)) == say(sentence, lexicons()["en"], context)


@pytest.mark.parametrize(
    "text",
    [
        "We will attend. " * 65_000,
        "a" * 1_000_000,
        "a.a@" * 15_000,
        "A " * 500_000,
        "Mr. " * 250_000,
        "1. " * 300_000,
        "1,000," * 160_000,
        "not " * 15_000,
        "\n" * 1_000_000,
        " | " * 300_000,
        "- Ana López\n" * 80_000,
        "O'" * 400_000,
        "我們" * 500_000,
    ],
)
def test_a_long_text_takes_less_than_two_seconds(text: str) -> None:
    made = message(text)
    read(message("We will come."), INVITATION)  # loads the languages, which is no matter of the text
    before, begun = pace(), time.process_time()
    read(made, INVITATION)
    assert time.process_time() - begun < 2 * max(before, pace())


def test_nothing_of_the_world_is_imported() -> None:
    banned = {"socket", "sqlite3", "random", "time", "os", "pathlib", "subprocess", "urllib", "requests", "threading"}
    folder = Path(reading.__file__).parent
    for path in folder.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            names = (
                [a.name for a in node.names]
                if isinstance(node, ast.Import)
                else [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else []
            )
            for name in names:
                assert name.split(".")[0] not in banned, f"{path.name} imports {name}"
                assert not name.startswith("inbox_worker") or name.startswith(
                    ("inbox_worker.reading", "inbox_worker.model")
                ), f"{path.name} imports {name}"
