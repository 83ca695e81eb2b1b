"""What each part is to the message, by its media type, its disposition and where it stands in the tree."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from inbox_worker.message.attachments import effective_type
from inbox_worker.message.structure import Node
from inbox_worker.model import Role

CALENDARS = ("text/calendar", "application/ics")
SHOWN = ("text/plain", "text/html", "text/enriched", "text/x-amp-html", "application/xhtml+xml")
REPORTS = (
    "message/delivery-status",
    "message/global-delivery-status",
    "message/disposition-notification",
    "message/feedback-report",
    "text/rfc822-headers",
    "message/global-headers",
)
WORD = re.compile(r"\w")
STUB = re.compile(r"\bhtml\b", re.IGNORECASE)  # "Your program does not show HTML": no words of the sender
LONGEST_STUB = 300  # characters


def assign(root: Node, text_of: Callable[[Node], str]) -> Iterator[tuple[Node, Role]]:
    """Each leaf and attached message with its role, in the order of the message.

    ``text_of`` gives the text of a leaf; it is asked for only where a choice between alternatives needs it.
    """
    waiting: list[tuple[Node, Role]] = [(root, Role.BODY)]
    while waiting:
        node, role = waiting.pop()
        if node.is_multipart:
            waiting.extend(reversed(_children(node, role, text_of)))
        elif node.is_message:
            yield node, Role.MESSAGE
            waiting.extend((child, Role.MESSAGE) for child in node.children)
        else:
            yield node, _of_leaf(node, role, is_root=node is root)


def _children(node: Node, role: Role, text_of: Callable[[Node], str]) -> list[tuple[Node, Role]]:
    children = node.children
    if node.media_type == "multipart/alternative" and role is not Role.ALTERNATIVE:
        chosen = _chosen(children, text_of)
        return [(child, role if child is chosen else Role.ALTERNATIVE) for child in children]
    if node.media_type == "multipart/related":
        start = node.content_type.parameters.get("start", "").strip("<> ")
        named = [c for c in children if start and c.header("content-id").strip("<> ") == start]
        shown = named[0] if named else children[0]
        return [(child, role if child is shown else Role.ATTACHMENT) for child in children]
    return [(child, role) for child in children]


def _chosen(children: list[Node], text_of: Callable[[Node], str]) -> Node | None:
    """The plain text where there are words in it, or the last other form that has words."""
    plain = next((c for c in children if c.media_type == "text/plain"), None)
    others = [c for c in children if c is not plain and c.media_type not in CALENDARS]
    if plain is None or not others:
        return plain if plain is not None else (others[-1] if others else None)
    text = text_of(plain)
    stub = len(text) <= LONGEST_STUB and STUB.search(text) and WORD.search(text_of(others[-1]))
    return plain if WORD.search(text) and not stub else others[-1]


def _of_leaf(node: Node, role: Role, *, is_root: bool) -> Role:
    media_type = effective_type(node.media_type, node.filename)
    if media_type in REPORTS:
        return Role.REPORT
    if media_type in CALENDARS:
        return Role.MESSAGE if role is Role.MESSAGE else Role.CALENDAR
    if role is Role.ATTACHMENT or media_type not in SHOWN:
        return Role.ATTACHMENT
    if not is_root and (node.disposition.value == "attachment" or node.filename):
        return Role.ATTACHMENT
    return role
