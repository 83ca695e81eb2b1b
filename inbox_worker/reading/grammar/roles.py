"""Unnamed persons in a sentence: "our new director", "a colleague", "his deputy"."""

from __future__ import annotations

from inbox_worker.reading.grammar.said import Said, Status
from inbox_worker.reading.lexicon import Hit

BETWEEN = 3  # words between "our" and what somebody is: "our newly elected deputy director"


def roles_told(said: Said) -> list[Hit]:
    """Roles that stand for one person each, in order, none inside another."""
    told = [h for h in said.hits if h.kind == "colleague" and not _is_broken(said, h)] + _owned(said)
    told.sort(key=lambda h: (h.start, h.end))
    found: list[Hit] = []
    for hit in told:
        if not found or hit.start >= found[-1].end:
            found.append(hit)
    return found


def _is_broken(said: Said, hit: Hit) -> bool:
    """Whether a colon or the like stands within a phrase: "of our union take part: the president ..."."""
    start, end = said.offsets(hit.start, hit.end)
    return any(c in said.sentence.text[start:end] for c in ":;：；")


def _owned(said: Said) -> list[Hit]:
    persons, functions = said.lexicon.lists["persons"], said.lexicon.lists["functions"]
    small, joins = said.lexicon.lists["stopwords"], said.lexicon.lists["and"]
    text, words = said.sentence.text, said.words
    found = []
    for owner in said.hits:
        if owner.kind != "owner":
            continue
        last = None
        for i in range(owner.end, min(owner.end + BETWEEN + 1, len(words))):
            word = words[i].norm
            if text[words[i - 1].end : words[i].start].strip() not in {"", "-", "'", "’"}:
                break
            if word in persons:
                last = i
            elif last is not None or word in joins or (word in small and word not in functions):
                break
        compound = (
            last is not None and last + 1 < len(words) and words[last + 1].norm in said.lexicon.lists["not_names"]
        )
        if last is not None and not compound:  # not "our member organisation"
            found.append(Hit("colleague", owner.start, last + 1))
    return found


def uncounted(said: Said) -> tuple[int, int] | None:
    """Words of somebody who may come besides those counted: what an "and" or "with" adds, and nothing explains.

    A clause with a person counted and another that is only joined to them, in words that the grammar cannot count,
    must not pass as complete.
    """
    counted = [
        m for m in said.coming if m.kind in {"name", "role", "self", "part", "total", "more", "anaphor", "spelt"}
    ]
    if not counted or any(m.kind == "total" for m in counted):
        return None
    persons, functions = said.lexicon.lists["persons"], said.lexicon.lists["functions"]
    known = {i for m in (*said.coming, *said.absent, *said.names) for i in range(m.start, m.end)}
    roles = {i for h in roles_told(said) for i in range(h.start, h.end)}
    for joiner in said.hits:
        if joiner.kind != "companion" or not _comes(said, joiner.start):
            continue
        near = range(joiner.end, min(joiner.end + 5, len(said.words)))
        places = said.lexicon.lists["from"]
        if joiner.start > 2 and said.words[joiner.start - 3].norm in places:
            continue  # "from New York, and me"
        if joiner.start > 2 and all(i not in known and _is_new(said, i) for i in (joiner.start - 2, joiner.start - 1)):
            if any(joiner.end <= m.start <= joiner.end + 1 for m in counted):
                return joiner.start - 2, joiner.end
            continue
        if any(i in known for i in near) or _other_clause(said, joiner.end):
            continue
        for i in near:
            word = said.words[i]
            gap = said.sentence.text[said.words[i - 1].end : word.start]
            if i > joiner.end and any(c in gap for c in ".;:,("):
                break
            if (
                i in roles
                or word.norm in persons
                or word.norm.removesuffix("s") in persons
                or (word.norm in functions and word.is_capital)
            ):
                return joiner.start, i + 1
    return None


def _comes(said: Said, at: int) -> bool:
    """Whether a word stands in a clause that tells who comes, or in one that goes on with it."""
    said_so = False
    for clause in said.clauses:
        told = clause.status in {Status.ACCEPTED, Status.TENTATIVE}
        goes_on = said_so and clause.status is Status.NONE and not clause.reason and clause.mark != "contrast"
        said_so = told or goes_on
        if clause.start <= at < clause.end:
            return said_so
    return False


def _other_clause(said: Said, at: int) -> bool:
    kinds = {"i", "we", "pronoun", "attend", "attend_weak", "accept", "decline", "request", "regret", "negation"}
    kinds |= {"hedge", "send", "perform", "undecided", "receipt", "condition", "past"}
    return any(h.kind in kinds and at <= h.start <= at + 1 for h in said.hits)


def _is_new(said: Said, at: int) -> bool:
    """Whether a word has a capital and is none that the language file knows."""
    return said.words[at].is_capital and said.words[at].norm not in said.lexicon.vocabulary
