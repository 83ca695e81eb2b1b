"""An attachment as a letter: its words apart from the letterhead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from inbox_worker.model import Part, Role, Span, Zone
from inbox_worker.reading.lexicon import Lexicon
from inbox_worker.reading.organisations import Index, find
from inbox_worker.reading.text import Line, bullet_length, lines, tokens

HEAD = 30  # lines in which a letter begins to speak
LONGEST_GREETING = 90  # characters
PARAGRAPH = 60  # characters of a line that is more than a heading


def letter(part: Part, lexicons: Sequence[Lexicon], index: Index) -> Part:
    """The part as the body of a message. Above its greeting a letter names its sender, its addressee and its subject:
    a line with a listed organisation counts as the sender's, the others say nothing of who comes."""
    start = _greeting(part.text, lexicons)
    body = replace(part, role=Role.BODY)
    if part.spans or not start:
        return body
    spans = []
    for line in lines(part.text, 0, start):
        named = bool(find([t for t in tokens(part.text, line.start, line.end) if t.is_word], index))
        spans.append((line, Zone.SIGNATURE if named and not _to_somebody(part.text, line) else Zone.DISCLAIMER))
    covered = _joined(spans, start)
    return replace(body, spans=(*covered, Span(start, len(part.text), Zone.NEW)))


def _to_somebody(text: str, line: Line) -> bool:
    """Whether a line names the addressee or the subject rather than the sender."""
    head = text[line.start : line.end].partition(":")
    return bool(head[1]) and len(head[0]) <= 12


def _joined(found: Sequence[tuple[Line, Zone]], end: int) -> list[Span]:
    spans: list[Span] = []
    at = 0
    for position, (_, zone) in enumerate(found):
        until = found[position + 1][0].start if position + 1 < len(found) else end
        until = min(max(until, at), end)
        if spans and spans[-1].zone is zone:
            spans[-1] = Span(spans[-1].start, until, zone)
        elif until > at:
            spans.append(Span(at, until, zone))
        at = until
    return spans


def _greeting(text: str, lexicons: Sequence[Lexicon]) -> int:
    """Where a letter begins to speak: at its greeting, known by its words or by its shape, or behind the last of the
    short lines above its first paragraph that holds a date or a number; 0 where neither is there."""
    head = _head(text)
    for line in head:
        words = [t.norm for t in tokens(text, line.start, line.end) if t.is_word][:3]
        said = [" ".join(words[:n]) for n in (1, 2, 3) if len(words) >= n]
        short = line.end - line.start <= LONGEST_GREETING
        if short and any(phrase in lexicon.lists["greetings"] for lexicon in lexicons for phrase in said):
            return line.start
    first = next((i for i, line in enumerate(head) if _is_paragraph(text, line)), 0)
    if not first or any(_is_listed(text, line) for line in head[:first]):
        return 0
    above = head[first - 1]
    if text[above.end - 1] in ",،，:!" and above.end - above.start <= LONGEST_GREETING // 2:
        return above.start
    dated = [line for line in head[:first] if any(c.isdigit() for c in text[line.start : line.end])]
    return dated[-1].end if dated else 0


def _head(text: str) -> list[Line]:
    return [line for line in lines(text, 0, min(len(text), 6_000)) if line.end > line.start][:HEAD]


def _is_paragraph(text: str, line: Line) -> bool:
    return line.end - line.start >= PARAGRAPH and any(c in ".!?。؟" for c in text[line.start : line.end])


def _is_listed(text: str, line: Line) -> bool:
    written = text[line.start : line.end]
    return " | " in written or "\t" in written or "[" in written or bullet_length(text, line.start, line.end) > 0
