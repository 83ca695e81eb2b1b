"""RFC 5322 bytes to a Message: parts, decoded text, the new words apart from quotes and signature."""

from __future__ import annotations

from inbox_worker.message.address import first_address
from inbox_worker.message.delivery import undelivered
from inbox_worker.message.parts import read_parts
from inbox_worker.message.structure import REST, Node, parse
from inbox_worker.message.trace import received_time
from inbox_worker.model import Address, Limits, Message, RawMessage

__all__ = ["decode", "received_time"]


def decode(raw: RawMessage, limits: Limits | None = None) -> Message:
    """Decode a message as a mail program would show it.

    Never raises, whatever the bytes; damage is told in ``Message.problems`` and ``Part.problem``. The work is
    bounded by ``inbox_worker.message.limits``, and by what an operator sets (``limits``). Attachments are parsed in a
    process of their own.
    """
    allowed = limits or Limits()
    root, problems = parse(raw.content, allowed)
    from_ = first_address(root.header("from"))
    headers = tuple((header.name, header.value) for header in root.headers)
    first = dict(reversed(headers))
    return Message(
        message_id=first.get("message-id", ""),
        from_=from_,
        subject=first.get("subject", ""),
        received=raw.received,
        headers=headers,
        parts=read_parts(root, from_, allowed),
        problems=tuple(problems),
        beyond=tuple(p for p in problems if p.endswith(REST)),
        undelivered=undelivered(raw.content) if _may_be_report(root, from_) else (),
    )


REPORTS = ("multipart/report", "message/delivery-status")
ROBOTS = ("mailer-daemon", "postmaster", "mail-daemon", "maildaemon")


def _may_be_report(root: Node, from_: Address) -> bool:
    """Whether it is worth the time to look for addresses that our mail did not reach."""
    return (
        root.media_type in REPORTS
        or bool(root.header("x-failed-recipients"))
        or from_.address.casefold().startswith(ROBOTS)
    )
