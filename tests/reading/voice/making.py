"""An event, and letters that answer its invitation."""

from datetime import datetime, timezone

from inbox_worker.model import Address, Claim, Doubt, Invitation, Message, Organisation, Part, Role, Span, Zone
from inbox_worker.reading.answer.heard import Heard
from inbox_worker.reading.rules import RuleReader
from inbox_worker.reading.voice.second import Told
from inbox_worker.reading.whole import read_whole

STARTS = datetime(2030, 5, 14, 9, tzinfo=timezone.utc)
INVITATION = Invitation(
    "Forum on River Ports",
    STARTS,
    STARTS,
    STARTS,
    "forum@ports.example",
    (Organisation("delta", "Delta Trust", domains=("delta.example",)),),
)


def letter(text: str) -> Message:
    """A reply to the invitation by Ann Lee of Delta Trust."""
    body = Part("1", "text/plain", Role.BODY, text, (Span(0, len(text), Zone.NEW),))
    headers = (
        ("from", "Ann Lee <ann.lee@delta.example>"),
        ("subject", "Re: Forum on River Ports"),
        ("in-reply-to", "<0@ports.example>"),
    )
    return Message(
        "", Address("Ann Lee", "ann.lee@delta.example"), "Re: Forum on River Ports", STARTS, headers, (body,)
    )


def heard_of(message: Message) -> tuple[Heard, Claim | None]:
    """What the grammar hears in a message, and its first claim."""
    met: list[tuple[Heard, Claim | None]] = []

    def meet(heard: Heard, claims: tuple[Claim, ...], doubts: tuple[Doubt, ...]) -> Told:
        met.append((heard, claims[0] if claims else None))
        return claims, doubts

    read_whole(message, INVITATION, RuleReader(second=meet))
    return met[0]
