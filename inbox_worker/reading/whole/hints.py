"""What the words of a message hint at, short of an answer: that something is attached, that something is changed."""

from __future__ import annotations

from inbox_worker.model import Evidence, Message, Part, Zone
from inbox_worker.reading.counts import MOST, numbers_in
from inbox_worker.reading.language import languages_of
from inbox_worker.reading.lexicon import Lexicon, lexicons
from inbox_worker.reading.text import MAX_CHARACTERS, Token, tokens

AGAINST = frozenset({"cancel", "tentative", "condition", "decline", "retract", "hedge"})

POINTERS = frozenset({"attached", "letter", "forward", "remote"})
OF_PEOPLE = frozenset({"people", "delegation", "we", "us"})
BESIDE = 2  # words between a number and what it counts
HINTING = 4_000  # characters in which hints are looked for


def new_words(part: Part, most: int = MAX_CHARACTERS) -> list[Token]:
    """The words that the sender wrote now, without the signature, in so many characters."""
    spans = [(s.start, s.end) for s in part.spans if s.zone is Zone.NEW] if part.spans else [(0, len(part.text))]
    left, found = most, []
    for start, end in spans[:40]:
        if left <= 0:
            break
        found += [t for t in tokens(part.text, start, min(end, start + left)) if t.is_word]
        left -= end - start
    return found


def spoken_in(message: Message) -> list[Lexicon]:
    """The languages of a message's words, English where there are none."""
    return languages_of([t for part in message.bodies for t in new_words(part, HINTING)]) or [lexicons()["en"]]


def kinds_in(message: Message) -> frozenset[str]:
    """The classes of phrases in the words of a message."""
    spoken = spoken_in(message)
    words = [t.norm for part in message.bodies for t in new_words(part, HINTING)]
    return frozenset(hit.kind for lexicon in spoken for hit in lexicon.phrases.find(words))


def people_spoken_of(message: Message) -> dict[int, Evidence]:
    """The numbers, from two on, that stand beside words for people in the words of a message: "the two of us". Only
    those in words: in figures it may be a house."""
    found: dict[int, Evidence] = {}
    spoken = spoken_in(message)
    for part in message.bodies:
        words = new_words(part, HINTING)
        for lexicon in spoken:
            hits = lexicon.phrases.find([t.norm for t in words])
            near = {i for h in hits if h.kind in OF_PEOPLE for i in range(h.start - BESIDE, h.end + BESIDE)}
            for number in numbers_in(words, part.text, lexicon):
                start, end = words[number.start].start, words[number.end - 1].end
                if words[number.start].raw.isdecimal():
                    continue
                if 1 < number.value <= MOST and near.intersection(range(number.start, number.end)):
                    shown = Evidence("count-unclear", part.section, start, end, part.text[start:end])
                    found.setdefault(number.value, shown)
    return found
