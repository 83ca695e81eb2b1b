"""Clauses: what each says of coming, and of whom."""

from __future__ import annotations

from collections.abc import Sequence

from inbox_worker.reading.grammar.heads import counts_people, heads, strays
from inbox_worker.reading.grammar.said import Clause, Said, Status, Who
from inbox_worker.reading.grammar.subjects import subject_of
from inbox_worker.reading.lexicon import Hit

REACH = 6  # words a negation reaches forward
STRAY = 2  # words that have nothing to do with coming, in a clause that is only a number of people


def clause_at(
    said: Said,
    start: int,
    end: int,
    mark: str,
    own: frozenset[int],
    others: frozenset[int],
    asks: bool,
    reach: int,
    near: bool,
) -> Clause:
    inside = [h for h in said.hits if start <= h.start < end]
    reason = mark in {"reason", "relative"}

    def of(*kinds: str) -> list[Hit]:
        return [h for h in inside if h.kind in kinds]

    def clause(status: Status, who: Who, strong: bool, pivot: tuple[int, int]) -> Clause:
        return Clause(start, end, status, who, strong, reason, mark, pivot, reach)

    none = clause(Status.NONE, Who.UNSAID, False, (start, start))
    affirmed, declined, asked = of("affirm_negated"), of("decline") or _cancelled(inside), of("request")
    accepted, attends, weak, alone = of("accept", "replaced_by"), of("attend"), of("attend_weak"), of("alone")
    sends = [
        h
        for h in of("send")
        if _people_after(said, h.end, end) or (h.end == end and _people_after(said, start, h.start))
    ]
    asked = [h for h in asked if not (h.start and said.words[h.start - 1].norm in {"has", "have", "had"})]
    past = bool(of("past")) and not any(h.kind == "future" for h in inside)
    if reason and not (declined and mark == "reason"):
        return none
    if past and not accepted and not asked and not declined:
        return none
    if asks and not affirmed and not (accepted and accepted[0].start <= start + 2 and not of("question", "condition")):
        return none
    if of("hearsay") or (of("other_event") and not near):
        return none
    absent = of("absent")
    if absent and not (affirmed or declined or asked or accepted or attends):
        weak, sends = [], []
    numbered = _numbered(said, start, end)
    main = affirmed or declined or asked or accepted or attends or sends or numbered or weak or alone
    if not main:
        if absent:
            who = subject_of(said, reach, absent[0].start, end, own, others)
            if who in {Who.I, Who.PERSON, Who.NOBODY, Who.WE} or mark == "contrast":
                return clause(Status.DECLINED, who, False, (absent[0].start, absent[0].end))
        if tentative := of("tentative"):
            return clause(
                Status.TENTATIVE,
                subject_of(said, reach, tentative[0].start, end, own, others),
                True,
                (tentative[0].start, tentative[0].end),
            )
        return none
    pivot = main[0]
    span = (pivot.start, pivot.end)
    if _is_quoted(said, pivot.start):
        return none
    who = subject_of(said, reach, pivot.start, end, own, others)
    if who is Who.UNSAID:  # a verb within the phrase may tell: "с радостью приму участие"
        who = subject_of(said, reach, pivot.end - 1, end, own, others)
    if asked and not declined and not affirmed:
        who = Who.UNSAID
    if who is Who.OTHER:
        return none
    strong = bool(affirmed or declined or accepted or asked or attends or sends or numbered or of("replace"))
    if affirmed:
        return clause(Status.ACCEPTED, who, True, span)
    if declined:
        return clause(Status.DECLINED, who, True, span)
    negations = [h for h in of("negation") if any(p.start - REACH <= h.start < p.end for p in main)]
    negations = [
        h
        for h in negations
        if not any(
            o.kind in {"hedge", "tentative", "condition", "alone"} and o.start <= h.start < o.end for o in inside
        )
    ]
    if asked:
        negations = [h for h in negations if asked[0].start <= h.start < asked[0].end + 2 or h.end == asked[0].start]
    if negations:
        turned = (negations[0].start, pivot.end) if negations[0].start < pivot.end else span
        return clause(Status.DECLINED, who, who is Who.NOBODY or (strong and who is not Who.UNSAID), turned)
    ours = who in {Who.WE, Who.I, Who.PERSON} or counts_people(said, start, end)
    if not (accepted or asked or numbered or ours or (alone and not past)):
        leads = mark in {":", "—"} or (end == len(said.words) and bool(of("lead_list")))
        if not (attends and leads):
            return none
    if who is Who.NOBODY:
        return clause(Status.DECLINED, who, strong, span)
    hedged = of("tentative", "hedge", "condition")
    if hedged and abs(hedged[0].start - pivot.start) < 8:
        span = (min(span[0], hedged[0].start), max(span[1], hedged[0].end))
    return clause(Status.TENTATIVE if hedged else Status.ACCEPTED, who, strong, span)


def _cancelled(inside: Sequence[Hit]) -> list[Hit]:
    """Words that take the answer back, unless they stand under a condition: "if my flight is not cancelled"."""
    conditions = [h.start for h in inside if h.kind == "condition"]
    return [h for h in inside if h.kind == "cancel" and not any(c <= h.start for c in conditions)]


def _is_quoted(said: Said, at: int) -> bool:
    """Whether a word stands between quotation marks with words outside them: somebody else's."""
    marks, place = said.sentence.tokens, said.words[at].start
    opened, begun = None, 0
    for token in marks:
        if token.raw in "«“„" or (token.raw == '"' and opened is None):
            opened, begun = token, token.start
        elif token.raw in "»”" or token.raw == '"':
            if opened is not None and begun < place < token.start:
                return True
            opened = None
    return False


def _people_after(said: Said, at: int, end: int) -> bool:
    """Whether somebody is named, counted or described after a word: "sends Ana", "sends two", "sends a delegation"."""
    kinds = {"colleague", "people", "undersigned"}
    return (
        any(at <= m.start < end for m in said.names)
        or any(h.kind in kinds and at <= h.start < end for h in said.hits)
        or any(at <= n.start <= at + 3 for n in said.numbers)
        or any(h.kind == "attend" and at <= h.start < end for h in said.hits)
    )


def _numbered(said: Said, start: int, end: int) -> list[Hit]:
    """A number that is an answer in itself: "we will be two persons", "two of us"."""
    found = []
    for total in heads(said, start, end):
        if total.kind != "total" or total.number == 0:
            continue
        before = [h for h in said.hits if h.kind == "delegation" and total.start - 3 <= h.end <= total.start]
        we = any(o.kind == "we" and h.start <= o.start < h.end for h in before for o in said.hits)
        ours = any(h.kind in {"of_us", "pair_of_us"} and total.start <= h.start <= total.end + 1 for h in said.hits)
        spoken = any(
            h.kind in {"attend", "accept", "attend_weak", "request"} and start <= h.start < end for h in said.hits
        )
        if said.has("courtesy"):
            continue
        if (before or ours) and (we or spoken or strays(said, [total], start, end) <= STRAY):
            found.append(Hit("numbered", total.start, total.end))
    return found
