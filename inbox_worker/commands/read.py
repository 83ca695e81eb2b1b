"""``read``: what messages say, one JSON object a line, without a registry."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any, TextIO

import click

from inbox_worker.cli import UnusableError
from inbox_worker.commands.model_files import read_answers
from inbox_worker.commands.options import dask_option, engine_of, jobs_option, paths_argument, settings_of
from inbox_worker.commands.progress import progress
from inbox_worker.commands.second_reader import EndpointReader, FileReader, SecondReader
from inbox_worker.consulting import Adviser
from inbox_worker.endpoint import Endpoint
from inbox_worker.mailbox import Unreadable, read_paths
from inbox_worker.message import received_time
from inbox_worker.model import Claim, Code, Invitation, Kind, Limits, RawMessage
from inbox_worker.parallel import Engine
from inbox_worker.reading.language_model import RoleOfModel
from inbox_worker.settings import Settings
from inbox_worker.understanding import DIED, Understood, understand

Found = RawMessage | Unreadable


@click.command()
@paths_argument
@click.option(
    "--prompts",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write what a language model would be asked, as JSON Lines; nobody is asked.",
)
@click.option(
    "--answers",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Take a language model's answers from JSON Lines; nobody is asked.",
)
@click.option(
    "--role",
    type=click.Choice([role.value for role in RoleOfModel]),
    help="What a language model is for, instead of [reading.model] role.",
)
@jobs_option
@dask_option
@click.pass_context
def command(
    ctx: click.Context,
    paths: tuple[Path, ...],
    prompts: Path | None,
    answers: Path | None,
    role: str | None,
    jobs: int | None,
    dask: str | None,
) -> None:
    """Print what messages say: one JSON object a message.

    PATH is an .eml file, a directory of them, an mbox file or a Maildir. Nothing is written but FILE; use 'import' to
    take the messages into a registry. Where a language model is configured it is asked, unless --prompts or --answers
    is given.
    """
    settings = settings_of(ctx)
    invitation = settings.invitation
    with _second_reader(settings, prompts, answers, role) as second:
        engine, messages = engine_of(jobs, dask), read_paths(paths, received_time)
        if second is None:
            lines = _lines(engine, messages, invitation, settings.limits)
        else:
            lines = _lines_of_two(engine, messages, invitation, settings.limits, second)
        for line in progress(lines, "reading", printing=True):
            print(line, flush=True)


def _lines(engine: Engine, messages: Iterable[Found], invitation: Invitation, limits: Limits) -> Iterator[str]:
    """What messages say, written in the process that reads them: a line is soon sent from there."""
    read = partial(_read, invitation=invitation, limits=limits)
    died = partial(_line, understood=Understood(error=DIED), invitation=invitation)
    return (line for _, line in engine(messages, read, died))


def _lines_of_two(
    engine: Engine, messages: Iterable[Found], invitation: Invitation, limits: Limits, second: SecondReader
) -> Iterator[str]:
    """What messages say to the built-in reader and to a second one, who is asked here."""
    read = partial(_understood, invitation=invitation, limits=limits)
    for found, understood in engine(messages, read, lambda _: Understood(error=DIED)):
        both = understood if isinstance(found, Unreadable) else second.read(found, understood, invitation)
        yield _line(found, both, invitation)


def _read(found: Found, invitation: Invitation, limits: Limits) -> str:
    return _line(found, _understood(found, invitation, limits), invitation)


def _understood(found: Found, invitation: Invitation, limits: Limits) -> Understood:
    if isinstance(found, Unreadable):
        return Understood(error=found.reason)
    return understand(found, invitation, limits)


def _line(found: Found, understood: Understood, invitation: Invitation) -> str:
    if isinstance(found, Unreadable):
        result = failed(found.path, found.reason)
    else:
        result = describe(found, understood, invitation)
    return json.dumps(result, ensure_ascii=False).encode("utf-8", "replace").decode("utf-8")


@contextmanager
def _second_reader(
    settings: Settings, prompts: Path | None, answers: Path | None, role: str | None
) -> Iterator[SecondReader | None]:
    """Who reads after the built-in reader: files, the configured endpoint, or nobody."""
    model = settings.language_model
    if role and not (model or prompts or answers):
        raise UnusableError("--role goes with --prompts, --answers or [reading.model] in the configuration")
    adviser = Adviser(
        model.model if model and not answers else "language model",
        RoleOfModel(role or (model.role if model else "second")),
        model.hide_contacts if model else False,
    )
    with ExitStack() as stack:
        given = read_answers(answers) if answers else None
        if prompts or given is not None:
            out = stack.enter_context(_written(prompts)) if prompts else None
            yield FileReader(adviser, out, given or {})
        elif model is not None:
            yield EndpointReader(adviser, stack.enter_context(Endpoint(model)), model.daily_budget)
        else:
            yield None


def _written(path: Path) -> TextIO:
    try:
        return path.open("w", encoding="utf-8")
    except OSError as error:
        raise UnusableError(f"{path}: cannot be written: {error.strerror}") from None


def describe(raw: RawMessage, understood: Understood, invitation: Invitation) -> dict[str, Any]:
    """The JSON object of the contract for one message."""
    message, reading, decision = understood.message, understood.reading, understood.decision
    if message is None or reading is None or decision is None:
        return failed(raw.location.source, understood.error or "failed")
    sender = message.from_
    received = raw.received.astimezone(invitation.reply_by.tzinfo) if raw.received else None
    return {
        "file": raw.location.source,
        "message_id": message.message_id,
        "received": received.isoformat() if received else None,
        "from": f"{sender.name} <{sender.address}>" if sender.name else sender.address,
        "subject": message.subject,
        "language": reading.language,
        "kind": reading.kind.value,
        "late": decision.late,
        "flags": list(dict.fromkeys(flag.code.value for flag in decision.flags)),
        "claims": [_claim(claim) for claim in decision.claims],
    }


def _claim(claim: Claim) -> dict[str, Any]:
    return {
        "organisation": claim.organisation,
        "name": claim.name,
        "partstat": claim.partstat.value,
        "delegates": claim.delegates,
        "op": claim.op.value,
        "people": [asdict(person) for person in claim.people],
        "leaves": list(claim.leaves),
        "flags": list(dict.fromkeys(doubt.code.value for doubt in claim.doubts)),
        "confidence": round(claim.confidence, 3),
        "evidence": [asdict(evidence) for evidence in claim.evidence],
    }


def failed(source: str, why: str) -> dict[str, Any]:
    """The object of a message that could not be read."""
    return {
        "file": source,
        "message_id": "",
        "received": None,
        "from": "",
        "subject": "",
        "language": None,
        "kind": Kind.OTHER.value,
        "late": False,
        "flags": [Code.FAILED.value],
        "claims": [],
        "error": why,
    }
