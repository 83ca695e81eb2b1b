"""Between the model's types and the registry's columns."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlite_utils import Database

from inbox_worker.model import (
    UTC,
    Claim,
    Code,
    Doubt,
    Evidence,
    Op,
    Opinion,
    Partstat,
    Person,
    Ruling,
    Verb,
)

Row = Mapping[str, Any]


def asked(db: Database, query: str, values: Sequence[Any] | dict[str, Any] = ()) -> list[dict[str, Any]]:
    """The rows that a question gives. As ``db.query``, without the savepoint that it sets around each."""
    cursor = db.execute(query, values)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def timestamp(moment: datetime | None) -> str | None:
    """UTC in ISO 8601, which sorts as text."""
    return None if moment is None else moment.astimezone(UTC).isoformat(timespec="seconds")


def moment(text: str | None) -> datetime | None:
    """The aware time of a timestamp."""
    return None if text is None else datetime.fromisoformat(text)


def claim_columns(claim: Claim) -> dict[str, Any]:
    """The columns of ``claims`` that hold what was read."""
    return {
        "organisation_id": claim.organisation,
        "name": claim.name,
        "partstat": claim.partstat.value,
        "delegates": claim.delegates,
        "op": claim.op.value,
        "people": _json(map(vars, claim.people)),
        "leaves": _json(claim.leaves),
        "revises": int(claim.revises),
        "doubts": _json({"code": doubt.code.value, "detail": doubt.detail} for doubt in claim.doubts),
        "confidence": float(claim.confidence),
        "evidence": evidence_column(claim.evidence),
    }


def opinions_column(opinions: Iterable[Opinion]) -> str:
    """``readings.opinions``; each claim has the columns of ``claims``."""
    return _json({**asdict(opinion), "claims": [claim_columns(c) for c in opinion.claims]} for opinion in opinions)


def evidence_column(evidence: Iterable[Evidence]) -> str:
    """``claims.evidence`` and ``flags.evidence``."""
    return _json(map(vars, evidence))


def claim_of(row: Row) -> Claim:
    """The claim that a row of ``claims`` (or the same columns as JSON) holds."""
    return Claim(
        organisation=row["organisation_id"],
        name=row["name"],
        partstat=Partstat(row["partstat"]),
        delegates=row["delegates"],
        op=Op(row["op"]),
        people=_people(row["people"]),
        leaves=tuple(json.loads(row["leaves"])),
        revises=bool(row["revises"]),
        doubts=_doubts(row["doubts"]),
        confidence=row["confidence"],
        evidence=_evidence(row["evidence"]),
    )


# An organisation's claims are looked at anew with each of its messages.
@lru_cache(maxsize=2048)
def _people(text: str) -> tuple[Person, ...]:
    return tuple(Person(**person) for person in json.loads(text))


@lru_cache(maxsize=2048)
def _doubts(text: str) -> tuple[Doubt, ...]:
    return tuple(Doubt(Code(doubt["code"]), doubt["detail"]) for doubt in json.loads(text))


@lru_cache(maxsize=2048)
def _evidence(text: str) -> tuple[Evidence, ...]:
    return tuple(Evidence(**evidence) for evidence in json.loads(text))


def ruling_of(row: Row) -> Ruling:
    """The ruling that a row of ``rulings`` holds, with ``received_at`` of its message beside it where it is known.

    Raises:
        ValueError: where its time is missing, which the schema forbids.
    """
    made_at = moment(row["made_at"])
    if made_at is None:
        raise ValueError(f"ruling {row['id']} has no time")
    return Ruling(
        id=row["id"],
        verb=Verb(row["verb"]),
        made_at=made_at,
        made_by=row["made_by"],
        why=row["why"],
        entry=row["claim_id"],
        claim=claim_of(json.loads(row["claim"])) if row["claim"] else None,
        undoes=row["undoes"],
        message=row["message_id"],
        received=moment(row.get("received_at")),
        flag=row["flag_id"],
        revision=row["revision"],
        told_by=row["told_by"],
        told_to=row["told_to"],
        told_at=moment(row["told_at"]),
    )


def _json(values: Iterable[Any]) -> str:
    return json.dumps(list(values), ensure_ascii=False)
