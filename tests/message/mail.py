"""How the tests of this stage write a message and look at what came out."""

from __future__ import annotations

from inbox_worker.message import decode
from inbox_worker.model import Location, Message, RawMessage, Role, Zone

ANA = "Ana López <ana.lopez@ngo.example>"


def read(content: bytes | str) -> Message:
    data = content.encode() if isinstance(content, str) else content
    return decode(RawMessage(data, None, Location("test")))


def plain(body: str, from_: str = ANA) -> Message:
    return read(f"From: {from_}\nContent-Type: text/plain; charset=utf-8\n\n{body}")


def html(body: str, from_: str = ANA) -> Message:
    return read(f"From: {from_}\nContent-Type: text/html; charset=utf-8\n\n{body}")


def zone(message: Message, wanted: Zone) -> str:
    """The lines of the first body in a zone, without empty ones."""
    text = message.bodies[0].zone_text(wanted)
    return "\n".join(line.strip() for line in text.split("\n") if line.strip())


def new(message: Message) -> str:
    return zone(message, Zone.NEW)


def quoted(message: Message) -> str:
    return zone(message, Zone.QUOTED)


def signature(message: Message) -> str:
    return zone(message, Zone.SIGNATURE)


def roles(message: Message) -> list[tuple[str, str, Role]]:
    return [(part.section, part.media_type, part.role) for part in message.parts]
