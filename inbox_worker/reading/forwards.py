"""A colleague's forward, read as the message it passes on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from inbox_worker.model import Address, Invitation, Message, Part, Role, Span, Zone
from inbox_worker.reading.text import lines, tokens


def forwarded_by_us(message: Message, invitation: Invitation) -> Message | None:
    """A colleague's forward as the message it passes on: its words become new, its sender the sender."""
    attached = [p for p in message.parts if p.role is Role.MESSAGE]
    if attached:
        return _attached(message, attached, invitation)
    for part in message.bodies:
        quoted = [s for s in part.spans if s.zone is Zone.QUOTED]
        if not quoted:
            continue
        start, end = quoted[0].start, quoted[-1].end
        sender: Address | None = None
        at = start
        for line in lines(part.text, start, end)[:12]:
            text = part.text[line.start : line.end]
            key, colon, value = text.partition(":")
            if not colon or len(key) > 20:
                if sender is not None and line.end == line.start:
                    at = line.end
                    break
                if sender is not None and text and not text.startswith(">"):
                    at = line.start
                    break
                continue
            sender = sender or _address(value)
            at = line.end
        if sender is None or sender.domain in invitation.own_domains:
            return None
        body = replace(part, spans=(Span(at, end, Zone.NEW),))
        return replace(message, from_=sender, parts=tuple(body if p is part else p for p in message.parts))
    return None


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
