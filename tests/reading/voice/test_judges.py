"""How sure is sure enough."""

import math

from inbox_worker.reading.voice.evaluation import AGREEMENT, FEATURES, odds
from inbox_worker.reading.voice.judges import Judge, judges


def test_a_judge_weighs_the_features():
    judge = Judge(("a", "b"), (1.0, -2.0), 0.5, 0.6)
    assert math.isclose(judge.probability((1.0, 0.5)), 1 / (1 + math.exp(-0.5)))
    assert judge.accepts((1.0, 0.5))
    assert not judge.accepts((0.0, 0.5))


def test_the_judges_that_come_with_the_package_know_all_features():
    assert judges().record.features == FEATURES
    assert judges().propose.features == FEATURES + AGREEMENT
    assert 0.5 < judges().record.least < 1 and 0.5 < judges().propose.least <= 1
    assert 0 < judges().silence < 1 and 0 < judges().quiet < 1


def test_odds_are_bounded():
    assert odds(0.5) == 0.0
    assert odds(1.0) == 6.0 and odds(0.0) == -6.0
