"""Changes to a list for several organisations that the sender quotes: an item for each row that changes.

Such a message says little by itself ("Korea becomes 1"); beside the list it says all. It is understood only as a whole:
where one item is not, nothing is written down unasked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from inbox_worker.model import (
    Claim,
    Code,
    Doubt,
    Evidence,
    Invitation,
    Message,
    Op,
    Part,
    Partstat,
    Person,
    Reading,
    Span,
    Zone,
)
from inbox_worker.reading.answer.confidence import SUMMED
from inbox_worker.reading.answer.heard import same_person
from inbox_worker.reading.grammar.said import Context, Mention, Said, Status
from inbox_worker.reading.grammar.sentence import say
from inbox_worker.reading.lexicon import Lexicon
from inbox_worker.reading.organisations import by_domain, distinct, find, index_of
from inbox_worker.reading.rules import RuleReader
from inbox_worker.reading.text import Token, bullet_length, lines, sentences, tokens
from inbox_worker.reading.whole.earlier import Row, alike, earlier_rows
from inbox_worker.reading.whole.hints import spoken_in

MOST_ITEMS = 20
OWN = ("we", "our", "i")  # phrases by which the writers speak of themselves
UNSURE = frozenset(
    [
        "tentative",
        "hedge",
        "condition",
        "if",
        "undecided",
        "negation",
        "shaky",
        "contrast",
        "past",
        "regret",
        "instead",
        "other_event",
    ]
)
UNCLEAR = Doubt(
    Code.PARTSTAT_UNCLEAR,
    "It answers for several organisations, or changes a list of them that was sent before; see both.",
)
REFUSED = ("decline", "absent", "cancel", "remove", "question")
CHANGED = Op.ADD, Op.REMOVE


def amended(message: Message, words: Reading, invitation: Invitation, reader: RuleReader) -> Reading:
    """What a message says of the rows of a list that its sender sent before and quotes.

    ``words``: what it says when it is read by itself. That stands where there is no such list; where there is, and the
    items are not all plain, no answer in it is written down unasked: it may be about a row, or about all of them.
    """
    rows = earlier_rows(message, invitation)
    if not rows:
        return words
    claims = _claims(message, rows, invitation, reader)
    if claims is None:
        return words if _doubted(words) or _declines(words) else replace(words, doubts=(*words.doubts, UNCLEAR))
    if not claims:
        return words
    doubts = tuple(d for d in words.doubts if d.code is Code.SENDER_UNVERIFIED)
    return replace(words, claims=claims, doubts=doubts)


def _doubted(reading: Reading) -> bool:
    return bool(reading.doubts) or any(claim.doubts for claim in reading.claims)


def _declines(reading: Reading) -> bool:
    return bool(reading.claims) and all(claim.partstat is Partstat.DECLINED for claim in reading.claims)


def _claims(
    message: Message, rows: Sequence[Row], invitation: Invitation, reader: RuleReader
) -> tuple[Claim, ...] | None:
    """What the items say, each of a row of its own; None where one of them is not plain."""
    part = next(body for body in message.bodies if body.text.strip())
    lexicon = spoken_in(message)[0]
    claims: list[Claim] = []
    for span in _items(part)[:MOST_ITEMS]:
        item = _Item(message, part, span, rows, invitation, lexicon)
        if not item.named and item.is_idle(reader):
            continue
        claim = item.read(reader) if item.row is not None else None
        if claim is None or any(claim.organisation == other.organisation for other in claims):
            return None
        claims.append(claim)
    return tuple(claims)


def _items(part: Part) -> list[tuple[int, int]]:
    """The new words item by item: from one mark of a list, or one empty line, to the next."""
    found: list[tuple[int, int]] = []
    for span in part.spans:
        if span.zone is not Zone.NEW:
            continue
        apart = True
        for line in lines(part.text, span.start, span.end):
            if not part.text[line.start : line.end].strip():
                apart = True
            elif apart or bullet_length(part.text, line.start, line.end):
                found.append((line.start, line.end))
                apart = False
            else:
                found[-1] = found[-1][0], line.end
    return found


@dataclass(frozen=True)
class _Told:
    """The people of an item: who is said to come, and all that are named."""

    coming: tuple[str, ...]
    named: tuple[str, ...]


class _Item:
    """One item of the new words."""

    def __init__(
        self,
        message: Message,
        part: Part,
        span: tuple[int, int],
        rows: Sequence[Row],
        invitation: Invitation,
        lexicon: Lexicon,
    ) -> None:
        self.message, self.part, self.invitation, self.rows = message, part, invitation, rows
        start = span[0] + bullet_length(part.text, *span)
        self.span = (start, span[1])
        abbreviations, months = lexicon.lists["abbreviations"], lexicon.lists["months"]
        context = Context(invitation.starts.date())
        told = [s for s in sentences(part.text, *self.span, abbreviations, months) if s.words]
        self.said = [say(sentence, lexicon, context) for sentence in told]
        self.named = self._named_rows()
        self.row = self._row()

    @property
    def text(self) -> str:
        return self.part.text[slice(*self.span)]

    def _named_rows(self) -> list[Row]:
        """The rows that it names, by a word of theirs, by the organisation or by somebody who stands in them."""
        words = self._words
        named = self._organisations
        people = [m.name for said in self.said for m in said.names if not m.vague]
        return [
            row
            for row in self.rows
            if row.claim.organisation in named
            or any(t.norm == w or alike(t.norm, w) for t in words for w in row.words)
            or any(same_person(name, person.name) for name in people for person in row.claim.people)
        ]

    @property
    def _words(self) -> list[Token]:
        return [t for t in tokens(self.part.text, *self.span) if t.is_word]

    @property
    def _organisations(self) -> set[str]:
        return set(distinct(find(self._words, index_of(self.invitation.organisations))))

    def _row(self) -> Row | None:
        """The one row that it speaks of: one that it names, or the writers' own."""
        meant = self.named
        if not meant and any(said.has(*OWN) for said in self.said):
            owners = by_domain(self.message.from_.domain, index_of(self.invitation.organisations))
            meant = [row for row in self.rows if owners == (row.claim.organisation,)]
        return meant[0] if len(meant) == 1 and self._organisations <= {meant[0].claim.organisation} else None

    def is_idle(self, reader: RuleReader) -> bool:
        """Whether it names nobody, and says nothing on who comes: by the grammar, or by all who read."""
        if any(said.names or said.coming or said.status is not Status.NONE for said in self.said):
            return False
        if self.text.rstrip().endswith((":", "：")) and not any(said.op for said in self.said):
            return True  # "Two corrections to my table:"
        heard = (self._alone(each) for each in (RuleReader(), reader))
        return any(not read.claims and not read.doubts for read in heard)

    def read(self, reader: RuleReader) -> Claim | None:
        """What it says of its row, None where that is not plain."""
        return self._filled(reader) or self._counted(reader) or self._changed(reader)

    def _borne_out(self, claim: Claim, alone: Reading) -> Claim | None:
        """A claim, if those who come by it come undoubtedly by the item alone as well."""
        plain = [c for c in alone.claims if c.partstat is Partstat.ACCEPTED and not _doubted(alone)]
        heard = [p.name for c in plain for p in c.people]
        return claim if all(any(same_person(p.name, name) for name in heard) for p in claim.people) else None

    def _filled(self, reader: RuleReader) -> Claim | None:
        """A name for each place that the row left open: the item repeats how the row wrote it ("1 tbc")."""
        row, told = self._known_row, self._told()
        cited = self._cited(row.cells)
        new = [name for name in told.named if not self._in_row(name)]
        if len(cited) != 1 or len(new) != row.unnamed or len(new) != len(told.named) or not new:
            return None
        if self._is_unsure(cited[0]):
            return None
        claim = self._claim(Op.ADD, 0, new)
        return self._borne_out(claim, self._alone(reader)) or self._borne_out(claim, self._alone(reader, cited[0]))

    def _is_unsure(self, place: tuple[int, int]) -> bool:
        """Whether it is not certain, or not true, beside what is repeated."""
        return any(
            said.asks
            or said.has(*REFUSED)
            or any(h.kind in UNSURE and not _inside(said.offsets(h.start, h.end), place) for h in said.hits)
            for said in self.said
        )

    def _cited(self, cells: Sequence[str]) -> list[tuple[int, int]]:
        """Where the item repeats how a row wrote a place without a name: a number and a word ("1 tbc")."""
        places = [c for c in cells if any(w.isdigit() for w in c.split()) and len(c.split()) > 1]
        text = self.text.lower()
        found = [(text.find(place.lower()), len(place)) for place in places]
        return [(self.span[0] + at, self.span[0] + at + length) for at, length in found if at >= 0]

    def _counted(self, reader: RuleReader) -> Claim | None:
        """A new number for the row, and just so many who are said to come: "Korea becomes 1. Han will come alone"."""
        numbers = [(said, number) for said in self.said for number in said.numbers]
        if len(numbers) != 1 or any(said.status in {Status.DECLINED, Status.TENTATIVE} for said in self.said):
            return None
        said, number = numbers[0]
        told = self._told()
        labelled = any(t.norm == w or alike(t.norm, w) for t in said.words for w in self._known_row.words)
        if not labelled or number.value != len(told.coming) or not number.value:
            return None
        alone = self._alone(reader)
        same = [c.delegates for c in alone.claims] == [number.value]
        claim = self._claim(Op.SET, number.value, told.coming)
        return self._borne_out(claim, alone) if same or said.has("change") else None

    def _changed(self, reader: RuleReader) -> Claim | None:
        """Somebody more, or less, in so many words."""
        alone = self._alone(reader)
        claim = alone.claims[0] if len(alone.claims) == 1 else None
        if claim is None or claim.doubts or alone.doubts or claim.op not in CHANGED:
            return None
        if any(self._in_row(person.name) is (claim.op is Op.ADD) for person in claim.people):
            return None  # who is to join is there already, or who is to leave is not
        row = self._known_row.claim
        return replace(claim, organisation=row.organisation, name=row.name, revises=True)

    @property
    def _known_row(self) -> Row:
        if self.row is None:
            raise ValueError("an item without a row says nothing of one")
        return self.row

    def _in_row(self, name: str) -> bool:
        return any(same_person(name, person.name) for person in self._known_row.claim.people)

    def _told(self) -> _Told:
        named = tuple(m.name for said in self.said for m in said.names if self._is_person(m.name))
        coming = [m.name for said in self.said for m in _coming(said) if m.kind == "name" and self._is_person(m.name)]
        return _Told(tuple(dict.fromkeys(coming)), tuple(dict.fromkeys(named)))

    def _is_person(self, name: str) -> bool:
        """Whether a name is none of those by which the row's organisation goes."""
        return not any(t.norm == w or alike(t.norm, w) for t in tokens(name) for w in self._known_row.words)

    def _alone(self, reader: RuleReader, without: tuple[int, int] = (0, 0)) -> Reading:
        """What it says by itself, some words of it left out."""
        start, end = self.span
        text = self.part.text[: without[0]] + " " * (without[1] - without[0]) + self.part.text[without[1] :]
        around = (Span(0, start, Zone.QUOTED), Span(start, end, Zone.NEW), Span(end, len(self.part.text), Zone.QUOTED))
        spans = tuple(span for span in around if span.start < span.end)
        return reader.read(replace(self.message, parts=(replace(self.part, text=text, spans=spans),)), self.invitation)

    def _claim(self, op: Op, number: int, names: Sequence[str]) -> Claim:
        row = self._known_row.claim
        people = tuple(self._person(name) for name in names)
        fields = ("organisation", "partstat", "delegates")
        evidence = tuple(Evidence(field, self.part.section, *self.span, self.text) for field in fields)
        return Claim(row.organisation, row.name, row.partstat, number, op, people, (), True, (), SUMMED, evidence)

    def _person(self, name: str) -> Person:
        """Somebody as the row names them, which may be fuller, or as they are named now."""
        return next((p for p in self._known_row.claim.people if same_person(name, p.name)), Person(name))


def _coming(said: Said) -> Sequence[Mention]:
    """Who is said to come. Where somebody comes alone, only whoever is named last before it is said."""
    if not said.has("alone"):
        return said.coming
    at = next((h.start for h in said.hits if h.kind == "accept"), None)
    before = [m for m in said.coming if m.kind == "name" and at is not None and m.end <= at]
    return before[-1:]


def _inside(span: tuple[int, int], other: tuple[int, int]) -> bool:
    return other[0] <= span[0] and span[1] <= other[1]
