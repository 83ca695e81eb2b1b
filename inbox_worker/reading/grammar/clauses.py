"""Where one clause of a sentence ends and the next begins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from inbox_worker.reading.grammar.dates import dates_told
from inbox_worker.reading.grammar.predicates import clause_at
from inbox_worker.reading.grammar.said import Clause, Said, Status
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
        elif hit.kind == "cleft" and hit.start and any(hit.end <= m.start <= hit.end + 2 for m in said.names):
            starts.setdefault(hit.start, "cleft")
        elif hit.kind == "reason":
            starts[0] = "reason"
        elif hit.kind == "relative" and hit.start and _after_comma(said, hit.start) and not _cleft(said, hit.start):
            starts[hit.start] = "relative"
        elif (
            hit.kind == "therefore" and hit.start and _after_comma(said, hit.start) and _refused_before(said, hit.start)
        ):
            starts.setdefault(hit.start, "contrast")  # "I am away, so Ana López will attend"
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
    result: list[Clause] = []
    near = dates_told(said, event)[0]
    order = sorted(starts)
    asked_from = _question_start(said, starts) if asks else len(said.words)
    for i, start in enumerate(order):
        end = order[i + 1] if i + 1 < len(order) else len(said.words)
        reach = start
        if starts[start] == "resume":
            back = [s for s in order[:i] if starts[s] not in {"reason", "relative"}]
            reach = back[-1] if back else start
        mark = starts[start]
        if mark == "contrast" and result and result[-1].status is Status.NONE and not _marked(said, start):
            reach = result[-1].start  # "I can however only come in the morning"
        if mark == ":" and result and result[-1].status is Status.DECLINED and not said.has("change"):
            mark = "reason"  # "we cannot come: our congress meets that day"
        result.append(clause_at(said, start, end, mark, own, others, start >= asked_from, reach, near))
    return _under_conditions(said, result)


def _under_conditions(said: Said, clauses: Sequence[Clause]) -> list[Clause]:
    """What stands under an "if" of its own part of the sentence: a yes is a perhaps, a no says nothing."""
    opened, result = False, []
    for clause in clauses:
        if clause.mark in {"", ";", "；", ":", "—", "–", "-", "contrast"}:
            opened = False
        polite = any(h.kind == "politely" and clause.start <= h.start < clause.end for h in said.hits)
        opened = opened or (
            not polite and any(h.kind == "if" and clause.start <= h.start <= clause.start + 1 for h in said.hits)
        )
        told = clause
        if opened and clause.status is Status.DECLINED:
            told = replace(clause, status=Status.NONE)
        elif opened and clause.status is Status.ACCEPTED:
            told = replace(clause, status=Status.TENTATIVE)
        result.append(told)
    return result


def _refused_before(said: Said, at: int) -> bool:
    """Whether somebody is said not to come before a word."""
    return any(h.kind in {"decline", "absent", "cancel"} and h.start < at for h in said.hits)


def _cleft(said: Said, at: int) -> bool:
    """Whether a relative clause is what the sentence says: "c'est Mme Diallo, conseillère, qui siégera"."""
    return any(h.kind == "cleft" and h.start < at for h in said.hits) and not any(
        h.kind in {"attend", "attend_weak", "accept", "decline"} and h.start < at for h in said.hits
    )


def _question_start(said: Said, starts: Mapping[int, str]) -> int:
    """The word at which a question begins in a sentence that ends as one: "we are three; is there room?"."""
    opened = next((t.start for t in said.sentence.tokens if t.raw == "¿"), None)
    if opened is not None:
        return next((i for i, w in enumerate(said.words) if w.start > opened), 0)
    return max((s for s, mark in starts.items() if mark in {";", "；", "—", "–", "-", "!", "…", "contrast"}), default=0)


def _after_comma(said: Said, at: int) -> bool:
    gap = said.sentence.text[said.words[at - 1].end : said.words[at].start]
    return any(c in gap for c in ",(،，")


def _marked(said: Said, at: int) -> bool:
    """Whether a mark stands before a word."""
    return bool(said.sentence.text[said.words[at - 1].end : said.words[at].start].strip())


def _spaced(text: str, token: Token) -> bool:
    return text[token.start - 1 : token.start].isspace() and text[token.end : token.end + 1].isspace()


def _new_subject(said: Said, at: int, own: frozenset[int], others: frozenset[int]) -> bool:
    """Whether a subject with a predicate of its own begins at or after a word, within three words."""
    near = range(at, at + 3)
    subject = any(h.start in near and h.kind in {"we", "i", "our", "undersigned", "colleague"} for h in said.hits)
    subject = subject or any(h.start == at and h.kind == "replace" for h in said.hits)  # "instead of me comes Ana"
    subject = subject or any(m.start in near for m in said.names) or any(i in own or i in others for i in near)
    verb = next((h.start for h in said.hits if h.kind in {"attend", "attend_weak"} and h.start in near), None)
    if verb is not None:  # "و ستشارك السيدة ...": the verb before its subject
        return subject or any(verb < m.start <= verb + 4 and not m.vague for m in said.names)
    predicate = any(
        h.kind in {"attend", "attend_weak", "accept", "decline", "absent"} and at < h.start < at + 9 for h in said.hits
    )
    return subject and predicate
