"""How likely it is that a reading is right: boosted trees (Friedman 2001) and a logistic regression over its features,
whose probabilities are averaged: the one sees what goes together, the other is not led astray by rare cases.

The trees and the least probabilities are in ``judges.json``, made by ``python -m tests.voice.judge``, which also says
how they were chosen.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any


@dataclass(frozen=True)
class Split:
    """A node of a tree: to the left where the feature is at most ``limit``; sides are nodes or what they add."""

    feature: int
    limit: float
    left: Split | float
    right: Split | float


@dataclass(frozen=True)
class Judge:
    """``start`` and what the trees add to it are log odds that a reading is right, and so are ``bias`` and the weighted
    sum of the features; ``least`` is the probability that it must reach, 0 for one that only compares."""

    features: tuple[str, ...]
    start: float
    trees: tuple[Split | float, ...]
    bias: float
    weights: tuple[float, ...]
    least: float

    def probability(self, values: Sequence[float]) -> float:
        """How likely a reading with these features is right.

        Raises:
            ValueError: there are not as many values as features.
        """
        if len(values) != len(self.features):
            raise ValueError(f"{len(values)} values for {len(self.features)} features")
        by_trees = self.start + sum(_added(tree, values) for tree in self.trees)
        by_weight = self.bias + sum(w * v for w, v in zip(self.weights, values, strict=True))
        return (_sigmoid(by_trees) + _sigmoid(by_weight)) / 2


def _sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, x))))


def _added(node: Split | float, values: Sequence[float]) -> float:
    while isinstance(node, Split):
        node = node.left if values[node.feature] <= node.limit else node.right
    return node


@dataclass(frozen=True)
class Judges:
    """``rank`` weighs each claim that a message may make, ``settle`` the best of them, ``quiet`` whether it answers
    nothing at all. ``surely`` is the probability of that from which even what the grammar reads without a doubt is
    none, ``overrule`` that of another claim from which it takes the place of what the grammar reads so."""

    rank: Judge
    settle: Judge
    quiet: Judge
    surely: float
    overrule: float


@cache
def judges() -> Judges:
    """The judges that come with the package."""
    text = (resources.files("inbox_worker.reading.voice") / "judges.json").read_text(encoding="utf-8")
    stored = json.loads(text)
    rank, settle, quiet = (_judge(stored[name]) for name in ("rank", "settle", "quiet"))
    return Judges(rank, settle, quiet, stored["surely"], stored["overrule"])


def _judge(stored: Mapping[str, Any]) -> Judge:
    return Judge(
        tuple(stored["features"]), stored["start"], tuple(_node(t) for t in stored["trees"]),
        stored["bias"], tuple(stored["weights"]), stored.get("least", 0.0),
    )  # fmt: skip


def _node(stored: Any) -> Split | float:
    if isinstance(stored, list):
        feature, limit, left, right = stored
        return Split(feature, limit, _node(left), _node(right))
    return float(stored)
