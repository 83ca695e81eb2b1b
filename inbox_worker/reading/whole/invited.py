"""A calendar answer as a claim, together with the words that came with it."""

from __future__ import annotations

from dataclasses import replace

from inbox_worker.model import (
    Address,
    Claim,
    Code,
    Doubt,
    Evidence,
    Invitation,
    Kind,
    Message,
    Op,
    Partstat,
    Person,
    Reading,
    Role,
    Span,
    Zone,
)
from inbox_worker.reading.answer.confidence import DOUBTED, PLAIN_YES
from inbox_worker.reading.answer.heard import same_person
from inbox_worker.reading.folding import fold
from inbox_worker.reading.language import languages_of
from inbox_worker.reading.layout import _display_person as display_person
from inbox_worker.reading.layout import layout_of
from inbox_worker.reading.lexicon import lexicons
from inbox_worker.reading.organisations import by_domain, index_of
from inbox_worker.reading.people import inverted, names_in
from inbox_worker.reading.sender import answerer_of
from inbox_worker.reading.text import tokens
from inbox_worker.reading.whole.attendance import Attendance
from inbox_worker.reading.whole.hints import spoken_in

STAMPS = ("auto-submitted", "precedence", "x-auto-response-suppress", "x-autoreply", "x-autorespond", "list-id")
PROGRAMS = (
    "google calendar",
    "google agenda",
    "google kalender",
    "google calendario",
    "calendar.google",
    "icloud",
    "calendar invitation",
    "webcal",
    "ical4j",
)
OFFICES = (
    "secretar", "sekretar", "segreter", "office", "bureau", "oficina", "ufficio", "info", "contact", "admin", "desk",
    "registry", "registrat", "team", "equipe", "unit", "mission", "delegat", "direction", "direccion", "presidenc",
    "mailbox", "protocol", "reception", "conference", "events", "секретар", "канцеляр",
)  # fmt: skip
NOT_MEANT = 2  # details of the invitation in the words, from which on a program wrote them


def claimed(said: Attendance, message: Message, invitation: Invitation) -> Claim:
    """The claim that a calendar answer makes."""
    known = list(lexicons().values())
    answerer = answerer_of(message, invitation, layout_of(message, known), spoken_in(message), ())
    doubts = [*answerer.doubts, *_whose(said, message, invitation)]
    if said.doubt is not None:
        doubts.append(said.doubt)
    comes = said.partstat in (Partstat.ACCEPTED, Partstat.TENTATIVE)
    name = _name(said, message, invitation)
    if comes and not name:
        shown = tuple(replace(e, field="count-missing") for e in said.evidence)
        doubts.append(Doubt(Code.COUNT_MISSING, "A mailbox answers, and not a person: who comes is not said.", shown))
    evidence = [*answerer.evidence, *said.evidence]
    if comes:
        evidence += [replace(e, field=f) for e in said.evidence for f in ("delegates", "people")]
    return Claim(
        answerer.organisation,
        answerer.name,
        said.partstat or Partstat.NEEDS_ACTION,
        1 + said.guests if comes and name else None,
        Op.SET,
        (Person(name),) if comes and name else (),
        doubts=tuple(doubts),
        confidence=DOUBTED if doubts else round(min(PLAIN_YES, answerer.confidence), 2),
        evidence=tuple(evidence),
    )


def _name(said: Attendance, message: Message, invitation: Invitation) -> str:
    """Who answers, by the calendar or by the sender's display name; "" where neither is a person's name."""
    acronyms = {fold(o.acronym) for o in invitation.organisations if o.acronym}
    if _is_office(said.address.partition("@")[0]):
        return ""
    for shown in (said.name, message.from_.name):
        name = inverted(shown.partition("(")[0].strip().strip('"'))
        words = [t.norm for t in tokens(name) if t.is_word]
        office = any(_is_office(word) or word in acronyms for word in words)
        if len(words) >= 2 and "@" not in name and not office and display_person(name, list(lexicons().values())):
            return name
    return ""


def _is_office(word: str) -> bool:
    """Whether a word is the name of an office rather than a person's."""
    return fold(word).startswith(OFFICES)


def _whose(said: Attendance, message: Message, invitation: Invitation) -> list[Doubt]:
    """A doubt where the attendee is not the sender, nor a colleague."""
    attendee = Address("", said.address)
    if not said.address or "@" not in said.address or attendee.domain == message.from_.domain:
        return []
    index = index_of(invitation.organisations)
    owners = set(by_domain(attendee.domain, index)) & set(by_domain(message.from_.domain, index))
    if owners or (said.name and same_person(said.name, message.from_.name)):
        return []
    evidence = tuple(replace(e, field="sender-unverified") for e in said.evidence)
    why = f"The calendar answer is of {said.address}, and {message.from_.address} sends it."
    return [Doubt(Code.SENDER_UNVERIFIED, why, evidence)]


def with_words(message: Message, said: Attendance) -> Message:
    """The message with the words that the attendee wrote, if any, and without the stamps that programs put on such
    answers. What a calendar program writes about the invitation is left out."""
    headers = tuple((k, v) for k, v in message.headers if k not in STAMPS)
    parts = []
    for part in message.parts:
        if part.role is Role.BODY and _by_a_program(part.text, said, message):
            parts.append(replace(part, spans=(Span(0, len(part.text), Zone.QUOTED),)))
        else:
            parts.append(part)
    parts = [p if p.role is not Role.CALENDAR else replace(p, role=Role.REPORT) for p in parts]
    return replace(message, headers=headers, parts=tuple(parts))


def _by_a_program(text: str, said: Attendance, message: Message) -> bool:
    words = " ".join(fold(text[:20_000]).split())
    if any(program in words for program in PROGRAMS):
        return True
    details = [said.summary.rpartition(": ")[2], said.address, said.name]
    return sum(bool(d) and fold(d) in words for d in details) >= NOT_MEANT


def comment_of(message: Message, said: Attendance) -> tuple[str, str]:
    """(section, words) of what the attendee wrote into the calendar, where the message's own words do not hold it."""
    own = [p.zone_text(Zone.NEW) if p.spans else p.text for p in message.bodies]
    bodies = " ".join(fold(" ".join(own)).split())
    words = " ".join(fold(said.comment).split())
    return ("", "") if not words or words in bodies else (said.part, said.comment)


def put_together(words: Reading, claim: Claim, answer: Attendance, reader: str) -> Reading:
    """The calendar's claim with what the words say beside it."""
    language = words.language
    needs, doubts = words.needs, tuple(d for d in words.doubts if d.code is Code.SENDER_UNVERIFIED)
    unclear = [d for d in words.doubts if d.code is not Code.SENDER_UNVERIFIED]
    said = words.claims[0] if len(words.claims) == 1 else None
    if len(words.claims) > 1:
        return replace(words, claims=tuple(_contradicted(c, claim) for c in words.claims))
    if said is None:
        if unclear and claim.partstat is Partstat.ACCEPTED:  # words beside a yes that are not understood
            claim = replace(claim, doubts=(*claim.doubts, *unclear), confidence=DOUBTED)
        return Reading(reader, Kind.REPLY, language, (claim,), needs, doubts)
    if said.partstat is not claim.partstat:
        return Reading(reader, Kind.REPLY, language, (_contradicted(claim, said),), needs, doubts)
    return Reading(reader, Kind.REPLY, language, (_with_guests(_completed(claim, said), claim, answer),), needs, doubts)


def _completed(claim: Claim, said: Claim) -> Claim:
    """The calendar's claim with the number and the names that the words give, where they give more."""
    evidence = tuple(dict.fromkeys((*claim.evidence, *said.evidence)))
    hard = tuple(d for d in said.doubts if d.code not in (Code.COUNT_MISSING, Code.ORGANISATION_UNCLEAR))
    doubts = tuple(dict.fromkeys((*claim.doubts, *hard)))
    brings = claim.delegates is not None and claim.delegates > 1
    if brings and said.delegates not in (None, 1, claim.delegates):
        why = f"The calendar answer is for {claim.delegates}, the words say {said.delegates}."
        doubts = (*doubts, Doubt(Code.COUNT_UNCLEAR, why))
    if said.delegates is not None and (said.delegates > 1 or said.op is not Op.SET):
        doubts = tuple(d for d in doubts if d.code is not Code.COUNT_MISSING)
        return replace(said, organisation=claim.organisation, name=claim.name, doubts=doubts, evidence=evidence)
    other = said.people and claim.people and not same_person(said.people[0].name, claim.people[0].name)
    if other and claim.partstat is not Partstat.DECLINED:
        why = "The calendar answer is one person's, and the words name another."
        shown = tuple(Evidence("count-unclear", e.part, e.start, e.end, e.text) for e in said.evidence[:3])
        doubts = (*doubts, Doubt(Code.COUNT_UNCLEAR, why, shown))
    return replace(claim, doubts=doubts, evidence=evidence)


def _with_guests(completed: Claim, claim: Claim, answer: Attendance) -> Claim:
    """The claim with the names of the attendee and of the guests, where the comment names just as many."""
    if not answer.guests or not claim.people or completed.delegates != 1 + answer.guests or len(completed.people) > 1:
        return completed
    found = tokens(answer.comment)
    for lexicon in languages_of([t for t in found if t.is_word]):
        names = [n.name for n in names_in(found, answer.comment, lexicon) if not n.place and len(n.name.split()) > 1]
        guests = [n for n in names if not same_person(n, claim.people[0].name)]
        if len(guests) == answer.guests:
            return replace(completed, people=(claim.people[0], *map(Person, guests)))
    return replace(completed, people=claim.people)


def _contradicted(claim: Claim, other: Claim) -> Claim:
    shown = tuple(
        Evidence("partstat-unclear", e.part, e.start, e.end, e.text)
        for c in (claim, other)
        for e in [e for e in c.evidence if e.field == "partstat"][:1]
    )
    why = f"The calendar answer and the words beside it differ: {claim.partstat} and {other.partstat}."
    evidence = tuple(dict.fromkeys((*claim.evidence, *other.evidence)))
    doubts = (*claim.doubts, Doubt(Code.PARTSTAT_UNCLEAR, why, shown))
    return replace(claim, doubts=doubts, confidence=DOUBTED, evidence=evidence)
