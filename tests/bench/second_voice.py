"""Would a second voice help? ``python -m tests.bench.second_voice`` (needs scikit-learn).

Character n-grams with logistic regression say of each phrase whether somebody comes (yes), nobody does (no), or nothing
is said of it (none). The table tells what would happen if the reader's undoubted opinions were doubted wherever this
voice, in 8-fold cross-validation on the phrases that are not held out, gives them less than some probability.

Measured in November 2026 on 2,341 phrases of sixteen languages: the voice alone is right on 66 %. Against the rules as
they were before they had learnt from these phrases, a doubt below 0.2 caught 3 wrong "yes" and spoiled 9 right ones,
caught 9 wrong "no" and spoiled 35, and found 18 answers that the rules had missed while it doubted 34 rightful
silences. On the mailboxes letters-en and season it would have doubted thirteen right claims and no wrong one. It costs
more than it gives; the reader therefore ships without it, and doubts by its own rules what it cannot explain.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any
from zlib import crc32

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from inbox_worker.reading.folding import fold
from inbox_worker.reading.lexicon import lexicons
from inbox_worker.reading.phrases import Opinion, opinion
from inbox_worker.reading.text import tokens
from tests.bench.reader import CORPUS, act_right, count_right, phrases

BUCKETS = 1 << 14
GRAMS = (2, 3, 4, 5)  # characters
STRENGTH = 10  # inverse of the regularisation
SEED = 0
THRESHOLDS = (0.05, 0.1, 0.15, 0.2, 0.25, 0.3)


def features(text: str) -> dict[int, float]:
    """Hashed n-grams of characters within words, and pairs of words; every number counts alike."""
    words = ["0" if t.raw[0].isdigit() else fold(t.raw)[:24] for t in tokens(text) if t.is_word]
    counts: Counter[int] = Counter()
    for i, word in enumerate(words):
        edged = f" {word} "
        grams = [edged[at : at + n] for n in GRAMS for at in range(max(1, len(edged) - n + 1))]
        grams += [f"{words[i - 1]} {word}"] if i else []
        counts.update(crc32(gram.encode()) % BUCKETS for gram in grams)
    length = sum(v**0.5 for v in counts.values()) ** 0.5
    return {k: v**0.25 / length for k, v in counts.items()} if length else {}


def label(row: dict[str, str]) -> str:
    """What a phrase says, in one of three words."""
    if row["act"] == "change":
        return "yes" if row["op"] in {"set", "add"} else "no"
    return {"accepted": "yes", "tentative": "yes", "declined": "no", "none": "none"}[row["act"]]


def side(said: Opinion) -> str:
    """What the reader says of a phrase, in the same words."""
    if said.act in {"none", "undecided"}:
        return "none"
    return "no" if said.act == "declined" or said.op == "remove" else "yes"


def voice(rows: list[dict[str, str]]) -> list[dict[str, float]]:
    """The probabilities that the voice gives each phrase when it has not learnt from it."""
    vectors = [features(row["text"]) for row in rows]
    ends = np.cumsum([0, *(len(v) for v in vectors)])
    columns = [k for v in vectors for k in v]
    values = [x for v in vectors for x in v.values()]
    matrix: Any = csr_matrix((values, columns, ends), shape=(len(rows), BUCKETS))
    labels = [label(row) for row in rows]
    folds = StratifiedKFold(8, shuffle=True, random_state=SEED)
    model = LogisticRegression(C=STRENGTH, max_iter=400)
    found = cross_val_predict(model, matrix, labels, cv=folds, method="predict_proba")
    return [dict(zip(sorted(set(labels)), map(float, p), strict=True)) for p in found]


def main() -> None:
    """Print what the voice would catch and what it would spoil."""
    rows = [row for path in sorted((CORPUS / "phrases").glob("*.tsv")) for row in phrases(path.stem, held=False)]
    heard = voice(rows)
    right = sum(max(p, key=lambda k: p[k]) == label(row) for row, p in zip(rows, heard, strict=True))
    print(f"{len(rows)} phrases, the voice alone is right on {right / len(rows):.0%}")
    print(f"{'reader':8}{'below':>7}{'caught':>8}{'spoiled':>9}")
    judged = []
    for row, p in zip(rows, heard, strict=True):
        if row["lang"] not in lexicons():
            continue
        said = opinion(row["text"], row["lang"], date(2016, 3, 2))
        wrong = not act_right(row, said) or (row["act"] in {"accepted", "tentative"} and not count_right(row, said))
        if not said.doubtful:
            judged.append((side(said), p[side(said)], wrong))
    for which in ("yes", "no", "none"):
        for threshold in THRESHOLDS:
            doubted = [wrong for s, p, wrong in judged if s == which and p < threshold]
            print(f"{which:8}{threshold:>7}{sum(doubted):>8}{len(doubted) - sum(doubted):>9}")


if __name__ == "__main__":
    main()
