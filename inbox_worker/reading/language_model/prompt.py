"""The question that a language model is asked about a message."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from inbox_worker.model import Doubt, Invitation, Message, Organisation
from inbox_worker.reading.language_model.answer import schema
from inbox_worker.reading.language_model.page import Page, page_of
from inbox_worker.reading.language_model.privacy import redacted
from inbox_worker.reading.language_model.retrieval import likeliest, of_sender
from inbox_worker.reading.whole.seen import as_seen


@dataclass(frozen=True)
class Prompt:
    """A question. ``messages`` are those of a chat completion: {"role", "content"}."""

    version: int
    messages: tuple[dict[str, str], ...]
    schema: dict[str, Any]
    candidates: frozenset[str]  # ids of the organisations it names

    @property
    def sha256(self) -> str:
        """Hex SHA-256 of the whole question, with the schema."""
        whole = json.dumps([self.version, self.messages, self.schema], ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True)
class Template:
    """The words of ``prompt.toml``."""

    version: int
    system: str
    question: str
    doubts: str


@cache
def template() -> Template:
    """The words that come with the package."""
    stored = tomllib.loads(
        (resources.files("inbox_worker.reading.language_model") / "prompt.toml").read_text(encoding="utf-8")
    )
    return Template(stored["version"], stored["system"], stored["question"], stored["doubts"])


def shown(message: Message, invitation: Invitation) -> Page:
    """The page of a message, without characters that nobody sees."""
    return page_of(as_seen(message, invitation).message)


def prompt_of(
    message: Message, invitation: Invitation, doubts: Sequence[Doubt] = (), *, hide_contacts: bool = False
) -> Prompt:
    """The question about a message. ``doubts``: what another reader was not sure of, where the model shall know."""
    page, words = shown(message, invitation), template()
    candidates = likeliest(page, invitation)
    text = page.text(hide_contacts=hide_contacts)
    fence = f"MESSAGE-{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"
    named = words.doubts.format(doubts="\n".join(map(_doubt, doubts))) if doubts else ""
    question = words.question.format(
        event=_event(invitation),
        sender=_sender(page, invitation),
        candidates="\n".join(map(_candidate, candidates)) or "(nobody is listed)",
        doubts=redacted(named) if hide_contacts else named,
        fence=fence,
        page=text,
    )
    messages = (
        {"role": "system", "content": words.system.format(fence=fence).strip()},
        {"role": "user", "content": question.strip()},
    )
    return Prompt(words.version, messages, schema(), frozenset(c.id for c in candidates))


def _event(invitation: Invitation) -> str:
    facts = (
        ("title", f"{invitation.title} {invitation.subtitle}".strip()),
        ("begins", f"{invitation.starts:%A %Y-%m-%d %H:%M}"),
        ("ends", f"{invitation.ends:%A %Y-%m-%d %H:%M}"),
        ("place", invitation.venue),
        ("answers wanted before", f"{invitation.reply_by:%A %Y-%m-%d %H:%M}"),
    )
    return "\n".join(f"{name}: {value}" for name, value in facts if value)


def _sender(page: Page, invitation: Invitation) -> str:
    """What the sender's address tells, which the message may not show."""
    known = of_sender(page, invitation)
    listed = (
        f"writes from a domain that is listed for {', '.join(known)}" if known else "writes from an unlisted domain"
    )
    received = page.message.received
    when = f", received {received.astimezone(invitation.reply_by.tzinfo):%A %Y-%m-%d}" if received else ""
    return f"{listed}{when}; {'a reply to an earlier message' if page.message.header('in-reply-to') else 'no reply'}"


def _candidate(organisation: Organisation) -> str:
    also = "; ".join(filter(None, (organisation.acronym, *organisation.aliases)))
    return f"{organisation.id} | {organisation.name} | {also}"


def _doubt(doubt: Doubt) -> str:
    words = "; ".join(json.dumps(e.text, ensure_ascii=False) for e in doubt.evidence)
    return f"- {doubt.code.value}: {doubt.detail}{' Words: ' + words if words else ''}"
