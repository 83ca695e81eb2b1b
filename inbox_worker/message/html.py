"""HTML to the text a person sees, with the quotes and signatures that mail programs mark in it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import lxml.html
from inscriptis.html_engine import Inscriptis
from lxml.etree import LxmlError, strip_tags

from inbox_worker.message import flow, limits
from inbox_worker.message.marks import MARKS, Mark, mark_quotes
from inbox_worker.message.visibility import Look, StyleSheet, inherit, is_removed, style_sheet

Element: TypeAlias = Any  # lxml has no types

UNSEEN = frozenset(
    {"script", "style", "head", "title", "template", "iframe", "object", "svg", "audio", "video", "meta"}
)
STRUCK = frozenset({"s", "strike", "del"})
BLOCKS = frozenset(
    [
        "p",
        "div",
        "br",
        "tr",
        "table",
        "ul",
        "ol",
        "li",
        "blockquote",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "pre",
        "center",
        "dl",
        "dt",
        "dd",
        "form",
    ]
)
CELLS = frozenset({"td", "th"})
INLINE = frozenset({"span", "font", "o:p", "a", "b", "strong", "i", "em", "u", "small", "big"})
PLAIN = "plain"  # what such an element is called once nothing tells it from the words around it; not of HTML
# where it matters to the renderer what is one text: in these elements, and where a style says so
PIECEWISE = frozenset({"pre", "xmp", "listing", "plaintext", "q"})
PIECEWISE_STYLE = "white-space"
DEEPEST = 150  # levels that the recursive renderer is given
MAX_PADDING = 5_000_000  # characters that aligned tables may be padded to
NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff" + "".join(MARKS) + "]")
MARK = re.compile("[" + "".join(MARKS) + "]")


@dataclass
class Rendered:
    """The text of an HTML part; ``marks`` are places in it where a quote or signature begins or ends."""

    text: str
    marks: list[tuple[int, Mark]] = field(default_factory=list)
    problem: str | None = None


@dataclass
class _Shape:
    """What the walk learns about a document that decides how it can be rendered."""

    depth: int = 0
    elements: int = 0
    cells: int = 0
    longest_cell: int = 0
    struck: bool = False
    tags: set[str] = field(default_factory=set)


def render(source: str) -> Rendered:
    """What a person sees of a piece of HTML, however broken."""
    source = NOT_TEXT.sub(" ", source.replace("\r", ""))
    if not source.strip():
        return Rendered("")
    parser = lxml.html.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        root = lxml.html.document_fromstring(source.encode("utf-8", "replace"), parser=parser)
    except (LxmlError, ValueError, AssertionError):
        return Rendered("")
    shape = _prune(root)
    mark_quotes(root)
    problem = "some of its words are struck out" if shape.struck else None
    if shape.elements > limits.MAX_HTML_ELEMENTS:
        problem = f"only the first {limits.MAX_HTML_ELEMENTS} elements of its HTML are read"
    if shape.depth > DEEPEST or shape.cells * shape.longest_cell > MAX_PADDING or shape.cells > limits.MAX_CELLS:
        text = _flat(root)
    else:
        piecewise = not PIECEWISE.isdisjoint(shape.tags) or PIECEWISE_STYLE in source.lower()
        if not piecewise:
            strip_tags(root, PLAIN)
        flows = not piecewise and flow.flows(shape.tags)
        text = flow.text_of(root) if flows else Inscriptis(root, flow.RENDERING).get_text()
    return _take_marks(text, problem)


def _prune(root: Element) -> _Shape:
    """Remove what a person does not see."""
    sheet = style_sheet("\n".join(e.text or "" for e in root.iter("style")))
    shape = _Shape()
    cell_sizes: dict[int, int] = {}
    looks = _Looks(sheet)
    waiting: list[tuple[Element, Look, int, int]] = [(root, Look(), 0, 0)]
    while waiting:
        element, look, depth, cell = waiting.pop()
        tag = element.tag if isinstance(element.tag, str) else ""
        shape.elements += 1
        shape.tags.add(tag)
        unseen, struck, inner = looks.of(tag, element.items() if tag else [], look)
        if shape.elements > limits.MAX_HTML_ELEMENTS or (unseen and not (tag == "head" and element is root)):
            _remove(element)
            continue
        if depth > shape.depth:
            shape.depth = depth
        if struck and (element.text or len(element)):
            shape.struck = True
        if tag in CELLS:
            shape.cells, cell = shape.cells + 1, shape.cells + 1
        children = element[:]
        if tag in INLINE and _is_plain(element, children):
            element.tag = PLAIN
        if not inner.readable:
            element.text = None
            for child in children:
                child.tail = " " if child.tail else None
        if cell:
            size = len(element.text or "") + sum(len(child.tail or "") for child in children)
            cell_sizes[cell] = cell_sizes.get(cell, 0) + size
        waiting += [(child, inner, depth + 1, cell) for child in reversed(children)]
    shape.longest_cell = max(cell_sizes.values(), default=0)
    return shape


class _Looks:
    """How elements look, each combination worked out once: mail programs write the same few on every line."""

    def __init__(self, sheet: StyleSheet) -> None:
        self._sheet = sheet
        self._known: dict[tuple[object, ...], tuple[bool, bool, Look]] = {}

    def of(self, tag: str, items: list[tuple[str, str]], look: Look) -> tuple[bool, bool, Look]:
        """Whether an element inside one that looks so is out of sight, and struck out; and the look in it."""
        key = (tag, id(look), *items)
        if key not in self._known:
            attributes = dict(items)
            found = self._sheet.apply(tag, attributes) if attributes or self._sheet.rules else {}
            unseen = tag in UNSEEN or (tag not in ("html", "body") and is_removed(found, attributes))
            struck = tag in STRUCK or "line-through" in found.get("text-decoration", "")
            self._known[key] = unseen, struck, inherit(look, found, attributes)
        return self._known[key]


def _is_plain(element: Element, children: list[Element]) -> bool:
    """Whether the renderer would write the words of an inline element as if they stood in its parent: it is spared two
    thirds of the elements of what Word writes."""
    if "display" in element.get("style", ""):
        return False
    return all(child.tag in INLINE and not len(child) and not child.attrib for child in children)


def _remove(element: Element) -> None:
    """Remove an element, its tail kept."""
    parent = element.getparent()
    if parent is None:
        element.clear()
        return
    if element.tail:
        previous = element.getprevious()
        if previous is not None:
            previous.tail = (previous.tail or "") + element.tail
        else:
            parent.text = (parent.text or "") + element.tail
        element.tail = None
    parent.remove(element)


def _flat(root: Element) -> str:
    """Text without aligned tables, for documents that the renderer cannot take: without recursion, in one pass."""
    pieces: list[str] = []
    stack: list[tuple[Element, bool]] = [(root, False)]
    while stack:
        element, closing = stack.pop()
        tag = element.tag
        if closing or tag == "br":
            if tag in BLOCKS:
                pieces.append("\n")
            elif tag in CELLS:
                pieces.append("  ")
            if not closing and element.text:
                pieces.append(" ".join(element.text.split()))
            pieces.append(_squeezed(element.tail))
            if closing:
                continue
            stack.extend((child, False) for child in reversed(element))
            continue
        if tag in BLOCKS and pieces and not pieces[-1].endswith("\n"):
            pieces.append("\n")
        pieces.append(_squeezed(element.text))
        stack.append((element, True))
        stack.extend((child, False) for child in reversed(element))
    return re.sub(r"\n{3,}", "\n\n", "".join(pieces))


def _squeezed(text: str | None) -> str:
    return re.sub(r"\s+", " ", text) if text else ""


def _take_marks(text: str, problem: str | None) -> Rendered:
    """Remove the marks, note where they stood; lines lose trailing spaces, and those that held only marks go."""
    pieces: list[str] = []
    marks: list[tuple[int, Mark]] = []
    length = 0
    for line in text.split("\n"):
        kept = line.rstrip()
        if MARK.search(line):
            kept, last = "", 0
            for found in MARK.finditer(line):
                kept += line[last : found.start()]
                marks.append((length + (len(kept) if kept.strip() else 0), MARKS[found.group()]))
                last = found.end()
            kept = (kept + line[last:]).rstrip()
            if not kept:
                continue
        pieces.append(kept)
        length += len(kept) + 1
    rendered = "\n".join(pieces)
    stripped = rendered.strip("\n")
    lead = len(rendered) - len(rendered.lstrip("\n"))
    if len(stripped) > limits.MAX_TEXT:
        stripped, problem = stripped[: limits.MAX_TEXT], f"only the first {limits.MAX_TEXT} characters are read"
    return Rendered(stripped, [(min(max(at - lead, 0), len(stripped)), mark) for at, mark in marks], problem)
