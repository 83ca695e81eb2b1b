"""Short ways to say what a test is about."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from inbox_worker.model import (
    Claim,
    Code,
    Doubt,
    Effect,
    Entry,
    Invitation,
    Kind,
    Location,
    Op,
    Organisation,
    Partstat,
    Person,
    RawMessage,
    Reading,
)

ZONE = ZoneInfo("Europe/Zurich")
DEADLINE = datetime(2031, 5, 10, tzinfo=ZONE)
IN_TIME = datetime(2031, 5, 1, 9, tzinfo=ZONE)
ORGANISATIONS = (
    Organisation("red", "Red Kite Trust", "RKT", ("Kite Trust",), ("redkite.example",), "ngo", "GB"),
    Organisation("blue", "Blue Harbour Association", "BHA", (), ("blueharbour.example",), "ngo", "NL"),
    Organisation("green", "Green Meadow Union", "", (), ("un.example",), "io", "CH"),
)


def invitation(**changes: Any) -> Invitation:
    facts: dict[str, Any] = {
        "title": "Meeting on Meadows",
        "starts": datetime(2031, 5, 20, 10, tzinfo=ZONE),
        "ends": datetime(2031, 5, 20, 17, tzinfo=ZONE),
        "reply_by": DEADLINE,
        "mailbox": "meadows@host.example",
        "organisations": ORGANISATIONS,
        "own_domains": ("host.example",),
    }
    return Invitation(**{**facts, **changes})


def people(*names: str) -> tuple[Person, ...]:
    return tuple(Person(name) for name in names)


def claim(partstat: str = "accepted", number: int | None = None, *names: str, **more: Any) -> Claim:
    organisation = more.pop("organisation", "red")
    op = Op(more.pop("op", "set"))
    doubts = tuple(Doubt(Code(code), code) for code in more.pop("doubts", ()))
    name = next((o.name for o in ORGANISATIONS if o.id == organisation), "Somebody")
    return Claim(
        organisation, more.pop("name", name), Partstat(partstat), number, op, people(*names), doubts=doubts,
        confidence=more.pop("confidence", 0.95), **more,
    )  # fmt: skip


def entry(at: int, said: Claim, **more: Any) -> Entry:
    """The claim numbered ``at``, received ``at`` hours after the first."""
    effect = more.pop("effect", Effect.APPLY)
    received = more.pop("received", IN_TIME + timedelta(hours=at))
    sender = more.pop("sender", f"writer{at}@redkite.example")
    return Entry(at, at, f"{at:04}", received, said, effect, sender, **more)


def reading(*claims: Claim, kind: str = "reply", **more: Any) -> Reading:
    return Reading("test", Kind(kind), "en", tuple(claims), **more)


def raw(
    content: bytes = b"Subject: hello\n\nWe come.\n", received: datetime | None = IN_TIME, uid: int = 1
) -> RawMessage:
    return RawMessage(content, received, Location("test", 1, 1))
