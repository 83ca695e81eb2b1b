"""A colleague's forward, read as the message it passes on."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from inbox_worker.model import Address, Invitation, Message, Part, Role, Span, Zone
from inbox_worker.reading.text import lines, tokens

# What mail programs put before the subject of a forwarded mail, in the languages we read.
FORWARDED = re.compile(r"\s*(?:fwd?|tr|wg|rv|i|enc|doorst|vs|пересл|пер|fwd|转发|إعادة توجيه)\s?[:：]", re.IGNORECASE)


def forwarded_by_us(message: Message, invitation: Invitation) -> Message | None:
    """A colleague's forward as the message it passes on: its words become new, its sender the sender."""
    attached = [p for p in message.parts if p.role is Role.MESSAGE]
    if attached:
        return _attached(message, attached, invitation)
    return _quoted(message, lambda sender: sender.domain not in invitation.own_domains, invitation.mailbox)


def forwarded_by_a_colleague(message: Message, invitation: Invitation) -> Message | None:
    """A mail in which somebody passes on what a colleague of the same organisation wrote, as that colleague's."""
    if FORWARDED.match(message.subject) is None:
        return None
    own = message.from_
    return _quoted(message, lambda s: s.domain == own.domain and s.address != own.address, invitation.mailbox)


def _quoted(message: Message, wanted: Callable[[Address], bool], mailbox: str) -> Message | None:
    """The message quoted below its headers, its words as new ones; None where its sender is not ``wanted``."""
    for part in message.bodies:
        quoted = [s for s in part.spans if s.zone is Zone.QUOTED]
        if not quoted:
            continue
        start, end = quoted[0].start, quoted[-1].end
        sender, at = _headers(part.text, start, end)
        if sender is None or not wanted(sender):
            return None
        end = _our_own(part.text, at, end, mailbox)
        body = replace(part, spans=(Span(at, end, Zone.NEW),))
        return replace(message, from_=sender, parts=tuple(body if p is part else p for p in message.parts))
    return None


def _headers(text: str, start: int, end: int) -> tuple[Address | None, int]:
    """The sender that the headers at the top of a quotation name, and where its text begins."""
    sender: Address | None = None
    at = start
    for line in lines(text, start, end)[:12]:
        words = text[line.start : line.end]
        key, colon, value = words.partition(":")
        if not colon or len(key) > 20:
            if sender is not None and line.end == line.start:
                return sender, line.end
            if sender is not None and words and not words.startswith(">"):
                return sender, line.start
            continue
        sender = sender or _address(value)
        at = line.end
    return sender, at


def _our_own(text: str, start: int, end: int, mailbox: str) -> int:
    """Where in a quotation the invitation begins that it quotes in turn: at a line with our address, or a mark."""
    for line in lines(text, start, end):
        words = text[line.start : line.end]
        if words.startswith(">") or (mailbox and mailbox in words.lower() and ":" in words):
            return line.start
    return end


def _attached(message: Message, attached: Sequence[Part], invitation: Invitation) -> Message | None:
    """The message that a colleague passes on as an attachment."""
    head = next((p for p in attached if p.section.endswith(".HEADER")), None)
    if head is None:
        return None
    headers = [
        (key.strip().lower(), value.strip())
        for key, colon, value in (line.partition(":") for line in head.text.splitlines()[:60])
        if colon
    ]
    first = dict(reversed(headers))
    sender = _address(first.get("from", ""))
    if sender is None or sender.domain in invitation.own_domains:
        return None
    root = head.section.removesuffix("HEADER")
    bodies = [p for p in attached if p.section.startswith(root) and p.media_type.startswith("text/") and p is not head]
    if not bodies:
        return None
    body = replace(bodies[0], role=Role.BODY)
    others = tuple(p for p in message.parts if p not in attached and p.role is not Role.BODY)
    return replace(message, from_=sender, subject=first.get("subject", ""), parts=(body, head, *others))


def _address(value: str) -> Address | None:
    """The first address in a header's value."""
    match = next((t for t in tokens(value[:1000]) if "@" in t.raw), None)
    if match is None:
        return None
    name = value[: match.start].strip(" <[\"'(").removesuffix("mailto:").strip(" <[\"'(")
    return Address(name, match.raw.strip(".").lower())
