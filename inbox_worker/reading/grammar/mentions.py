"""Who comes and who does not, by the clauses they stand in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from inbox_worker.reading.grammar.heads import heads, is_taken_back, is_whole
from inbox_worker.reading.grammar.roles import roles_told
from inbox_worker.reading.grammar.said import Clause, Mention, Said, Status, Who
from inbox_worker.reading.lexicon import Hit

OPENING = 3  # words at the start of a sentence in which "I, Ana López," names the writer


def mentions_of(said: Said, clauses: Sequence[Clause]) -> tuple[list[Mention], list[Mention]]:
    """Who comes and who does not, by the clauses they stand in."""
    coming: list[Mention] = []
    absent: list[Mention] = []
    previous = Status.NONE
    for clause in clauses:
        if clause.status is Status.NONE and any(
            c.mark == "resume" and c.reach == clause.start and c.status is not Status.NONE for c in clauses
        ):
            continue  # what interrupts it over, its subject is met again
        effective = clause.status
        if (
            effective is Status.NONE
            and not clause.reason
            and clause.mark in {":", "—", "–", "-", ";", "(", ",", "resume"}
        ) or (effective is Status.NONE and clause.mark == "contrast" and _puts_right(said, clause)):
            effective = previous
        elif (
            effective is Status.NONE
            and previous is Status.NONE
            and clause.mark == ""
            and len(clauses) > 1
            and not clause.reason
        ):
            effective = Status.NONE
        if clause.status is not Status.NONE:
            previous = clause.status
        elif clause.reason or clause.mark == "contrast":
            previous = Status.NONE
        names = [
            m
            for m in said.names
            if clause.start <= m.start < clause.end
            or (
                clause.reach <= m.start < clause.start
                and not any(c.start <= m.start < c.end and (c.reason or c.status is not Status.NONE) for c in clauses)
            )
        ]
        if effective is Status.DECLINED:
            absent += names
            if clause.who is Who.I:
                absent.append(Mention("self", clause.start, clause.end))
            absent += [Mention("role", h.start, h.end) for h in _roles(said, clause.reach, clause.end, names)]
            continue
        if effective not in {Status.ACCEPTED, Status.TENTATIVE}:
            continue
        totals = heads(said, clause.start, clause.end)
        totals = [replace(t, kind="more") if t.kind == "total" and _is_added(said, t) else t for t in totals]
        totals = [t for t in totals if t.kind != "part" or sum(m.start >= t.end for m in names) != t.number]
        if any(h.kind == "request" and h.start == clause.pivot[0] for h in said.hits):
            after = [m for m in names if m.start >= clause.pivot[0]]
            ours = any(h.kind in {"me", "we", "our"} and h.start >= clause.pivot[0] for h in said.hits)
            names = after if after or ours or clause.who is not Who.PERSON else names
        kept_names = names
        names = _sent(said, clause, names)
        gone = [m for m in names if _is_gone(said, m)]
        if len(gone) < len(names):
            absent += gone
            names = [m for m in names if m not in gone]
        coming += [m for m in names if not m.vague or _beside_somebody(said, m)]
        coming += totals
        roles = _roles(said, clause.reach, clause.end, names)
        if len(kept_names) > len(names) or _is_sent(said, clause, names):
            roles = [r for r in roles if r.start >= min(m.start for m in names)]
        coming += [
            Mention("role", h.start, h.end)
            for h in roles
            if not any(t.start < h.end and h.start < t.end for t in totals)
        ]
        selves = _selves(said, clause, names, totals, roles)
        if (
            selves
            and any(t.kind == "total" and t.end <= clause.pivot[0] + 1 for t in totals)
            and _companion_before(said, selves[0])
        ):
            named = [m for m in coming if m.kind == "name"]
            parts = [t for t in totals if sum(m.start >= t.end for m in named) != t.number]
            coming = [m for m in coming if m not in totals] + [replace(m, kind="part") for m in parts]
        coming += [] if selves and _is_named_self(said, names) else selves
    if not coming and any(c.status is Status.ACCEPTED for c in clauses):
        coming = _told_in_passing(said, clauses)
    coming = _without_spelt_out(said, coming)
    whole = next((m for m in coming if m.kind == "total" and is_whole(said, m)), None)
    if whole is not None and all(m.end <= whole.start or m is whole for m in coming if m.kind == "total"):
        coming = [m for m in coming if m.kind != "total" or m.number >= whole.number]  # "two, one and two: five in all"
    if whole is not None:
        coming = [m for m in coming if m.kind != "total" or m.end <= whole.start or m.number >= whole.number]
    return _with_joined(said, coming), absent


def _puts_right(said: Said, clause: Clause) -> bool:
    """Whether a clause gives a number for one that the sentence took back: "not two but three"."""
    return any(clause.start <= n.start <= clause.start + 2 for n in said.numbers) and any(
        n.end <= clause.start and is_taken_back(said, n) for n in said.numbers
    )


def _sent(said: Said, clause: Clause, names: list[Mention]) -> list[Mention]:
    """Of the people named in a clause that somebody sends somebody, those who are sent: who stands after the verb."""
    sends = [h for h in said.hits if h.kind == "send" and clause.start <= h.start < clause.end]
    if not sends or any(h.kind == "replaced_by" for h in said.hits):
        return names
    after = [m for m in names if m.start >= sends[0].end and not m.vague]
    before = [m for m in names if m.end <= sends[0].start]
    return (
        [m for m in names if m not in before] if after and before and not _joins_any(said, before, sends[0]) else names
    )


def _is_added(said: Said, total: Mention) -> bool:
    """Whether a number stands right after a word of adding: "add two people to our delegation"."""
    return any(h.kind == "add" and h.start < total.start <= h.end + 1 for h in said.hits)


def _is_sent(said: Said, clause: Clause, names: Sequence[Mention]) -> bool:
    """Whether the clause is of somebody who cannot come and sends those named: who sends does not come."""
    pivot = range(clause.pivot[0], clause.pivot[1])
    sends = any(h.kind == "send" and h.start in pivot for h in said.hits)
    declines = any(h.kind == "decline" and clause.start <= h.start < clause.pivot[0] for h in said.hits)
    return bool(names) and sends and declines


def _told_in_passing(said: Said, clauses: Sequence[Clause]) -> list[Mention]:
    """Who is named in the reason of an answer: "we shall not be absent, as our director Ana López will attend"."""
    reasons = [c for c in clauses if c.mark == "reason"]
    verbs = [h for h in said.hits if h.kind in {"attend", "send"} and any(c.start <= h.start < c.end for c in reasons)]
    if not verbs or said.has("absent"):
        return []
    return [m for m in said.names if not m.vague and any(c.start <= m.start < c.end for c in reasons)]


def _joins_any(said: Said, before: Sequence[Mention], verb: Hit) -> bool:
    """Whether the verb is a participle beside the names: "Ana, sent by the board, and Bo"."""
    gap = said.sentence.text[said.words[before[-1].end - 1].end : said.words[verb.start].start]
    return gap.strip() in {",", "("}


def _without_spelt_out(said: Said, coming: list[Mention]) -> list[Mention]:
    """Numbers of people that the rest of the sentence spells out count nobody besides: "with two: Ana and a driver"."""
    kept = []
    for mention in coming:
        after = [m for m in coming if m.start >= mention.end and m.kind in {"name", "role", "self"}]
        opens = mention.kind in {"part", "more"} and after and _opens_list(said, mention.end, after[0].start)
        spelt = opens and sum(m.number for m in after) == mention.number
        kept.append(replace(mention, kind="spelt") if spelt else mention)
    return kept


def _opens_list(said: Said, start: int, end: int) -> bool:
    """Whether a colon, a bracket or a dash stands between two places."""
    text = said.sentence.text[said.words[start - 1].end : said.words[end].start]
    return any(mark in text for mark in (":", "(", " - ", "–", "—", "："))


def _holds(said: Said, outer: Hit, *kinds: str) -> bool:
    """Whether a phrase of some classes overlaps another phrase."""
    return any(h.kind in kinds and h.start < outer.end and outer.start < h.end for h in said.hits)


def _is_small(said: Said, at: int) -> bool:
    lists = said.lexicon.lists
    return said.words[at].norm in lists["stopwords"] | lists["titles"] | lists["articles"]


def replaced(said: Said, coming: Sequence[Mention], absent: Sequence[Mention]) -> tuple[list[Mention], list[Mention]]:
    """The same, where words of replacing tell who leaves: "Ana replaces Bo", "Bo is replaced by Ana"."""
    names = [m for m in said.names if not m.vague]
    leaving: list[Mention] = []
    for hit in said.hits:
        if hit.kind == "replaced_by":
            leaving += [m for m in names if m.end <= hit.start]
        elif hit.kind == "replace" and not _holds(said, hit, "replaced_by", "owner", "pronoun"):
            own = [m for m in names if hit.start < m.start and m.end < hit.end]
            leaving += [m for m in own if said.words[m.end].norm == "s"]  # "takes Ana López's place"
            leaving += [m for m in names if m.start == hit.end or (m.start == hit.end + 1 and _is_small(said, hit.end))]
    ends = {h.end for h in said.hits if h.kind == "replace"}
    coming = [m for m in coming if m.kind != "role" or (m.start not in ends and m.start + 1 not in ends)]
    if not leaving:
        return list(coming), list(absent)
    stay = [m for m in coming if m.kind != "name" or m not in leaving]
    arrived = [m for m in names if m not in leaving and m not in stay]
    return (stay or arrived), [*absent, *leaving]


def _is_named_self(said: Said, names: Sequence[Mention]) -> bool:
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


def _with_joined(said: Said, coming: Sequence[Mention]) -> list[Mention]:
    """Numbers with somebody added to them right after count those besides: "four delegates plus an observer"."""
    joins = said.lexicon.lists["and"]
    result = []
    for told in coming:
        mention = told
        after = said.words[mention.end : mention.end + 1]
        joined = bool(after) and after[0].norm in joins and not _lists(said, mention.end + 1)
        if (
            mention.kind == "total"
            and joined
            and any(
                m.kind in {"role", "part", "self", "name"} and mention.end < m.start <= mention.end + 2 for m in coming
            )
        ):
            mention = replace(mention, kind="part")
        result.append(mention)
    return result


def _lists(said: Said, at: int) -> bool:
    """Whether a word says that those told before follow by name: "namely"."""
    return any(h.kind == "lead_list" and h.start == at for h in said.hits)


def _is_gone(said: Said, name: Mention) -> bool:
    """Whether a name is that of who is replaced: "instead of Ana López"."""
    return any(h.kind == "instead" and h.end <= name.start <= h.end + 2 for h in said.hits) and said.has("replace")


def _is_reflexive(said: Said, me: Hit, around: Sequence[Hit]) -> bool:
    """Whether a writer who asks to be put on the list names himself twice: "melde ich mich an"."""
    return any(h.kind == "me" and o.start <= h.start < o.end and h.start < me.start for o in around for h in said.hits)


def _companion_before(said: Said, mention: Mention) -> bool:
    """Whether "with" stands before somebody: "our two fellows come with me"."""
    return any(
        h.kind == "companion"
        and h.end == mention.start
        and said.words[h.start].norm not in {"and", "et", "y", "und", "e", "ed", "en"}
        for h in said.hits
    )


def _beside_somebody(said: Said, name: Mention) -> bool:
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


def _roles(said: Said, start: int, end: int, names: Sequence[Mention]) -> list[Hit]:
    """Unnamed persons of ours: roles that stand beside no name that they describe."""
    found: list[Hit] = []
    for hit in roles_told(said):
        if not start <= hit.start < end:
            continue
        if any(m.start < hit.end and hit.start < m.end and not m.vague for m in said.names):
            continue
        if any(_describes(said, hit, m) for m in names if not m.vague or _beside_somebody(said, m)):
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


DECIDES = 3  # words between what makes an answer depend on somebody and who that is
APPOSED = 4  # words before a name set off by a comma in which nobody else may be joined
LONG_OFFICE = 10  # words of what somebody is: "its director for water, rivers and wetlands, Ana López"


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


def _selves(
    said: Said, clause: Clause, names: Sequence[Mention], totals: Sequence[Mention], roles: Sequence[Hit]
) -> list[Mention]:
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
        and not any(h.kind == "replace" and not _holds(said, h, "our") for h in said.hits)  # "she comes in my place"
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
