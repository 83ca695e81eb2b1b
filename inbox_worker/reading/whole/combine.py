"""Words and attachments put together: agreement, "see attached", contradiction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from inbox_worker.model import Claim, Code, Doubt, Evidence, Kind, Op, Partstat, Person, Reading
from inbox_worker.reading.answer.confidence import DOUBTED
from inbox_worker.reading.answer.heard import same_person

HOLDS_BACK = (Code.COUNT_MISSING, Code.COUNT_UNCLEAR)


def joined(body: Reading, attached: Sequence[Reading]) -> Reading:
    """One reading of several. Where the message's own words answer nothing, the attachment's stand for them."""
    claims = list(body.claims)
    doubts = list(body.doubts)
    for other in attached:
        for claim in other.claims:
            at = next((i for i, c in enumerate(claims) if _same_organisation(c, claim)), None)
            if at is None and len(claims) == 1 and _unsettled(claim) != _unsettled(claims[0]):
                at = 0  # one of them could not tell who answers: they are of one message
            if at is None:
                claims.append(claim)
            else:
                claims[at] = _merged(claims[at], claim)
        doubts += [d for d in other.doubts if d not in doubts]
    needs = tuple(dict.fromkeys((*body.needs, *(n for r in attached for n in r.needs))))
    kind = Kind.REPLY if claims or doubts else body.kind
    language = body.language or next((r.language for r in attached if r.language), None)
    return Reading(body.reader, kind, language, tuple(claims), needs, tuple(dict.fromkeys(doubts)), body.evidence)


def _same_organisation(one: Claim, other: Claim) -> bool:
    if one.organisation is not None or other.organisation is not None:
        return one.organisation == other.organisation
    return one.name == other.name


def _unsettled(claim: Claim) -> bool:
    return any(d.code in (Code.ORGANISATION_UNCLEAR, Code.ORGANISATION_UNLISTED) for d in claim.doubts)


def _merged(one: Claim, other: Claim) -> Claim:
    """Two claims on one organisation: what the words say, completed by the attachment; a doubt where they differ."""
    if _unsettled(one) and not _unsettled(other):
        one = replace(one, organisation=other.organisation, name=other.name, doubts=_without_unsettled(one))
    elif _unsettled(other):
        other = replace(other, doubts=_without_unsettled(other))
    if one.partstat is not other.partstat:
        why = f"The message says {one.partstat}, its attachment {other.partstat}."
        return _doubted(one, other, Code.PARTSTAT_UNCLEAR, why, "partstat")
    if one.partstat is Partstat.DECLINED:
        return _together(one, other, (), alike=True)
    if one.op is not other.op and Op.SET not in (one.op, other.op):
        return _doubted(one, other, Code.COUNT_UNCLEAR, "The message and its attachment change different things.", "op")
    return _completed(one, other)


def _completed(one: Claim, other: Claim) -> Claim:
    if one.delegates is None or (other.delegates is None and one.delegates is not None):
        base, rest = (other, one) if one.delegates is None else (one, other)
        people = base.people or rest.people
        if base.delegates is not None and len(people) > base.delegates:
            return _doubted(one, other, Code.COUNT_UNCLEAR, "There are more names than people.", "delegates")
        doubts = tuple(d for d in dict.fromkeys((*one.doubts, *other.doubts)) if d.code is not Code.COUNT_MISSING)
        if base.delegates is None:
            doubts = tuple(dict.fromkeys((*one.doubts, *other.doubts)))
        return replace(base, people=people, doubts=doubts, evidence=_both(one, other),
                       revises=one.revises or other.revises)  # fmt: skip
    if one.delegates != other.delegates:
        why = f"The message says {one.delegates}, its attachment {other.delegates}."
        return _doubted(one, other, Code.COUNT_UNCLEAR, why, "delegates")
    people = _all_people(one.people, other.people)
    if len(people) > (one.delegates or 0):
        why = "The message and its attachment name different people."
        return _doubted(one, other, Code.COUNT_UNCLEAR, why, "people")
    alike = one.op is other.op and len(people) <= max(len(one.people), len(other.people))
    return _together(one, other, people, alike=alike)


def _together(one: Claim, other: Claim, people: tuple[Person, ...], *, alike: bool) -> Claim:
    """Two claims that do not contradict one another. Where they are ``alike`` in all they say, slight doubts of the one
    fall if nothing is doubted of the other."""
    doubts = tuple(dict.fromkeys((*one.doubts, *other.doubts)))
    sure = min(one.confidence, other.confidence)
    if alike and bool(one.doubts) is not bool(other.doubts) and all(d.slight for d in doubts):
        doubts, sure = (), max(one.confidence, other.confidence)
    return replace(one, people=people, doubts=doubts, evidence=_both(one, other), confidence=sure)


def _all_people(one: Sequence[Person], other: Sequence[Person]) -> tuple[Person, ...]:
    people = list(one)
    for person in other:
        at = next((i for i, p in enumerate(people) if same_person(p.name, person.name)), None)
        if at is None:
            people.append(person)
        elif len(person.name.split()) > len(people[at].name.split()):
            people[at] = person
    return tuple(people)


def _without_unsettled(claim: Claim) -> tuple[Doubt, ...]:
    return tuple(d for d in claim.doubts if d.code not in (Code.ORGANISATION_UNCLEAR, Code.ORGANISATION_UNLISTED))


def _doubted(one: Claim, other: Claim, code: Code, why: str, field: str) -> Claim:
    shown = tuple(
        Evidence(code.value, e.part, e.start, e.end, e.text)
        for claim in (one, other)
        for e in [e for e in claim.evidence if e.field == field][:2]
    )
    doubts = tuple(dict.fromkeys((*one.doubts, *other.doubts, Doubt(code, why, shown))))
    return replace(one, doubts=doubts, confidence=DOUBTED, evidence=_both(one, other))


def _both(one: Claim, other: Claim) -> tuple[Evidence, ...]:
    return tuple(dict.fromkeys((*one.evidence, *other.evidence)))
