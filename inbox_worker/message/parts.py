"""The parts of a message with their text, in the order in which they stand."""

from __future__ import annotations

from dataclasses import replace

from inbox_worker.message import limits
from inbox_worker.message.address import first_address
from inbox_worker.message.attachments import effective_type
from inbox_worker.message.extraction import Extraction
from inbox_worker.message.formats.content import Content, Extracted, Inner
from inbox_worker.message.html import Rendered, render
from inbox_worker.message.roles import assign
from inbox_worker.message.structure import Node
from inbox_worker.message.text import plain_text
from inbox_worker.message.transfer import decode_transfer
from inbox_worker.message.zones import find_zones
from inbox_worker.model import Address, Limits, Part, Role

HTML = ("text/html", "application/xhtml+xml", "text/x-amp-html")
ZONED = (Role.BODY, Role.ALTERNATIVE, Role.MESSAGE)
OPAQUE = {  # media types in which the words themselves may be
    "application/pgp-encrypted": "it is encrypted; its words cannot be read",
    "message/partial": "it is a piece of a longer message",
    "message/external-body": "its content lies elsewhere",
}
TOO_MUCH = "it comes after too much other text and was not read"
SHOWN_HEADERS = ("from", "to", "cc", "date", "subject")


def read_parts(root: Node, from_: Address, allowed: Limits) -> tuple[Part, ...]:
    """All leaves of the tree, the headers of attached messages and what is inside attachments, decoded."""
    return _shown(_Reader(from_, allowed).read(root))


def _shown(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """The words of a winmail.dat are the message where it has no others."""
    if any(p.role is Role.BODY and p.text.strip() for p in parts):
        return parts
    hidden = next((p for p in parts if p.role is Role.ALTERNATIVE and p.text.strip()), None)
    return tuple(replace(p, role=Role.BODY) if p is hidden else p for p in parts)


class _Reader:
    """Reads parts while the limits of a whole message last; no leaf is decoded twice."""

    def __init__(self, from_: Address, allowed: Limits) -> None:
        self.from_ = from_
        self.authors: dict[str, Address] = {}  # section of an attached message -> who wrote it
        self.extraction = Extraction(allowed)
        self.characters_left = limits.MAX_TEXT_TOTAL
        self.html_left = limits.MAX_HTML_TOTAL
        self.data: dict[int, tuple[bytes, str | None]] = {}
        self.texts: dict[int, tuple[Rendered, str | None]] = {}

    def read(self, root: Node) -> tuple[Part, ...]:
        parts = []
        for node, role in assign(root, lambda node: self._text(node)[0].text):
            for part in [self._attached_header(node)] if node.is_message else self._parts(node, role):
                fits = len(part.text) <= self.characters_left
                kept = part if fits else replace(part, text="", spans=(), problem=TOO_MUCH)
                self.characters_left -= len(kept.text)
                parts.append(kept)
        return tuple(parts)

    def _parts(self, node: Node, role: Role) -> list[Part]:
        """A leaf, and what is inside it."""
        try:
            return self._read(node, role)
        except Exception as error:  # noqa: BLE001 (the last net: a part that breaks a library must not lose the others)
            problem = f"it could not be read ({type(error).__name__})"
            return [Part(node.section, node.media_type, role, filename=node.filename, problem=problem)]

    def _read(self, node: Node, role: Role) -> list[Part]:
        data, damage = self._bytes(node)
        extracted = Extracted()
        if role is Role.ATTACHMENT:
            charset = node.content_type.parameters.get("charset")
            content = Content(data, node.media_type, charset, node.filename)
            extracted = self.extraction.read(content, inline=bool(node.header("content-id")))
            rendered, problem = Rendered(extracted.text), extracted.problem
        else:
            rendered, problem = self._text(node)
        problem = node.problem or damage or problem or OPAQUE.get(node.media_type)
        part = self._leaf(node, role, rendered, problem, len(data))
        return [part, *(self._inner(part, piece, n) for n, piece in enumerate(extracted.inner, 1))]

    def _leaf(self, node: Node, role: Role, rendered: Rendered, problem: str | None, size: int) -> Part:
        return Part(
            section=node.section,
            media_type=node.media_type,
            role=role,
            text=rendered.text,
            spans=find_zones(rendered.text, rendered.marks, self._author(node)) if role in ZONED else (),
            filename=node.filename,
            size=size,
            parameters=tuple(node.content_type.parameters.items()),
            problem=problem,
        )

    def _inner(self, part: Part, piece: Inner, number: int) -> Part:
        """Something inside an attachment, numbered as if that were a multipart."""
        header = piece.media_type == "message/rfc822"
        role = Role.MESSAGE if header else Role.ATTACHMENT
        if piece.body:
            role = Role.ALTERNATIVE if part.media_type.endswith("ms-tnef") else Role.MESSAGE
        return Part(
            section=f"{part.section}.HEADER" if header else f"{part.section}.{number}",
            media_type=piece.media_type,
            role=role,
            text=piece.text,
            spans=find_zones(piece.text, (), self.from_) if piece.body else (),
            filename=piece.filename,
            size=piece.size,
            problem=piece.problem,
        )

    def _author(self, node: Node) -> Address:
        """Who wrote the words of a leaf: the sender of the innermost attached message that it is in."""
        section = node.section
        while section:
            section = section.rpartition(".")[0]
            if section in self.authors:
                return self.authors[section]
        return self.from_

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
        self.authors[node.section] = first_address(inner.header("from"))
        wanted = [h for h in inner.headers if h.name in SHOWN_HEADERS][:50]
        text = "".join(f"{h.name.capitalize()}: {h.value}\n" for h in wanted)
        return Part(f"{node.section}.HEADER", "message/rfc822", Role.MESSAGE, text, filename=node.filename,
                    size=node.size, problem=node.problem)  # fmt: skip
