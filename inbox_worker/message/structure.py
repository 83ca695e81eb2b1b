"""The MIME tree of a message (RFC 2045, RFC 2046), numbered as IMAP numbers it (RFC 3501, section 6.4.5).

Our own walk, since the standard library's is recursive, and mail-parser's loses the tree.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from inbox_worker.message import limits
from inbox_worker.message.formats.content import NotReadableError
from inbox_worker.message.formats.signed import signed_content
from inbox_worker.message.headers import Header, Parameterised, parse_block, parse_parameters
from inbox_worker.message.transfer import decode_transfer
from inbox_worker.model import MEGABYTE, Limits

NEXT_IS_HEADER = re.compile(rb"[!-9;-~]{1,100}[ \t]*:")
GUESSED_BOUNDARY = re.compile(rb"(?:\A|\n)--([^\s][^\r\n]{0,100}?)[ \t]*\r?\n(?=[Cc]ontent-|\r?\n)")
MEDIA_TYPE = re.compile(r"[!-.0-~]{1,100}/[!-.0-~]{1,100}\Z")
SIGNED = ("application/pkcs7-mime", "application/x-pkcs7-mime")
REST = "the rest is not read"  # ends what is told of a message beyond the limits
NESTING = ("message/rfc822", "message/global")


@dataclass
class Node:
    """One entity: its header, its body as it stands, and the entities inside it."""

    section: str  # "" for the message itself where it is a multipart
    media_type: str
    headers: list[Header]
    body: bytes  # before transfer decoding; empty once its parts are taken out, so that depth costs no memory
    content_type: Parameterised
    disposition: Parameterised
    depth: int
    children: list[Node] = field(default_factory=list)
    problem: str | None = None
    size: int = 0  # bytes of an attached message after transfer decoding

    @property
    def is_multipart(self) -> bool:
        """Whether it holds parts, as opposed to words."""
        return self.media_type.startswith("multipart/") and bool(self.children)

    @property
    def is_message(self) -> bool:
        """Whether it holds an attached message."""
        return self.media_type in NESTING

    def header(self, name: str) -> str:
        """The first header of that name as it stands, or ""."""
        return next((h.raw for h in self.headers if h.name == name), "")

    @property
    def filename(self) -> str | None:
        """The name the sender gave it (RFC 2183), or None."""
        name = self.disposition.parameters.get("filename") or self.content_type.parameters.get("name") or ""
        return name.strip()[:255] or None


def parse(content: bytes, allowed: Limits | None = None) -> tuple[Node, list[str]]:
    """The tree of a message, and sentences about damage to its structure."""
    allowed = allowed or Limits()
    problems: list[str] = []
    if len(content) > allowed.message_size * MEGABYTE:
        problems.append(f"the message is larger than {allowed.message_size} MB; {REST}")
        content = content[: allowed.message_size * MEGABYTE]
    if b"\n" not in content and b"\r" in content:
        content = content.replace(b"\r", b"\n")
    root = _entity(_without_envelope(content), "", "text/plain", 0, problems)
    waiting = [root]
    count = 1
    while waiting:
        node = waiting.pop()
        _open(node, problems, allowed, allowed.parts - count)
        count += len(node.children)
        waiting.extend(reversed(node.children))
    _number(root)
    return root, list(dict.fromkeys(problems))


def _without_envelope(content: bytes) -> bytes:
    """What stands before the header in some archives: a byte order mark, empty lines, an mbox line."""
    content = content.removeprefix(b"\xef\xbb\xbf")
    start = re.match(rb"\s*", content)
    if start and start.end() and NEXT_IS_HEADER.match(content, start.end()):
        content = content[start.end() :]
    if content.startswith((b"From ", b">From ")):
        content = content.partition(b"\n")[2]
    return content


def _entity(content: bytes, section: str, default: str, depth: int, problems: list[str]) -> Node:
    headers, body, damage = _header_and_body(content)
    problems.extend(damage)
    content_type = parse_parameters(next((h.raw for h in headers if h.name == "content-type"), default))
    media_type = re.sub(r"\s+", "", content_type.value)
    if media_type in ("text", "plain", "html"):
        media_type = {"html": "text/html"}.get(media_type, "text/plain")
    if not MEDIA_TYPE.match(media_type):
        media_type = "text/plain"  # RFC 2045, section 5.2
    disposition = parse_parameters(next((h.raw for h in headers if h.name == "content-disposition"), ""))
    return Node(section, media_type, headers, body, content_type, disposition, depth)


def _header_and_body(content: bytes) -> tuple[list[Header], bytes, list[str]]:
    """Header fields up to the first empty line; bytes that begin with no header field are all body."""
    if not NEXT_IS_HEADER.match(content):
        first, _, rest = content.partition(b"\n")
        if not first.strip():
            return [], rest, []
        if not NEXT_IS_HEADER.match(rest):
            return [], content, []
    block, body = _at_empty_line(content)
    stray = _first_stray(block)
    if stray is not None:
        block, body = content[:stray], content[stray:]
    headers, problems = parse_block(block)
    return headers, body, problems


def _at_empty_line(content: bytes) -> tuple[bytes, bytes]:
    """What stands before and after the first empty line."""
    for empty in (b"\n", b"\r\n"):
        if content.startswith(empty):
            return b"", content[len(empty) :]
    short = content.find(b"\n\n")
    long = content.find(b"\n\r\n", 0, short + 2 if short >= 0 else None)
    if long >= 0:
        return content[:long], content[long + 3 :]
    return (content[:short], content[short + 2 :]) if short >= 0 else (content, b"")


def _first_stray(block: bytes) -> int | None:
    """Where two lines that are no header fields follow each other: there the body begins without an empty line."""
    position, strange = 0, None
    for line in block[: limits.MAX_HEADER_BLOCK].split(b"\n"):
        plain = line[:1] not in (b" ", b"\t") and not NEXT_IS_HEADER.match(line) and bool(line.strip())
        if plain and strange is not None and position:
            return strange
        strange = position if plain and position else None
        position += len(line) + 1
    return None


def _open(node: Node, problems: list[str], allowed: Limits, room: int) -> None:
    """Find the entities inside a node, at most ``room`` of them."""
    if node.media_type in SIGNED:
        _open_signed(node, problems)
        return
    multipart = node.media_type.startswith("multipart/")
    if not multipart and not _holds_message(node):
        return
    if node.depth >= allowed.depth or room <= 0:
        node.problem = "it lies too deep or after too many parts; what is in it was not read"
        problems.append(f"more than {allowed.depth} levels or {allowed.parts} parts; {REST}")
        node.media_type = "application/octet-stream"
        return
    if multipart:
        _open_multipart(node, problems, room)
        return
    body, node.problem = decode_transfer(node.body, node.header("content-transfer-encoding"))
    node.media_type, node.body, node.size = "message/rfc822", b"", len(body)
    node.children = [_entity(body, "", "text/plain", node.depth + 1, problems)]


def _open_signed(node: Node, problems: list[str]) -> None:
    """Take a signed message out of its signature (RFC 8551, section 3.5.2); what else it may be is an attachment."""
    data, _ = decode_transfer(node.body, node.header("content-transfer-encoding"))
    try:
        held = signed_content(data)
    except NotReadableError as error:
        node.problem = str(error)
        return
    if NEXT_IS_HEADER.match(held):
        node.media_type, node.body = "multipart/signed", b""
        node.children = [_entity(held, "", "text/plain", node.depth + 1, problems)]


def _holds_message(node: Node) -> bool:
    name = (node.filename or "").lower()
    return node.media_type in NESTING or (node.media_type == "application/octet-stream" and name.endswith(".eml"))


def _open_multipart(node: Node, problems: list[str], room: int) -> None:
    boundary = node.content_type.parameters.get("boundary", "").encode("utf-8", "surrogateescape")
    pieces = _split(node.body, boundary, room) if boundary else []
    if not pieces and (guessed := GUESSED_BOUNDARY.search(node.body)):
        pieces = _split(node.body, guessed.group(1), room)
        problems.append("a multipart does not name its boundary rightly; its parts were found by their look")
    if not pieces:
        if node.body.strip():
            problems.append("a multipart has no parts; it is read as plain text")
        head = node.body[:2000].lower()
        node.media_type = "text/html" if b"<html" in head or b"<body" in head else "text/plain"
        return
    if len(pieces) > room:
        problems.append(f"more than {room} parts; {REST}")
    default = "message/rfc822" if node.media_type == "multipart/digest" else "text/plain"
    node.body = b""
    node.children = [_entity(piece, "", default, node.depth + 1, problems) for piece in pieces[:room]]


def _split(body: bytes, boundary: bytes, room: int) -> list[bytes]:
    """The bodies between delimiter lines (RFC 2046, section 5.1.1), at most ``room`` + 1. Only a whole line counts,
    since one boundary may begin with another."""
    mark = b"--" + boundary
    pieces: list[bytes] = []
    start, position = -1, 0
    while len(pieces) <= room and (found := body.find(mark, position)) >= 0:
        position = found + len(mark)
        if found and body[found - 1 : found] != b"\n":
            continue
        line_end = body.find(b"\n", position)
        line_end = len(body) if line_end < 0 else line_end
        tail = body[position:line_end].strip()
        if tail not in (b"", b"--"):
            continue
        if start >= 0:
            pieces.append(_without_last_line_end(body[start:found]))
        start = -1 if tail else line_end + 1
        position = line_end
    if start >= 0 and len(pieces) <= room:
        pieces.append(body[start:])
    return pieces


def _without_last_line_end(piece: bytes) -> bytes:
    return piece[:-2] if piece.endswith(b"\r\n") else piece.removesuffix(b"\n")


def _number(root: Node) -> None:
    """Section numbers. A multipart inside an attached message has the message's own number."""
    root.section = "" if root.is_multipart else "1"
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.is_message and node.children:
            inner = node.children[0]
            inner.section = node.section if inner.is_multipart else f"{node.section}.1"
        else:
            for number, child in enumerate(node.children, 1):
                child.section = f"{node.section}.{number}" if node.section else str(number)
        waiting.extend(node.children)


def top_header(content: bytes, name: str) -> str | None:
    """The first header of that name in a message as it stands, or None."""
    headers, _, _ = _header_and_body(_without_envelope(content))
    return next((h.raw for h in headers if h.name == name), None)
