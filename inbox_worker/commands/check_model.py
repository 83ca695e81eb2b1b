"""``check`` for [reading.model]: whether the endpoint answers, as which model, and how long it takes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from urllib.parse import urlsplit

from inbox_worker.commands.check_lines import Line, fail, ok, warn
from inbox_worker.commands.check_service import readable_by_all
from inbox_worker.endpoint import Endpoint, EndpointError
from inbox_worker.model import Address, Invitation, Message, Organisation, Part, Role, Span, Zone
from inbox_worker.reading.language_model import AnswerError, Prompt, parse, prompt_of
from inbox_worker.reading_settings import ModelSettings

NAME = "language model"
_NOON = datetime(2031, 5, 20, 12, tzinfo=timezone.utc)
_EVENT = Invitation(
    title="Meeting on Meadows",
    starts=_NOON,
    ends=_NOON,
    reply_by=_NOON - timedelta(days=10),
    mailbox="meadows@host.example",
    organisations=(Organisation("red", "Red Kite Trust", domains=("redkite.example",)),),
)
_WORDS = "Two of us will attend the meeting for Red Kite Trust."


def sample_question() -> Prompt:
    """A question about a made-up message, so that looking whether a model answers gives nothing away."""
    body = Part("1", "text/plain", Role.BODY, _WORDS, (Span(0, len(_WORDS), Zone.NEW),))
    headers = (("from", "Ann Lee <ann@redkite.example>"), ("subject", "Meeting on Meadows"))
    sender = Address("Ann Lee", "ann@redkite.example")
    return prompt_of(Message("", sender, "Meeting on Meadows", None, headers, (body,)), _EVENT)


def language_model(settings: ModelSettings | None) -> Iterator[Line]:
    """The lines. Nobody is asked where no model is configured."""
    if settings is None:
        yield ok(NAME, "none is configured; nothing leaves this machine")
        return
    yield from readable_by_all("key", settings.key_file)
    if settings.leaves_the_machine:
        where = urlsplit(settings.endpoint)
        if where.scheme == "http":
            yield warn(NAME, f"messages are sent to {where.hostname} for anybody between to read; use https")
        hidden = "without addresses and phone numbers" if settings.hide_contacts else "with addresses and phone numbers"
        yield ok("what leaves", f"messages it is asked about are sent to {where.hostname}, {hidden}")
    yield _answers(settings)


def _answers(settings: ModelSettings) -> Line:
    try:
        with Endpoint(settings) as endpoint:
            answered = endpoint.ask(sample_question())
    except EndpointError as error:
        return fail(NAME, f"{error} (the worker goes on without it)")
    took = f"{settings.endpoint} answers as {answered.model} in {answered.seconds:.1f} s"
    try:
        parse(answered.text)
    except AnswerError as error:
        return fail(NAME, f"{took}, but the answer is of no use: {error}; take a model that keeps to a JSON schema")
    return ok(NAME, f"{took}; it is the reader '{settings.role}'")
