"""A message that says yes, or perhaps."""

from __future__ import annotations

from collections.abc import Sequence

from inbox_worker.model import Claim, Code, Doubt, Op, Partstat
from inbox_worker.reading.answer.adding_up import miscounted
from inbox_worker.reading.answer.claims import claim_of, count_evidence
from inbox_worker.reading.answer.confidence import DOUBTED, PLAIN_YES, SUMMED, WEAK_YES
from inbox_worker.reading.answer.heard import Heard, is_sender
from inbox_worker.reading.answer.number import number_of
from inbox_worker.reading.answer.party import Party
from inbox_worker.reading.answer.safeguards import contradiction, refused_too, unexplained
from inbox_worker.reading.blocks import Block
from inbox_worker.reading.counts import MOST, Number
from inbox_worker.reading.grammar.heads import is_measure
from inbox_worker.reading.grammar.said import Said, Status, Who

Told = tuple[int, str, Said]  # place in the message, part, sentence


def acceptance(
    heard: Heard,
    party: Party,
    accepted: Sequence[Told],
    tentative: Sequence[Told],
    declined: Sequence[Told],
    blocks: Sequence[tuple[str, Block]],
    free: Sequence[Told],
) -> tuple[tuple[Claim, ...], tuple[Doubt, ...]]:
    """The claim of a message that accepts, or leans to it."""
    answers = sorted([*accepted, *tentative], key=lambda a: a[0])
    best = next((a for a in answers if a[2].strong), answers[0] if answers else None)
    plain = any(s.strong for _, _, s in accepted) or blocks
    tentative = [t for t in tentative if t[2].strong or not plain or t[2].has("tentative")]
    partstat = Partstat.TENTATIVE if tentative else Partstat.ACCEPTED
    pivot: tuple[str, int, int] | None = None
    if tentative or best is not None:
        decides = tentative[0] if tentative else best
        pivot = (decides[1], *decides[2].span) if decides is not None else None
    elif blocks:
        pivot = (blocks[0][0], blocks[0][1].start, blocks[0][1].end)
    doubts = [
        *_faint(heard, party, best, blocks),
        *_between(heard, party, answers, accepted, tentative),
        *_against(heard, party, accepted, tentative, declined, blocks),
    ]
    op, revises = _op(answers, party, blocks)
    leaves = tuple(dict.fromkeys(party.absent)) if revises else ()
    leaves = leaves or _whose_place(heard, answers)
    number, count_doubts, sure_number = number_of(heard, party, op)
    if op is Op.ADD and any(a[2].op == "replace" for a in answers) and not party.stand_in:
        number, count_doubts, sure_number = 0, _replaced_by_several(heard, party, answers), max(sure_number, SUMMED)
        revises = True
        doubts += _unbalanced(heard, party, leaves)
    if partstat is Partstat.TENTATIVE and number is None:
        count_doubts = _without_number(heard, count_doubts, tentative, free)
    doubts += count_doubts
    if not doubts and (odd := miscounted(heard, party, op, number, leaves)) is not None:
        doubts.append(odd)
    if not doubts and (left := unexplained(free, answers, bool(tentative))) is not None:
        _, part, said = left
        evidence = (heard.evidence("partstat-unclear", part, said.sentence.start, said.sentence.end),)
        why = "One sentence casts doubt on the answer and was not understood."
        doubts.append(Doubt(Code.PARTSTAT_UNCLEAR, why, evidence))
    sure = PLAIN_YES if (best is not None and best[2].strong) or blocks else WEAK_YES
    confidence = min(sure, sure_number) if not doubts else DOUBTED
    claim = claim_of(heard, partstat, number, op, party, doubts, confidence, pivot, revises=revises, leaves=leaves)
    return (claim,), ()


def _faint(heard: Heard, party: Party, best: Told | None, blocks: Sequence[tuple[str, Block]]) -> list[Doubt]:
    """A doubt where nothing plain is said and nobody is counted or named."""
    if best is None or best[2].strong or blocks or party.more or party.people or party.totals or party.unnamed:
        return []
    if best[2].status is Status.TENTATIVE and best[2].who in {Who.WE, Who.I}:
        return []
    evidence = (heard.evidence("partstat-unclear", best[1], best[2].sentence.start, best[2].sentence.end),)
    return [Doubt(Code.PARTSTAT_UNCLEAR, "Speaks of coming, but not plainly of coming to this.", evidence)]


def _between(
    heard: Heard, party: Party, answers: Sequence[Told], accepted: Sequence[Told], tentative: Sequence[Told]
) -> list[Doubt]:
    """Doubts between a yes and a perhaps."""
    if tentative:
        sure = [a for a in accepted if a[2].strong or (a[2].coming and a[2].who is not Who.UNSAID)]
        sure = [a for a in sure if a[0] > tentative[-1][0]]
        if not sure or party.open_range:
            return []
        return [contradiction(heard, tentative[-1], sure[-1], "Says once that they come and once that they may.")]
    shaky = next((a for a in answers if a[2].has("shaky") and a[2].status is Status.ACCEPTED), None)
    if shaky is None:
        return []
    return [contradiction(heard, shaky, shaky, "May make its coming depend on something.")]


def _against(
    heard: Heard,
    party: Party,
    accepted: Sequence[Told],
    tentative: Sequence[Told],
    declined: Sequence[Told],
    blocks: Sequence[tuple[str, Block]],
) -> list[Doubt]:
    """Doubts where the text or the subject also says no."""
    doubt = refused_too(heard, party, accepted, tentative, declined, blocks)
    doubts = [doubt] if doubt is not None else []
    refused = next((s for s in heard.subject if s.status is Status.DECLINED and not s.asks), None)
    if refused is not None and not heard.answers_us:
        evidence = (heard.evidence("partstat-unclear", "subject", *refused.span),)
        doubts.append(Doubt(Code.PARTSTAT_UNCLEAR, "The subject declines, the text accepts.", evidence))
    return doubts


def _replaced_by_several(heard: Heard, party: Party, answers: Sequence[Told]) -> tuple[Doubt, ...]:
    """A doubt where more people come in somebody's place than leave."""
    newcomers = len(party.people) + sum(n for n, *_ in party.unnamed)
    if newcomers <= max(1, len(set(party.absent))) or not any(_beside_a_name(a[2]) for a in answers):
        return ()
    counted = count_evidence(heard, party, "count-unclear")
    return (Doubt(Code.COUNT_UNCLEAR, f"{newcomers} people replace somebody.", counted),)


def _whose_place(heard: Heard, answers: Sequence[Told]) -> tuple[str, ...]:
    """Whom "her" means in "Ana will take her place": the only one named in the sentence before."""
    for i, _, said in answers:
        replaces = [h for h in said.hits if h.kind == "replace"]
        pronoun = any(h.kind == "pronoun" and r.start <= h.start < r.end for h in said.hits for r in replaces)
        if said.op != "replace" or not pronoun or i == 0:
            continue
        before = heard.said[i - 1][1]
        named = [m.name for m in before.names if m.start > 0 and not is_sender(heard, m.name)]
        if len(named) == 1:
            return (named[0],)
    return ()


def _unbalanced(heard: Heard, party: Party, leaves: Sequence[str]) -> list[Doubt]:
    """A doubt where it is not one for one: somebody replaces nobody that was named, or several do."""
    arrived = len(party.people) + (1 if party.selves else 0)
    if arrived == len(set(leaves)) or (arrived == 1 and not leaves):
        return []
    counted = count_evidence(heard, party, "count-unclear")
    why = (
        f"Somebody is replaced; of {arrived} named as coming and {len(set(leaves))} as leaving the pairs are not clear."
    )
    return [Doubt(Code.COUNT_UNCLEAR, why, counted)]


def _without_number(
    heard: Heard, doubts: tuple[Doubt, ...], tentative: Sequence[Told], free: Sequence[Told]
) -> tuple[Doubt, ...]:
    """What is doubtful where it is not said how many may come."""
    if any(said.has("undecided") for _, _, said in free):  # they will come back with the rest
        doubts = tuple(d for d in doubts if d.code is not Code.COUNT_MISSING)
    loose = next(((p, s, n) for _, p, s in tentative for n in s.numbers if _may_count(s, n)), None)
    if loose is None or doubts:
        return doubts
    part, said, number = loose
    evidence = (heard.evidence("count-unclear", part, *said.offsets(number.start, number.end)),)
    return (Doubt(Code.COUNT_UNCLEAR, f"May count those who come: {evidence[0].text}.", evidence),)


def _op(answers: Sequence[tuple[int, str, Said]], party: Party, blocks: Sequence[tuple[str, Block]]) -> tuple[Op, bool]:
    revises = any(s.revises for _, _, s in answers)
    ops = [s.op for _, _, s in answers if s.op]
    whole = bool(blocks) and sum(b.count for _, b in blocks) > 1
    pairs = bool(party.absent) and len(party.people) == len(set(party.absent))
    if "replace" in ops and party.stand_in:
        return Op.SET, False  # "our director is prevented; Ana López will come in her place"
    if "replace" in ops and not whole and (not party.totals or (pairs and party.totals[0][0] != len(party.people))):
        return Op.ADD, True
    if (
        ops
        and ops[0] == "add"
        and not party.totals
        and not any(s.strong and not s.op and s.coming for _, _, s in answers)
        and not any(s.op == "add" and _tells_whole(s) for _, _, s in answers)
    ):
        return Op.ADD, True
    return Op.SET, revises


def _tells_whole(said: Said) -> bool:
    """Whether "two more" are besides the writer, who comes by the same sentence: "I shall come, with two more"."""
    selves = any(m.kind == "self" for m in said.coming)
    return selves and any(m.kind in {"more", "spelt"} for m in said.coming) and not said.has("change")


def _may_count(said: Said, number: Number) -> bool:
    """Whether a small number that was not understood may be one of people."""
    beside = is_measure(said, number.start, number.end)
    used = any(m.start < number.end and number.start < m.end for m in said.names)
    return 1 <= number.value <= MOST and not beside and not used and (number.value > 1 or number.start == 0)


def _beside_a_name(said: Said) -> bool:
    """Whether an unnamed person is joined to a named one: "Ana López and another trustee"."""
    names = [m for m in said.coming if m.kind == "name"]
    return any(
        h.kind == "companion" and n.end == h.start and m.start == h.end
        for h in said.hits
        for n in names
        for m in said.coming
        if m.kind in {"role", "part", "total", "more"}
    )
