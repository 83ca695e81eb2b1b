"""Text is cut into pieces that say where they stand."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inbox_worker.reading.voice.network import network
from inbox_worker.reading.voice.pieces import Pieces

SMALL = Pieces(
    ["<s>", "<pad>", "</s>", "<unk>", "▁", "▁we", "▁come", "c", "o", "ome"],
    [0, 0, 0, 0, -3, -4, -5, -6, -6, -6],
    {0xFF43: "c"},
)


def test_the_likeliest_pieces_are_taken_and_stand_where_they_were_written():
    assert [(p.number, p.start, p.end) for p in SMALL.cut("we come", 10)] == [(5, 0, 2), (6, 2, 7)]


def test_what_no_piece_knows_is_unknown_and_what_looks_wide_is_read_as_what_it_is():
    assert [(p.number, p.start, p.end) for p in SMALL.cut("Z ｃome", 10)] == [(4, 0, 1), (3, 0, 1), (6, 1, 6)]


def test_no_more_pieces_than_asked_for_are_given():
    assert len(SMALL.cut("we come we come we come", 3)) == 3


@given(text=st.text(max_size=200))
@settings(deadline=None)  # the first one waits for the network to be loaded
def test_pieces_stand_in_order_within_the_text(text):
    pieces = network().words.pieces.cut(text, 384)
    assert all(0 <= p.start < max(1, p.end) <= max(1, len(text)) for p in pieces)
    assert all(a.start <= b.start for a, b in itertools.pairwise(pieces))


@pytest.mark.parametrize("line", ["a" * 60_000, "我们" * 30_000, " " * 60_000])
def test_a_long_line_is_cut_in_time(line):
    from inbox_worker.reading.voice.opinion import LONGEST

    assert network().words.pieces.cut(line[:LONGEST], 384)
