"""Fit the judges, and tell how well both readers do together: ``python -m tests.voice.judge``.

A judge is a sum of small decision trees over the features of ``inbox_worker.reading.voice.evaluation``. It is fitted on
the mailboxes of the part "judged", from which the network did not learn and with which no rule was mended, so what both
readers make of them is what they make of new mail. How likely a reading must be is chosen by ten-fold cross-validation
on the same messages, for both judges together: those least probabilities with which the most readings are written down
rightly while at most ``WRONG`` of all messages are written down wrongly.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from inbox_worker import message
from inbox_worker.model import Claim, Code, Kind, Reading
from inbox_worker.reading.rules import RuleReader
from inbox_worker.reading.voice.evaluation import AGREEMENT, FEATURES, agreement, agrees, evaluation, tells_the_same
from inbox_worker.reading.voice.network import network
from inbox_worker.reading.voice.opinion import Opinion, opinion_of
from inbox_worker.reading.voice.proposal import proposal
from inbox_worker.reading.voice.second import OPEN, may_propose
from inbox_worker.reading.whole import read_whole
from tests.bench.mailboxes import PARTS, messages_of
from tests.voice.examples import Listener
from tests.voice.gold import SERVICE, is_right

OUT = Path(__file__).parents[2] / "inbox_worker/reading/voice/judges.json"
WRONG = 0.023  # of all messages
LEAST = {"record": (0.7, 0.8, 0.85, 0.9), "propose": (0.7, 0.75, 0.8, 0.85, 0.9, 0.93)}  # that are tried
TREES = {"n_estimators": 60, "max_depth": 2, "learning_rate": 0.1, "subsample": 0.7, "random_state": 0}
FOLDS, TURNS = 10, 3
MISSED = {"silence": 1, "quiet": 0}  # answers that may be taken for none
QUIET = 0.6  # how likely "none" must be at least


@dataclass(frozen=True)
class Case:
    """What both readers make of a message, and what is right."""

    gold: dict[str, Any]
    grammar: Reading
    heard: Any
    opinion: Opinion | None


def cases(names: tuple[str, ...]) -> list[Case]:
    """All messages of some mailboxes, read by the grammar alone and by the network."""
    found = []
    with Listener() as listener:
        for name in names:
            for raw, gold, invitation in messages_of(name):
                listener.heard.clear()
                reading = read_whole(message.decode(raw), invitation, RuleReader())
                heard = listener.heard[0] if listener.heard else None
                opinion = opinion_of(heard, network()) if heard is not None and heard.said else None
                found.append(Case(gold, reading, heard, opinion))
    return found


def doubts_of(case: Case) -> set[Code]:
    """The codes of all doubts of the grammar."""
    reading = case.grammar
    return {d.code for c in reading.claims for d in c.doubts} | {d.code for d in reading.doubts}


@dataclass
class Row:
    """A reading: what speaks for it, and whether it was right."""

    values: tuple[float, ...]
    right: bool
    agreed: bool = False  # that both hold everything for likelier than not
    same: bool = False  # as what the grammar made of the message
    probability: float = 0.0  # by cross-validation


def fitted(rows: list[Row], names: tuple[str, ...]) -> dict[str, Any]:
    """A judge for readings, without its least probability; their probabilities are told by cross-validation."""
    values, right = np.array([r.values for r in rows]), np.array([r.right for r in rows])
    model = GradientBoostingClassifier(**TREES)
    found = [
        cross_val_predict(
            model, values, right, cv=StratifiedKFold(FOLDS, shuffle=True, random_state=turn), method="predict_proba"
        )[:, 1]
        for turn in range(TURNS)
    ]
    for row, probability in zip(rows, np.mean(found, 0), strict=True):
        row.probability = float(probability)
    model.fit(values, right)
    share = right.mean()
    return {
        "features": names,
        "start": round(float(np.log(share / (1 - share))), 4),
        "trees": [_tree(t[0].tree_, 0) for t in model.estimators_],
    }


def _tree(tree: Any, node: int) -> Any:
    if tree.children_left[node] < 0:
        return round(TREES["learning_rate"] * float(tree.value[node][0][0]), 4)
    left, right = (_tree(tree, side[node]) for side in (tree.children_left, tree.children_right))
    return [int(tree.feature[node]), round(float(tree.threshold[node]), 4), left, right]


def chosen(pairs: list[tuple[Row | None, Row | None]], messages: int) -> dict[str, float]:
    """The least probabilities; ``pairs`` are what the grammar read without a doubt and what the network would propose."""
    best: tuple[int, dict[str, float]] = 0, {"record": 1.0, "propose": 1.0}
    for record in LEAST["record"]:
        for propose in LEAST["propose"]:
            written = [r for mine, other in pairs if (r := _written(mine, other, record, propose))]
            right = sum(r.right for r in written)
            wrong = len(written) - right
            print(f"  record from {record}, propose from {propose}: {right} right, {wrong} wrong")
            if wrong <= WRONG * messages and right > best[0]:
                best = right, {"record": record, "propose": propose}
    return best[1]


def _written(mine: Row | None, other: Row | None, record: float, propose: float) -> Row | None:
    """Which reading is written down, if any."""
    if mine and (mine.probability >= record or mine.agreed):
        return mine
    if other and other.probability >= propose and (mine is None or other.same):
        return other
    return None


def main() -> None:
    """Fit both judges and write them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mailboxes", nargs="*", default=PARTS["judged"])
    parser.add_argument("--out", type=Path, default=OUT)
    arguments = parser.parse_args()
    found = [c for c in cases(tuple(arguments.mailboxes)) if c.opinion is not None]
    print(f"{len(found)} messages that people wrote")
    pairs: list[tuple[Row | None, Row | None]] = []
    quiet = []
    for case in found:
        claims, doubts = case.grammar.claims, doubts_of(case)
        assert case.opinion is not None
        mine = other = None
        if len(claims) == 1 and not doubts:
            values = evaluation(case.heard, claims[0], case.opinion, claims[0].confidence)
            mine = Row(values, is_right(case.gold, claims, Kind.REPLY), agrees(values))
        if doubts <= OPEN and len(claims) <= 1 and may_propose(case.heard):
            claim = proposal(case.heard, case.opinion)
            if claim is not None:
                beside: Claim | None = claims[0] if claims else None
                values = (*evaluation(case.heard, claim, case.opinion, 1 / 2), *agreement(claim, beside))
                right = is_right(case.gold, (claim,), Kind.REPLY)
                other = Row(values, right, same=beside is not None and tells_the_same(claim, beside))
        pairs.append((mine, other))
        if not claims:
            answered = bool(case.gold["claims"] or set(case.gold["flags"]) - SERVICE)
            quiet.append((case.opinion.partstat["none"], answered, bool(doubts)))
    judges: dict[str, Any] = {
        "record": fitted([m for m, _ in pairs if m], FEATURES),
        "propose": fitted([o for _, o in pairs if o], FEATURES + AGREEMENT),
    }
    least = chosen(pairs, len(found))
    print(f"chosen: {least}")
    for name, value in least.items():
        judges[name]["least"] = value
    for name, suspected in (("silence", False), ("quiet", True)):
        answers = [p for p, answered, doubted in quiet if answered and doubted == suspected]
        others = [p for p, answered, doubted in quiet if not answered and doubted == suspected]
        highest = sorted(answers, reverse=True)[MISSED[name]] if len(answers) > MISSED[name] else 0.0
        judges[name] = round(min(0.99, max(QUIET, highest + 0.02)), 2)
        print(f"  {name}: {len(answers)} answers, {len(others)} others, "
              f"{sum(p >= judges[name] for p in others)} of them left alone at {judges[name]}")  # fmt: skip
    arguments.out.write_text(json.dumps(judges) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
