"""Where one clause of a sentence ends and the next begins."""

from __future__ import annotations

from datetime import date

from inbox_worker.reading.grammar.dates import dates_told
from inbox_worker.reading.grammar.predicates import clause_at
from inbox_worker.reading.grammar.said import Clause, Said
from inbox_worker.reading.text import Token


_WIDE = {"：": ":", "；": ";"}  # marks of Chinese as those of other languages


def clauses_of(said: Said, own: frozenset[int], others: frozenset[int], event: date, asks: bool) -> list[Clause]:
    marks = said.sentence.tokens
    index = {w.start: i for i, w in enumerate(said.words)}
    starts: dict[int, str] = {0: ""}
    hits = said.hits
    predicates = sorted(
        h.start for h in hits if h.kind in {"attend", "attend_weak", "accept", "decline", "request", "absent"}
    )
    for hit in hits:
        if hit.kind in {"contrast", "reason"} and hit.start:
            starts.setdefault(hit.start, hit.kind)
        elif hit.kind == "reason":
            starts[0] = "reason"
        elif hit.kind == "relative" and hit.start and _after_comma(said, hit.start):
            starts[hit.start] = "relative"
    word = 0
    for k, token in enumerate(marks):
        if token.is_word:
            word = index[token.start]
            continue
        following = next((index[t.start] for t in marks[k + 1 : k + 4] if t.is_word), None)
        if following is None or following == 0:
            continue
        if token.raw in ";:；：—" or (token.raw in "–-" and _spaced(said.sentence.text, token)) or token.raw in "!…":
            starts.setdefault(following, _WIDE.get(token.raw, token.raw))
        elif token.raw in ",،，、":
            opened = max((s for s in starts if s <= word), default=0)
            if starts[opened] in {"reason", "relative"} and opened:
                starts.setdefault(following, "resume")
            elif (
                starts[opened] == "reason"
                or any(h.kind == "condition" and h.start == opened for h in hits)
                or (any(opened <= p < following for p in predicates) and _new_subject(said, following, own, others))
            ):
                starts.setdefault(following, ",")
    result = []
    near = dates_told(said, event)[0]
    order = sorted(starts)
    for i, start in enumerate(order):
        end = order[i + 1] if i + 1 < len(order) else len(said.words)
        reach = start
        if starts[start] == "resume" and i > 1:
            reach = order[i - 2]
        result.append(clause_at(said, start, end, starts[start], own, others, asks, reach, near))
    return result


def _after_comma(said: Said, at: int) -> bool:
    gap = said.sentence.text[said.words[at - 1].end : said.words[at].start]
    return any(c in gap for c in ",(،，")


def _spaced(text: str, token: Token) -> bool:
    return text[token.start - 1 : token.start].isspace() and text[token.end : token.end + 1].isspace()


def _new_subject(said: Said, at: int, own: frozenset[int], others: frozenset[int]) -> bool:
    """Whether a subject with a predicate of its own begins at or after a word, within three words."""
    near = range(at, at + 3)
    subject = any(h.start in near and h.kind in {"we", "i", "our", "undersigned", "colleague"} for h in said.hits)
    subject = subject or any(m.start in near for m in said.names) or any(i in own or i in others for i in near)
    predicate = any(
        h.kind in {"attend", "attend_weak", "accept", "decline", "absent"} and at < h.start < at + 9 for h in said.hits
    )
    return subject and predicate
