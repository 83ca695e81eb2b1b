"""People without a name: roles told in a sentence that describe nobody who is named."""

from __future__ import annotations

from collections.abc import Sequence

from inbox_worker.reading.grammar.roles import roles_told
from inbox_worker.reading.grammar.said import Mention, Said
from inbox_worker.reading.lexicon import Hit

DECIDES = 3  # words between what makes an answer depend on somebody and who that is
LONG_OFFICE = 10  # words of what somebody is: "its director for water, rivers and wetlands, Ana López"


def unnamed_roles(said: Said, start: int, end: int, names: Sequence[Mention]) -> list[Hit]:
    """Unnamed persons of ours: roles that stand beside no name that they describe."""
    found: list[Hit] = []
    for hit in roles_told(said):
        if not start <= hit.start < end:
            continue
        if any(m.start < hit.end and hit.start < m.end and not m.vague for m in said.names):
            continue
        if any(_describes(said, hit, m) for m in names if not m.vague or is_beside_somebody(said, m)):
            continue
        if _is_of_its_own(said, hit, start, end):
            continue  # "my mother is ill and today I cannot say"
        if any(
            h.kind in {"tentative", "condition"} and h.start < hit.start <= h.end + DECIDES for h in said.hits
        ) and not (any(h.kind == "companion" and h.end == hit.start for h in said.hits)):
            continue  # "it depends on my boss"
        if _is_away(said, hit) or _is_denied(said, hit):
            continue  # "neither I nor the director can get away"
        if _after_copula(said, hit) and _somebody_before(said, hit):
            continue  # "she will be our delegate"
        if any(h.kind == "undersigned" and h.start <= hit.end and hit.start <= h.end for h in said.hits):
            continue  # "the undersigned Secretary-General"
        if any(h.kind == "me" and h.start <= hit.start and hit.end <= h.end for h in said.hits):
            continue  # "un servidor"
        found.append(hit)
    return found


def _is_of_its_own(said: Said, hit: Hit, start: int, end: int) -> bool:
    """Whether what is tentative is told of the writer, and somebody before stands in a statement of their own."""
    verbs = [h for h in said.hits if h.kind == "tentative" and start <= h.start < end and h.start > hit.end]
    if not verbs:
        return False
    mine = any(h.kind == "i" and hit.end < h.start < verbs[0].end for h in said.hits)
    joins = said.lexicon.lists["and"]
    beside = said.words[hit.end : hit.end + 1] + said.words[max(0, hit.start - 1) : hit.start]
    return mine and not any(w.norm in joins for w in beside)


def _is_away(said: Said, hit: Hit) -> bool:
    """Whether it is told right after somebody that they do not come: "my boss can't make it"."""
    return any(h.kind in {"absent", "decline"} and hit.end <= h.start <= hit.end + 2 for h in said.hits)


def _is_denied(said: Said, hit: Hit) -> bool:
    """Whether a "nor" stands right before somebody."""
    return any(h.kind == "nor" and hit.start - 1 <= h.end <= hit.start for h in said.hits)


def _after_copula(said: Said, hit: Hit) -> bool:
    """Whether "is", or "is also", stands right before what somebody is."""
    copulas = [h.end for h in said.hits if h.kind == "copula"]
    relative = any(h.kind == "relative" and h.start < hit.start for h in said.hits)
    return hit.start in copulas or (relative and hit.start - 1 in copulas)


def _somebody_before(said: Said, hit: Hit) -> bool:
    if any(h.kind == "colleague" and h.end < hit.start for h in said.hits) and said.has("relative"):
        return True  # "my wife, who is also our treasurer"
    return any(m.start < hit.start and not m.vague for m in said.names) or any(
        h.kind in {"i", "me", "undersigned", "pronoun"} and h.start < hit.start for h in said.hits
    )


def _is_set_off(said: Said, hit: Hit, name: Mention) -> bool:
    """Whether a comma closes what somebody is right before their name, with nobody else between."""
    gap = said.sentence.text[said.words[name.start - 1].end : said.words[name.start].start]
    between = range(hit.end, name.start)
    if gap.strip() not in {",", "،", "，"} or len(between) > LONG_OFFICE:
        return False
    others = any(r.start in between for r in roles_told(said)) or any(m.start in between for m in said.names)
    verbs = any(
        h.kind in {"attend", "attend_weak", "accept", "send", "me", "undersigned", "people"} and h.start in between
        for h in said.hits
    )
    return not others and not verbs


def _describes(said: Said, hit: Hit, name: Mention) -> bool:
    """Whether a role and a name are one person: next to each other with no "and" between."""
    if hit.end <= name.start:
        low, high, limit = hit.end, name.start, 5
    else:
        low, high, limit = name.end, hit.start, 2
    between = said.words[low:high]
    joins = said.lexicon.lists["and"]
    if hit.end <= name.start and _is_set_off(said, hit, name):
        return True
    if len(between) > limit or any(w.norm in joins for w in between):
        return False
    gap = said.sentence.text[said.words[low - 1].end : said.words[high].start] if high < len(said.words) else ""
    return not any(c in gap for c in ";+&") and gap.count(",") <= 1


def is_beside_somebody(said: Said, name: Mention) -> bool:
    """Whether a bare first name stands beside a person: "me and Ana", "my attendant, Ana"."""
    joins = said.lexicon.lists["and"]
    gap = said.sentence.text[said.words[name.end - 1].end : said.words[name.end - 1].end + 1]
    if name.start == 0 and gap in {",", "!"} and said.words[0].norm not in said.lexicon.lists["given_names"]:
        return False  # "Lovely, my husband and I will be there"
    if ")" in said.sentence.text[said.words[name.end - 1].end : said.words[name.end - 1].end + 1]:
        return False  # "our two officers (Chad and Iraq) and me"
    kinds = {"me", "undersigned", "colleague"}
    for hit in said.hits:
        if hit.kind in kinds and not (hit.start < name.end and name.start < hit.end):
            between = said.words[hit.end : name.start] if hit.end <= name.start else said.words[name.end : hit.start]
            if len(between) <= 1 and all(w.norm in joins for w in between):
                return bool(between) or hit.kind == "colleague" or _added(said, hit, name)
    return False


def _added(said: Said, one: Hit, name: Mention) -> bool:
    """Whether a plus or a bracket stands between two that touch: "me + Ana"."""
    low, high = (one.end, name.start) if one.end <= name.start else (name.end, one.start)
    return any(c in said.sentence.text[said.words[low - 1].end : said.words[high].start] for c in "+&(")
