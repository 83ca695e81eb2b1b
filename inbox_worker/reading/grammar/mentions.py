"""Who comes and who does not, by the clauses they stand in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from inbox_worker.reading.grammar.heads import heads, is_taken_back, is_whole
from inbox_worker.reading.grammar.said import Clause, Mention, Said, Status, Who
from inbox_worker.reading.grammar.selves import has_companion_before, is_named_self, overlaps, selves_of
from inbox_worker.reading.grammar.unnamed import is_beside_somebody, unnamed_roles
from inbox_worker.reading.lexicon import Hit


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
            absent += [Mention("role", h.start, h.end) for h in unnamed_roles(said, clause.reach, clause.end, names)]
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
        coming += [m for m in names if not m.vague or is_beside_somebody(said, m)]
        coming += totals
        roles = unnamed_roles(said, clause.reach, clause.end, names)
        if len(kept_names) > len(names) or _is_sent(said, clause, names):
            roles = [r for r in roles if r.start >= min(m.start for m in names)]
        coming += [
            Mention("role", h.start, h.end)
            for h in roles
            if not any(t.start < h.end and h.start < t.end for t in totals)
        ]
        selves = selves_of(said, clause, names, totals, roles)
        if (
            selves
            and any(t.kind == "total" and t.end <= clause.pivot[0] + 1 for t in totals)
            and has_companion_before(said, selves[0])
        ):
            named = [m for m in coming if m.kind == "name"]
            parts = [t for t in totals if sum(m.start >= t.end for m in named) != t.number]
            coming = [m for m in coming if m not in totals] + [replace(m, kind="part") for m in parts]
        coming += [] if selves and is_named_self(said, names) else selves
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
        elif hit.kind == "replace" and not overlaps(said, hit, "replaced_by", "owner", "pronoun"):
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
