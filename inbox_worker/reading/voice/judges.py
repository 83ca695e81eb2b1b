"""How likely it is that a reading is right: boosted trees (Friedman 2001) and a logistic regression over its features,
whose probabilities are averaged: the one sees what goes together, the other is not led astray by rare cases.

The trees and the least probabilities are in ``judges.json``, those for the narrow network in ``glance.json``; both are
made by ``python -m tests.voice.judge``, which also says how they were chosen.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Trees:
    """Trees as arrays over their nodes, one tree after the other. From a node it goes to the first of two where its
    feature is at most ``limit``, else to the second; a leaf leads to itself, and adds something."""

    roots: IntArray
    feature: IntArray
    limit: FloatArray
    sides: IntArray  # of node n: 2n and 2n + 1
    adds: FloatArray
    depth: int  # steps from a root to a leaf, at most

    @classmethod
    def of(cls, stored: Sequence[Any]) -> Trees:
        """Those of the file: a leaf is a number, any other node a list of feature, limit and both sides."""
        feature: list[int] = []
        limit: list[float] = []
        adds: list[float] = []
        sides: list[tuple[int, int]] = []
        deepest = 0

        def put(node: Any, depth: int) -> int:
            nonlocal deepest
            at, deepest = len(feature), max(deepest, depth)
            inner = isinstance(node, list)
            feature.append(node[0] if inner else 0)
            limit.append(node[1] if inner else 0.0)
            adds.append(0.0 if inner else node)
            sides.append((at, at))
            if inner:
                sides[at] = put(node[2], depth + 1), put(node[3], depth + 1)
            return at

        roots = np.array([put(tree, 0) for tree in stored], np.intp)
        flat = np.array(sides, np.intp).ravel()
        return cls(roots, np.array(feature, np.intp), np.array(limit), flat, np.array(adds, np.float64), deepest)

    def added(self, rows: FloatArray) -> FloatArray:
        """What all trees together add for each row of features."""
        at = np.broadcast_to(self.roots, (len(rows), len(self.roots)))
        values, first = rows.ravel(), np.arange(len(rows))[:, None] * rows.shape[1]
        for _ in range(self.depth):
            beyond = values.take(first + self.feature.take(at)) > self.limit.take(at)
            at = self.sides.take(2 * at + beyond)
        found: FloatArray = self.adds.take(at).sum(1)
        return found


@dataclass(frozen=True)
class Judge:
    """``start`` and what the trees add to it are log odds that a reading is right, and so are ``bias`` and the weighted
    sum of the features; ``least`` is the probability that it must reach, 0 for one that only compares."""

    features: tuple[str, ...]
    start: float
    trees: Trees
    bias: float
    weights: FloatArray
    least: float

    def probability(self, values: Sequence[float]) -> float:
        """How likely a reading with these features is right.

        Raises:
            ValueError: there are not as many values as features.
        """
        return self.probabilities([values])[0]

    def probabilities(self, rows: Sequence[Sequence[float]]) -> list[float]:
        """The same for several readings.

        Raises:
            ValueError: one has not as many values as there are features.
        """
        for values in rows:
            if len(values) != len(self.features):
                raise ValueError(f"{len(values)} values for {len(self.features)} features")
        table = np.array(rows, np.float64)
        by_trees = _sigmoid(self.start + self.trees.added(table))
        by_weight = _sigmoid(self.bias + table @ self.weights)
        return [float(p) for p in (by_trees + by_weight) / 2]


def _sigmoid(x: FloatArray) -> FloatArray:
    found: FloatArray = 1 / (1 + np.exp(-np.clip(x, -30.0, 30.0)))
    return found


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
def judges(name: str = "judges") -> Judges:
    """The judges that come with the package: those of the whole network, or of the narrow one ("glance")."""
    text = (resources.files("inbox_worker.reading.voice") / f"{name}.json").read_text(encoding="utf-8")
    stored = json.loads(text)
    rank, settle, quiet = (_judge(stored[one]) for one in ("rank", "settle", "quiet"))
    return Judges(rank, settle, quiet, stored["surely"], stored["overrule"])


def _judge(stored: Mapping[str, Any]) -> Judge:
    return Judge(
        tuple(stored["features"]), stored["start"], Trees.of(stored["trees"]),
        stored["bias"], np.array(stored["weights"], np.float64), stored.get("least", 0.0),
    )  # fmt: skip
