"""How likely it is that a reading is right: logistic regression over the features of ``evaluation``.

The weights and the least probabilities are in ``judges.json``, made by ``python -m tests.voice.judge``, which also says
how they were chosen.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True)
class Judge:
    """Weights, a bias, and the probability that a reading must reach."""

    features: tuple[str, ...]
    weights: tuple[float, ...]
    bias: float
    least: float

    def probability(self, values: Sequence[float]) -> float:
        """How likely a reading with these features is right."""
        total = self.bias + sum(w * v for w, v in zip(self.weights, values, strict=True))
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))

    def accepts(self, values: Sequence[float]) -> bool:
        """Whether it is likely enough."""
        return self.probability(values) >= self.least


@dataclass(frozen=True)
class Judges:
    """``record`` decides on what the grammar reads without a doubt, ``propose`` on what the network reads where the
    grammar is in doubt. ``silence`` is how sure the network must be that a message answers nothing, where the grammar
    finds nothing; ``quiet`` the same where the grammar suspects something."""

    record: Judge
    propose: Judge
    silence: float
    quiet: float


@cache
def judges() -> Judges:
    """The judges that come with the package."""
    text = (resources.files("inbox_worker.reading.voice") / "judges.json").read_text(encoding="utf-8")
    stored = json.loads(text)
    return Judges(_judge(stored["record"]), _judge(stored["propose"]), stored["silence"], stored["quiet"])


def _judge(stored: Mapping[str, object]) -> Judge:
    weights = stored["weights"]
    assert isinstance(weights, dict)  # noqa: S101 - our own file
    return Judge(
        tuple(weights), tuple(map(float, weights.values())), float(str(stored["bias"])), float(str(stored["least"]))
    )
