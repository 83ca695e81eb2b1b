"""All that was found in a message, ready to be put together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from inbox_worker.model import Evidence, Message
from inbox_worker.reading.blocks import Block
from inbox_worker.reading.folding import fold
from inbox_worker.reading.grammar.said import Said
from inbox_worker.reading.organisations import Index
from inbox_worker.reading.sender import Answerer
from inbox_worker.reading.text import tokens


@dataclass(frozen=True)
class Heard:
    """All that was found in a message, ready to be put together."""

    message: Message
    index: Index
    said: tuple[tuple[str, Said], ...]  # part and sentence, in order
    blocks: tuple[tuple[str, Block], ...]
    answerer: Answerer
    sender: tuple[str, str, int, int] | None  # the writer's name, part, start, end
    subject: tuple[Said, ...]
    event: date
    answers_us: bool  # it is a reply to a message, by its headers

    def evidence(self, name: str, part: str, start: int, end: int) -> Evidence:
        """Words of the message as evidence for a field."""
        text = self.message.text_of(part) or ""
        return Evidence(name, part, start, end, text[start:end])


def same_person(one: str, other: str) -> bool:
    """Whether two names are one person's: the same words, or one has all of the other's and two at least."""
    a, b = (
        {w for w in (fold(t.raw) for t in tokens(n) if t.is_word) if len(w) > 1 or not w.isascii()}
        for n in (one, other)
    )
    shorter = min(len(a), len(b))
    return bool(a and b) and (a == b or ((len(a & b) >= 2 or shorter == 1) and (a <= b or b <= a)))


def is_sender(heard: Heard, name: str) -> bool:
    if heard.sender is None:
        return False
    words = {t.norm for t in tokens(name) if t.is_word}
    own = {t.norm for t in tokens(heard.sender[0]) if t.is_word}
    return same_person(name, heard.sender[0]) or (len(words) == 1 and words <= own)
