"""Which organisation a message answers for, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from inbox_worker.model import Code, Doubt, Evidence, Invitation, Message, is_free_mail
from inbox_worker.reading.layout import Layout
from inbox_worker.reading.lexicon import Lexicon
from inbox_worker.reading.offices import may_be_an_office
from inbox_worker.reading.organisations import (
    Found,
    Index,
    by_sender,
    distinct,
    find,
    index_of,
    resemble,
)
from inbox_worker.reading.self_names import names_written
from inbox_worker.reading.text import Sentence, lines, tokens

MOST_EVIDENCE = 20  # places where an organisation is named that are shown
SURE = 4  # weight from which a name outweighs a domain that nobody listed


@dataclass(frozen=True)
class Place:
    """An organisation named somewhere: in the "text", the "signature", the "subject" or the "display" name."""

    where: str
    part: str
    found: Found


@dataclass(frozen=True)
class Answerer:
    """The organisation that answers. ``organisation`` is None where none of the list could be settled on."""

    organisation: str | None
    name: str
    doubts: tuple[Doubt, ...]
    evidence: tuple[Evidence, ...]
    confidence: float
    places: tuple[Place, ...] = field(default=())
    written: tuple[Place, ...] = field(default=())  # where it is named in other words than the list's


def places_of(message: Message, layouts: Sequence[Layout], index: Index) -> list[Place]:
    """Every listed organisation named in what the sender wrote."""
    found: list[Place] = []
    for layout in layouts:
        for where, spans in (("text", layout.body), ("signature", layout.signature)):
            for start, end in spans:
                words = [t for t in tokens(layout.part.text, start, end) if t.is_word]
                found += [Place(where, layout.part.section, f) for f in find(words, index)]
    found += [Place("subject", "subject", f) for f in find([t for t in tokens(message.subject) if t.is_word], index)]
    return found + [
        Place("display", "from", f) for f in find([t for t in tokens(message.from_.name) if t.is_word], index)
    ]


def answerer_of(
    message: Message,
    invitation: Invitation,
    layouts: Sequence[Layout],
    lexicons: Sequence[Lexicon],
    answers: Sequence[Sentence],
) -> Answerer:
    """Settle which organisation answers.

    ``answers`` are the sentences that speak of participation: who is named as coming there counts more than who is
    merely mentioned. A domain is a vote only where one listed organisation has it.
    """
    index = index_of(invitation.organisations)
    places = places_of(message, layouts, index)
    domain = message.from_.domain
    owners = by_sender(message.from_.address, index)
    subjects = _subjects(places, answers)
    if len(owners) == 1:
        return _with_domain(owners[0], message, places, subjects, index)
    ranked = _ranked(places, subjects, layouts)
    if owners:
        inside = [r for r in ranked if r[0] in owners]
        if inside and (len(inside) == 1 or inside[0][1] - inside[1][1] >= 2):
            return _told_from_offices(inside[0][0], owners, message, layouts, lexicons, places, index)
        if not inside:
            near = _by_resemblance(message, layouts, lexicons, answers, index, frozenset(owners))
            if near.organisation is not None:
                return near
            if ranked and ranked[0][1] >= SURE:
                return _settled(ranked[0][0], message, places, index, 0.75)
        names = ", ".join(index.by_id[o].name for o in owners[:4])
        why = f"{domain} is shared by {names} and others, and nothing in the message tells which of them answers."
        return _unclear(message, _shared_name(owners, index, domain), why, index)
    ranked = [r for r in ranked if r[1] >= (2 if is_free_mail(domain) else SURE)]
    if ranked and (len(ranked) == 1 or ranked[0][1] - ranked[1][1] >= 2):
        return _settled(ranked[0][0], message, places, index, 0.9 if is_free_mail(domain) else 0.85)
    if ranked:
        others = " or ".join(index.by_id[o].name for o, _ in ranked[:3])
        return _doubted(ranked[0][0], message, places, index, f"The message may answer for {others}.")
    return _by_resemblance(message, layouts, lexicons, answers, index)


def _told_from_offices(
    chosen: str,
    owners: Sequence[str],
    message: Message,
    layouts: Sequence[Layout],
    lexicons: Sequence[Lexicon],
    places: Sequence[Place],
    index: Index,
) -> Answerer:
    """One of those that share a domain, in doubt where an office of it may be meant."""
    weight = max((p.found.weight for p in places if p.found.organisation == chosen), default=0)
    said = (
        t.norm
        for layout in layouts
        for start, end in (*layout.body, *layout.signature)
        for t in tokens(layout.part.text, start, end)
    )
    office = may_be_an_office(chosen, owners, weight, said, lexicons, index)
    if office is None:
        return _settled(chosen, message, places, index, 0.9)
    one, two = index.by_id[chosen], index.by_id[office]
    why = f"{one.name} and {two.name} write from the same domain; the message does not tell which of them answers."
    return _doubted(chosen, message, places, index, why)


def _ranked(places: Sequence[Place], subjects: Sequence[str], layouts: Sequence[Layout]) -> list[tuple[str, int]]:
    """The organisations that may answer with the weight of where they are named, the heaviest first.

    A signature's first lines, a display name and a subject line are for one's own name; sentences that speak of
    participation often name it; a full name says more than an acronym.
    """
    head = set(_head_of_signature(places, layouts))
    scores: dict[str, int] = {}
    for organisation in distinct(p.found for p in places):
        own = [p for p in places if p.found.organisation == organisation]
        where = {p.where for p in own}
        score = (
            3 * (organisation in head)
            + 3 * ("display" in where)
            + 2 * ("subject" in where)
            + 2 * (organisation in subjects)
        )
        score += ("text" in where) + 2 * any(p.found.weight >= 2 for p in own)
        scores[organisation] = score
    return sorted(scores.items(), key=lambda x: -x[1])


def _subjects(places: Sequence[Place], answers: Sequence[Sentence]) -> list[str]:
    """Organisations named in sentences that speak of participation."""
    spans = [(s.start, s.end) for s in answers]
    return distinct(p.found for p in places if p.where == "text" and any(a <= p.found.start < b for a, b in spans))


def _head_of_signature(places: Sequence[Place], layouts: Sequence[Layout]) -> list[str]:
    """Organisations in the first lines of the signature; further down stand memberships and campaigns."""
    named: list[str] = []
    for layout in layouts:
        for start, end in layout.signature:
            for line in [x for x in lines(layout.part.text, start, end) if x.end > x.start][:5]:
                here = distinct(
                    p.found
                    for p in places
                    if p.where == "signature"
                    and p.part == layout.part.section
                    and line.start <= p.found.start < line.end
                )
                if here:
                    return here
    return named


def _with_domain(
    owner: str, message: Message, places: Sequence[Place], subjects: Sequence[str], index: Index
) -> Answerer:
    named = {p.found.organisation for p in places}
    if owner in named or not subjects:
        return _settled(owner, message, places, index, 0.97)
    other = subjects[0]
    if len(set(subjects)) == 1:
        one, two = index.by_id[owner], index.by_id[other]
        return _doubted(owner, message, places, index, f"The address is {one.name}'s, the text speaks for {two.name}.")
    return _settled(owner, message, places, index, 0.9)


def _evidence(organisation: str, message: Message, places: Sequence[Place]) -> tuple[Evidence, ...]:
    order = {"text": 0, "signature": 1, "display": 2, "subject": 3}
    found = []
    for place in sorted(
        (p for p in places if p.found.organisation == organisation), key=lambda p: (order[p.where], p.found.start)
    ):
        text = message.text_of(place.part) or ""
        start, end = place.found.start, place.found.end
        if place.part == "from":
            shift = text.find(message.from_.name)
            start, end = start + max(0, shift), end + max(0, shift)
        if 0 <= start < end <= len(text):
            found.append(Evidence("organisation", place.part, start, end, text[start:end]))
    return tuple(found[:MOST_EVIDENCE]) + _address_evidence(message)


def _address_evidence(message: Message) -> tuple[Evidence, ...]:
    header = message.header("from") or ""
    at = header.lower().rfind(message.from_.domain) if message.from_.domain else -1
    end = at + len(message.from_.domain)
    if at >= 0:
        return (Evidence("organisation", "from", at, end, header[at:end]),)
    for part in message.parts:  # a forwarded message has its sender in a text
        at = part.text.lower().find(message.from_.domain) if message.from_.domain else -1
        if at >= 0:
            end = at + len(message.from_.domain)
            return (Evidence("organisation", part.section, at, end, part.text[at:end]),)
    return ()


def _settled(organisation: str, message: Message, places: Sequence[Place], index: Index, confidence: float) -> Answerer:
    return Answerer(
        organisation,
        index.by_id[organisation].name,
        (),
        _evidence(organisation, message, places),
        confidence,
        tuple(places),
    )


def _doubted(organisation: str, message: Message, places: Sequence[Place], index: Index, why: str) -> Answerer:
    evidence = _evidence(organisation, message, places)
    return Answerer(
        organisation,
        index.by_id[organisation].name,
        (Doubt(Code.ORGANISATION_UNCLEAR, why, evidence),),
        evidence,
        0.4,
        tuple(places),
    )


def _unclear(message: Message, name: str, why: str, index: Index) -> Answerer:
    evidence = _address_evidence(message)
    return Answerer(None, name, (Doubt(Code.ORGANISATION_UNCLEAR, why, evidence),), evidence, 0.2)


def _shared_name(owners: Sequence[str], index: Index, domain: str) -> str:
    """What organisations that share a domain have in common in their names, else the domain."""
    names = [index.by_id[o].name.split() for o in owners]
    common = [w for w in names[0] if w[0].isupper() and sum(w in n for n in names) * 2 > len(names)]
    return " ".join(common) if common else domain


def _by_resemblance(
    message: Message,
    layouts: Sequence[Layout],
    lexicons: Sequence[Lexicon],
    answers: Sequence[Sentence],
    index: Index,
    among: frozenset[str] = frozenset(),
) -> Answerer:
    """No listed name stands in the message: one that is nearly so, else the organisation as it calls itself.

    Among the few that share the sender's domain a part of the name is enough.
    """
    written = names_written(message, layouts, lexicons, answers, nouns=False)
    for text, part, start, end in written:
        close = resemble(text, index, among)
        if close is not None:
            organisation, score = close
            evidence = (Evidence("organisation", part, start, end, text), *_address_evidence(message))
            place = (Place("text", part, Found(organisation, start, end, 2)),)
            if score >= 88:
                return Answerer(organisation, index.by_id[organisation].name, (), evidence, 0.8, written=place)
            why = f"It is written {text!r}, which resembles {index.by_id[organisation].name}."
            return Answerer(
                organisation,
                index.by_id[organisation].name,
                (Doubt(Code.ORGANISATION_UNCLEAR, why, evidence),),
                evidence,
                0.5,
                written=place,
            )
    written = names_written(message, layouts, lexicons, answers)
    if written:
        text, part, start, end = written[0]
        evidence = (Evidence("organisation", part, start, end, text),)
        name = text.strip("\"'“”«» ")
        return Answerer(
            None,
            name,
            (Doubt(Code.ORGANISATION_UNLISTED, f"{name} is not on the invited list.", evidence),),
            evidence,
            0.6,
        )
    domain = message.from_.domain
    if domain and not is_free_mail(domain):
        why = f"The message names no organisation, and {domain} is not on the invited list."
        return Answerer(
            None,
            domain,
            (Doubt(Code.ORGANISATION_UNLISTED, why, _address_evidence(message)),),
            _address_evidence(message),
            0.3,
        )
    why = "The message names no organisation, and its address is a private one."
    return _unclear(message, message.from_.name or message.from_.address, why, index)
