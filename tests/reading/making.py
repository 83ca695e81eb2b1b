"""Messages made of plain text, for tests of the reader."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from inbox_worker.model import Address, Invitation, Message, Organisation, Part, Role, Span, Zone

CET = timezone(timedelta(hours=1))

INVITATION = Invitation(
    title="Annual Forum on River Basins",
    starts=datetime(2031, 6, 12, 9, 0, tzinfo=CET),
    ends=datetime(2031, 6, 12, 17, 0, tzinfo=CET),
    reply_by=datetime(2031, 6, 2, 0, 0, tzinfo=CET),
    mailbox="forum@rivers.example",
    organisations=(
        Organisation("wetlands", "Wetlands Watch", "WW", ("Vigie des zones humides",), ("wetlands.example",)),
        Organisation("fishers", "Lake Fishers' Union", "LFU", (), ("fishers.example",)),
        Organisation("basin-un", "Basin Programme of the United Nations", "BPUN", (), ("un.example",)),
        Organisation("water-un", "Water Office of the United Nations", "WOUN", (), ("un.example",)),
        Organisation("canal", "Fundación Canal Vivo", "FCV", ("Living Canal Foundation",), ("canalvivo.example",)),
    ),
    own_domains=("rivers.example",),
    two_readers=False,  # the grammar alone; tests/reading/voice asks both
)


def message(
    text: str,
    sender: str = "Ada Moreau <ada@wetlands.example>",
    subject: str = "Re: Forum",
    headers: tuple[tuple[str, str], ...] = (),
    quoted: str = "",
) -> Message:
    """A message with one plain body; ``quoted`` stands below what is new."""
    name, _, address = sender.removesuffix(">").rpartition(" <")
    body = text + quoted
    spans = [Span(0, len(text), Zone.NEW)] if text else []
    if quoted:
        spans.append(Span(len(text), len(body), Zone.QUOTED))
    return Message(
        message_id="<1@test.example>",
        from_=Address(name, address or sender),
        subject=subject,
        received=INVITATION.reply_by - timedelta(days=9),
        headers=(("from", sender), ("subject", subject), ("in-reply-to", "<0@rivers.example>"), *headers),
        parts=(Part("1", "text/plain", Role.BODY, body, tuple(spans)),),
    )
