"""How well the reader does, by language and mailbox: ``python -m tests.bench.reader [--held-out]``.

The phrases whose SHA-256 divides by five are kept for a first look and left out unless ``--held-out`` is given.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import runpy
import tempfile
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path
from typing import Any

from inbox_worker import message, settings
from inbox_worker.commands.read import describe
from inbox_worker.model import Location, RawMessage
from inbox_worker.reading.lexicon import lexicons
from inbox_worker.reading.phrases import Opinion, opinion
from inbox_worker.worker import understand

CORPUS = Path(__file__).parent.parent / "corpus"


def held_out(text: str) -> bool:
    """Whether a phrase belongs to the fifth that nobody reads before the reader is finished."""
    return int(hashlib.sha256(text.encode()).hexdigest(), 16) % 5 == 0


def phrases(language: str, held: bool) -> list[dict[str, str]]:
    """The phrases of one language, of one of the two parts."""
    lines = (CORPUS / "phrases" / f"{language}.tsv").read_text(encoding="utf-8").splitlines()
    head = lines[0].split("\t")
    rows = [dict(zip(head, line.split("\t"), strict=False)) for line in lines[1:]]
    return [r for r in rows if held_out(r["text"]) is held]


def act_right(row: dict[str, str], said: Opinion) -> bool:
    """Whether the act is what the label says; a change is right as what it makes of the answer."""
    if row["act"] == "change":
        return said.revises or said.op in {"add", "remove", "replace", "cancel", "correct", "retract"}
    return said.act == row["act"] or (row["act"] == "none" and said.act == "undecided")


def count_right(row: dict[str, str], said: Opinion) -> bool:
    """Whether the number is what the label says."""
    wanted = row["count"]
    if wanted in {"", "?"}:
        return said.count is None
    return said.count == int(wanted)


def mailbox(name: str) -> dict[str, Any]:
    """The score of a mailbox of the pledging event."""
    folder = CORPUS / "pledging" / name
    invitation = settings.load(CORPUS / "pledging" / "event.toml").invitation
    lines = []
    for path in sorted(folder.glob("*.eml")):
        content = path.read_bytes()
        raw = RawMessage(content, message.received_time(content), Location(str(path)))
        lines.append(json.dumps(describe(raw, understand(raw, invitation), invitation), ensure_ascii=False))
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as out:
        out.write("\n".join(lines))
        out.flush()
        scores: dict[str, Any] = runpy.run_path(str(CORPUS / "score.py"))["score"](folder, out.name)[0]
    return scores


def main() -> None:
    """Print the table."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--held-out", action="store_true")
    arguments.add_argument("--show", default="", help="language whose silent errors are shown")
    arguments.add_argument("--mailboxes", nargs="*", default=["letters-en", "season", "attachments-and-noise"])
    given = arguments.parse_args()
    print(f"{'':10}{'n':>6}{'act':>8}{'count':>8}{'flagged':>9}{'silent':>8}")
    sure: dict[float, list[bool]] = defaultdict(list)
    for code in lexicons():
        tally: Counter[str] = Counter()
        for row in phrases(code, given.held_out):
            said = opinion(row["text"], code, date(2016, 3, 2))
            good, number = act_right(row, said), count_right(row, said)
            tally["n"] += 1
            tally["act"] += good
            tally["count"] += number
            tally["flagged"] += said.doubtful and not (good and number)
            wrong = not good or (row["act"] in {"accepted", "tentative"} and not number)
            tally["silent"] += wrong and not said.doubtful
            if said.confidence and not said.doubtful:
                sure[round(said.confidence, 2)].append(not wrong)
            if code == given.show and wrong and not said.doubtful:
                print(f"    {row['act']}/{row['count']} -> {said.act}/{said.op}/{said.count}: {row['text']}")
        n = max(1, tally["n"])
        shares = "".join(
            f"{tally[k] / n:>{w}.0%}" for k, w in (("act", 8), ("count", 8), ("flagged", 9), ("silent", 8))
        )
        print(f"{code:10}{tally['n']:>6}{shares}")
    print("\nright among the undoubted, by confidence")
    for confidence, results in sorted(sure.items()):
        print(f"{confidence:10}{len(results):>6}{sum(results) / len(results):>8.0%}")
    fields = ("straight_through", "silent", "needless_review", "kind", "organisation", "partstat", "count", "people_f1")
    print()
    for name in given.mailboxes:
        scores = mailbox(name)
        print(name, scores["messages"], " ".join(f"{f} {scores[f]:.2f}" for f in fields))


if __name__ == "__main__":
    main()
