"""What a message is, before anybody asks what it says: headers first, then words."""

from __future__ import annotations

from inbox_worker.model import Evidence, Kind, Message, Role

_AUTOMATIC_PRECEDENCE = frozenset({"auto_reply", "auto-reply"})
_ROBOTS = ("mailer-daemon", "postmaster", "mail-daemon", "maildaemon")


def header_evidence(message: Message, name: str, field: str = "kind") -> tuple[Evidence, ...]:
    """The whole of a header as evidence."""
    value = message.header(name)
    return (Evidence(field, name, 0, len(value), value),) if value else ()


def addressed_to(message: Message, mailbox: str, headers: tuple[str, ...] = ("to", "cc")) -> bool:
    """Whether a message was sent to an address, and not only arrived there."""
    return any(mailbox.lower() in (message.header(name) or "").lower() for name in headers)


def kind_by_headers(message: Message, mailbox: str) -> tuple[Kind, tuple[Evidence, ...]] | None:
    """A kind that headers and structure alone decide, with the header that does; None where words must.

    ``mailbox`` is ours: who writes to a discussion list (RFC 2919) and copies us in says something to us as well.

    X-Auto-Response-Suppress alone decides nothing: Exchange writes it into mail of people too. A calendar reply is
    often stamped auto-generated and is none.
    """
    if any(p.role is Role.CALENDAR and _method(p.parameters) == "reply" for p in message.parts):
        return None
    report = (message.header("content-type") or "").lower()
    media = {p.media_type for p in message.parts}
    local = message.from_.address.partition("@")[0].lower()
    if "delivery-status" in report or "message/delivery-status" in media or message.header("x-failed-recipients"):
        name = "content-type" if "delivery-status" in report else "x-failed-recipients"
        return Kind.BOUNCE, header_evidence(message, name) or header_evidence(message, "subject")
    if "disposition-notification" in report or "message/disposition-notification" in media:
        return Kind.AUTO_REPLY, header_evidence(message, "content-type") or header_evidence(message, "subject")
    if local.startswith(_ROBOTS):
        return Kind.BOUNCE, header_evidence(message, "from")
    submitted = (message.header("auto-submitted") or "").partition(";")[0].strip().lower()
    if submitted.startswith("auto-replied"):
        return Kind.AUTO_REPLY, header_evidence(message, "auto-submitted")
    for name in ("x-autoreply", "x-autorespond", "x-autoresponse", "x-auto-reply"):
        if (message.header(name) or "no").strip().lower() not in {"no", "false", "0"}:
            return Kind.AUTO_REPLY, header_evidence(message, name)
    if (message.header("precedence") or "").strip().lower() in _AUTOMATIC_PRECEDENCE:
        return Kind.AUTO_REPLY, header_evidence(message, "precedence")
    if submitted and submitted != "no":
        return Kind.AUTO_REPLY, header_evidence(message, "auto-submitted")
    listed = any(message.header(n) for n in ("list-unsubscribe", "list-id")) and not message.header("in-reply-to")
    if listed and not addressed_to(message, mailbox, ("cc",)):
        return Kind.OTHER, header_evidence(message, "list-unsubscribe") or header_evidence(message, "list-id")
    return None


def _method(parameters: tuple[tuple[str, str], ...]) -> str:
    return next((value.lower() for name, value in parameters if name == "method"), "")
