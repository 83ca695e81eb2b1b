"""An event, and letters that answer its invitation."""

from datetime import datetime, timezone

from inbox_worker.model import Address, Invitation, Message, Organisation, Part, Role, Span, Zone

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
