"""Fit the judges, and tell how well both readers do together: ``python -m tests.voice.judge``.

A judge is a logistic regression over the features of ``inbox_worker.reading.voice.evaluation``. It is fitted on the
mailboxes of the part "judged", from which the network did not learn and with which no rule was mended, so what both
readers make of them is what they make of new mail. How likely a reading must be is chosen by ten-fold cross-validation
on the same messages: the smallest probability at which at most ``WRONG`` of all messages are written down wrongly.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from inbox_worker import message, settings
from inbox_worker.model import Claim, Code, Kind, Location, RawMessage, Reading
from inbox_worker.reading.rules import RuleReader
from inbox_worker.reading.voice.evaluation import AGREEMENT, FEATURES, agreement, evaluation
from inbox_worker.reading.voice.network import network
from inbox_worker.reading.voice.opinion import Opinion, opinion_of
from inbox_worker.reading.voice.proposal import proposal
from inbox_worker.reading.voice.second import OPEN, may_propose
from inbox_worker.reading.whole import read_whole
from tests.bench.mailboxes import PARTS, folder_of
from tests.voice.examples import Listener
from tests.voice.gold import SERVICE, is_right

OUT = Path(__file__).parents[2] / "inbox_worker/reading/voice/judges.json"
WRONG = {"record": 0.016, "propose": 0.008}  # of all messages
STRENGTH = 0.3  # inverse of the regularisation
FOLDS = 10


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
            folder = folder_of(name)
            invitation = settings.load(folder.parent / "event.toml").invitation
            gold = json.loads((folder / "expected.json").read_text(encoding="utf-8"))["messages"]
            for path in sorted(folder.glob("*.eml")):
                content = path.read_bytes()
                listener.heard.clear()
                raw = RawMessage(content, message.received_time(content), Location(str(path)))
                reading = read_whole(message.decode(raw), invitation, RuleReader())
                heard = listener.heard[0] if len({h.message for h in listener.heard[:1]}) == 1 else None
                opinion = opinion_of(heard, network()) if heard is not None and heard.said else None
                found.append(Case(gold[path.name], reading, heard, opinion))
    return found


def doubts_of(case: Case) -> set[Code]:
    """The codes of all doubts of the grammar."""
    reading = case.grammar
    return {d.code for c in reading.claims for d in c.doubts} | {d.code for d in reading.doubts}


def fitted(rows: list[tuple[tuple[float, ...], bool]], names: tuple[str, ...], allowed: float) -> dict[str, Any]:
    """A judge for rows of features and whether the reading was right; ``allowed``: how many wrong ones may pass."""
    values, right = np.array([r[0] for r in rows]), np.array([r[1] for r in rows])
    middle, spread = values.mean(0), values.std(0)
    spread[spread == 0] = 1
    scaled = (values - middle) / spread
    model = LogisticRegression(C=STRENGTH, max_iter=2000)
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=1)
    heard = cross_val_predict(model, scaled, right, cv=folds, method="predict_proba")[:, 1]
    order = np.argsort(-heard)
    wrong = np.cumsum(~right[order])
    passing = int((wrong <= allowed).sum())
    for share in (0.5, 1, 2, 3, 4, 6):
        some = int((wrong <= allowed * share).sum())
        print(
            f"    {allowed * share:.0f} wrong: {int(right[order][:some].sum())} right, from {heard[order[max(0, some - 1)]]:.2f}"
        )
    least = float(heard[order[passing - 1]]) if passing else 1.0
    print(
        f"  of {len(rows)} readings {passing} pass, {int(right[order][:passing].sum())} of {int(right.sum())} right ones"
    )
    model.fit(scaled, right)
    weights = model.coef_[0] / spread
    bias = float(model.intercept_[0] - (weights * middle).sum())
    return {"weights": {n: round(float(w), 4) for n, w in zip(names, weights, strict=True)}, "bias": round(bias, 4),
            "least": round(least, 4)}  # fmt: skip


def main() -> None:
    """Fit both judges and write them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mailboxes", nargs="*", default=PARTS["judged"])
    parser.add_argument("--out", type=Path, default=OUT)
    arguments = parser.parse_args()
    found = [c for c in cases(tuple(arguments.mailboxes)) if c.opinion is not None]
    print(f"{len(found)} messages that people wrote")
    record, propose, quiet = [], [], []
    for case in found:
        claims, doubts = case.grammar.claims, doubts_of(case)
        assert case.opinion is not None
        if len(claims) == 1 and not doubts:
            values = evaluation(case.heard, claims[0], case.opinion, claims[0].confidence)
            record.append((values, is_right(case.gold, claims, Kind.REPLY)))
        if doubts <= OPEN and len(claims) <= 1 and may_propose(case.heard):
            mine = proposal(case.heard, case.opinion)
            if mine is not None:
                beside: Claim | None = claims[0] if claims else None
                values = (*evaluation(case.heard, mine, case.opinion, 1 / 2), *agreement(mine, beside))
                propose.append((values, is_right(case.gold, (mine,), Kind.REPLY)))
        if not claims:
            answered = bool(case.gold["claims"] or set(case.gold["flags"]) - SERVICE)
            quiet.append((case.opinion.partstat["none"], answered, bool(doubts)))
    total = len(found)
    judges = {
        "record": fitted(record, FEATURES, WRONG["record"] * total),
        "propose": fitted(propose, FEATURES + AGREEMENT, WRONG["propose"] * total),
    }
    for name, suspected in (("silence", False), ("quiet", True)):
        answers = [p for p, answered, doubted in quiet if answered and doubted == suspected]
        others = [p for p, answered, doubted in quiet if not answered and doubted == suspected]
        least = max([*answers, 0.5]) if suspected else max([*answers, 0.3])
        judges[name] = round(min(0.99, least + 0.02), 2)
        print(f"  {name}: {len(answers)} answers, {len(others)} others, "
              f"{sum(p >= judges[name] for p in others)} of them left alone at {judges[name]}")  # fmt: skip
    arguments.out.write_text(json.dumps(judges, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
