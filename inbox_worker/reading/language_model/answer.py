"""The answer of a language model: its shape, and the JSON Schema that it is asked to keep to."""

from __future__ import annotations

import json
from functools import cache
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

LONGEST = 200_000  # characters; a long delegation takes ten thousand
MOST_CLAIMS, MOST_PEOPLE = 40, 200


class AnswerError(ValueError):
    """What came is no answer. The message says what is wrong with it."""


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Resting(_Shape):
    """Words of the message that a field rests on."""

    field: Literal["organisation", "partstat", "delegates", "op", "people", "leaves", "doubt"]
    text: str


class SaidPerson(_Shape):
    """Somebody named."""

    name: str
    title: str | None
    function: str | None


class SaidClaim(_Shape):
    """What one organisation answers."""

    organisation: str | None
    name: str
    partstat: Literal["accepted", "declined", "tentative", "needs-action"]
    delegates: int | None
    op: Literal["set", "add", "remove"]
    people: list[SaidPerson]
    leaves: list[str]
    revises: bool
    flags: list[Literal["organisation-unclear", "partstat-unclear", "count-unclear"]]
    evidence: list[Resting]


class SaidNeed(_Shape):
    """Something they ask for."""

    code: Literal["question", "assistance"]
    text: str


class Answer(_Shape):
    """All that a model says of a message."""

    kind: Literal["reply", "auto-reply", "bounce", "other"]
    language: str | None
    claims: list[SaidClaim]
    needs: list[SaidNeed]


@cache
def schema() -> dict[str, Any]:
    """The JSON Schema of an answer: every key required and no other allowed, as strict endpoints want it."""
    return Answer.model_json_schema()


def parse(text: str) -> Answer:
    """An answer out of what an endpoint gave.

    Raises:
        AnswerError: where it is no JSON, or JSON of another shape.
    """
    if len(text) > LONGEST:
        raise AnswerError(f"it is longer than {LONGEST} characters")
    try:
        answer = Answer.model_validate_json(_bare(text), strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise AnswerError(
            f"it has not the shape that was asked for ({where + ': ' if where else ''}{first['msg']})"
        ) from None
    if len(answer.claims) > MOST_CLAIMS or any(len(c.people) > MOST_PEOPLE for c in answer.claims):
        raise AnswerError(f"it tells of more than {MOST_CLAIMS} organisations or {MOST_PEOPLE} people of one")
    return answer


def _bare(text: str) -> str:
    """JSON without the fence that some models put around it in spite of the schema."""
    text = text.strip()
    if text.startswith("```") and text.endswith("```"):
        return text.removeprefix("```json").removeprefix("```").removesuffix("```")
    return text


def as_text(answer: object) -> str:
    """An answer as it stands in a JSON Lines file: an object, or the text that a model gave."""
    return answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False)
