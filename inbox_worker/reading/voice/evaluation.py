"""What speaks for and against a claim, as numbers that a judge can weigh."""

from __future__ import annotations

import math

from inbox_worker.model import Claim, Code, Op, Partstat
from inbox_worker.reading.answer.heard import Heard, same_person
from inbox_worker.reading.grammar.said import Status
from inbox_worker.reading.voice.opinion import Opinion

FEATURES = (
    "partstat",  # log odds that the network gives the claim's answer, and so on
    "count",
    "count_margin",  # of the claim's number over the likeliest other one
    "weakest",  # of those who are said to come, the one whom the network believes least
    "strongest_other",  # of the others, the one whom it believes most
    "writer",
    "op",
    "mismatch",  # the number is not that of the names
    "unnumbered",
    "people",
    "changes",
    "declined",
    "tentative",
    "ask",  # that somebody must be asked
    "none",  # that nothing is answered
    "cut",  # not all was given to the network
    "revises",  # a sentence may change an earlier answer
    "joins",  # a word of adding, replacing or leaving
    "untold",  # that no number is told
    "named",  # how many people the message names,
    "halfway",  # and how many of them the network neither believes nor disbelieves
    "numbers",  # how many numbers it tells
    "sentences",
    "length",
    "off",  # how far the number is from what the network adds up
    "others",  # other invited organisations that the new words name,
    "others_told",  # and those of which sentences say who comes, or how many
    "number_told",  # the number is one that the message tells,
    "number_counted",  # and one of people, by the grammar;
    "other_counted",  # another one is
    "number_listed",  # it is that of a list or table, a half where there is none,
    "number_named",  # and that of the names
)
MOST_NAMED, MOST_NUMBERS, MOST_SENTENCES, MOST_CHARACTERS = 12, 8, 20, 1500
MOST_OTHERS = 3
HOW_MANY = frozenset({Code.COUNT_UNCLEAR, Code.COUNT_MISSING})
HALFWAY = 2.2  # log odds, one in ten
FARTHEST = 4.0  # people that a number is off beyond which nothing is farther
STEEP = 6.0  # log odds beyond which nothing is surer
TINY = 1e-6  # a probability that is taken for none


def evaluation(heard: Heard, claim: Claim, opinion: Opinion) -> tuple[float, ...]:
    """The features of a claim, in the order of ``FEATURES``."""
    people = [p.name for p in claim.people]
    coming = _is_coming(claim)
    writer = heard.sender[0] if heard.sender is not None else ""
    mine = bool(writer) and any(same_person(writer, p) for p in people)
    others = [p for p in people if not (writer and same_person(writer, p))]
    believed = [_believed(opinion, p) for p in others]
    known = [*people, *claim.leaves]
    strangers = [n.comes for n in opinion.people if not any(same_person(n.name, k) for k in known) and n.name != writer]
    number, place = claim.delegates, place_of(claim, opinion)
    told = odds(opinion.count[place])
    op = op_of(claim)
    steps = (
        odds(opinion.partstat[claim.partstat.value]),
        told if coming else 0.0,
        told - _rival(opinion, place) if coming else 0.0,
        odds(min(believed)) if believed else STEEP / 2,
        odds(max(strangers)) if strangers else -STEEP / 2,
        (odds(opinion.writer) if mine else -odds(opinion.writer)) if coming and writer else 0.0,
        odds(opinion.op[op]) if coming else 0.0,
        float(coming and number is not None and claim.op is Op.SET and number != len(people)),
        float(coming and number is None),
        float(min(len(people), 5)),
        float(claim.op is not Op.SET),
        float(claim.partstat is Partstat.DECLINED),
        float(claim.partstat is Partstat.TENTATIVE),
        odds(opinion.ask),
        odds(opinion.partstat["none"]),
        float(not opinion.whole),
        float(any(said.revises for _, said in heard.said)),
        float(any(said.has("add", "more", "replace", "remove", "instead") for _, said in heard.said)),
        odds(opinion.count[-1]),
        float(min(len(opinion.people), MOST_NAMED)),
        float(sum(abs(odds(n.comes)) < HALFWAY for n in opinion.people)),
        float(min(sum(len(said.numbers) for _, said in heard.said), MOST_NUMBERS)),
        *size(heard),
        _off(claim, opinion),
        *_others(heard, claim),
        *_numbers(heard, claim),
    )
    return tuple(round(s, 4) for s in steps)


def _others(heard: Heard, claim: Claim) -> tuple[float, float]:
    """How many other invited organisations are named, and in how many sentences that tell of somebody or a number."""
    places = [(p.part, p.found) for p in heard.answerer.places if p.where == "text"]
    others = [(part, f) for part, f in places if f.organisation != claim.organisation]
    told = [
        f.organisation
        for part, f in others
        for where, said in heard.said
        if where == part
        and said.sentence.start <= f.start < said.sentence.end
        and (said.status is not Status.NONE or said.numbers or said.names)
    ]
    return float(min(len({f.organisation for _, f in others}), MOST_OTHERS)), float(min(len(set(told)), MOST_OTHERS))


def _numbers(heard: Heard, claim: Claim) -> tuple[float, ...]:
    """Where a claim's number comes from."""
    number = claim.delegates
    if number is None or not _is_coming(claim):
        return (0.0,) * 5
    counted = {m.number for _, said in heard.said for m in said.coming if m.kind in {"total", "part"}}
    listed = [block.count for _, block in heard.blocks]
    found = (
        any(n.value == number for _, said in heard.said for n in said.numbers),
        number in counted,
        bool(counted - {number}),
        number in listed if listed else 1 / 2,
        number == len(claim.people),
    )
    return tuple(map(float, found))


def size(heard: Heard) -> tuple[float, float]:
    """How many sentences a message has, and how many characters, as far as it matters."""
    spans = [said.sentence for _, said in heard.said]
    return float(min(len(spans), MOST_SENTENCES)), float(min(sum(s.end - s.start for s in spans), MOST_CHARACTERS))


def place_of(claim: Claim, opinion: Opinion) -> int:
    """Where in ``opinion.count`` a claim's number stands."""
    untold = len(opinion.count) - 1
    return untold if claim.delegates is None else min(claim.delegates, untold - 1)


def _is_coming(claim: Claim) -> bool:
    """Whether a claim may tell how many come, join or leave: it is no refusal."""
    return claim.partstat is not Partstat.DECLINED


def _off(claim: Claim, opinion: Opinion) -> float:
    """How far a claim's number is from what the network adds up, in people, as far as it matters."""
    if claim.delegates is None or not _is_coming(claim):
        return 0.0
    return min(abs(opinion.total - claim.delegates), FARTHEST)


def _rival(opinion: Opinion, place: int) -> float:
    """Log odds of the likeliest other number."""
    return odds(max(p for i, p in enumerate(opinion.count) if i != place))


def odds(probability: float) -> float:
    """The logarithm of the odds, between ``-STEEP`` and ``STEEP``."""
    return min(STEEP, max(-STEEP, log_odds(probability)))


def log_odds(probability: float) -> float:
    """The logarithm of the odds."""
    within = min(max(probability, TINY), 1 - TINY)
    return math.log(within / (1 - within))


def _believed(opinion: Opinion, name: str) -> float:
    return max((n.comes for n in opinion.people if same_person(n.name, name)), default=0.5)


def op_of(claim: Claim) -> str:
    """What the network calls a claim's operation."""
    if claim.op is Op.ADD:
        return "replace" if claim.delegates == 0 else "add"
    return "remove" if claim.op is Op.REMOVE else "set"


AGREEMENT = (
    "same_partstat",
    "same_count",
    "same_people",
    "nothing_beside",
    "undoubted",
    "same_op",
    "partstat_doubted",
    "count_doubted",
    "sure_beside",  # how sure the grammar is of its own
)


def agreement(claim: Claim, other: Claim | None) -> tuple[float, ...]:
    """In what a claim is the same as that of the grammar, in the order of ``AGREEMENT``."""
    if other is None:
        return 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0
    codes = {d.code for d in other.doubts}
    return (
        float(claim.partstat is other.partstat),
        float(claim.delegates == other.delegates),
        float(_same_people(claim, other)),
        0.0,
        float(not other.doubts),
        float(claim.op is other.op),
        float(Code.PARTSTAT_UNCLEAR in codes),
        float(not codes.isdisjoint(HOW_MANY)),
        other.confidence,
    )


def _same_people(claim: Claim, other: Claim) -> bool:
    """Whether two claims name the same people, however fully."""
    names, others = [p.name for p in claim.people], [p.name for p in other.people]
    return len(names) == len(others) and all(any(same_person(n, o) for o in others) for n in names)


def tells_the_same(claim: Claim, other: Claim) -> bool:
    """Whether two claims give the same answer, number and people."""
    return all(agreement(claim, other)[:3]) and claim.op is other.op
