"""``read``: what messages say, one JSON object a line, without a registry."""

from __future__ import annotations

import json
from collections.abc import Iterator
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
from inbox_worker.reading.language_model import RoleOfModel
from inbox_worker.settings import Settings
from inbox_worker.understanding import DIED, Understood, understand


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
        reader = partial(_understood, invitation=invitation, limits=settings.limits)
        read = engine_of(jobs, dask)(read_paths(paths, received_time), reader, lambda _: Understood(error=DIED))
        for found, understood in progress(read, "reading", printing=True):
            if isinstance(found, Unreadable):
                result = failed(found.path, found.reason)
            else:
                result = describe(found, second.read(found, understood, invitation), invitation)
            print(json.dumps(result, ensure_ascii=False).encode("utf-8", "replace").decode("utf-8"), flush=True)


def _understood(found: RawMessage | Unreadable, invitation: Invitation, limits: Limits) -> Understood:
    if isinstance(found, Unreadable):
        return Understood(error=found.reason)
    return understand(found, invitation, limits)


@contextmanager
def _second_reader(
    settings: Settings, prompts: Path | None, answers: Path | None, role: str | None
) -> Iterator[SecondReader]:
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
            yield SecondReader()


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
