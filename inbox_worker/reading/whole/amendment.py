"""One item of a message that changes rows of a list: which row it speaks of, and what it says of it.

Two forms are understood, and nothing that departs from them: a name for a place that the row left open ("the '1 tbc' in
our row has a name: Omar Haddad"), and a new number with just so many who are said to come ("Korea becomes 1. Han
Soo-yeon will come by herself").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from inbox_worker.model import Claim, Evidence, Invitation, Message, Op, Part, Partstat, Person, Reading, Span, Zone
from inbox_worker.reading.answer.confidence import SUMMED
from inbox_worker.reading.answer.heard import same_person
from inbox_worker.reading.counts import Number
from inbox_worker.reading.grammar.said import Context, Mention, Said, Status
from inbox_worker.reading.grammar.sentence import say
from inbox_worker.reading.lexicon import Lexicon
from inbox_worker.reading.organisations import distinct, find, index_of
from inbox_worker.reading.rules import RuleReader
from inbox_worker.reading.text import bullet_length, sentences, tokens
from inbox_worker.reading.whole.earlier import Row

UNSURE = frozenset(
    """
    tentative hedge condition if undecided negation shaky contrast past instead hearsay obligation
    decline absent cancel remove retract question
    """.split()  # noqa: SIM905 - a table of words
)
COMING = frozenset({"accept", "attend", "attend_weak", "alone"})
SPEAKING = frozenset({"more", "pronoun", "add", "replace", "change", "correction", "unchanged", "nobody", *COMING})
INTRODUCES = ":：=＝"
ENDS = ".,;(!。，；！"
HEAD = 3  # words at the beginning of an item in which its row is named
SHORTEST = 3  # letters of a word by which somebody in a row is known


def is_doubted(reading: Reading) -> bool:
    """Whether anything in a reading is to be asked about."""
    return bool(reading.doubts) or any(claim.doubts for claim in reading.claims)


class Item:
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
        self.span = (span[0] + bullet_length(part.text, *span), span[1])
        abbreviations, months = lexicon.lists["abbreviations"], lexicon.lists["months"]
        context = Context(invitation.starts.date())
        told = [s for s in sentences(part.text, *self.span, abbreviations, months) if s.words]
        self.said = [say(sentence, lexicon, context) for sentence in told]
        self.words = [t for t in tokens(part.text, *self.span) if t.is_word]
        self.organisations = set(distinct(find(self.words, index_of(invitation.organisations))))

    @property
    def text(self) -> str:
        """Its words."""
        return self.part.text[slice(*self.span)]

    @property
    def named(self) -> bool:
        """Whether it speaks of any row, or of any organisation."""
        return bool(self.organisations) or any(self.is_about(row) for row in self.rows)

    def is_about(self, row: Row) -> bool:
        """Whether it speaks of a row: by a word of its label, or by anybody who stands in it."""
        people = {t.norm for p in row.claim.people for t in tokens(p.name) if len(t.norm) >= SHORTEST}
        return any(t.norm in people or row.is_known_by(t.norm) for t in self.words)

    def is_idle(self, reader: RuleReader) -> bool:
        """Whether it names nobody, and says nothing on who comes: by the grammar, or by all who read."""
        if self.named or any(s.names or s.coming or s.asks or s.status is not Status.NONE for s in self.said):
            return False
        kinds = {hit.kind for said in self.said for hit in said.hits}
        if self.text.rstrip().endswith((":", "：")):
            return not kinds & (UNSURE | {"more", "pronoun"})  # "Two corrections to my table:"
        if kinds & (UNSURE | SPEAKING):
            return False
        heard = (self._alone(each) for each in (RuleReader(), reader))
        return any(not read.claims and not read.doubts for read in heard)

    def read(self, reader: RuleReader) -> Claim | None:
        """What it says of its row, None where that is not plain."""
        if any(said.asks or said.foreign for said in self.said):
            return None
        return self._filled(reader) or self._counted(reader)

    def _filled(self, reader: RuleReader) -> Claim | None:
        """A name for a place that a row left open: the item repeats how the row wrote it, and gives the name."""
        cited = [(row, place) for row in self.rows for place in self._cited(row)]
        named = [(said, mention) for said in self.said for mention in said.names]
        if len(cited) != 1 or len(named) != 1 or self._names_another(cited[0][0]):
            return None
        (row, place), (said, mention) = cited[0], named[0]
        if row.unnamed != 1 or self._is_unsure(place) or not self._is_given(said, mention):
            return None
        claim = self._claim(row, Op.ADD, 0, [mention.name])
        return self._borne_out(claim, self._alone(reader)) or self._borne_out(claim, self._alone(reader, place))

    def _is_unsure(self, place: tuple[int, int] = (0, 0)) -> bool:
        """Whether it is not certain, or not true, beside what it repeats."""
        hits = [(h.kind, s.offsets(h.start, h.end)) for s in self.said for h in s.hits]
        return any(kind in UNSURE and not (place[0] <= at[0] and at[1] <= place[1]) for kind, at in hits)

    def _cited(self, row: Row) -> list[tuple[int, int]]:
        """Where the item repeats how a row wrote a place without a name: a number and a word ("1 tbc")."""
        places = [c.lower() for c in row.cells if any(w.isdigit() for w in c.split()) and len(c.split()) > 1]
        found = [(self.text.lower().find(place), len(place)) for place in places]
        return [(self.span[0] + at, self.span[0] + at + length) for at, length in found if at >= 0]

    def _names_another(self, row: Row) -> bool:
        """Whether it speaks of another row than this one."""
        others = [other for other in self.rows if other is not row]
        known = any(other.is_known_by(t.norm) for other in others for t in self.words)
        people = [m.name for said in self.said for m in said.names]
        return (
            known
            or bool(self.organisations - {row.claim.organisation})
            or any(same_person(name, p.name) for name in people for row in self.rows for p in row.claim.people)
        )

    def _is_given(self, said: Said, mention: Mention) -> bool:
        """Whether a name stands by itself after a colon: "it has a name now: Omar Haddad, from Lusaka"."""
        start, end = said.offsets(mention.start, mention.end)
        before, after = self.part.text[self.span[0] : start].rstrip(), self.part.text[end : self.span[1]].lstrip()
        return before.endswith(tuple(INTRODUCES)) and (not after or after.startswith(tuple(ENDS)))

    def _counted(self, reader: RuleReader) -> Claim | None:
        """A new number for a row, and just so many who are said to come."""
        numbers = [(said, number) for said in self.said for number in said.numbers]
        if len(numbers) != 1 or self._is_unsure():
            return None
        said, number = numbers[0]
        row = self._headed(said, number)
        if row is None or not self._ends_with_coming():
            return None
        people = {m.name for s in self.said for m in s.names if not self._is_label(row, m.name)}
        coming = [m.name for s in self.said for m in _coming(s) if m.kind == "name" and not self._is_label(row, m.name)]
        strangers = any(not any(same_person(name, p.name) for p in row.claim.people) for name in people)
        if strangers or number.value != len(set(coming)) or not coming:
            return None
        return self._borne_out(self._claim(row, Op.SET, number.value, coming), self._alone(reader))

    def _headed(self, said: Said, number: Number) -> Row | None:
        """The row that a sentence begins with, where it goes on with no more than a word of change and the number."""
        change = next((h for h in said.hits if h.kind == "change" and h.end == number.start), None)
        if change is None or not 0 < change.start <= HEAD or said.words[0].start != self.words[0].start:
            return None
        head = said.words[: change.start]
        rows = [row for row in self.rows if any(row.is_known_by(t.norm) for t in head)]
        after = self.part.text[said.words[number.end - 1].end : self.span[1]].lstrip()
        plain = len(rows) == 1 and (not after or after.startswith(tuple(ENDS + INTRODUCES)))
        label = {t.norm for row in rows for t in tokens(row.claim.name)}
        known = all(any(row.is_known_by(t.norm) for row in rows) or t.norm in label for t in head)
        return rows[0] if plain and known and self.organisations <= {rows[0].claim.organisation} else None

    def _ends_with_coming(self) -> bool:
        """Whether its last word says that somebody comes, or alone, and nothing follows: no other place or time."""
        last = self.said[-1]
        return any(h.kind in COMING and h.end == len(last.words) for h in last.hits)

    def _is_label(self, row: Row, name: str) -> bool:
        return any(row.is_known_by(t.norm) for t in tokens(name))

    def _borne_out(self, claim: Claim, alone: Reading) -> Claim | None:
        """A claim, if those who come by it come undoubtedly by the item alone as well."""
        if is_doubted(alone):
            return None
        heard = [p.name for c in alone.claims if c.partstat is Partstat.ACCEPTED for p in c.people]
        return claim if all(any(same_person(p.name, name) for name in heard) for p in claim.people) else None

    def _alone(self, reader: RuleReader, without: tuple[int, int] = (0, 0)) -> Reading:
        """What it says by itself, some words of it left out."""
        start, end = self.span
        text = self.part.text[: without[0]] + " " * (without[1] - without[0]) + self.part.text[without[1] :]
        around = (Span(0, start, Zone.QUOTED), Span(start, end, Zone.NEW), Span(end, len(self.part.text), Zone.QUOTED))
        spans = tuple(span for span in around if span.start < span.end)
        part = replace(self.part, text=text, spans=spans)
        return reader.read(replace(self.message, parts=(part,)), self.invitation)

    def _claim(self, row: Row, op: Op, number: int, names: Sequence[str]) -> Claim:
        told = row.claim
        people = tuple(next((p for p in told.people if same_person(name, p.name)), Person(name)) for name in names)
        fields = ("organisation", "partstat", "delegates")
        evidence = tuple(Evidence(field, self.part.section, *self.span, self.text) for field in fields)
        return Claim(told.organisation, told.name, told.partstat, number, op, people, (), True, (), SUMMED, evidence)


def _coming(said: Said) -> Sequence[Mention]:
    """Who is said to come. Where somebody comes alone, only whoever is named last before it is said."""
    if not said.has("alone"):
        return said.coming
    at = next((h.start for h in said.hits if h.kind == "accept"), None)
    before = [m for m in said.coming if m.kind == "name" and at is not None and m.end <= at]
    return before[-1:]
