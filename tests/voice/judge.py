"""Fit the judges, and tell how well both readers do together: ``python -m tests.voice.judge``.

A judge averages two probabilities, of small decision trees and of a logistic regression, over the features of
``evaluation`` and ``quiet``. It is fitted on the mailboxes of the part "judged", from which the network did not learn, so
what both readers make of them is what they make of new mail. How likely a reading must be is chosen by ten-fold
cross-validation on them: first how likely it must be that nothing is answered, so that at most
``LOST`` of all messages are answers that are lost; then, for what both readers would write down together, those least
probabilities with which the most readings are written down rightly while at most ``SILENT`` of all messages are lost or
written down wrongly.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from inbox_worker import message
from inbox_worker.model import Claim, Code, Doubt, Kind
from inbox_worker.reading.answer.heard import Heard
from inbox_worker.reading.rules import RuleReader
from inbox_worker.reading.voice.evaluation import AGREEMENT, FEATURES, agreement, believable, evaluation, tells_the_same
from inbox_worker.reading.voice.network import network
from inbox_worker.reading.voice.opinion import Opinion, opinion_of, without_frame
from inbox_worker.reading.voice.proposal import proposal
from inbox_worker.reading.voice.quiet import QUIET, SETTLED, quietness
from inbox_worker.reading.voice.second import OPEN, may_propose, told_by_table
from inbox_worker.reading.whole import read_whole
from tests.bench.mailboxes import PARTS, messages_of
from tests.voice.gold import SERVICE, is_right

OUT = Path(__file__).parents[2] / "inbox_worker/reading/voice/judges.json"
SILENT = 0.02  # of all messages: what may be written down wrongly or lost, without anybody being asked
LOST = 0.004  # of them: answers that are taken for none
# Short plain mail, which the grammar knows best, is rare in what is judged: no less than any of ``LEAST``.
OVERRULE = (0.95, 0.97)
LEAST = (0.7, 0.75, 0.8, 0.83, 0.85, 0.87, 0.89, 0.91, 0.93, 0.95)  # tried
LEAST_QUIET = (0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.93, 0.95)
SURELY = (0.95, 0.97, 0.98)  # from which the grammar's own answer is none
TREES = {
    "n_estimators": 200, "max_depth": 2, "learning_rate": 0.04, "subsample": 0.5, "max_features": 0.5, "random_state": 0,
}  # fmt: skip
REGULAR = 0.3  # inverse strength of the regression's regularisation
FOLDS, TURNS = 10, 3


@dataclass(frozen=True)
class Case:
    """What both readers make of a message, as they meet in ``second.reconsidered``, and what is right."""

    gold: dict[str, Any]
    claims: tuple[Claim, ...]
    doubts: tuple[Doubt, ...]  # that no claim carries
    heard: Heard
    opinion: Opinion
    again: Opinion
    flagged: bool  # whatever the network says: something else is doubted


def cases(names: tuple[str, ...]) -> list[Case]:
    """All messages of some mailboxes in which the grammar heard anything at all."""
    found = []
    for name in names:
        for raw, gold, invitation in messages_of(name):
            met: list[tuple[Heard, tuple[Claim, ...], tuple[Doubt, ...]]] = []

            def meet(
                heard: Heard, claims: tuple[Claim, ...], doubts: tuple[Doubt, ...], met: list[Any] = met
            ) -> tuple[tuple[Claim, ...], tuple[Doubt, ...]]:
                met.append((heard, claims, doubts))
                return tuple(replace(c, doubts=()) for c in claims), ()  # what the readers doubt, they may settle

            reading = read_whole(message.decode(raw), invitation, RuleReader(second=meet))
            if met:
                heard, claims, doubts = met[0]
                flagged = bool(reading.doubts) or any(c.doubts for c in reading.claims)
                opinions = opinion_of(heard, network()), opinion_of(without_frame(heard), network())
                found.append(Case(gold, claims, doubts, heard, *opinions, flagged))
    return found


def held(case: Case) -> list[Doubt]:
    """All doubts of the grammar."""
    return [d for c in case.claims for d in c.doubts] + list(case.doubts)


def doubts_of(case: Case) -> set[Code]:
    """Their codes."""
    return {d.code for d in held(case)}


@dataclass
class Row:
    """A reading: what speaks for it, and whether it was right."""

    values: tuple[float, ...]
    right: bool
    same: bool = False  # as what the grammar made of the message
    judged: bool = True  # what the network holds for impossible is not
    probability: float = 0.0  # by cross-validation


def fitted(rows: list[Row], names: tuple[str, ...]) -> dict[str, Any]:
    """A judge for readings, without its least probability; their probabilities are told by cross-validation."""
    rows = [row for row in rows if row.judged]
    values, right = np.array([r.values for r in rows]), np.array([r.right for r in rows])
    trees = GradientBoostingClassifier(**TREES)
    scale = StandardScaler()
    regression = LogisticRegression(C=REGULAR, max_iter=1000)
    found = [
        cross_val_predict(
            model, values, right, cv=StratifiedKFold(FOLDS, shuffle=True, random_state=turn), method="predict_proba"
        )[:, 1]
        for model in (trees, make_pipeline(scale, regression))
        for turn in range(TURNS)
    ]
    for row, probability in zip(rows, np.mean(found, 0), strict=True):
        row.probability = float(probability)
    trees.fit(values, right)
    regression.fit(scale.fit_transform(values), right)
    weights = regression.coef_[0] / scale.scale_
    share = right.mean()
    return {
        "features": names,
        "start": round(float(np.log(share / (1 - share))), 4),
        "trees": [_tree(t[0].tree_, 0) for t in trees.estimators_],
        "bias": round(float(regression.intercept_[0] - weights @ scale.mean_), 4),
        "weights": [round(float(w), 4) for w in weights],
    }


def _tree(tree: Any, node: int) -> Any:
    if tree.children_left[node] < 0:
        return round(TREES["learning_rate"] * float(tree.value[node][0][0]), 4)
    left, right = (_tree(tree, side[node]) for side in (tree.children_left, tree.children_right))
    return [int(tree.feature[node]), round(float(tree.threshold[node]), 4), left, right]


def chosen(pairs: list[tuple[Row | None, Row | None]], wrong_at_most: float) -> dict[str, float]:
    """The least probabilities, one whichever reader it is.

    ``pairs`` are what the grammar read without a doubt and what the network would propose.
    """
    best: tuple[int, dict[str, float]] = 0, {"record": 1.0, "propose": 1.0, "overrule": 1.0}
    for either, overrule in product(LEAST, OVERRULE):
        least = {"record": either, "propose": either, "overrule": overrule}
        written = [r for mine, other in pairs if (r := _written(mine, other, least))]
        right = sum(r.right for r in written)
        wrong = len(written) - right
        if right > best[0] and wrong <= wrong_at_most:
            best = right, least
            print(f"  {least}: {right} right, {wrong} wrong")
    return best[1]


def _written(mine: Row | None, other: Row | None, least: dict[str, float]) -> Row | None:
    """Which reading is written down, if any."""
    if mine and mine.probability >= least["record"]:
        return mine
    if other and other.probability >= least["propose" if mine is None or other.same else "overrule"]:
        return other
    return None


def quiet_enough(rows: list[tuple[Row, bool]], messages: int) -> tuple[float, float, int]:
    """From which probability on a message answers nothing, and from which on although the grammar reads an answer
    without a doubt (the second of each pair); and how many answers are lost."""
    doubted, undoubted = ([r for r, sure in rows if sure is wanted] for wanted in (False, True))
    least = next(t for t in (*LEAST_QUIET, 1.0) if _lost(doubted, t) <= LOST * messages)
    surely = next(t for t in (*SURELY, 1.0) if t >= least and not _lost(undoubted, t))
    for name, some, limit in (("quiet", doubted, least), ("surely", undoubted, surely)):
        quiet = sum(r.right and r.probability >= limit for r in some)
        print(f"  {name} from {limit}: {quiet} of {sum(r.right for r in some)} that answer nothing, "
              f"and {_lost(some, limit)} of {sum(not r.right for r in some)} that do")  # fmt: skip
    return least, surely, _lost(doubted, least) + _lost(undoubted, surely)


def _lost(rows: list[Row], limit: float) -> int:
    return sum(not r.right and r.probability >= limit for r in rows)


def mine(case: Case) -> Row | None:
    """What the grammar reads without a doubt."""
    claims = case.claims
    if len(claims) != 1 or not case.heard.said or doubts_of(case) or told_by_table(case.heard, claims[0], case.opinion):
        return None
    values = evaluation(case.heard, claims[0], case.opinion, case.again, claims[0].confidence)
    return Row(values, is_right(case.gold, claims, Kind.REPLY), judged=believable(claims[0], case.opinion))


def others(case: Case) -> Row | None:
    """What the network would answer itself."""
    claims = case.claims
    if len(claims) > 1 or not doubts_of(case) <= OPEN or not may_propose(case.heard):
        return None
    beside: Claim | None = claims[0] if claims else None
    claim = proposal(case.heard, case.opinion, beside)
    if claim is None or not believable(claim, case.opinion):
        return None
    values = (*evaluation(case.heard, claim, case.opinion, case.again, 1 / 2), *agreement(claim, beside))
    same = beside is not None and tells_the_same(claim, beside)
    return Row(values, is_right(case.gold, (claim,), Kind.REPLY), same=same)


def nothing(case: Case) -> Row | None:
    """Whether nothing is answered."""
    claims, doubts = case.claims, held(case)
    if len(claims) > 1 or (claims and not case.heard.said):
        return None
    if not case.opinion.whole or not all(d.code in SETTLED for d in doubts):
        return None
    answered = bool(case.gold["claims"] or set(case.gold["flags"]) - SERVICE)
    return Row(quietness(case.heard, claims, doubts, case.opinion), not answered)


def main() -> None:
    """Fit the judges and write them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mailboxes", nargs="*", default=PARTS["judged"])
    parser.add_argument("--out", type=Path, default=OUT)
    arguments = parser.parse_args()
    read = cases(tuple(arguments.mailboxes))
    found = [(mine(c), others(c), nothing(c)) for c in read]
    print(f"{len(found)} messages that people wrote")
    judges: dict[str, Any] = {
        "record": fitted([m for m, _, _ in found if m], FEATURES),
        "propose": fitted([o for _, o, _ in found if o], FEATURES + AGREEMENT),
        "quiet": fitted([n for _, _, n in found if n], QUIET),
    }
    least, surely, lost = quiet_enough([(n, m is not None) for m, _, n in found if n], len(found))
    spoken = [
        (m, o)
        for case, (m, o, n) in zip(read, found, strict=True)
        if not case.flagged and (n is None or n.probability < (surely if m else least))
    ]
    chosen_least = chosen(spoken, SILENT * len(found) - lost)
    print(f"chosen: {chosen_least}, quiet from {least}, surely from {surely}")
    for name in ("record", "propose"):
        judges[name]["least"] = chosen_least[name]
    judges["quiet"]["least"] = least
    judges |= {"surely": surely, "overrule": chosen_least["overrule"]}
    arguments.out.write_text(json.dumps(judges) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
