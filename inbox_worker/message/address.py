"""The sender's address (RFC 5322, section 3.4): groups, comments and nested brackets without recursion."""

from __future__ import annotations

import re

from inbox_worker.message.headers import decode_value
from inbox_worker.model import Address

ADDR_SPEC = re.compile(r"[^\s<>()\[\],;:\"@]{1,200}@[^\s<>()\[\],;:\"@]{1,255}")
SPACES = re.compile(r"\s+")


def first_address(raw: str | None) -> Address:
    """The first mailbox of an address header as it stands in the message; empty fields for what cannot be read."""
    if not raw:
        return Address("", "")
    words, comments, angle = _first_mailbox(raw)
    text = decode_value(words)
    if angle is not None:
        address = ADDR_SPEC.search(decode_value(angle).strip().replace(" ", ""))
        name = text if text.strip() else decode_value(comments)
    else:
        address = ADDR_SPEC.search(text)
        name = decode_value(comments) if address else text
        if address and not name.strip():
            name = text[: address.start()] + " " + text[address.end() :]
    return Address(_display(name), _normal(address.group()) if address else "")


def _first_mailbox(raw: str) -> tuple[str, str, str | None]:
    """(words outside, text of comments, what stands in angle brackets or None) of the first mailbox."""
    words: list[str] = []
    comments: list[str] = []
    angle: list[str] | None = None
    inside, depth, quoted, escaped = False, 0, False, False
    for c in raw:
        target = comments if depth else (angle if inside and angle is not None else words)
        if escaped:
            escaped = False
            target.append(c)
        elif c == "\\":
            escaped = True
        elif quoted and c != '"':
            target.append(c)
        elif c == '"' and not depth:
            quoted = not quoted
        elif c == "(":
            depth += 1
        elif c == ")" and depth:
            depth -= 1
        elif depth:
            target.append(c)
        elif c == "<" and angle is None:
            inside, angle = True, []
        elif c == ">" and inside:
            inside = False
        elif c == ":" and not inside and "@" not in words and angle is None:
            words.clear()  # the name of a group
        elif c in ",;" and not inside and (angle is not None or "@" in words):
            break
        else:
            target.append(c)
    return "".join(words), "".join(comments), None if angle is None else "".join(angle)


def _display(name: str) -> str:
    return SPACES.sub(" ", name).strip(" \t\"'<>,;")


def _normal(address: str) -> str:
    local, _, domain = address.rpartition("@")
    return f"{local}@{domain.lower().rstrip('.')}"
