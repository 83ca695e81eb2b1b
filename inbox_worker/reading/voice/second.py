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


def looks() -> tuple[Look, ...]:
    """How often a message is looked at, until one look is sure enough: by a narrow network, then by the whole one."""
    return Look(narrow_network(), judges("glance")), Look(network(), judges("judges"))


def reconsidered(heard: Heard, claims: tuple[Claim, ...], doubts: tuple[Doubt, ...]) -> Told:
    """What the grammar made of a message, seen by the networks as well."""
    if len(claims) > 1 or (claims and not heard.said):
        return claims, doubts
    *quick, close = looks()
    asked = asked_about(heard, close.network.words.pieces, close.network.most_pieces)
    for look in quick if len(asked.numbers) <= LONG else ():
        told = settled(heard, claims, doubts, opinion_of(heard, look.network, asked), look.judges)
        if told is not None and _is_plain(told, claims):
            return told
    opinion = opinion_of(heard, close.network, asked)
    told = settled(heard, claims, doubts, opinion, close.judges)
    return told if told is not None else _doubted(heard, claims, doubts, opinion, close.judges)


def _is_plain(told: Told, claims: tuple[Claim, ...]) -> bool:
    """Whether a first look may settle it: nothing is answered, or it is the grammar's own yes or no. All else wants a
    closer look, also a perhaps, which most often is to be asked about."""
    if not told[0]:
        return True
    return bool(claims) and is_plain(told[0][0], claims[0])


def is_plain(claim: Claim, beside: Claim) -> bool:
    """Whether a claim is a yes or no, and the same as the grammar's."""
    return claim.partstat is not Partstat.TENTATIVE and tells_the_same(claim, beside)


def settled(
    heard: Heard, claims: tuple[Claim, ...], doubts: tuple[Doubt, ...], opinion: Opinion, judge: Judges
) -> Told | None:
    """What is written down or set aside by both readers, None where that is not sure enough."""
    held = [d for c in claims for d in c.doubts] + list(doubts)
    if opinion.whole and all(d.code in SETTLED for d in held):
        nothing = judge.quiet.probability(quietness(heard, claims, held, opinion))
        if nothing >= (judge.surely if claims and not held else judge.quiet.least):
            return (), ()
    if claims and not held:
        if told_by_table(heard, claims[0], opinion):
            return claims, doubts
        weighed = _weighed(heard, claims[0], opinion, judge)
        return None if weighed is None else ((weighed,), doubts)
    if any(d.code not in OPEN for d in held):
        return None
    other = _proposed(heard, opinion, judge, claims[0] if claims else None)
    return None if other is None else ((other,), ())


def _doubted(
    heard: Heard, claims: tuple[Claim, ...], doubts: tuple[Doubt, ...], opinion: Opinion, judge: Judges
) -> Told:
    """What is asked: what the grammar doubts already, or what the readers differ in."""
    if doubts or any(c.doubts for c in claims):
        return claims, doubts
    return ((_differing(heard, claims[0], opinion, judge),), doubts) if claims else _unnoticed(heard, opinion)


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


def _weighed(heard: Heard, claim: Claim, opinion: Opinion, judge: Judges) -> Claim | None:
    """A claim of the grammar with the probability that it is right, or what stands instead; None where neither is
    likely enough."""
    best = _best(heard, opinion, judge, claim)
    if best is None:
        return None
    if best.same:
        sure = round(max(0.5, min(claim.confidence, best.probability)), 2)
        return replace(claim, confidence=sure) if best.probability >= judge.settle.least else None
    stands = best.probability >= judge.overrule and may_stand(heard, best.claim, claim, opinion)
    return best.claim if stands else None


def _differing(heard: Heard, claim: Claim, opinion: Opinion, judge: Judges) -> Claim:
    """A claim of the grammar with the doubt that the other reader has."""
    best = _best(heard, opinion, judge, claim)
    doubt = _difference(heard, claim, opinion)
    slight = doubt.slight and best is not None and best.same and best.probability >= MORE_LIKELY_THAN_NOT
    number = None if doubt.code is Code.COUNT_UNCLEAR and claim.op is Op.SET and not slight else claim.delegates
    doubt = replace(doubt, slight=slight)
    return replace(claim, delegates=number, doubts=(*claim.doubts, doubt), confidence=min(claim.confidence, DOUBTED))


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


def _unnoticed(heard: Heard, opinion: Opinion) -> Told:
    """A message in which the grammar finds no answer, and the other reader perhaps does."""
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
