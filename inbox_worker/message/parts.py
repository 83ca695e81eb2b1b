"""The parts of a message with their text, in the order in which they stand."""

from __future__ import annotations

from dataclasses import replace

from inbox_worker.message import limits
from inbox_worker.message.attachments import Content, effective_type, extract
from inbox_worker.message.html import Rendered, render
from inbox_worker.message.roles import assign
from inbox_worker.message.structure import Node
from inbox_worker.message.text import plain_text
from inbox_worker.message.transfer import decode_transfer
from inbox_worker.message.zones import find_zones
from inbox_worker.model import Address, Part, Role

HTML = ("text/html", "application/xhtml+xml", "text/x-amp-html")
ZONED = (Role.BODY, Role.ALTERNATIVE)
OPAQUE = {  # media types in which the words themselves may be
    "application/pkcs7-mime": "it is encrypted or signed as a whole; its words cannot be read",
    "application/x-pkcs7-mime": "it is encrypted or signed as a whole; its words cannot be read",
    "application/pgp-encrypted": "it is encrypted; its words cannot be read",
    "application/ms-tnef": "it is in Outlook's own format (winmail.dat), which is not read",
    "message/partial": "it is a piece of a longer message",
    "message/external-body": "its content lies elsewhere",
}
SHOWN_HEADERS = ("from", "to", "cc", "date", "subject")


def read_parts(root: Node, from_: Address) -> tuple[Part, ...]:
    """All leaves of the tree and the headers of attached messages, decoded."""
    return _Reader(from_).read(root)


class _Reader:
    """Reads parts while the limits of a whole message last; no leaf is decoded twice."""

    def __init__(self, from_: Address) -> None:
        self.from_ = from_
        self.characters_left = limits.MAX_TEXT_TOTAL
        self.html_left = limits.MAX_HTML_TOTAL
        self.data: dict[int, tuple[bytes, str | None]] = {}
        self.texts: dict[int, tuple[Rendered, str | None]] = {}

    def read(self, root: Node) -> tuple[Part, ...]:
        parts = []
        for node, role in assign(root, lambda node: self._text(node)[0].text):
            part = self._attached_header(node) if node.is_message else self._part(node, role)
            if len(part.text) > self.characters_left:
                part = replace(part, text="", spans=(), problem="it comes after too much other text and was not read")
            self.characters_left -= len(part.text)
            parts.append(part)
        return tuple(parts)

    def _part(self, node: Node, role: Role) -> Part:
        try:
            return self._read(node, role)
        except Exception as error:  # noqa: BLE001 (the last net: a part that breaks a library must not lose the others)
            problem = f"it could not be read ({type(error).__name__})"
            return Part(node.section, node.media_type, role, filename=node.filename, problem=problem)

    def _read(self, node: Node, role: Role) -> Part:
        data, damage = self._bytes(node)
        if role is Role.ATTACHMENT:
            charset = node.content_type.parameters.get("charset")
            extracted = extract(Content(data, node.media_type, charset, node.filename))
            rendered, problem = Rendered(extracted.text), extracted.problem
        else:
            rendered, problem = self._text(node)
        problem = node.problem or damage or problem or OPAQUE.get(node.media_type)
        return Part(
            section=node.section,
            media_type=node.media_type,
            role=role,
            text=rendered.text,
            spans=find_zones(rendered.text, rendered.marks, self.from_) if role in ZONED else (),
            filename=node.filename,
            size=len(data),
            parameters=tuple(node.content_type.parameters.items()),
            problem=problem,
        )

    def _bytes(self, node: Node) -> tuple[bytes, str | None]:
        key = id(node)
        if key not in self.data:
            self.data[key] = decode_transfer(node.body, node.header("content-transfer-encoding"))
        return self.data[key]

    def _text(self, node: Node) -> tuple[Rendered, str | None]:
        """The text of a leaf that is shown, and a problem."""
        key = id(node)
        if key not in self.texts:
            self.texts[key] = self._decoded(node)
        return self.texts[key]

    def _decoded(self, node: Node) -> tuple[Rendered, str | None]:
        data, _ = self._bytes(node)
        media_type = effective_type(node.media_type, node.filename)
        textual = media_type.startswith(("text/", "message/")) or media_type in (*HTML, "application/ics")
        if not textual:
            return Rendered(""), None
        html = media_type in HTML
        text, problem = plain_text(data, node.content_type.parameters.get("charset"), html=html)
        if not html:
            return Rendered(text), problem
        limit = min(limits.MAX_HTML, self.html_left)
        if len(text) > limit:
            text, problem = text[:limit], f"only the first {limit} characters of its HTML are read"
        self.html_left -= len(text)
        rendered = render(text)
        return rendered, problem or rendered.problem

    def _attached_header(self, node: Node) -> Part:
        inner = node.children[0] if node.children else node
        wanted = [h for h in inner.headers if h.name in SHOWN_HEADERS][:50]
        text = "".join(f"{h.name.capitalize()}: {h.value}\n" for h in wanted)
        return Part(f"{node.section}.HEADER", "message/rfc822", Role.MESSAGE, text, filename=node.filename,
                    size=node.size, problem=node.problem)  # fmt: skip
