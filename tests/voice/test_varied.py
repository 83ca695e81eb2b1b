"""A message is retold with another number, and those named stand where they stood."""

from __future__ import annotations

import pytest

from inbox_worker.reading.voice.network import network
from inbox_worker.reading.voice.opinion import OPENING, Asked, span_in
from inbox_worker.reading.voice.pieces import BEGIN, END
from tests.voice.varied import other_numbers

MOST = 200


def asked(text: str, name: str = "") -> Asked:
    cut = network().words.pieces.cut(OPENING + text, MOST)
    at = text.find(name)
    span = span_in(cut, at, at + len(name)) if name else None
    return Asked([BEGIN, *(p.number for p in cut), END], [span] if span else [], [], cut, [], text)


@pytest.mark.parametrize(
    ("text", "language", "number", "told"),
    [
        (
            "We shall be three, on 2 March.",
            "en",
            3,
            {"We shall be seven, on 2 March.", "We shall be four, on 2 March."},
        ),
        ("Wir kommen mit 04 Personen.", "de", 4, {"Wir kommen mit 05 Personen.", "Wir kommen mit 09 Personen."}),
        ("我们派两名代表。", "zh", 2, {"我们派三名代表。", "我们派九名代表。"}),
    ],
)
def test_a_number_told_once_is_told_anew(text: str, language: str, number: int, told: set[str]) -> None:
    pieces = network().words.pieces
    retold = {
        tuple(numbers) for _, numbers, _, _ in other_numbers(asked(text), language, number, 0, [], pieces, MOST, 9)
    }
    assert {tuple(asked(t).numbers) for t in told} <= retold
    assert tuple(asked(text).numbers) not in retold


def test_those_named_are_found_behind_a_longer_number() -> None:
    before = asked("Two will come, one of them Ana Ruiz.", "Ana Ruiz")
    retold = other_numbers(before, "en", 2, 1, before.spans, network().words.pieces, MOST, 9)
    found = {number: (numbers, spans, places) for number, numbers, spans, places in retold}
    numbers, ((start, end),), places = found[7]
    assert places == [(start, end)]
    there = before.spans[0]
    assert numbers[start:end] == before.numbers[there[0] : there[1]]


@pytest.mark.parametrize("text", ["Three of the three of us.", "Three, that is 3, of us.", "Nobody comes."])
def test_what_is_told_twice_or_never_is_left_alone(text: str) -> None:
    assert not list(other_numbers(asked(text), "en", 3, 0, [], network().words.pieces, MOST, 9))
