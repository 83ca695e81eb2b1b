"""The reader by rules: a message's sentences, lists and tables put together into claims."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from inbox_worker.model import (
    Claim,
    Code,
    Doubt,
    Evidence,
    Invitation,
    Kind,
    Message,
    Part,
    Reading,
    Role,
    Zone,
)
from inbox_worker.reading.answer.beside import beside, declined_in_subject, refusal_of_some
from inbox_worker.reading.answer.combine import combine
from inbox_worker.reading.answer.heard import Heard
from inbox_worker.reading.authentication import unverified
from inbox_worker.reading.blocks import Block, blocks_in
from inbox_worker.reading.forwards import forwarded_by_a_colleague, forwarded_by_us
from inbox_worker.reading.grammar.questions import before_question
from inbox_worker.reading.grammar.said import Context, Said, Status
from inbox_worker.reading.grammar.sentence import say
from inbox_worker.reading.kind import kind_by_headers
from inbox_worker.reading.language import languages_of
from inbox_worker.reading.layout import Layout, layout_of, sender_name
from inbox_worker.reading.lexicon import Lexicon, lexicons
from inbox_worker.reading.needs import needs_of
from inbox_worker.reading.organisations import Index, index_of, is_organisation
from inbox_worker.reading.sender import Answerer, answerer_of, places_of
from inbox_worker.reading.text import MAX_CHARACTERS, Sentence, Token, sentences, tokens

NAME = "rules"
VERSION = "1"
FEW_WORDS = 6
PICTURES = (
    "image/",
    "text/vcard",
    "text/x-vcard",
    "application/pgp-signature",
    "application/pkcs7",
    "application/x-pkcs7",
)


Told = tuple[tuple[Claim, ...], tuple[Doubt, ...]]  # claims, and doubts that none of them carries
Second = Callable[[Heard, tuple[Claim, ...], tuple[Doubt, ...]], Told]


class RuleReader:
    """Reads with the grammar and the words of ``languages/*.toml``."""

    name = NAME
    version = VERSION

    def __init__(self, language: str | None = None, second: Second | None = None) -> None:
        """``language`` (ISO 639-1): read everything as that language instead of finding out. ``second``: who reads
        after the grammar, and may doubt what it says or settle what it doubts."""
        self.language, self.second = language, second

    def read(self, message: Message, invitation: Invitation) -> Reading:
        """Read one message. Never raises for what the message holds."""
        decided = kind_by_headers(message, invitation.mailbox)
        reader = f"{self.name} {self.version}"
        known = list(lexicons().values())
        if decided is not None:
            kind, evidence = decided
            return Reading(reader, kind, _language(message), evidence=evidence)
        if message.from_.domain in invitation.own_domains:
            forwarded = forwarded_by_us(message, invitation)
            if forwarded is None:
                return Reading(reader, Kind.OTHER, _language(message))
            message = forwarded
        reading = self._words_of(message, invitation, known)
        if not reading.claims and not reading.needs:
            passed_on = forwarded_by_a_colleague(message, invitation)
            told = self._words_of(passed_on, invitation, known) if passed_on is not None else reading
            return told if told.claims else reading
        return reading

    def _words_of(self, message: Message, invitation: Invitation, known: Sequence[Lexicon]) -> Reading:
        """What the words of a message say."""
        reader = f"{self.name} {self.version}"
        words = [t for part in message.bodies for t in _new_words(part)]
        spoken = [lexicons()[self.language]] if self.language else languages_of(words)
        layouts = layout_of(message, known, spoken)
        return _Reading(message, invitation, layouts, spoken, reader, self.second).result()


def _title_words(title: str) -> frozenset[str]:
    return frozenset(t.norm for t in tokens(title) if t.is_word)


def _new_words(part: Part) -> list[Token]:
    spans = (
        [(s.start, s.end) for s in part.spans if s.zone is Zone.NEW]
        if part.spans
        else [(0, min(len(part.text), MAX_CHARACTERS))]
    )
    return [
        t for start, end in spans[:40] for t in tokens(part.text, start, min(end, start + MAX_CHARACTERS)) if t.is_word
    ]


def _language(message: Message) -> str | None:
    words = [t for part in message.bodies for t in _new_words(part)]
    spoken = languages_of(words)
    return spoken[0].code if spoken else None


class _Reading:
    """The work on one message."""

    def __init__(
        self,
        message: Message,
        invitation: Invitation,
        layouts: Sequence[Layout],
        spoken: Sequence[Lexicon],
        reader: str,
        second: Second | None,
    ) -> None:
        self.message, self.invitation, self.layouts, self.spoken = message, invitation, layouts, spoken
        self.reader, self.second = reader, second
        self.index: Index = index_of(invitation.organisations)
        self.said: list[tuple[str, Said]] = []
        self.subject: tuple[Said, ...] = ()
        self.blocks: list[tuple[str, Block]] = []

    def result(self) -> Reading:
        if not any(layout.body for layout in self.layouts):
            return self._without_words()
        if not self.spoken:
            return self._not_understood()
        self._analyse()
        code = self.spoken[0].code
        needs = needs_of(self.said)
        if automatic := self._automatic():
            return Reading(self.reader, automatic[0], code, evidence=automatic[1])
        claims, doubts = self._claims()
        if claims and (doubt := unverified(self.message, self.invitation.authserv_id)) is not None:
            doubts = (*doubts, doubt)
        if any(layout.cut for layout in self.layouts):
            doubts = (*doubts, Doubt(Code.UNREADABLE, "The message is too long to be read to its end."))
        kind = Kind.OTHER if not claims and not doubts else Kind.REPLY
        return Reading(self.reader, kind, code, claims, needs, doubts)

    # -- what stands where ------------------------------------------------------------------------------------------

    def _sentences(self) -> list[tuple[str, Sentence, Lexicon]]:
        found = []
        abbreviations = frozenset().union(*(x.lists["abbreviations"] for x in self.spoken))
        months = frozenset().union(*(x.lists["months"] for x in self.spoken))
        for layout in self.layouts:
            for start, end in layout.body:
                for sentence in sentences(layout.part.text, start, end, abbreviations, months):
                    if sentence.words:
                        lexicon = self._lexicon(sentence)
                        found += [(layout.part.section, piece, lexicon) for piece in before_question(sentence, lexicon)]
        return found

    def _lexicon(self, sentence: Sentence) -> Lexicon:
        """The language of a sentence: the main one, unless its small words speak for another of the message's."""
        if len(self.spoken) == 1:
            return self.spoken[0]
        norms = [w.norm for w in sentence.words]
        scores = [
            sum(n in x.lists["stopwords"] for n in norms) + 0.5 * sum(n in x.vocabulary for n in norms)
            for x in self.spoken
        ]
        best = max(scores)
        margin = 0.5 if len(norms) > FEW_WORDS else 1.5  # a few small words are of many languages
        return self.spoken[0] if scores[0] >= best - margin else self.spoken[scores.index(best)]

    def _analyse(self) -> None:
        pieces = self._sentences()
        places = places_of(self.message, self.layouts, self.index)
        everyone = tuple((p.found.start, p.found.end) for p in places if p.where in {"text", "signature"})
        day, title = self.invitation.starts.date(), _title_words(f"{self.invitation.title} {self.invitation.subtitle}")
        anybodys = Context(day, everyone, (), title)
        first = [(near, say(s, x, near)) for _, s, x in pieces for near in [anybodys.of(s.words)]]
        answers = [said.sentence for _, said in first if said.status is not Status.NONE or said.has("attend")]
        self.answerer: Answerer = answerer_of(self.message, self.invitation, self.layouts, self.spoken, answers)
        own = {self.answerer.organisation}
        places = [p for p in places if p.where in {"text", "signature"}]
        mine = tuple(
            (p.found.start, p.found.end) for p in [*places, *self.answerer.written] if p.found.organisation in own
        )
        others = tuple((p.found.start, p.found.end) for p in places if p.found.organisation not in own)
        listed = self.index.by_id.get(self.answerer.organisation or "")
        own_name = listed.name if listed is not None else ""
        context = Context(day, mine, others, title | _title_words(own_name))
        for (part, s, x), (before, heard) in zip(pieces, first, strict=True):
            now = context.of(s.words)
            said = heard if now == before else say(s, x, now)
            # "Dear Ms Lutz," but not "Hello, we will be three."
            if not self._greets(s, x) or said.status is not Status.NONE or said.numbers:
                self.said.append((part, said))
        header = self.message.header("subject") or ""
        about = sentences(header, 0, len(header))
        self.subject = tuple(say(s, self._lexicon(s), context) for s in about if s.words)
        for layout in self.layouts:
            for start, end in layout.body:
                self.blocks += [
                    (layout.part.section, b)
                    for b in blocks_in(layout.part.text, start, end, self.spoken[0], (*mine, *others))
                ]
        sender = sender_name(self.message, self.layouts, self.spoken)
        self.sender = None if sender is not None and is_organisation(sender[0], self.index) else sender

    def _greets(self, sentence: Sentence, lexicon: Lexicon) -> bool:
        words = [w.norm for w in sentence.words]
        greets = any(" ".join(words[:n]) in lexicon.lists["greetings"] for n in (1, 2, 3))
        return greets and ((len(words) <= 9 and sentence.tokens[-1].raw in ",:!،.，：") or len(words) <= 4)

    # -- kinds that words decide ------------------------------------------------------------------------------------

    def _automatic(self) -> tuple[Kind, tuple[Evidence, ...]] | None:
        subject = [t for t in tokens(self.message.subject) if t.is_word]
        all_hits = {
            h.kind: h
            for x in {*self.spoken, lexicons()["en"]}
            for h in x.phrases.find([t.norm for t in subject])
            if h.kind in {"auto_reply", "bounce"}
        }
        answers = any(
            s.status in {Status.ACCEPTED, Status.DECLINED, Status.TENTATIVE} and s.strong for _, s in self.said
        )
        for name, kind in (("bounce", Kind.BOUNCE), ("auto_reply", Kind.AUTO_REPLY)):
            hit = all_hits.get(name)
            header = self.message.header("subject") or ""
            if hit is not None and not (answers and name == "auto_reply" and hit.start > 0):
                start, end = subject[hit.start].start, subject[hit.end - 1].end
                if header[start:end]:
                    return kind, (Evidence("kind", "subject", start, end, header[start:end]),)
            for part, said in self.said[:6]:
                found = [h for h in said.hits if h.kind == name]
                alone = bool(found) and found[0].end - found[0].start == len(said.words)
                if found and not said.names and (alone or not answers):
                    start, end = said.offsets(found[0].start, found[0].end)
                    return kind, (Evidence("kind", part, start, end, said.sentence.text[start:end]),)
        return None

    def _without_words(self) -> Reading:
        unread = self._unread()
        if unread is not None:
            return Reading(self.reader, Kind.REPLY, None, doubts=(unread,))
        return Reading(self.reader, Kind.OTHER, None)

    def _unread(self) -> Doubt | None:
        for part in self.message.parts:
            if part.role is Role.CALENDAR and dict(part.parameters).get("method", "").lower() == "reply":
                return Doubt(Code.UNREADABLE, "A calendar reply that no reader has read yet.", ())
            if (
                part.role in {Role.ATTACHMENT, Role.MESSAGE}
                and not part.media_type.startswith(PICTURES)
                and (part.filename or part.role is Role.MESSAGE)
            ):
                return Doubt(
                    Code.UNREADABLE,
                    f"The answer may stand in the attachment {part.filename or part.section}, which was not read.",
                    (),
                )
        return None

    def _not_understood(self) -> Reading:
        unread = self._unread()
        doubt = unread or Doubt(
            Code.PARTSTAT_UNCLEAR, "The message is in a language that the reader does not know, or has too few words."
        )
        return Reading(self.reader, Kind.REPLY, None, doubts=(doubt,))

    def _claims(self) -> tuple[tuple[Claim, ...], tuple[Doubt, ...]]:
        heard = Heard(
            self.message,
            self.index,
            tuple(self.said),
            tuple(self.blocks),
            self.answerer,
            self.sender,
            self.subject,
            self.invitation.starts.date(),
            self.message.header("in-reply-to") is not None,
        )
        claims, doubts = combine(heard)
        if self.second is not None:
            claims, doubts = self.second(heard, claims, doubts)
        if (
            not any(d.code is Code.ORGANISATION_UNCLEAR for d in doubts)
            and (other := beside(heard, claims)) is not None
        ):
            doubts = (*doubts, other)
        if not doubts and (unlike := declined_in_subject(heard, claims) or refusal_of_some(heard, claims)) is not None:
            doubts = (unlike,)
        if not claims and (unread := self._unread()) is not None and any(s.has("attached") for _, s in self.said):
            doubts = (unread,)
        return claims, doubts
