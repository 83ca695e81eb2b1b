"""Quotes and signatures as mail programs mark them in HTML, carried through rendering as private-use characters."""

from __future__ import annotations

import re
from enum import Enum
from functools import lru_cache
from typing import Any, TypeAlias

from inbox_worker.message.visibility import declarations

Element: TypeAlias = Any  # lxml has no types


class Mark(Enum):
    """What begins or ends at a place in the text."""

    QUOTE = "\ue000"
    QUOTE_END = "\ue001"
    QUOTE_TO_END = "\ue002"  # a quote without an end: all that follows
    SIGNATURE = "\ue003"
    SIGNATURE_END = "\ue004"


MARKS = {mark.value: mark for mark in Mark}

# class or id -> the program that writes it; a leading "x_" is Outlook's, which renames what it quotes
QUOTE_CLASSES = {
    "yahoo_quoted": "Yahoo",
    "moz-cite-prefix": "Thunderbird",
    "moz-forward-container": "Thunderbird",
    "protonmail_quote": "Proton",
    "tutanota_quote": "Tuta",
    "zmail_extra": "Zoho",
    "gmail_attr": "Gmail",
    "outlookmessageheader": "Outlook 2003",
    "ntes-mailmaster-quote": "NetEase",
    "mail-editor-reference-message-container": "Outlook for Mac",
    "isreplycontent": "NetEase",
    "isforwardcontent": "NetEase",
}
TO_END = {
    "divrplyfwdmsg": "Outlook on the web",
    "appendonsend": "Outlook",
    "olk_src_body_section": "Outlook for Mac 2011",
    "outlookmessageheader": "Outlook 2003",
    "stopspelling": "Outlook on the web",
}
SIGNATURE_CLASSES = {
    "gmail_signature": "Gmail",
    "moz-signature": "Thunderbird",
    "applemailsignature": "Apple Mail",
    "protonmail_signature_block": "Proton",
    "ms-outlook-mobile-signature": "Outlook for iOS",
    "signature": "Outlook on the web",
}
GMAIL_QUOTE, GMAIL_ATTRIBUTION = "gmail_quote", "gmail_attr"
KNOWN = frozenset({GMAIL_QUOTE, GMAIL_ATTRIBUTION, *QUOTE_CLASSES, *TO_END, *SIGNATURE_CLASSES})
QUOTING = re.compile(r"quote|cite|gmail_quote|moz", re.IGNORECASE)
ENDS_WITH_COLON = re.compile(r"[:：]\s*\Z")


def mark_quotes(root: Element) -> None:
    """Put a mark where a quote or signature begins and ends. Elements inside a marked one are left alone."""
    waiting = [root]
    while waiting:
        element = waiting.pop()
        tag, names = element.tag, _names(element)
        if not names and tag != "blockquote":
            waiting += element[::-1]
        elif names & TO_END.keys():
            _before(element, Mark.QUOTE_TO_END)
        elif GMAIL_QUOTE in names and tag != "blockquote":
            if not _mark_gmail(element):
                waiting.extend(reversed(element))
        elif names & QUOTE_CLASSES.keys() or (tag == "blockquote" and _is_quote(element)):
            _around(element, Mark.QUOTE, Mark.QUOTE_END)
        elif names & SIGNATURE_CLASSES.keys():
            _around(element, Mark.SIGNATURE, Mark.SIGNATURE_END)
        else:
            waiting.extend(reversed(element))


def _names(element: Element) -> frozenset[str]:
    """By what names of a mail program an element goes."""
    if not isinstance(element.tag, str):
        return frozenset()
    return _known(element.get("class"), element.get("id"))


@lru_cache(maxsize=256)
def _known(classes: str | None, identifier: str | None) -> frozenset[str]:
    words = f"{classes or ''} {identifier or ''}".lower().split()[:20]
    return KNOWN.intersection(word.removeprefix("x_") for word in words)


def _is_quote(element: Element) -> bool:
    """A blockquote is a quote where it says so, has a bar at its left, or follows an attribution line. Programs
    also use the element to indent what the sender writes."""
    if element.get("type", "").lower() == "cite" or element.get("cite") or QUOTING.search(element.get("class", "")):
        return True
    style = declarations(element.get("style", ""))
    bar = style.get("border-left") or style.get("border", "")
    if bar:
        return not re.match(r"(?:none|medium none|0)", bar)
    return bool(ENDS_WITH_COLON.search(_text_before(element)))


def _text_before(element: Element) -> str:
    """The last words before an element, from its elder sibling or its parent."""
    current: Element | None = element
    for _ in range(10):
        if current is None:
            return ""
        previous = current.getprevious()
        parent = current.getparent()
        text = "" if parent is None else parent.text or ""
        if previous is not None:
            text = (previous.tail or "").strip() or "".join(previous.itertext())[-200:]
        if text.strip():
            return text
        current = previous if previous is not None else parent
    return ""


def _mark_gmail(element: Element) -> bool:
    """Gmail's container holds the attribution and the quote, and the answers written between the quoted pieces.

    Without a blockquote inside, as in what it forwards, all of it is quoted. False where nothing was marked here."""
    quotes = [child for child in element if child.tag == "blockquote"]
    if not quotes:
        if any(True for _ in element.iter("blockquote")) and not element.text_content().strip().startswith("-"):
            return False
        _around(element, Mark.QUOTE, Mark.QUOTE_END)
        return True
    first = element.index(quotes[0])
    element.text = Mark.QUOTE.value + (element.text or "")
    quotes[0].tail = Mark.QUOTE_END.value + (quotes[0].tail or "")
    for child in element[first + 1 :]:
        if child.tag == "blockquote" or GMAIL_ATTRIBUTION in _names(child):
            _around(child, Mark.QUOTE, Mark.QUOTE_END)
    return True


def _before(element: Element, mark: Mark) -> None:
    if element.tag == "hr" or not element.text:
        element.text = mark.value + (element.text or "")
        return
    element.text = mark.value + element.text


def _around(element: Element, start: Mark, end: Mark) -> None:
    element.text = start.value + (element.text or "")
    element.tail = end.value + (element.tail or "")
