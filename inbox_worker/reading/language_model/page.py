"""A message as a person sees it, in sections that know where they stand: what a language model is shown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from inbox_worker.model import Message, Part, Role, Zone
from inbox_worker.reading.language_model.privacy import pattern_of, redacted

MOST_OF_PART = 12_000  # characters of a part that are shown
MOST = 40_000  # of a message
LONGEST_QUOTE = 2_000  # characters
_ROLES = (Role.BODY, Role.ATTACHMENT, Role.MESSAGE, Role.CALENDAR)
_ZONES = {Zone.NEW: "words", Zone.SIGNATURE: "signature"}


class Place(StrEnum):
    """Where in a message a section stands."""

    HEADER = "header"
    WORDS = "words"
    SIGNATURE = "signature"
    ATTACHMENT = "attachment"


@dataclass(frozen=True)
class Section:
    """A stretch ``start`` to ``end`` (code points) of a part or header that is shown under a label."""

    place: Place
    label: str
    part: str
    start: int
    end: int


@dataclass(frozen=True)
class Quote:
    """Words found in a message: ``message.text_of(part)[start:end]``."""

    place: Place
    part: str
    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Page:
    """What is shown of a message. ``whole``: nothing of it was left out for its length."""

    message: Message
    sections: tuple[Section, ...]
    whole: bool

    def text(self, *, hide_contacts: bool) -> str:
        """The page; with ``hide_contacts`` without e-mail addresses and phone numbers."""
        shown = "\n\n".join(f"[{s.label}]\n{self._of(s).strip()}" for s in self.sections)
        return redacted(shown) if hide_contacts else shown

    def _of(self, section: Section) -> str:
        return (self.message.text_of(section.part) or "")[section.start : section.end]

    def find(self, words: str) -> tuple[Quote, ...]:
        """Every place where words stand, exactly but for white space. Empty where they do not, or are no words."""
        words = words.strip()
        if not any(c.isalnum() for c in words) or len(words) > LONGEST_QUOTE:
            return ()
        pattern = re.compile(_edge(words[0], r"(?<!\w)") + pattern_of(words) + _edge(words[-1], r"(?!\w)"))
        found = []
        for section in self.sections:
            text = self.message.text_of(section.part) or ""
            for match in pattern.finditer(text, section.start, section.end):
                found.append(Quote(section.place, section.part, match.start(), match.end(), match.group()))
        return tuple(found)


def _edge(character: str, boundary: str) -> str:
    """Words begin and end where words do: "2" does not stand in "12"; scripts without spaces have no such edges."""
    return boundary if character.isalnum() and ord(character) < 0x2E80 else ""


def page_of(message: Message) -> Page:
    """The page of a message."""
    sections, whole, left = [], True, MOST
    for section in _sections(message):
        length = min(section.end - section.start, MOST_OF_PART, left)
        whole = whole and length == section.end - section.start
        left -= length
        if length > 0:
            cut = section.start + length
            sections.append(Section(section.place, section.label, section.part, section.start, cut))
    return Page(message, tuple(sections), whole)


def _sections(message: Message) -> Iterator[Section]:
    for header in ("from", "subject"):
        if value := message.header(header):
            yield Section(Place.HEADER, header, header, 0, len(value))
    for part in message.parts:
        if part.role not in _ROLES or not part.text.strip():
            continue
        if part.role is Role.BODY:
            yield from _body(part)
        else:
            name = f" {part.filename}" if part.filename else ""
            yield Section(
                Place.ATTACHMENT, f"{part.role.value}{name}, part {part.section}", part.section, 0, len(part.text)
            )


def _body(part: Part) -> Iterator[Section]:
    if not part.spans:
        yield Section(Place.WORDS, f"words, part {part.section}", part.section, 0, len(part.text))
    for span in part.spans:
        if (place := _ZONES.get(span.zone)) and part.text[span.start : span.end].strip():
            yield Section(Place(place), f"{place}, part {part.section}", part.section, span.start, span.end)
