"""Fit the judges, and tell how well both readers do together: ``python -m tests.voice.judge``.

Each judge averages two probabilities, of decision trees and of a logistic regression. They are fitted on the mailboxes of
the part "judged", from which the network did not learn, so what both readers make of them is what they make of new mail.
The first weighs every claim that a message may make, by the features of ``choice.RANKED``; the second the likeliest of
them (``choice.CHOSEN``), with what the first told of it and of the others when it was fitted without that message; the
third whether anything is answered (``quiet``). The narrow network, which looks first, has judges of its own. How likely is
likely enough for either is chosen by ten-fold cross-validation, for both together: so that the most is written down or set
aside rightly while at most ``LOST`` of all messages are answers that are lost, and at most ``SILENT`` are lost or written
down wrongly.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from dataclasses import dataclass, replace
from enum import StrEnum
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
from inbox_worker.reading.voice.network import narrow_network, network
from inbox_worker.reading.voice.opinion import Opinion, asked_about, opinion_of
from inbox_worker.reading.voice.proposal import proposals
from inbox_worker.reading.voice.quiet import QUIET, SETTLED, quietness
from inbox_worker.reading.voice.second import LONG, OPEN, is_plain, may_propose, may_stand, told_by_table
from inbox_worker.reading.whole import read_whole
from tests.bench.mailboxes import PARTS, messages_of
from tests.voice.gold import SERVICE, is_complete, is_right

OUT = Path(__file__).parents[2] / "inbox_worker/reading/voice/judges.json"
GLANCE = "glance.json"
SILENT = 0.02  # of all messages: what may be written down wrongly or lost, without anybody being asked
LOST = 0.004  # of them: answers that are taken for none
# tried, for each network: from which probability on a claim is written down, and nothing is taken to be answered
LEAST = (0.86, 0.87, 0.88, 0.89, 0.9, 0.91, 0.92)
LEAST_AT_A_GLANCE = (0.86, 0.88, 0.9, 0.91, 0.92, 0.93, 0.94)
OVERRULE = (0.91, 0.93, 0.95)  # and instead of what the grammar reads without a doubt, which only the whole network may
QUIET_FROM = (0.5, 0.6, 0.7, 0.8)
QUIET_AT_A_GLANCE = (0.7, 0.8, 0.9, 0.95)
SURELY = 0.95  # from which the grammar's own answer is none, for the whole network
NEVER = 1.0  # a probability that none is
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
    glance: Opinion  # of the narrow network
    long: bool  # the narrow network is not asked


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
                asked = asked_about(heard, network().words.pieces, network().most_pieces)
                opinion, glance = (opinion_of(heard, one, asked) for one in (network(), narrow_network()))
                long = len(asked.numbers) > LONG
                found.append(Case(gold, claims, doubts, heard, opinion, flagged, glance, long))
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
    plain: bool = False  # it is a yes or no, and what the grammar reads without a doubt
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


@dataclass(frozen=True)
class Limits:
    """From which probabilities on a claim is written down, also against the grammar, and nothing taken to be answered,
    also against the grammar."""

    least: float
    overrule: float
    quiet: float
    surely: float


class Outcome(StrEnum):
    """What becomes of a message."""

    RIGHT = "right"
    PART = "that leave out a name"
    WRONG = "wrong"
    NOTHING = "rightly none"
    LOST = "lost"
    ASKED = "asked"


@dataclass(frozen=True)
class Weighed:
    """What the judges of a network make of some messages, by cross-validation, and the judges."""

    judges: dict[str, Any]
    best: list[Row | None]
    quiet: list[Row | None]

    def outcome(self, at: int, case: Case, limits: Limits, *, at_a_glance: bool = False) -> Outcome:
        """What becomes of a message by this network alone."""
        best, quiet = self.best[at], self.quiet[at]
        if quiet is not None and quiet.probability >= (limits.surely if quiet.sure else limits.quiet):
            return Outcome.NOTHING if quiet.right else Outcome.LOST
        if at_a_glance and (best is None or not best.plain):
            return Outcome.ASKED
        if best is None:
            if not left_to_grammar(case):
                return Outcome.ASKED
            return Outcome.RIGHT if is_right(case.gold, case.claims, Kind.REPLY) else Outcome.WRONG
        against = best.sure and not best.same
        if case.flagged or best.barred or best.probability < (limits.overrule if against else limits.least):
            return Outcome.ASKED
        return Outcome.RIGHT if best.right else Outcome.WRONG if best.wrong else Outcome.PART


def weighed(read: list[Case]) -> Weighed:
    """Fit the judges of a network, whose ``opinion`` the messages have."""
    possible = [claims_of(at, case) for at, case in enumerate(read)]
    quiet = [nothing(at, case) for at, case in enumerate(read)]
    judges: dict[str, Any] = {"rank": fitted([r for some in possible for r in some], RANKED, many=True)}
    best = best_rows(possible)
    judges["settle"] = fitted([b for b in best if b], CHOSEN)
    judges["quiet"] = fitted([q for q in quiet if q], QUIET)
    print(f"{sum(b.right for b in best if b)} of {sum(map(bool, best))} claims chosen rightly")
    return Weighed(judges, best, quiet)


def chosen(read: list[Case], glance: Weighed, whole: Weighed) -> tuple[Limits, Limits]:
    """The limits of the narrow network and of the whole one."""
    most = 0
    found = Limits(NEVER, NEVER, NEVER, NEVER), Limits(NEVER, NEVER, NEVER, NEVER)
    first = [Limits(least, NEVER, quiet, NEVER) for least, quiet in product(LEAST_AT_A_GLANCE, QUIET_AT_A_GLANCE)]
    seen_first = {limits: [Outcome.ASKED if case.long else glance.outcome(at, case, limits, at_a_glance=True)
                            for at, case in enumerate(read)] for limits in first}  # fmt: skip
    for least, overrule, quiet in product(LEAST, OVERRULE, QUIET_FROM):
        then = Limits(least, max(least, overrule), quiet, SURELY)
        closely = [whole.outcome(at, case, then) for at, case in enumerate(read)]
        for limits, seen in seen_first.items():
            told = Counter(c if g is Outcome.ASKED else g for g, c in zip(seen, closely, strict=True))
            right, lost = told[Outcome.RIGHT] + told[Outcome.NOTHING], told[Outcome.LOST]
            few = lost <= LOST * len(read) and lost + told[Outcome.WRONG] <= SILENT * len(read)
            if few and right > most:
                most, found = right, (limits, then)
                settled = sum(g is not Outcome.ASKED for g in seen)
                print(
                    f"  {limits}, {then}: {', '.join(f'{told[one]} {one}' for one in Outcome)}; {settled} at a glance"
                )
    return found


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
        plain = sure and beside is not None and is_plain(one, beside)
        barred = not same and not may_stand(case.heard, one, beside, case.opinion)
        rows.append(Row(at, row, sound and is_complete(case.gold, (one,)), not sound, sure, same, barred, plain))
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
    """Fit the judges on some messages and write them, those of the narrow network beside ``out``."""
    print(f"{len(read)} messages that people wrote, {sum(map(decidable, read))} that can be decided")
    glance, whole = weighed([replace(case, opinion=case.glance) for case in read]), weighed(read)
    for one, limits, path in zip(
        (glance, whole), chosen(read, glance, whole), (out.with_name(GLANCE), out), strict=True
    ):
        judges = {**one.judges, "surely": limits.surely, "overrule": limits.overrule}
        judges["settle"]["least"], judges["quiet"]["least"] = limits.least, limits.quiet
        path.write_text(json.dumps(judges) + "\n", encoding="utf-8")


def left_to_grammar(case: Case) -> bool:
    """Whether what the grammar reads of a message is written down without asking a judge."""
    return bool(case.claims) and not held(case) and not case.flagged


def decidable(case: Case) -> bool:
    """Whether a clerk needs no help with a message."""
    return case.gold["review"] != "yes"


if __name__ == "__main__":
    main()
