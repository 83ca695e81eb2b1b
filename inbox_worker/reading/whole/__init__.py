"""A message as a whole: its words, what is attached and its calendar answer, as a person would put them together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from inbox_worker.model import (
    Claim,
    Code,
    Doubt,
    Evidence,
    Invitation,
    Kind,
    Message,
    Op,
    Part,
    Reading,
    Role,
    Span,
    Zone,
)
from inbox_worker.reading.answer.confidence import BARE_NUMBER
from inbox_worker.reading.rules import RuleReader
from inbox_worker.reading.whole import certified
from inbox_worker.reading.whole.alternatives import disagreement
from inbox_worker.reading.whole.amended import amended
from inbox_worker.reading.whole.attached import (
    Attached,
    attached_to,
    bare,
    cards_of_others,
    in_pieces,
    is_addressed,
    is_letter,
    unread,
    within_reach,
)
from inbox_worker.reading.whole.attendance import Attendance, attendance_of, is_reply
from inbox_worker.reading.whole.combine import joined
from inbox_worker.reading.whole.hints import (
    AGAINST,
    HINTING,
    POINTERS,
    kinds_in,
    new_words,
    people_spoken_of,
    spoken_in,
)
from inbox_worker.reading.whole.invited import claimed, comment_of, put_together, with_words
from inbox_worker.reading.whole.listed import with_rosters
from inbox_worker.reading.whole.seen import as_seen
from inbox_worker.reading.whole.subject_matter import (
    about_nothing_of_ours,
    is_about,
    of_another_matter,
    of_strangers,
    speaks_to_machines,
)
from inbox_worker.reading.whole.trust import doubted_sender
from inbox_worker.reading.whole.unmanned import unmanned

FEW_WORDS = 25  # of a message that says no more than that something is attached
DEEPEST = 3  # messages attached to messages that are looked into

__all__ = ["read_whole"]


def read_whole(message: Message, invitation: Invitation, reader: RuleReader) -> Reading:
    """Read a message with all that belongs to it."""
    seen = as_seen(message, invitation)
    listing, listed = with_rosters(seen.message)
    read = _Whole(listing, invitation, reader, 0).read()
    reading = _without_unclear(seen.put_back(_with(read, listed.asked(read.claims)) if read.claims else read))
    return _with(reading, [_cut(message)]) if message.beyond and reading.kind in OF_PEOPLE else reading


OF_PEOPLE = frozenset({Kind.REPLY, Kind.OTHER})  # what a person may have written


def _without_unclear(reading: Reading) -> Reading:
    """The reading without the numbers that are left unclear by slight doubts alone: they are asked for."""

    def is_unclear(claim: Claim) -> bool:
        unclear = [d for d in claim.doubts if d.code is Code.COUNT_UNCLEAR]
        return claim.op is Op.SET and bool(unclear) and all(d.slight for d in unclear)

    return replace(reading, claims=tuple(replace(c, delegates=None) if is_unclear(c) else c for c in reading.claims))


def _cut(message: Message) -> Doubt:
    return Doubt(Code.UNREADABLE, f"Not all of the message was read: {'; '.join(message.beyond)}.")


class _Whole:
    """The work on one message."""

    def __init__(self, message: Message, invitation: Invitation, reader: RuleReader, depth: int) -> None:
        self.message, self.invitation, self.reader, self.depth = message, invitation, reader, depth

    def read(self) -> Reading:
        if (known := certified.receipt(self.message)) is not None:
            return Reading(self._name, known[0], None, evidence=known[1])
        if self.message.from_.domain in self.invitation.own_domains:
            return self.reader.read(self.message, self.invitation)
        said = attendance_of(self.message, self.invitation)
        if said is not None:
            return self._doubting(self._calendar(said))
        if is_reply(self.message):
            return Reading(self._name, Kind.OTHER, None)  # an answer to another invitation than ours
        words = self._words()
        if words.kind in (Kind.BOUNCE, Kind.AUTO_REPLY) or (words.kind is Kind.OTHER and words.evidence):
            return words
        if (machine := unmanned(self.message, words)) is not None:
            return machine
        if of_another_matter(self.message):
            return Reading(self._name, Kind.OTHER, words.language, needs=words.needs)
        return self._doubting(self._with_attachments(words))

    @property
    def _name(self) -> str:
        return f"{self.reader.name} {self.reader.version}"

    def _words(self) -> Reading:
        """What the message's own words say."""
        message = bare(self.message)
        if certified.is_envelope(self.message):
            message = replace(message, parts=tuple(_quoted(p) for p in message.parts))
        words = amended(message, self.reader.read(message, self.invitation), self.invitation, self.reader)
        rest = in_pieces(self.message)
        return words if rest is None or words.kind not in {Kind.REPLY, Kind.OTHER} else _with(words, [rest])

    def _with_attachments(self, words: Reading) -> Reading:
        found, more = within_reach(attached_to(self.message, self.invitation, spoken_in(self.message)))
        if words.claims and not kinds_in(bare(self.message)) & POINTERS:
            found = [a for a in found if a.passed_on or is_addressed(a) or is_about(a.message, self.invitation)]
        readings = [self._attached(a, words.language) for a in found] if self.depth < DEEPEST else []
        answers = [r for r in readings if r.claims]
        gap = unread(self.message, self.invitation)
        hints = kinds_in(bare(self.message))
        elsewhere = not words.claims and self._points_elsewhere()
        points = (
            bool(hints & POINTERS) or sum(len(new_words(p, HINTING)) for p in bare(self.message).bodies) <= FEW_WORDS
        )
        if not words.claims and (elsewhere or (answers and points)) and not hints & AGAINST:
            words = replace(words, doubts=tuple(d for d in words.doubts if d.code is Code.SENDER_UNVERIFIED))
        if answers:
            beyond = [] if more is None else [more]
            both = self._of_as_many(joined(words, answers), words)
            return _with(both, [_unreadable(gap), *beyond] if gap is not None else beyond)
        if more is not None and not words.claims:
            return _with(words, [more])
        if gap is not None:
            return _with(words, [_unreadable(gap)])
        if not elsewhere:
            cards = cards_of_others(self.message) if not words.claims and hints & POINTERS else None
            return words if cards is None else _with(words, [cards])
        doubts = [d for r in readings for d in r.doubts]
        return _with(words, doubts or [self._nowhere(found)])

    def _of_as_many(self, both: Reading, words: Reading) -> Reading:
        """A doubt where an attachment alone gives a number, and the words speak of another number of people."""
        if len(both.claims) != 1 or both.claims[0].delegates is None or any(c.delegates for c in words.claims):
            return both
        claim, spoken = both.claims[0], people_spoken_of(bare(self.message))
        if not spoken or claim.op is not Op.SET or claim.delegates in spoken:
            return both
        number, shown = next(iter(spoken.items()))
        why = f"The message speaks of {number}, its attachment of {claim.delegates}."
        doubt = Doubt(Code.COUNT_UNCLEAR, why, (shown,))
        return replace(both, claims=(replace(claim, doubts=(*claim.doubts, doubt)),))

    def _attached(self, attached: Attached, language: str | None) -> Reading:
        if not attached.passed_on:
            read = self.reader.read(attached.message, self.invitation)
            if read.language is None:  # a list of names is in the language of the words that it comes with
                read = RuleReader(language or "en").read(attached.message, self.invitation)
            return _sober(read, attached)
        inner = _Whole(attached.message, self.invitation, self.reader, self.depth + 1).read()
        doubt = self._passed_on(attached)
        if not inner.claims or doubt is None:
            return inner
        return replace(inner, claims=tuple(replace(c, doubts=(*c.doubts, doubt)) for c in inner.claims))

    def _passed_on(self, attached: Attached) -> Doubt | None:
        """A doubt where somebody passes on the answer of an address that is not their own organisation's."""
        author, sender = attached.message.from_, self.message.from_
        if certified.is_envelope(self.message) or author.domain == sender.domain or not author.address:
            return None
        why = f"{sender.address} passes on what is said to be from {author.address}."
        return Doubt(Code.SENDER_UNVERIFIED, why)

    def _points_elsewhere(self) -> bool:
        """Whether the answer has to be somewhere else than in the words."""
        message = bare(self.message)
        if certified.is_envelope(self.message) or not any(new_words(p) for p in message.bodies):
            return any(p.role in (Role.ATTACHMENT, Role.MESSAGE) and _may_answer(p) for p in self.message.parts)
        attached = any(p.role in (Role.ATTACHMENT, Role.MESSAGE) and _may_answer(p) for p in self.message.parts)
        return attached and "attached" in kinds_in(message)

    def _nowhere(self, found: list[Attached]) -> Doubt:
        if found:
            return Doubt(Code.PARTSTAT_UNCLEAR, f"The answer should be in {found[0].name}, where none was understood.")
        part = next(p for p in self.message.parts if p.role in (Role.ATTACHMENT, Role.MESSAGE) and _may_answer(p))
        name = part.filename or part.section
        return Doubt(
            Code.UNREADABLE, f"The answer should be in the attachment {name}, which is in no format read here."
        )

    def _calendar(self, said: Attendance) -> Reading:
        """A message with a calendar about our event."""
        message = with_words(self.message, said)
        words = self.reader.read(bare(message), self.invitation)
        if said.partstat is None:
            if words.claims or said.doubt is None:
                return words
            return _with(words, [said.doubt])
        section, comment = comment_of(message, said)
        if comment and not words.claims:
            read = self.reader.read(_as_body(message, section, comment), self.invitation)
            words = _placed(read, section, said)
        return put_together(words, claimed(said, bare(message), self.invitation), said, self._name)

    def _doubting(self, reading: Reading) -> Reading:
        """The reading with what makes its sender or its form doubtful."""
        if of_strangers(self.message, reading, self.invitation):
            return replace(reading, kind=Kind.OTHER, claims=(), doubts=())
        found: list[Doubt | None] = []
        if reading.claims:
            found = [
                doubted_sender(self.message, reading, self.invitation),
                speaks_to_machines(self.message),
                None if self._weighed(reading) else about_nothing_of_ours(self.message, reading, self.invitation),
            ]
        extra = [doubt for doubt in found if doubt is not None]
        if self.depth == 0 and attendance_of(self.message, self.invitation) is None:
            other = disagreement(self.message, reading, self._again)
            extra += [other] if other is not None else []
        return _with(reading, extra)

    def _weighed(self, reading: Reading) -> bool:
        """Whether a second reader has judged what one listed organisation answers, and does not doubt it: it has learnt
        what answers to other meetings say, and that most who answer ours do not name it."""
        claims = reading.claims
        listed = len(claims) == 1 and claims[0].organisation is not None
        return listed and self.reader.second is not None and not claims[0].doubts

    def _again(self, message: Message) -> Reading:
        again = _Whole(message, self.invitation, self.reader, self.depth)
        return again._with_attachments(again._words())


def _sober(reading: Reading, attached: Attached) -> Reading:
    """What is read into a letter, read soberly: a bare number in it is an address or a date, and words that seem to
    change an earlier answer are doubted, since "in his place" is said in first answers too."""
    claims = []
    for claim in reading.claims:
        if claim.confidence <= BARE_NUMBER and not claim.doubts:
            continue
        shown = tuple(replace(e, field="count-unclear") for e in claim.evidence if e.field == "op")
        doubt = Doubt(Code.COUNT_UNCLEAR, f"{attached.name} speaks of a change to an earlier answer.", shown)
        more = [doubt] if claim.op is not Op.SET else []
        more += [attached.doubt] if attached.doubt is not None else []
        claims.append(replace(claim, doubts=(*claim.doubts, *more)))
    return replace(reading, claims=tuple(claims))


def _quoted(part: Part) -> Part:
    return replace(part, spans=(Span(0, len(part.text), Zone.QUOTED),)) if part.role is Role.BODY else part


def _may_answer(part: Part) -> bool:
    opaque = part.media_type.startswith(("application/", "message/")) and "signature" not in part.media_type
    return is_letter(part) or bool(part.problem) or (opaque and bool(part.filename or part.role is Role.MESSAGE))


def _with(reading: Reading, doubts: Sequence[Doubt]) -> Reading:
    new = [d for d in doubts if d not in reading.doubts]
    if not new:
        return reading
    return replace(reading, kind=Kind.REPLY, doubts=(*reading.doubts, *new))


def _unreadable(part: Part) -> Doubt:
    name = part.filename or f"part {part.section}"
    return Doubt(Code.UNREADABLE, f"The attachment {name} was not read: {part.problem}.")


def _as_body(message: Message, section: str, comment: str) -> Message:
    body = Part(section, "text/plain", Role.BODY, comment, (Span(0, len(comment), Zone.NEW),))
    return replace(message, parts=(body,))


def _placed(reading: Reading, section: str, said: Attendance) -> Reading:
    """A reading of a comment, its evidence the line of the calendar that answers."""

    def place(evidence: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
        moved = [replace(s, field=e.field) for e in evidence if e.part == section for s in said.evidence[:1]]
        return tuple(dict.fromkeys((*(e for e in evidence if e.part != section), *moved)))

    def doubt(one: Doubt) -> Doubt:
        return replace(one, evidence=place(one.evidence))

    claims = tuple(replace(c, doubts=tuple(map(doubt, c.doubts)), evidence=place(c.evidence)) for c in reading.claims)
    return replace(
        reading,
        claims=claims,
        needs=tuple(map(doubt, reading.needs)),
        doubts=tuple(map(doubt, reading.doubts)),
        evidence=place(reading.evidence),
    )
