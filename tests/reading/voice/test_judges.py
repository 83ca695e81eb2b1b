"""How sure is sure enough."""

import math

import numpy as np
import pytest

from inbox_worker.reading.voice.choice import CHOSEN, RANKED
from inbox_worker.reading.voice.evaluation import odds
from inbox_worker.reading.voice.judges import Judge, Trees, judges
from inbox_worker.reading.voice.quiet import QUIET


def test_a_judge_averages_its_trees_and_its_weights():
    trees = Trees.of([[0, 1.0, -2.0, [1, 0.0, 0.25, 3.0]], 0.5])
    judge = Judge(("a", "b"), 0.5, trees, 1.0, np.array([2.0, -0.5]), 0.6)
    for values, total, weighed in (((1.0, 9.0), -1.0, -1.5), ((1.5, 0.0), 1.25, 4.0), ((1.5, 0.1), 4.0, 3.95)):
        both = 1 / (1 + math.exp(-total)) + 1 / (1 + math.exp(-weighed))
        assert math.isclose(judge.probability(values), both / 2)
    assert judge.probabilities([(1.0, 9.0), (1.5, 0.0)]) == [
        judge.probability((1.0, 9.0)),
        judge.probability((1.5, 0.0)),
    ]


def test_a_judge_wants_all_features():
    with pytest.raises(ValueError, match="1 values for 2 features"):
        Judge(("a", "b"), 0.0, Trees.of([0.0]), 0.0, np.zeros(2), 0.6).probability((1.0,))


def test_the_judges_that_come_with_the_package_know_all_features():
    assert judges().rank.features == RANKED
    assert judges().settle.features == CHOSEN
    assert 0.5 < judges().settle.least <= judges().overrule <= 1
    assert judges().quiet.features == QUIET
    assert 0.5 <= judges().quiet.least <= judges().surely <= 1


def test_the_judges_of_the_first_look_never_overrule_the_grammar():
    glance = judges("glance")
    assert (glance.rank.features, glance.settle.features, glance.quiet.features) == (RANKED, CHOSEN, QUIET)
    assert judges().settle.least <= glance.settle.least < glance.overrule == glance.surely == 1


def test_odds_are_bounded():
    assert odds(0.5) == 0.0
    assert odds(1.0) == 6.0 and odds(0.0) == -6.0
