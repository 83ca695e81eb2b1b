"""Whose words each stretch of a text is: new, quoted, signature or disclaimer."""

from __future__ import annotations

from collections.abc import Sequence

from inbox_worker.message.languages import vocabulary
from inbox_worker.message.lines import Line, spans, split
from inbox_worker.message.marks import Mark
from inbox_worker.message.quotes import mark_quoted
from inbox_worker.message.signatures import Sender, mark_tails
from inbox_worker.model import Address, Span, Zone


def find_zones(text: str, marks: Sequence[tuple[int, Mark]], from_: Address) -> tuple[Span, ...]:
    """Spans that cover ``text``. ``marks`` are what HTML said of it; ``from_`` tells how the sender signs."""
    if not text:
        return ()
    lines, words = split(text), vocabulary()
    _apply(lines, marks)
    mark_quoted(lines, words)
    mark_tails(lines, Sender.of(from_), words)
    return spans(lines)


def _apply(lines: Sequence[Line], marks: Sequence[tuple[int, Mark]]) -> None:
    """Give zones to the lines that begin inside a marked element."""
    position, quotes, signatures, to_end = 0, 0, 0, False
    for line in lines:
        while position < len(marks) and marks[position][0] <= line.start:
            mark = marks[position][1]
            quotes += (mark is Mark.QUOTE) - (mark is Mark.QUOTE_END)
            signatures += (mark is Mark.SIGNATURE) - (mark is Mark.SIGNATURE_END)
            to_end = to_end or mark is Mark.QUOTE_TO_END
            position += 1
        if quotes > 0 or to_end:
            line.zone = Zone.QUOTED
        elif signatures > 0:
            line.zone = Zone.SIGNATURE
