"""A message that says no, and one that says neither."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from inbox_worker.model import Claim, Code, Doubt, Op, Partstat
from inbox_worker.reading.answer.claims import claim_of
from inbox_worker.reading.answer.confidence import BARE_NUMBER, DOUBTED, PLAIN_NO
from inbox_worker.reading.answer.heard import Heard, is_sender
from inbox_worker.reading.answer.neighbours import followers, joined_by
from inbox_worker.reading.answer.number import number_of
from inbox_worker.reading.answer.party import Party, add
from inbox_worker.reading.answer.safeguards import is_suspicious, may_still_come, unnoticed
from inbox_worker.reading.counts import MOST
from inbox_worker.reading.grammar.heads import is_measure, is_taken_back, strays, totals_of
from inbox_worker.reading.grammar.roles import roles_told
from inbox_worker.reading.grammar.said import Mention, Said, Status, Who

SHORT = 40  # words of a message so short that a bare number of people is its answer


def refusal(
    heard: Heard, declined: Sequence[tuple[int, str, Said]], free: Sequence[tuple[int, str, Said]]
) -> tuple[tuple[Claim, ...], tuple[Doubt, ...]]:
    strong = [d for d in declined if d[2].has("nor") and d[2].has("i", "we", "our")]  # "neither I nor my colleague can"
    strong += [
        d
        for d in declined
        if (d[2].strong or d[2].op == "remove") and d[2].who in {Who.WE, Who.NOBODY, Who.UNSAID, Who.I}
    ]
    _, part, said = (strong or declined)[0]
    doubts: list[Doubt] = []
    confidence = PLAIN_NO
    if not strong:
        evidence = (heard.evidence("partstat-unclear", part, said.sentence.start, said.sentence.end),)
        doubts.append(
            Doubt(Code.PARTSTAT_UNCLEAR, "Somebody is prevented; whether anybody comes is not said.", evidence)
        )
        confidence = DOUBTED
    agreed = next(
        (
            s
            for s in heard.subject
            if s.status is Status.ACCEPTED and s.has("accept", "request", "affirm_negated") and not s.asks
        ),
        None,
    )
    if agreed is not None and not heard.answers_us:
        doubts.append(
            Doubt(
                Code.PARTSTAT_UNCLEAR,
                "The subject accepts, the text declines.",
                (heard.evidence("partstat-unclear", "subject", *agreed.span),),
            )
        )
    if (maybe := may_still_come(heard, said, free)) is not None:
        doubts.append(maybe)
    if not doubts and (left := unnoticed(heard, said, free)) is not None:
        doubts.append(left)
    claim = claim_of(
        heard, Partstat.DECLINED, None, Op.SET, Party(), doubts, confidence, (part, *said.span), revises=said.revises
    )
    return (claim,), ()


def fallback(heard: Heard, free: Sequence[tuple[int, str, Said]]) -> tuple[tuple[Claim, ...], tuple[Doubt, ...]]:
    """No sentence speaks of participation outright: a yes or no alone, a bare number of people, or nothing."""
    words = sum(len(s.words) for _, _, s in free)
    claim = _terse(heard, free) if 0 < words <= TERSE else None
    for i, part, said in free:
        if claim is not None:
            break
        if said.foreign or said.asks or said.has("past", "undecided", "receipt"):
            continue
        if i > 1 and any(s.has("undecided", "receipt") for _, _, s in free) and not said.has("we", "our", "me"):
            continue  # "I passed it to our water unit. They are 14 people."
        totals = totals_of(said) or _bare_number(said)
        if _is_about_others(said, totals, free):
            continue
        first = totals and (words <= SHORT or (totals[0].start <= 1 and i <= 2))
        if first and is_bare(said, totals) and not _other_numbers(said, totals, free):
            claim = _counted(heard, free, (i, part, said), totals)
    if claim is not None:
        return (claim,), ()
    claim = _named(heard, free) if heard.answers_us else None
    if claim is not None:
        return (claim,), ()
    odd = _not_understood(heard, free)
    if odd is None:
        return (), ()
    part, said = odd
    evidence = (heard.evidence("partstat-unclear", part, said.sentence.start, said.sentence.end),)
    why = "May speak of coming or not coming, in words the reader does not understand."
    return (), (Doubt(Code.PARTSTAT_UNCLEAR, why, evidence),)


def _is_about_others(said: Said, totals: Sequence[Mention], free: Sequence[tuple[int, str, Said]]) -> bool:
    """Whether a bare number may count others: "our board has 30 members", "sorry, no. Our two experts have retired"."""
    if any(s.has("regret", "decline", "absent") for _, _, s in free):
        return True
    return any(t.number > MANY for t in totals) and (len(free) > 1 or any(s.asks for _, _, s in free))


def _named(heard: Heard, free: Sequence[tuple[int, str, Said]]) -> Claim | None:
    """The claim of an answer that is nothing but names: "Sven Olsen + me."."""
    for i, part, said in free[:NAMED_WITHIN]:
        names = [m for m in said.names if not m.vague]
        me = next((h for h in said.hits if h.kind in {"me", "undersigned"}), None)
        joined = me is not None and joined_by(said, me.start, me.end, said.lexicon.lists["and"])
        spoken = said.has(
            "past", "contact", "negation", "absent", "courtesy", "regret", "other_event", "hedge", "receipt"
        )
        more = [n for n in said.numbers if n.value <= MOST and "+" in said.sentence.text[: said.words[n.start].start]]
        if len(more) != len(said.numbers) or len(more) > 1:
            continue
        if said.asks or said.foreign or spoken or not names or (len(names) < 2 and not (joined or more)):
            continue
        mentions = [*names, *([Mention("self", me.start, me.end)] if me is not None and joined else [])]
        mentions += [Mention("part", n.start, n.end, n.value) for n in more]
        if strays(said, mentions) > STRAY_OF_NAMES or any(is_suspicious(s) for _, _, s in free if s is not said):
            return None
        party = Party()
        for mention in mentions:
            add(heard, party, part, said, mention, i)
        for role in roles_told(said):
            if not any(abs(role.end - m.start) <= 1 or abs(m.end - role.start) <= 1 for m in mentions):
                party.unnamed.append((1, part, *said.offsets(role.start, role.end), i))
        number, doubts, confidence = number_of(heard, party, Op.SET)
        sure, pivot = min(confidence, BARE_NUMBER), (part, said.sentence.start, said.sentence.end)
        return claim_of(heard, Partstat.ACCEPTED, number, Op.SET, party, doubts, sure, pivot)
    return None


def _counted(
    heard: Heard,
    free: Sequence[tuple[int, str, Said]],
    answer: tuple[int, str, Said],
    totals: Sequence[Mention],
) -> Claim:
    """The claim of a message that is a number of people: "2 from us: Ana López and me"."""
    i, part, said = answer
    party = Party()
    for mention in (*totals, *(n for n in said.names if not n.vague)):
        add(heard, party, part, said, mention, i)
    if not party.totals:
        for role in roles_told(said):
            party.unnamed.append((1, part, *said.offsets(role.start, role.end), i))
    me = next((h for h in said.hits if h.kind in {"me", "undersigned"}), None)
    if me is not None and not party.selves and joined_by(said, me.start, me.end, said.lexicon.lists["and"]):
        party.selves.append((part, *said.offsets(me.start, me.end)))
    if party.totals and not party.people:
        followers(heard, party, [(i, part, replace(said, coming=tuple(totals)))], free)
    op = Op.ADD if said.has("add") else Op.SET
    number, doubts, confidence = number_of(heard, party, op)
    pivot = (part, *said.offsets(totals[0].start, totals[0].end))
    sure = min(confidence, BARE_NUMBER)
    return claim_of(heard, Partstat.ACCEPTED, number, op, party, doubts, sure, pivot, revises=said.revises)


def _not_understood(heard: Heard, free: Sequence[tuple[int, str, Said]]) -> tuple[str, Said] | None:
    """The sentence of a message without an answer that may yet be one."""
    plain = [(p, s) for _, p, s in free if not s.foreign and not s.asks]
    odd = next(((p, s) for p, s in plain if is_suspicious(s)), None)
    if odd is None:  # "if you pay the tickets we are two, is that possible?"
        odd = next(((p, s) for _, p, s in free if s.asks and s.has("condition", "hedge") and totals_of(s)), None)
    if odd is None:  # "could you add Ana López to our list?"
        odd = next(((p, s) for _, p, s in free if not s.foreign and _may_change(s)), None)
    explained = ("want_answer", "receipt", "undecided", "newsletter", "auto_reply")
    if odd is None and not any(s.asks or s.has(*explained) for _, _, s in free):
        invited = heard.answerer.organisation is not None and not heard.answerer.doubts
        if (invited or heard.answers_us) and plain:
            odd = max(plain, key=lambda x: len(x[1].words))
    if odd is None and heard.answerer.organisation is not None:
        odd = next(
            ((p, s) for p, s in plain if any(not n.vague and not is_sender(heard, n.name) for n in s.names)), None
        )
    return odd


def _may_change(said: Said) -> bool:
    """Whether a sentence speaks of adding, taking away or sending somebody."""
    if not said.has("add", "remove", "replace", "send", "request", "attend", "accept") or said.has("contact"):
        return False
    if said.has("past") and not said.has("add", "remove", "replace"):
        return False
    named = any(not n.vague for n in said.names)
    counted = any(h.kind in {"people", "colleague", "delegation"} for h in said.hits) and bool(said.numbers)
    return named or counted


def _other_numbers(said: Said, totals: Sequence[Mention], free: Sequence[tuple[int, str, Said]]) -> bool:
    """Whether another number in the message may count people too, or takes this one back."""
    for _, _, other in free:
        for number in other.numbers:
            counted = other is said and any(m.start < number.end and number.start < m.end for m in totals)
            measured = is_measure(other, number.start, number.end)
            if not counted and not measured and not is_taken_back(other, number) and 1 < number.value <= MOST:
                return True
    return False


def _terse(heard: Heard, free: Sequence[tuple[int, str, Said]]) -> Claim | None:
    """A message that is a yes or a no and hardly anything else: "Yes", "No, sorry."."""
    _, part, said = free[0]
    lists = said.lexicon.lists
    first, two = said.words[0].norm, " ".join(w.norm for w in said.words[:2])
    yes, no = (any(w in lists[k] for w in (first, two)) for k in ("yes", "no"))
    if yes == no or said.asks or any(s.numbers or s.names for _, _, s in free):
        return None
    party = Party()
    if yes and heard.sender is not None:
        party.selves.append((part, *said.offsets(0, 1)))
    number, doubts, confidence = number_of(heard, party, Op.SET) if yes else (None, (), PLAIN_NO)
    partstat = Partstat.ACCEPTED if yes else Partstat.DECLINED
    return claim_of(heard, partstat, number, Op.SET, party, doubts, confidence, (part, *said.offsets(0, 1)))


def _bare_number(said: Said) -> list[Mention]:
    """A number that is nearly all of a sentence: "Final: 2.", "Nine.", "me + 2"."""
    if len(said.numbers) != 1 or len(said.words) > BARE or said.has("unit", "other_event", "negation", "change"):
        return []
    number = said.numbers[0]
    goes_on = number.end < len(said.words) and not said.words[number.start].raw.isdigit()
    if number.value == 1 and goes_on:
        return []  # an article: "une réponse vous parviendra"
    me = next((h for h in said.hits if h.kind in {"me", "undersigned"} and h.end <= number.start), None)
    found = [Mention("total" if me is None else "part", number.start, number.end, number.value)]
    if me is not None:
        found.append(Mention("self", me.start, me.end))
    return found if 1 <= number.value <= MOST else []


def is_bare(said: Said, totals: Sequence[Mention]) -> bool:
    """Whether a sentence is little more than a number of people, so that it can only be an answer."""
    if said.has("other_event", "hearsay", "past", "newsletter", "auto_reply", "courtesy", "hedge", "condition"):
        return False
    return strays(said, totals) <= STRAY


NAMED_WITHIN = 3  # sentences from the start in which names alone are an answer
STRAY_OF_NAMES = 1  # words beside names that are an answer
MANY = 10  # more people than that only a sentence of its own can announce without a verb
TERSE = 4  # words of a message that a yes or no fills
BARE = 5  # words of a sentence that a number fills
STRAY = 3  # words beside the number of a bare answer
