"""Answers made up at random by somebody who always quotes the words in doubt: hardly one in a hundred is believed."""

from __future__ import annotations

import json
import os
import random
import re
from typing import Any

from inbox_worker import settings
from inbox_worker.consulting import Adviser
from inbox_worker.model import Message
from inbox_worker.reading.language_model import RoleOfModel
from inbox_worker.reading.language_model.roles import NEVER
from tests.bench.language_model import by_hand, gold, understood
from tests.bench.mailboxes import folder_of
from tests.reading.language_model.test_answers import SERVICE

LIES = int(os.environ.get("INBOX_WORKER_LIES", "60"))  # about each message
SENTENCE = re.compile(r"[^.!?\n]{5,}[.!?]?")
NAME = re.compile(r"[A-Z][\w'-]+ [A-Z][\w'-]+")


def lie(dice: random.Random, name: str, candidates: list[str]) -> dict[str, Any]:
    """An answer in the right shape, of words that stand in the message."""
    found = understood(name)[1]
    assert found.message and found.reading
    text = "\n".join(part.text for part in found.message.bodies)
    sentences, names = SENTENCE.findall(text), NAME.findall(text)
    doubts = [*found.reading.doubts, *(d for c in found.reading.claims for d in c.doubts)]
    organisation = next((c.organisation for c in found.reading.claims if c.organisation), dice.choice(candidates))
    people = dice.sample(names, min(len(names), dice.choice([0, 0, 1, 2, 3])))
    number = len(people) if people and dice.random() < 0.4 else dice.choice([None, 1, 2, 3, 4, 5])
    evidence = [
        {"field": field, "text": dice.choice(sentences).strip()} for field in ("partstat", "delegates", "people")
    ]
    evidence += [{"field": "doubt", "text": e.text} for d in doubts for e in d.evidence]
    claim = {
        "organisation": organisation, "name": organisation, "partstat": dice.choice(["accepted", "declined", "tentative"]),
        "delegates": number, "op": "set", "people": [{"name": n, "title": None, "function": None} for n in people],
        "leaves": [], "revises": False, "flags": [], "evidence": evidence,
    }  # fmt: skip
    return {"kind": "reply", "language": found.reading.language, "claims": [claim], "needs": []}


def exact(message: Message, claims: Any) -> bool:
    return all((message.text_of(e.part) or "")[e.start : e.end] == e.text for c in claims for e in c.evidence)


def test_hardly_a_lie_is_believed_and_no_doubt_about_trust_is_lost() -> None:
    dice, told, believed = random.Random(7), 0, []
    for name in by_hand():
        raw, found = understood(name)
        mailbox = name.partition("/")[0]
        invitation = settings.load(folder_of(mailbox).parent / "event.toml").invitation
        adviser = Adviser("m", RoleOfModel.SECOND)
        prompt = adviser.question(found, invitation)
        if prompt is None or found.message is None or found.decision is None:
            continue
        for _ in range(LIES):
            answer = lie(dice, name, sorted(prompt.candidates))
            read = adviser.advised(found, raw, invitation, prompt, json.dumps(answer))
            assert read.decision is not None
            codes = {flag.code for flag in read.decision.flags}
            assert exact(found.message, read.decision.claims)
            assert {f.code for f in found.decision.flags} & NEVER <= codes
            told += 1
            if not codes - SERVICE and not right(name, read.decision.claims):
                believed.append((name, answer))
    assert told >= LIES
    assert len(believed) <= told / 100, believed


def right(name: str, claims: Any) -> bool:
    expected = gold(name)
    wanted = [(c["organisation"], c["partstat"], c.get("delegates")) for c in expected["claims"]]
    return expected["review"] != "yes" and [(c.organisation, c.partstat.value, c.delegates) for c in claims] == wanted
