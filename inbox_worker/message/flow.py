"""A page of HTML that only flows: words in lines and blocks, no tables, no lists, nothing preformatted.

Most mail is such a page. What comes out is what inscriptis makes of it, to the character (a test holds the two
together), in a third of the time: how an element looks is asked of inscriptis once for each style, and words are
squeezed by the piece, not by the character. What does not only flow is for inscriptis itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from html import unescape
from typing import Any, NamedTuple, TypeAlias

from inscriptis.css_profiles import CSS_PROFILES
from inscriptis.html_properties import Display
from inscriptis.model.config import ParserConfig
from inscriptis.model.css import CssParse
from inscriptis.model.html_element import DEFAULT_HTML_ELEMENT
from lxml.etree import iterwalk

Element: TypeAlias = Any  # lxml has no types

STYLES = CSS_PROFILES["strict"]
RENDERING = ParserConfig(css=STYLES)
LAID_OUT = frozenset({"table", "tr", "td", "th", "ul", "ol", "li", "q", "pre", "xmp", "listing", "plaintext"})
NOTHING_ABOVE = 1000  # empty lines that the top of a page counts as


class Layout(NamedTuple):
    """How an element is set. Margins are lines, the padding is characters."""

    display: Display
    before: int
    after: int
    padding: int


@lru_cache(maxsize=256)  # mail programs write the same few styles on every element
def _layout(tag: str, style: str | None) -> Layout:
    element = STYLES.get(tag, DEFAULT_HTML_ELEMENT).__copy__()
    if style:
        CssParse.attr_style(style, element)
    return Layout(element.display, element.margin_before, element.margin_after, element.padding_inline)


def flows(tags: Iterable[str]) -> bool:
    """Whether a page of these elements only flows, unless a style speaks of ``white-space``."""
    return LAID_OUT.isdisjoint(tags)


def text_of(root: Element) -> str:
    """The text of a page that only flows."""
    page = _Page()
    above: list[Layout] = [_layout("body", None)]
    for event, element in iterwalk(root, ("start", "end")):
        if event == "start":
            layout = _layout(element.tag, element.get("style"))
            if above[-1].display is Display.none:
                layout = layout._replace(display=Display.none)
            if element.tag == "br":
                page.new_line()
            if layout.display is Display.block:
                page.open(layout, above[-1])
            above.append(layout)
            words = element.text
        else:
            layout = above.pop()
            if layout.display is Display.block:
                page.close(layout)
            words = element.tail
        if words and above[-1].display is not Display.none:
            page.write(words)
    return page.text()


class _Page:
    """Lines as they are written; ``_line`` is the one being written."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._line = ""
        self._spaced = True  # white space that follows is not written
        self._indented = False  # the line has its padding
        self._margin = NOTHING_ABOVE
        self._padding = 0

    def write(self, text: str) -> None:
        """Add words; white space between two of them is one space."""
        words = text.split()
        if not words:
            if not self._spaced:
                self._line += " "
                self._spaced = True
            return
        piece = " ".join(words)
        if not self._spaced and text[0].isspace():
            piece = " " + piece
        self._spaced = text[-1].isspace()
        if self._spaced:
            piece += " "
        if not self._line and not self._indented:
            self._indented = True
            piece = " " * self._padding + piece
        self._line += unescape(piece) if "&" in piece else piece

    def open(self, layout: Layout, parent: Layout) -> None:
        """A block begins."""
        self._end_line()
        self._padding += layout.padding
        wanted = layout.before
        if parent.display is Display.block:
            wanted = max(wanted, parent.after)
        self._space(wanted)

    def close(self, layout: Layout) -> None:
        """A block ends."""
        self._end_line()
        self._padding -= layout.padding
        self._space(layout.after)

    def new_line(self) -> None:
        """The line ends, even an empty one."""
        if not self._end_line():
            self._lines.append("")
            self._begin_line()

    def text(self) -> str:
        """All that was written."""
        self._end_line()
        return "\n".join(self._lines)

    def _end_line(self) -> bool:
        """Keep the line, if anything stands in it."""
        if self._spaced:
            self._line = self._line.removesuffix(" ")
        if not self._line:
            return False
        self._lines.append(self._line)
        self._margin = 0
        self._begin_line()
        return True

    def _begin_line(self) -> None:
        self._line, self._spaced, self._indented = "", True, False

    def _space(self, wanted: int) -> None:
        """See to it that so many empty lines stand above what comes."""
        if wanted > self._margin:
            self._lines.append("\n" * (wanted - self._margin - 1))
            self._margin = wanted
