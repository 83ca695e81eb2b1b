"""Whether a reading is what a careful clerk would write down, as ``score.py`` counts it."""

from __future__ import annotations

import runpy
from collections.abc import Sequence
from typing import Any

from inbox_worker.model import Claim, Kind
from tests.bench.mailboxes import CORPUS

_SCORE = runpy.run_path(str(CORPUS / "score.py"))
SERVICE = {"late", "question", "assistance"}


def is_right(gold: dict[str, Any], claims: Sequence[Claim], kind: Kind) -> bool:
    """Whether claims may be written down without asking anybody."""
    if gold["review"] == "yes" and set(gold["flags"]) - SERVICE != {"conflict"}:
        return False
    told = [
        {"organisation": c.organisation, "name": c.name, "partstat": c.partstat.value, "delegates": c.delegates,
         "op": c.op.value, "people": [p.name for p in c.people]}
        for c in claims
    ]  # fmt: skip
    pairs, extra = _SCORE["match_claims"](gold["claims"], told)
    if extra or not all(_SCORE["claim_right"](wanted, found) for wanted, found in pairs):
        return False
    if kind.value != gold["kind"] and (gold["claims"] or told):
        return False
    return all(_people_right(wanted, found) for wanted, found in pairs if wanted["partstat"] != "declined")


def _people_right(wanted: dict[str, Any], found: dict[str, Any]) -> bool:
    """Whether no name is read that the message does not bear out."""
    if "people" not in wanted:
        return True
    norm = _SCORE["norm"]
    return all(any(set(norm(name)) & set(norm(w)) for w in wanted["people"]) for name in found["people"])


def is_complete(gold: dict[str, Any], claims: Sequence[Claim]) -> bool:
    """Whether claims that are right leave out nobody who is named as coming."""
    told = {c.organisation: [p.name for p in c.people] for c in claims}
    norm, same = _SCORE["norm"], _SCORE["same_person"]
    return all(
        any(same(name, read) or norm(name) == norm(read) for read in told.get(wanted["organisation"], []))
        for wanted in gold["claims"]
        if wanted["partstat"] != "declined"
        for name in wanted.get("people") or []
    )
