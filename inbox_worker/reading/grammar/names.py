"""Who is named in a sentence, with what they are."""

from __future__ import annotations

from collections.abc import Sequence

from inbox_worker.reading.grammar.said import Mention
from inbox_worker.reading.lexicon import Lexicon
from inbox_worker.reading.people import Name, is_single, names_in
from inbox_worker.reading.text import Sentence, Token

GREETING = 3  # words and marks of a greeting before a name


def named(
    sentence: Sentence,
    lexicon: Lexicon,
    words: Sequence[Token],
    taken: frozenset[int],
    objects: frozenset[int] = frozenset(),
) -> tuple[Mention, ...]:
    """The people named. ``objects``: words right after "add" or "send", where a preposition leads to no place."""
    index = {w.start: i for i, w in enumerate(words)}
    token_taken = {k for k, t in enumerate(sentence.tokens) if t.is_word and index[t.start] in taken}
    found = []
    last, sent = -1, False
    for name in names_in(sentence.tokens, sentence.text, lexicon, token_taken):
        if 0 <= last < name.start and _explains(sentence.tokens, last, name.start, lexicon):
            continue  # "Ana (our lady of Peru)"
        last = name.end
        inner = [index[t.start] for t in sentence.tokens[name.start : name.end] if t.is_word]
        object_ = bool(inner) and bool(objects & {inner[0] - 1, inner[0]})
        if object_ or (inner and sent and _goes_on(words, lexicon, inner[0])):
            object_ = sent = True  # "demandé à Ana López et à Bo Berg"
        if inner and (not name.place or object_):
            single = (
                is_single(name.name)
                and name.title is None
                and not any(p[:1].isupper() for p in name.name.split("-")[1:])
            )
            if _is_addressed(sentence.tokens, name, lexicon):
                continue
            function = _function(sentence, lexicon, name)
            found.append(Mention("name", inner[0], inner[-1] + 1, 1, name.name, name.title, function, single))
    return tuple(found)


def _goes_on(words: Sequence[Token], lexicon: Lexicon, at: int) -> bool:
    """Whether "and" and a preposition stand before a word."""
    return at > 1 and words[at - 2].norm in lexicon.lists["and"]


def _function(sentence: Sentence, lexicon: Lexicon, name: Name) -> str | None:
    """The words after a name, between marks, that tell what the person is."""
    marks = sentence.tokens
    at = name.end
    if at >= len(marks) or marks[at].raw not in ",(-–—:|":
        return None
    opened = marks[at].raw
    at += 1
    end = at
    while (
        end < len(marks)
        and end - at < 14
        and marks[end].raw not in {",", ";", ")", "("}
        and not (marks[end].raw == "." and end == len(marks) - 1)
    ):
        end += 1
    piece = [t for t in marks[at:end] if t.is_word]
    while piece and piece[0].norm in {
        "our",
        "my",
        "the",
        "notre",
        "nuestro",
        "nuestra",
        "mi",
        "mon",
        "ma",
        "who",
        "a",
        "an",
        *("unser", "unsere", "mein", "meine", "der", "die", "nostro", "nostra", "il", "la"),
        *("onze", "ons", "mijn", "de"),
    }:
        piece = piece[1:]
    if not piece or piece[0].norm in lexicon.lists["titles"] - lexicon.lists["functions"]:
        return None
    known = any(t.norm in lexicon.lists["functions"] for t in piece)
    if not known and opened == ",":
        return None
    return sentence.text[piece[0].start : piece[-1].end]


def _explains(marks: Sequence[Token], end: int, start: int, lexicon: Lexicon) -> bool:
    """Whether a name stands in brackets that open right after another and add nobody."""
    if marks[end].raw != "(" or any(t.raw == ")" for t in marks[end:start]):
        return False
    return not any(t.norm in lexicon.lists["and"] for t in marks[end:start])


def _is_addressed(marks: Sequence[Token], name: Name, lexicon: Lexicon) -> bool:
    """Whether a name is that of the reader, greeted in the same line: "Hello Ms Keller, I shall come"."""
    greetings, first = lexicon.lists["greetings"], next((t for t in marks if t.is_word), None)
    after = marks[name.end] if name.end < len(marks) else None
    if first is None or name.start > GREETING or after is None:
        return False
    greeted = first.norm in greetings and first is not marks[name.core] and after.raw in ",!،，"
    return greeted or (name.start == 0 and after.norm in greetings and after.is_word)
