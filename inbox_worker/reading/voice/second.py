"""Two readers of one message: what both say is written down, what they differ in is asked, with both opinions.

The second reader looks first with a narrow network, and with the whole one where that is not sure enough.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from inbox_worker.model import Claim, Code, Doubt, Op, Partstat
from inbox_worker.reading.answer.confidence import DOUBTED
from inbox_worker.reading.answer.heard import Heard, same_person
from inbox_worker.reading.voice.choice import best_of, ranked
from inbox_worker.reading.voice.evaluation import place_of, tells_the_same
from inbox_worker.reading.voice.judges import Judges, judges
from inbox_worker.reading.voice.network import Network, narrow_network, network
from inbox_worker.reading.voice.opinion import Opinion, asked_about, opinion_of
from inbox_worker.reading.voice.proposal import proposals
from inbox_worker.reading.voice.quiet import SETTLED, quietness

Told = tuple[tuple[Claim, ...], tuple[Doubt, ...]]  # claims, and the doubts that none of them carries

OPEN = frozenset({Code.PARTSTAT_UNCLEAR, Code.COUNT_UNCLEAR, Code.COUNT_MISSING})  # doubts of reading, not of trust
LONG = 200  # pieces of a text beyond which the first look is left out: it seldom settles anything
MORE_LIKELY_THAN_NOT = 0.5
A_WHOLE_ANSWER = 0.95  # probability from which a message is taken to change no earlier answer
ANSWERS = {
    "accepted": "an acceptance",
    "declined": "a refusal",
    "tentative": "a perhaps",
    "none": "no answer",
}


@dataclass(frozen=True)
class Look:
    """A network, and the judges that were fitted on what it says."""

    network: Network
    judges: Judges


def looks() -> tuple[Look, Look]:
    """With what a message is looked at: a narrow network, and the whole one where that does not settle it."""
    return Look(narrow_network(), judges("glance")), Look(network(), judges())


def reconsidered(heard: Heard, claims: tuple[Claim, ...], doubts: tuple[Doubt, ...]) -> Told:
    """What the grammar made of a message, seen by the networks as well."""
    if len(claims) > 1 or (claims and not heard.said):
        return claims, doubts
    first, close = looks()
    asked = asked_about(heard, close.network.words.pieces, close.network.most_pieces)
    if len(asked.numbers) <= LONG:
        told = _at_a_glance(heard, claims, doubts, opinion_of(heard, first.network, asked), first.judges)
        if told is not None:
            return told
    return _closely(heard, claims, doubts, opinion_of(heard, close.network, asked), close.judges)


def _at_a_glance(
    heard: Heard, claims: tuple[Claim, ...], doubts: tuple[Doubt, ...], opinion: Opinion, judge: Judges
) -> Told | None:
    """What a first look settles: that nothing is answered, or the grammar's own yes or no. None for what wants a closer
    look: all that is doubted, tables, and a perhaps, which most often is to be asked about."""
    held = [d for c in claims for d in c.doubts] + list(doubts)
    if _is_quiet(heard, claims, held, opinion, judge):
        return (), ()
    if not claims or held or told_by_table(heard, claims[0], opinion):
        return None
    best = _best(heard, opinion, judge, claims[0])
    if best is None or not is_plain(best.claim, claims[0]) or best.probability < judge.settle.least:
        return None
    return (_as_sure_as(best, claims[0]),), doubts


def is_plain(claim: Claim, beside: Claim) -> bool:
    """Whether a claim is a yes or no, and the same as an undoubted one of the grammar."""
    return claim.partstat is not Partstat.TENTATIVE and not beside.doubts and tells_the_same(claim, beside)


def _is_quiet(heard: Heard, claims: tuple[Claim, ...], held: list[Doubt], opinion: Opinion, judge: Judges) -> bool:
    """Whether it is sure enough that nothing is answered."""
    if not opinion.whole or any(d.code not in SETTLED for d in held):
        return False
    nothing = judge.quiet.probability(quietness(heard, claims, held, opinion))
    return nothing >= (judge.surely if claims and not held else judge.quiet.least)


def _closely(
    heard: Heard, claims: tuple[Claim, ...], doubts: tuple[Doubt, ...], opinion: Opinion, judge: Judges
) -> Told:
    """What a closer look makes of a message, doubts included."""
    held = [d for c in claims for d in c.doubts] + list(doubts)
    if _is_quiet(heard, claims, held, opinion, judge):
        return (), ()
    if claims and not held:
        if told_by_table(heard, claims[0], opinion):
            return claims, doubts
        return (_weighed(heard, claims[0], opinion, judge),), doubts
    if not held:
        return _unnoticed(heard, opinion, judge)
    if any(d.code not in OPEN for d in held):
        return claims, doubts
    other = _proposed(heard, opinion, judge, claims[0] if claims else None)
    return ((other,), ()) if other is not None else (claims, doubts)


def told_by_table(heard: Heard, claim: Claim, opinion: Opinion) -> bool:
    """Whether just those come whom tables list: the network learnt from sentences and lists, and
    does not see which column a word stands in."""
    tables = [block for _, block in heard.blocks if block.table]
    listed = [m.name for block in tables for item in block.items if item.verdict is not False for m in item.mentions]
    return (
        bool(claim.people)
        and opinion.partstat[claim.partstat.value] > 1 / 2
        and claim.op is Op.SET
        and claim.delegates == sum(block.count for block in tables)
        and all(any(same_person(p.name, name) for name in listed) for p in claim.people)
    )


def _weighed(heard: Heard, claim: Claim, opinion: Opinion, judge: Judges) -> Claim:
    """A claim of the grammar: with the probability that it is right, or with a doubt where that is too low."""
    best = _best(heard, opinion, judge, claim)
    if best is not None and best.same and best.probability >= judge.settle.least:
        return _as_sure_as(best, claim)
    if (
        best is not None
        and not best.same
        and best.probability >= judge.overrule
        and may_stand(heard, best.claim, claim, opinion)
    ):
        return best.claim
    doubt = _difference(heard, claim, opinion)
    slight = doubt.slight and best is not None and best.same and best.probability >= MORE_LIKELY_THAN_NOT
    number = None if doubt.code is Code.COUNT_UNCLEAR and claim.op is Op.SET and not slight else claim.delegates
    doubt = replace(doubt, slight=slight)
    return replace(claim, delegates=number, doubts=(*claim.doubts, doubt), confidence=min(claim.confidence, DOUBTED))


def _as_sure_as(best: _Best, claim: Claim) -> Claim:
    """A claim of the grammar with the probability that it is right."""
    return replace(claim, confidence=round(max(0.5, min(claim.confidence, best.probability)), 2))


def _difference(heard: Heard, claim: Claim, opinion: Opinion) -> Doubt:
    """What the two readers differ in most, in a sentence; slight where they differ in nothing."""
    answer = max(opinion.partstat, key=lambda k: opinion.partstat[k])
    shown = tuple(heard.evidence("partstat-unclear", *place) for place in opinion.words[:1])
    if answer != claim.partstat.value:
        grammar = ANSWERS[claim.partstat.value]
        why = f"Read as {grammar}; a second reader takes it for {ANSWERS[answer]} ({opinion.partstat[answer]:.0%})."
        return Doubt(Code.PARTSTAT_UNCLEAR, why, shown)
    if claim.partstat is Partstat.DECLINED:
        return Doubt(Code.PARTSTAT_UNCLEAR, "Read as a refusal; a second reader is not sure of it.", shown, True)
    shown = tuple(heard.evidence("count-unclear", *place) for place in opinion.words[-1:])
    place = max(range(len(opinion.count)), key=lambda i: opinion.count[i])
    untold = len(opinion.count) - 1
    told = {untold: "no number", untold - 1: f"{place} or more"}.get(place, str(place))
    if place != place_of(claim, opinion):
        mine = "no number" if claim.delegates is None else str(claim.delegates)
        why = f"Read as {mine}; a second reader reads {told} ({opinion.count[place]:.0%})."
        return Doubt(Code.COUNT_UNCLEAR, why, shown)
    stranger = max(
        (n for n in opinion.people if not any(same_person(n.name, p.name) for p in claim.people)),
        key=lambda n: n.comes,
        default=None,
    )
    if stranger is not None and stranger.comes > 1 / 2:
        there = (heard.evidence("count-unclear", stranger.part, stranger.start, stranger.end),)
        return Doubt(Code.COUNT_UNCLEAR, f"A second reader counts {stranger.name} as well.", there)
    return Doubt(Code.COUNT_UNCLEAR, "A second reader is not sure who comes, and how many.", shown, True)


def _unnoticed(heard: Heard, opinion: Opinion, judge: Judges) -> Told:
    """A message in which the grammar finds no answer."""
    found = _proposed(heard, opinion, judge, None)
    if found is not None:
        return (found,), ()
    answer = max((k for k in opinion.partstat if k != "none"), key=lambda k: opinion.partstat[k])
    shown = tuple(heard.evidence("partstat-unclear", *place) for place in opinion.words[:1])
    why = f"No answer was found; a second reader holds {ANSWERS[answer]} for possible ({opinion.partstat[answer]:.0%})."
    return (), (Doubt(Code.PARTSTAT_UNCLEAR, why, shown),)


def may_propose(heard: Heard) -> bool:
    """Whether the network may answer where the grammar does not: something is said, and it is plain who says it."""
    said = bool(heard.said or heard.blocks)
    return said and heard.answerer.organisation is not None and not heard.answerer.doubts


def may_stand(heard: Heard, claim: Claim, beside: Claim | None, opinion: Opinion) -> bool:
    """Whether a claim may be written down instead of what the grammar makes of the message (``beside``)."""
    if beside is not None and (drops_change(claim, beside, opinion) or _drops_companion(heard, claim, beside)):
        return False
    return may_propose(heard)


def _drops_companion(heard: Heard, claim: Claim, beside: Claim) -> bool:
    """Whether a claim counts fewer than the grammar where a sentence says that somebody comes with the writer."""
    fewer = claim.delegates is not None and beside.delegates is not None and claim.delegates < beside.delegates
    return fewer and any(said.has("with_me") for _, said in heard.said)


def drops_change(claim: Claim, other: Claim, opinion: Opinion) -> bool:
    """Whether a claim is a whole answer where another one changes an earlier answer. Then it never takes its place: the
    registry would forget what was answered before. But where somebody comes in another's place, the network may be
    quite sure that nothing was announced before: "I cannot come, my deputy will"."""
    if claim.op is not Op.SET or other.op is Op.SET:
        return False
    in_a_place = other.op is Op.ADD and other.delegates == 0 and claim.partstat is Partstat.ACCEPTED
    return not in_a_place or opinion.op[Op.SET.value] < A_WHOLE_ANSWER


@dataclass(frozen=True)
class _Best:
    """The likeliest claim, how likely it is right, and whether it tells the same as the grammar's."""

    claim: Claim
    probability: float
    same: bool


def _best(heard: Heard, opinion: Opinion, judge: Judges, beside: Claim | None) -> _Best | None:
    """What the message says most likely, None where nothing complete is possible; ``beside``: what the grammar made of
    it."""
    found = proposals(heard, opinion, beside)
    if not found:
        return None
    rows = ranked(heard, found, opinion, beside)
    at, values = best_of(rows, judge.rank.probabilities(rows))
    claim, probability = found[at].claim, judge.settle.probability(values)
    revises = claim.revises or (beside.revises if beside is not None else any(said.revises for _, said in heard.said))
    sure = round(min(probability, heard.answerer.confidence), 2)
    same = beside is not None and tells_the_same(claim, beside)
    return _Best(replace(claim, revises=revises, confidence=sure), probability, same)


def _proposed(heard: Heard, opinion: Opinion, judge: Judges, beside: Claim | None) -> Claim | None:
    """What the message says, where that is sure enough although the grammar does not see it."""
    best = _best(heard, opinion, judge, beside) if may_propose(heard) else None
    if best is None or best.probability < judge.settle.least or not may_stand(heard, best.claim, beside, opinion):
        return None
    return best.claim
