"""Which of the claims that a message may make it makes: each is weighed against the others, then the best of them."""

from __future__ import annotations

from collections.abc import Sequence

from inbox_worker.model import Claim
from inbox_worker.reading.answer.heard import Heard
from inbox_worker.reading.voice.evaluation import AGREEMENT, FEATURES, agreement, evaluation
from inbox_worker.reading.voice.opinion import Opinion
from inbox_worker.reading.voice.proposal import Proposal

RANKED = (
    *FEATURES,
    *AGREEMENT,
    "likely",  # how likely the network holds all of it,
    "behind",  # and how far it is behind the likeliest
    "choices",  # how many claims there are to choose from
    "delegates",
)
CHOSEN = (
    *RANKED,
    "first",  # how likely it is right, by itself,
    "second",  # and the next best is
    "all",  # and all together,
    "share",  # and its part of that
)
MOST_DELEGATES = 12  # beyond which no number is larger
ALMOST_NONE = 0.05  # so that the share of what is hardly likely is small


def ranked(heard: Heard, found: Sequence[Proposal], opinion: Opinion, beside: Claim | None) -> list[tuple[float, ...]]:
    """The features of each claim, in the order of ``RANKED``; ``beside`` is the grammar's."""
    best = max(p.likely for p in found)
    rows = []
    for one in found:
        values = one.likely, one.likely - best, len(found), min(one.claim.delegates or 0, MOST_DELEGATES)
        told = evaluation(heard, one.claim, opinion)
        rows.append((*told, *agreement(one.claim, beside), *(round(float(v), 4) for v in values)))
    return rows


def best_of(rows: Sequence[tuple[float, ...]], probabilities: Sequence[float]) -> tuple[int, tuple[float, ...]]:
    """The place of the likeliest claim, and its features in the order of ``CHOSEN``, from those in the order of
    ``RANKED`` and how likely each claim is right by itself."""
    order = sorted(range(len(rows)), key=lambda i: -probabilities[i])
    first = probabilities[order[0]]
    second = probabilities[order[1]] if len(order) > 1 else 0.0
    together = sum(probabilities)
    stands_out = (first, second, together, first / (together + ALMOST_NONE))
    return order[0], (*rows[order[0]], *(round(v, 4) for v in stands_out))
