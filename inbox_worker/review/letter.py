"""A message as a person reads it: its words with the evidence marked, quotes and signatures apart, attachments."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from inbox_worker.message import decode
from inbox_worker.message.formats.drawing import MAX_PAGES
from inbox_worker.message.pages import Drawing, drawn, has_pages
from inbox_worker.message.structure import Node, parse
from inbox_worker.message.transfer import decode_transfer
from inbox_worker.model import Limits, Location, Message, Part, RawMessage, Role, Zone
from inbox_worker.registry.rawmail import RawMail
from inbox_worker.registry.review import Item
from inbox_worker.review.words import plain

Row = Mapping[str, Any]
COLOURS = {  # field of a piece of evidence -> the field of the form whose colour it has
    "organisation": "organisation",
    "partstat": "partstat",
    "op": "delegates",
    "delegates": "delegates",
    "people": "people",
    "leaves": "people",
}
RANK = ("people", "organisation", "delegates", "partstat", "other")  # of evidence as narrow: a name is counted, too
PICTURES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"BM": "image/bmp"}
LONGEST = 60_000  # characters of a part that are shown


@dataclass(frozen=True)
class Mark:
    """Where evidence lies in the text of a part: of a field of the form, or of a flag's doubt."""

    start: int
    end: int
    field: str = ""
    doubt: str = ""  # the flag's code


Marks = dict[str, list[Mark]]  # by part


@dataclass(frozen=True)
class Piece:
    """A stretch of text. ``fields``: what it is evidence of, by the form's fields, the narrowest evidence first;
    "other" for the rest."""

    text: str
    fields: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()  # codes of the open flags that doubt it


@dataclass(frozen=True)
class Passage:
    """Pieces of one zone: the sender's new words, or quoted mail, a signature, a disclaimer."""

    zone: str
    pieces: tuple[Piece, ...]

    @property
    def has_evidence(self) -> bool:
        """Whether something in it is marked; then it is not folded away."""
        return any(piece.fields or piece.doubts for piece in self.pieces)


@dataclass(frozen=True)
class Sheet:
    """One part of a message, to be shown. ``picture``: it can be shown as such."""

    section: str
    label: str
    media_type: str
    size: int
    passages: tuple[Passage, ...]
    problem: str = ""
    cut: int = 0  # characters that are not shown
    picture: bool = False
    held: bool = False  # whether its bytes can be had
    drawing: Drawing | None = None  # how many pages can be shown as pictures, or why none; None: it has no pages

    @property
    def pages(self) -> range:
        """The pages that are shown, from 1."""
        return range(1, min(self.drawing.pages if self.drawing else 0, MAX_PAGES) + 1)


@dataclass(frozen=True)
class Letter:
    """A decoded message. ``headers``: (name, pieces)."""

    headers: tuple[tuple[str, tuple[Piece, ...]], ...]
    bodies: tuple[Sheet, ...]
    attachments: tuple[Sheet, ...]  # without their text, unless they were read
    problems: tuple[str, ...]


def read_letter(raw: bytes, about: Item, limits: Limits, *, attachments: bool) -> Letter:
    """The message with the evidence of claims marked, and the words in doubt. Reading attachments takes its time and
    is done on demand."""
    allowed = limits if attachments else replace(limits, attachment_size=0)
    message = decode(RawMessage(raw, None, Location("registry")), allowed)
    marks = _marks(about)
    nodes = {node.section or "1": node for node in leaves(raw, limits)}
    shown = {part.section for part in message.bodies}
    cited = [
        p for p in message.parts if p.section in marks and p.section not in shown and p.role is not Role.ATTACHMENT
    ]
    others = [part for part in message.parts if part.role in (Role.ATTACHMENT, Role.CALENDAR, Role.MESSAGE)]
    return Letter(
        headers=tuple((name, _plain(message, name, marks)) for name in ("from", "to", "cc", "date", "subject")
                      if message.header(name)),
        bodies=tuple(_sheet(part, marks, nodes, limits) for part in message.bodies),
        attachments=tuple(_sheet(part, marks, nodes, limits, read=attachments)
                          for part in [*others, *(part for part in cited if part not in others)]),
        problems=message.problems,
    )  # fmt: skip


def leaves(raw: bytes, limits: Limits) -> Iterator[Node]:
    """The entities of a message that hold something themselves."""
    waiting = [parse(raw, limits)[0]]
    while waiting:
        node = waiting.pop()
        if node.children:
            waiting.extend(node.children)
        else:
            yield node


def part_bytes(raw: bytes, section: str, limits: Limits) -> tuple[bytes, str, str]:
    """The bytes of one part, its media type and the name its sender gave it.

    Raises:
        KeyError: where there is no such part.
    """
    for node in leaves(raw, limits):
        if (node.section or "1") == section:
            data, _ = decode_transfer(node.body, node.header("content-transfer-encoding"))
            return data, node.media_type, node.filename or ""
    raise KeyError(section)


def picture_type(data: bytes) -> str | None:
    """The media type of a picture that browsers show, by its first bytes; None for everything else."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for magic, kind in PICTURES.items() if data.startswith(magic)), None)


def stored(directory: Path, sha256: str) -> bytes:
    """The raw message.

    Raises:
        OSError: where it cannot be read.
    """
    return RawMail(directory).load(sha256)


def _marks(about: Item) -> Marks:
    """Where evidence lies, by part."""
    found: Marks = {}
    for claim in about.all_claims:
        for evidence in json.loads(claim["evidence"]):
            field = COLOURS.get(evidence["field"], "other")
            found.setdefault(evidence["part"], []).append(Mark(evidence["start"], evidence["end"], field))
    for flag in about.flags:
        for evidence in json.loads(flag["evidence"]) if flag["closed_at"] is None else ():
            mark = Mark(evidence["start"], evidence["end"], doubt=flag["code"])
            found.setdefault(evidence["part"], []).append(mark)
    return found


def _plain(message: Message, name: str, marks: Marks) -> tuple[Piece, ...]:
    text = message.header(name) or ""
    return tuple(_pieces(text, 0, len(text), marks.get(name, ())))


def _sheet(part: Part, marks: Marks, nodes: Mapping[str, Node], limits: Limits, *, read: bool = True) -> Sheet:
    length = min(len(part.text), LONGEST)
    spans = [(s.start, min(s.end, length), s.zone.value) for s in part.spans if s.start < length]
    spans = spans or [(0, length, Zone.NEW.value)]
    here = marks.get(part.section, ())
    node = nodes.get(part.section)
    small = node is not None and len(node.body) < 20_000_000
    head = decode_transfer(node.body[:2_000], node.header("content-transfer-encoding"))[0] if node and small else b""
    return Sheet(
        section=part.section,
        label=part.filename or {Role.CALENDAR: "Calendar", Role.MESSAGE: "Attached message"}.get(part.role, "Part"),
        media_type=part.media_type,
        size=part.size,
        passages=tuple(Passage(zone, tuple(_pieces(part.text, start, end, here))) for start, end, zone in spans
                       if end > start) if read or part.role is not Role.ATTACHMENT else (),
        problem=part.problem or "" if read else "",
        cut=len(part.text) - length,
        picture=picture_type(head) is not None,
        drawing=_pages(node, limits) if read and small and node and has_pages(head) else None,
        held=node is not None,
    )  # fmt: skip


def _pages(node: Node, limits: Limits) -> Drawing:
    return drawn(decode_transfer(node.body, node.header("content-transfer-encoding"))[0], 0, limits)


def _pieces(text: str, start: int, end: int, marks: Sequence[Mark]) -> Iterator[Piece]:
    """The text between two offsets, cut where evidence begins and ends."""
    cuts = {start, end} | {at for mark in marks for at in (mark.start, mark.end) if start < at < end}
    ordered = sorted(cuts)
    for left, right in pairwise(ordered):
        here = [mark for mark in marks if mark.start <= left < right <= mark.end]
        about = sorted((mark.end - mark.start, RANK.index(mark.field), mark.field) for mark in here if mark.field)
        known = dict.fromkeys(field for *_, field in about)  # the narrowest first: it says most of these words
        doubts = dict.fromkeys(mark.doubt for mark in here if mark.doubt)
        yield Piece(plain(text[left:right]), tuple(known), tuple(doubts))
