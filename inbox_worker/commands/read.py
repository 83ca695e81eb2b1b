"""``read``: what messages say, one JSON object a line, without a registry."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from inbox_worker.commands.options import paths_argument, settings_of
from inbox_worker.commands.progress import progress
from inbox_worker.mailbox import Unreadable, read_paths
from inbox_worker.message import received_time
from inbox_worker.model import Claim, Code, Invitation, Kind, RawMessage
from inbox_worker.worker import Understood, understand


@click.command()
@paths_argument
@click.pass_context
def command(ctx: click.Context, paths: tuple[Path, ...]) -> None:
    """Print what messages say: one JSON object a message.

    PATH is an .eml file, a directory of them, an mbox file or a Maildir. Nothing is written anywhere; use 'import' to
    take the messages into a registry.
    """
    settings = settings_of(ctx)
    invitation = settings.invitation
    messages = read_paths(paths, received_time)
    for found in progress(messages, "reading", printing=True):
        if isinstance(found, Unreadable):
            result = failed(found.path, found.reason)
        else:
            result = describe(found, understand(found, invitation, settings.limits), invitation)
        print(json.dumps(result, ensure_ascii=False).encode("utf-8", "replace").decode("utf-8"), flush=True)


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
