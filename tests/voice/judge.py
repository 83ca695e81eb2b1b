"""Fit the judges, and tell how well both readers do together: ``python -m tests.voice.judge``.

Each judge averages two probabilities, of decision trees and of a logistic regression. They are fitted on the mailboxes of
the part "judged", from which the network did not learn, so what both readers make of them is what they make of new mail.
The first weighs every claim that a message may make, by the features of ``choice.RANKED``; the second the likeliest of
them (``choice.CHOSEN``), with what the first told of it and of the others when it was fitted without that message; the
third whether anything is answered (``quiet``). How likely is likely enough is chosen by ten-fold cross-validation: first
how likely it must be that nothing is answered, so that at most ``LOST`` of all messages are answers that are lost; then
that with which the most is written down rightly while at most ``SILENT`` of all messages are lost or written down wrongly.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.ensemble import GradientBoostingClassifier, HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from inbox_worker import message
from inbox_worker.model import Claim, Code, Doubt, Kind
from inbox_worker.reading.answer.heard import Heard
from inbox_worker.reading.rules import RuleReader
from inbox_worker.reading.voice.choice import CHOSEN, RANKED, best_of, ranked
from inbox_worker.reading.voice.evaluation import tells_the_same
from inbox_worker.reading.voice.network import network
from inbox_worker.reading.voice.opinion import Opinion, opinion_of
from inbox_worker.reading.voice.proposal import proposals
from inbox_worker.reading.voice.quiet import QUIET, SETTLED, quietness
from inbox_worker.reading.voice.second import OPEN, may_propose, may_stand, told_by_table
from inbox_worker.reading.whole import read_whole
from tests.bench.mailboxes import PARTS, messages_of
from tests.voice.gold import SERVICE, is_complete, is_right

OUT = Path(__file__).parents[2] / "inbox_worker/reading/voice/judges.json"
SILENT = 0.02  # of all messages: what may be written down wrongly or lost, without anybody being asked
LOST = 0.004  # of them: answers that are taken for none
# tried, to overrule what the grammar reads without a doubt
OVERRULE = (0.85, 0.87, 0.89, 0.91, 0.93, 0.95)
LEAST = tuple(round(0.7 + 0.01 * i, 2) for i in range(28))  # tried
LEAST_QUIET = (0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.93, 0.95)
SURELY = (0.95, 0.97, 0.98)  # from which the grammar's own answer is none
MANY_TREES = {
    "max_iter": 200,
    "learning_rate": 0.05,
    "max_leaf_nodes": 8,
    "min_samples_leaf": 20,
    "l2_regularization": 1.0,
    "early_stopping": False,
}
FEW_TREES = {"n_estimators": 200, "max_depth": 3, "learning_rate": 0.04, "subsample": 0.5, "max_features": 0.5}
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
                opinion = opinion_of(heard, network())
                found.append(Case(gold, claims, doubts, heard, opinion, flagged))
    return found


def held(case: Case) -> list[Doubt]:
    """All doubts of the grammar."""
    return [d for c in case.claims for d in c.doubts] + list(case.doubts)


def doubts_of(case: Case) -> set[Code]:
    """Their codes."""
    return {d.code for d in held(case)}


@dataclass
class Row:
    """A reading: what speaks for it, whether it was right, naming all who come, and whether it was wrong."""

    message: int
    values: tuple[float, ...]
    right: bool
    wrong: bool
    sure: bool = False  # the grammar reads something without a doubt,
    same: bool = False  # and it is this,
    barred: bool = False  # or this may not take its place
    probability: float = 0.0  # by cross-validation


def fitted(rows: list[Row], names: tuple[str, ...], *, many: bool = False) -> dict[str, Any]:
    """A judge for readings, without its least probability; their probabilities are told by cross-validation, each by
    what was fitted without its message."""
    values, right = np.array([r.values for r in rows]), np.array([r.right for r in rows])
    messages = np.array([r.message for r in rows])
    scale, regression = StandardScaler(), LogisticRegression(C=REGULAR, max_iter=1000)
    folds = [GroupKFold(FOLDS, shuffle=True, random_state=turn) for turn in range(TURNS)]
    found = [
        cross_val_predict(model, values, right, groups=messages, cv=cv, method="predict_proba")[:, 1]
        for cv in folds
        for model in (_trees(many), make_pipeline(scale, regression))
    ]
    for row, probability in zip(rows, np.mean(found, 0), strict=True):
        row.probability = float(probability)
    regression.fit(scale.fit_transform(values), right)
    weights = regression.coef_[0] / scale.scale_
    start, trees = (_many if many else _few)(_trees(many).fit(values, right), right)
    return {
        "features": names,
        "start": round(start, 4),
        "trees": trees,
        "bias": round(float(regression.intercept_[0] - weights @ scale.mean_), 4),
        "weights": [round(float(w), 4) for w in weights],
    }


def _trees(many: bool) -> Any:
    if many:
        return HistGradientBoostingClassifier(**MANY_TREES, random_state=0)
    return GradientBoostingClassifier(**FEW_TREES, random_state=0)


def _few(model: Any, right: Any) -> tuple[float, list[Any]]:
    share = right.mean()
    return float(np.log(share / (1 - share))), [_tree(t[0].tree_, 0) for t in model.estimators_]


def _tree(tree: Any, node: int) -> Any:
    if tree.children_left[node] < 0:
        return round(FEW_TREES["learning_rate"] * float(tree.value[node][0][0]), 4)
    left, right = (_tree(tree, side[node]) for side in (tree.children_left, tree.children_right))
    return [int(tree.feature[node]), round(float(tree.threshold[node]), 4), left, right]


def _many(model: Any, right: Any) -> tuple[float, list[Any]]:
    nodes = [one[0].nodes for one in model._predictors]
    return float(model._baseline_prediction[0, 0]), [_histogram(n, 0) for n in nodes]


def _histogram(nodes: Any, at: int) -> Any:
    node = nodes[at]
    if node["is_leaf"]:
        return round(float(node["value"]), 4)
    sides = (_histogram(nodes, int(node[side])) for side in ("left", "right"))
    return [int(node["feature_idx"]), round(float(node["num_threshold"]), 4), *sides]


def chosen(rows: list[Row], wrong_at_most: float) -> dict[str, float]:
    """The least probability, and that to overrule the grammar, of the likeliest claims of some messages."""
    best: tuple[tuple[int, int], dict[str, float]] = (0, 0), {"least": 1.0, "overrule": 1.0}
    for either, overrule in product(LEAST, OVERRULE):
        least = {"least": either, "overrule": max(either, overrule)}
        written = [
            r for r in rows if not r.barred and r.probability >= least["overrule" if r.sure and not r.same else "least"]
        ]
        right = sum(r.right for r in written)
        wrong = sum(r.wrong for r in written)
        if (right, -wrong) > best[0] and wrong <= wrong_at_most:
            best = (right, -wrong), least
            print(f"  {least}: {right} right, {wrong} wrong, {len(written) - right - wrong} that leave out a name")
    return best[1]


def quiet_enough(rows: list[Row], messages: int) -> tuple[float, float, int]:
    """From which probability on a message answers nothing, and from which on although the grammar reads an answer
    without a doubt; and how many answers are lost."""
    doubted, undoubted = ([r for r in rows if r.sure is wanted] for wanted in (False, True))
    least = next(t for t in (*LEAST_QUIET, 1.0) if _lost(doubted, t) <= LOST * messages)
    surely = next(t for t in (*SURELY, 1.0) if t >= least and not _lost(undoubted, t))
    for name, some, limit in (("quiet", doubted, least), ("surely", undoubted, surely)):
        quiet = sum(r.right and r.probability >= limit for r in some)
        print(f"  {name} from {limit}: {quiet} of {sum(r.right for r in some)} that answer nothing, "
              f"and {_lost(some, limit)} of {sum(not r.right for r in some)} that do")  # fmt: skip
    return least, surely, _lost(doubted, least) + _lost(undoubted, surely)


def _lost(rows: list[Row], limit: float) -> int:
    return sum(not r.right and r.probability >= limit for r in rows)


def claims_of(at: int, case: Case) -> list[Row]:
    """What a message may say; none where a judge is not asked."""
    claims, sure = case.claims, bool(case.claims) and not doubts_of(case)
    if len(claims) > 1 or (claims and not case.heard.said):
        return []
    if sure and told_by_table(case.heard, claims[0], case.opinion):
        return []
    if not sure and not (doubts_of(case) <= OPEN and may_propose(case.heard)):
        return []
    beside = claims[0] if claims else None
    found = proposals(case.heard, case.opinion, beside)
    values = ranked(case.heard, found, case.opinion, beside) if found else []
    rows = []
    for row, one in zip(values, (p.claim for p in found), strict=True):
        sound = is_right(case.gold, (one,), Kind.REPLY)
        same = beside is not None and tells_the_same(one, beside)
        barred = not same and not may_stand(case.heard, one, beside, case.opinion)
        rows.append(Row(at, row, sound and is_complete(case.gold, (one,)), not sound, sure, same, barred))
    return rows


def best_rows(rows: list[list[Row]]) -> list[Row | None]:
    """The likeliest claim of each message, once all are weighed."""
    found: list[Row | None] = []
    for some in rows:
        if not some:
            found.append(None)
            continue
        at, values = best_of([r.values for r in some], [r.probability for r in some])
        found.append(replace(some[at], values=values))
    return found


def nothing(at: int, case: Case) -> Row | None:
    """Whether nothing is answered."""
    claims, doubts = case.claims, held(case)
    if len(claims) > 1 or (claims and not case.heard.said):
        return None
    if not case.opinion.whole or not all(d.code in SETTLED for d in doubts):
        return None
    answered = bool(case.gold["claims"] or set(case.gold["flags"]) - SERVICE)
    return Row(
        at, quietness(case.heard, claims, doubts, case.opinion), not answered, answered, bool(claims) and not doubts
    )


def main() -> None:
    """Fit the judges and write them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mailboxes", nargs="*", default=PARTS["judged"])
    parser.add_argument("--out", type=Path, default=OUT)
    arguments = parser.parse_args()
    fit(cases(tuple(arguments.mailboxes)), arguments.out)


def fit(read: list[Case], out: Path) -> None:
    """Fit the judges on some messages and write them."""
    print(f"{len(read)} messages that people wrote, {sum(map(decidable, read))} that can be decided")
    possible = [claims_of(at, case) for at, case in enumerate(read)]
    quiet = [nothing(at, case) for at, case in enumerate(read)]
    judges: dict[str, Any] = {"rank": fitted([r for some in possible for r in some], RANKED, many=True)}
    best = best_rows(possible)
    judges["settle"] = fitted([b for b in best if b], CHOSEN)
    judges["quiet"] = fitted([q for q in quiet if q], QUIET)
    least, surely, lost = quiet_enough([q for q in quiet if q], len(read))
    spoken = [
        b
        for case, b, q in zip(read, best, quiet, strict=True)
        if b and not case.flagged and (q is None or q.probability < (surely if q.sure else least))
    ]
    print(f"{sum(r.right for r in spoken)} of {len(spoken)} claims chosen rightly")
    alone = [c for c, some in zip(read, possible, strict=True) if not some and left_to_grammar(c)]
    wrong = sum(not is_right(c.gold, c.claims, Kind.REPLY) for c in alone)
    print(f"{len(alone)} more are left to the grammar, {wrong} of them wrong")
    limits = chosen(spoken, SILENT * len(read) - lost - wrong)
    print(f"chosen: {limits}, quiet from {least}, surely from {surely}")
    judges["settle"]["least"] = limits["least"]
    judges["quiet"]["least"] = least
    judges |= {"surely": surely, "overrule": limits["overrule"]}
    out.write_text(json.dumps(judges) + "\n", encoding="utf-8")


def left_to_grammar(case: Case) -> bool:
    """Whether what the grammar reads of a message is written down without asking a judge."""
    return bool(case.claims) and not held(case) and not case.flagged


def decidable(case: Case) -> bool:
    """Whether a clerk needs no help with a message."""
    return case.gold["review"] != "yes"


if __name__ == "__main__":
    main()
