"""What a language model's answers are worth in each role: ``python -m tests.bench.language_model``.

``model_answers.jsonl`` holds answers written by hand for 21 messages of the corpus; ``wrong`` says of six of them
what is wrong with them, each in another way. Other answers: ``--answers FILE --mailbox NAME``, with lines as
``inbox-worker read --answers`` takes them.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from inbox_worker import message, settings
from inbox_worker.commands.model_files import read_answers
from inbox_worker.commands.read import describe
from inbox_worker.consulting import Adviser
from inbox_worker.model import Location, RawMessage
from inbox_worker.reading.language_model import AnswerError, RoleOfModel, as_text
from inbox_worker.understanding import Understood, understand
from tests.bench.mailboxes import MAILBOXES, Row, folder_of, scores_of

BY_HAND = Path(__file__).with_name("model_answers.jsonl")
ROLES = (None, RoleOfModel.SECOND, RoleOfModel.AGREE)


@cache
def by_hand() -> dict[str, dict[str, Any]]:
    """The answers written by hand, by "mailbox/number"."""
    lines = map(json.loads, BY_HAND.read_text(encoding="utf-8").splitlines())
    return {line["message"]: line for line in lines}


@cache
def understood(name: str) -> tuple[RawMessage, Understood]:
    """A message, "mailbox/number", as the built-in reader understands it."""
    mailbox, number = name.split("/")
    path = folder_of(mailbox) / f"{number}.eml"
    raw = RawMessage(path.read_bytes(), message.received_time(path.read_bytes()), Location(str(path)))
    return raw, understand(raw, settings.load(path.parents[1] / "event.toml").invitation)


def read(name: str, answer: str | None, role: RoleOfModel | None) -> dict[str, Any]:
    """What ``inbox-worker read`` prints of a message; without a role or an answer the built-in reader alone."""
    raw, found = understood(name)
    invitation = settings.load(Path(raw.location.source).parents[1] / "event.toml").invitation
    if role is not None and answer is not None:
        adviser = Adviser("model", role)
        prompt = adviser.question(found, invitation)
        if prompt is not None:
            try:
                found = adviser.advised(found, raw, invitation, prompt, answer)
            except AnswerError as error:
                print(f"{name}: {error}")
    return describe(raw, found, invitation)


def gold(name: str) -> dict[str, Any]:
    """What a careful clerk would say."""
    mailbox, number = name.split("/")
    expected = json.loads((folder_of(mailbox) / "expected.json").read_text(encoding="utf-8"))
    return dict(expected["messages"][f"{number}.eml"])


def scores(answers: Mapping[str, str], role: RoleOfModel | None) -> dict[str, Any]:
    """What ``score.py`` makes of these messages in a role."""
    rows: dict[str, Row] = {}
    for name, answer in answers.items():
        own = name.replace("/", "-") + ".eml"
        rows[own] = gold(name), json.dumps({**read(name, answer, role), "file": own}, ensure_ascii=False)
    return scores_of(rows)


def table(answers: Mapping[str, str]) -> str:
    """A line for each role, in Markdown."""
    lines = ["| role | messages | straight-through | silent errors | needless reviews |", f"|{' --- |' * 5}"]
    for role in ROLES:
        found = scores(answers, role)
        shares = f"{found['straight_through']:.0%} | {found['silent']} | {found['needless_review']:.0%}"
        lines.append(f"| {role.value if role else 'no model'} | {len(answers)} | {shares} |")
    return "\n".join(lines)


def main() -> None:
    """Print the table."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--answers", type=Path)
    arguments.add_argument("--mailbox", choices=MAILBOXES)
    given = arguments.parse_args()
    if not given.answers:
        print(table({name: as_text(line["answer"]) for name, line in by_hand().items()}))
        return
    by_id = read_answers(given.answers)
    names = [f"{given.mailbox}/{path.stem}" for path in sorted(folder_of(given.mailbox).glob("*.eml"))]
    found: dict[str, str] = defaultdict(str)
    found.update({name: by_id.get(understood(name)[0].sha256, "") for name in names})
    print(table(found))


if __name__ == "__main__":
    main()
