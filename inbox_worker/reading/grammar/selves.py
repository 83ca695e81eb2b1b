"""Whether the writer comes: "I", "me", "the undersigned", and the writer's own name beside them."""

from __future__ import annotations

from collections.abc import Sequence

from inbox_worker.reading.grammar.said import Clause, Mention, Said, Who
from inbox_worker.reading.lexicon import Hit

OPENING = 3  # words at the start of a sentence in which "I, Ana López," names the writer
APPOSED = 4  # words before a name set off by a comma in which nobody else may be joined


def selves_of(
    said: Said, clause: Clause, names: Sequence[Mention], totals: Sequence[Mention], roles: Sequence[Hit]
) -> list[Mention]:
    """The writer, where a clause tells that they come, or somebody told before whom a pronoun means; none or one."""
    joins = said.lexicon.lists["and"]
    words, text = said.words, said.sentence.text
    my = next((h for h in said.hits if h.kind == "my_attend" and clause.start <= h.start < clause.end), None)
    if my and not any(h.kind == "replace" and h.start <= my.start < h.end for h in said.hits):
        return [Mention("self", my.start, my.end)]
    for hit in said.hits:
        if not clause.start <= hit.start < clause.end:
            continue
        if hit.kind == "with_me":
            return [Mention("self", hit.start, hit.end)]  # "ma femme m'accompagnera"
        if hit.kind == "undersigned":
            return [Mention("self", hit.start, hit.end)]
        if hit.kind == "me":
            before, after = words[max(0, hit.start - 1) : hit.start], words[hit.end : hit.end + 1]
            gap_before = text[before[0].end : words[hit.start].start] if before else ""
            gap_after = text[words[hit.end - 1].end : after[0].start] if after else ""
            near_people = bool(names or roles or totals)
            if any(h.kind == "accompany" and h.end == hit.start for h in said.hits):
                return [Mention("self", hit.start, hit.end)]  # "my wife will accompany me"
            is_subject = any(h.kind == "i" and h.start == hit.start for h in said.hits)
            if before and (before[0].norm in joins or any(c in gap_before for c in "+&")):
                return [Mention("self", hit.start, hit.end)]
            if after and (after[0].norm in joins or any(c in gap_after for c in "+&")):
                return [Mention("self", hit.start, hit.end)]
            if near_people and (("," in gap_before) or "(" in gap_before) and not is_subject:
                return [Mention("self", hit.start, hit.end)]
            inside = [
                h
                for h in said.hits
                if h.kind in {"request", "accept", "alone", "add"} and h.start <= hit.start <= h.end
            ]
            if inside and (not is_subject or _is_reflexive(said, hit, inside)):
                return [Mention("self", hit.start, hit.end)]
        beside = [m.start for m in names] + [h.start for h in roles]
        if hit.kind == "me_and" and any(hit.end - 1 <= at <= hit.end + 1 for at in beside):
            return [Mention("self", hit.start, hit.end)]
    alone = next((h for h in said.hits if h.kind == "alone" and clause.start <= h.start < clause.end), None)
    if alone and not names:
        return [Mention("self", alone.start, alone.end)]
    pronoun = next((h for h in said.hits if h.kind == "pronoun" and clause.start <= h.start <= clause.pivot[0]), None)
    if (
        pronoun is not None
        and clause.who is Who.PERSON
        and not any(h.kind == "replace" and not overlaps(said, h, "our") for h in said.hits)  # "she comes in my place"
        and not any(m.start < pronoun.start for m in said.names)
    ):
        return [Mention("anaphor", pronoun.start, pronoun.end)]
    if clause.who is Who.I:
        i = max(
            (h.start for h in said.hits if h.kind == "i" and clause.reach <= h.start <= clause.pivot[1]), default=-1
        )
        turned = {h.start for h in said.hits if h.kind == "i" and h.start < i < h.end}  # "bestätige ich"
        performs = any(
            h.kind == "perform" and (i <= h.start <= max(i + 5, clause.pivot[1]) or h.start in turned)
            for h in said.hits
        )
        if performs and (names or totals or roles or said.has("our", "we")):
            return []
        if i >= 0:
            return [Mention("self", i, i + 1)]
    return []


def overlaps(said: Said, outer: Hit, *kinds: str) -> bool:
    """Whether a phrase of some classes overlaps another phrase."""
    return any(h.kind in kinds and h.start < outer.end and outer.start < h.end for h in said.hits)


def _is_reflexive(said: Said, me: Hit, around: Sequence[Hit]) -> bool:
    """Whether a writer who asks to be put on the list names himself twice: "melde ich mich an"."""
    return any(h.kind == "me" and o.start <= h.start < o.end and h.start < me.start for o in around for h in said.hits)


def has_companion_before(said: Said, mention: Mention) -> bool:
    """Whether "with" stands before somebody: "our two fellows come with me"."""
    return any(
        h.kind == "companion"
        and h.end == mention.start
        and said.words[h.start].norm not in {"and", "et", "y", "und", "e", "ed", "en"}
        for h in said.hits
    )


def is_named_self(said: Said, names: Sequence[Mention]) -> bool:
    """Whether the writer says their own name: "I, Ana López, confirm", "I am Ana López", "the undersigned, Ana"."""
    joins, small = said.lexicon.lists["and"], said.lexicon.lists["stopwords"]
    if len(names) == 1 and _is_apposed(said, names[0]):
        return True
    for me in said.hits:
        for name in names:
            if me.kind not in {"i", "me", "undersigned"} or not 0 <= name.start - me.end <= 1 or name.vague:
                continue
            between = said.words[me.end : name.start]
            gap = said.sentence.text[said.words[me.end - 1].end : said.words[name.start].start]
            if not between and not gap.strip(" ,،，") and me.kind != "me" and me.start <= OPENING:
                return True
            copula = any(h.kind == "copula" and h.start == me.end and h.end == name.start for h in said.hits)
            if between and (copula or between[0].norm in small - joins) and not gap.replace(between[0].raw, "").strip():
                return True
    return False


def _is_apposed(said: Said, name: Mention) -> bool:
    """Whether a name set off by commas at the end tells who "I" is: "only I will come, Ana López, deputy director"."""
    before = said.sentence.text[said.words[name.start - 1].end : said.words[name.start].start] if name.start else ""
    if before.strip() not in {",", "،", "，", "-", "–", "("} or name.vague:
        return False
    verbs = {"attend", "attend_weak", "accept", "we", "companion", "colleague", "pronoun"}
    return not any(h.kind in verbs and h.start >= name.end - 1 for h in said.hits) and not any(
        h.kind in {"companion", "colleague", "we"} and name.start - APPOSED <= h.end <= name.start for h in said.hits
    )
