"""An answer of a language model against the message: what the message does not bear out is dropped, and doubted.

What comes out is a Reading like any other reader's. Every fact in it rests on words that stand in the message; a fact
that was dropped has left a doubt in its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from inbox_worker.model import Claim, Code, Doubt, Evidence, Invitation, Kind, Message, Op, Partstat, Person, Reading
from inbox_worker.reading.answer.heard import same_person
from inbox_worker.reading.language_model.answer import Answer, SaidClaim
from inbox_worker.reading.language_model.page import Page, Place, Quote, page_of
from inbox_worker.reading.language_model.prompt import Prompt
from inbox_worker.reading.language_model.support import NO, WRITER, Hearing
from inbox_worker.reading.organisations import Index, by_sender, find, index_of, resemble
from inbox_worker.reading.text import tokens
from inbox_worker.reading.whole.seen import as_seen

BORNE_OUT = 0.8  # confidence in a claim of which nothing was dropped
DOUBTED = 0.4
FIELDS = ("organisation", "partstat", "delegates", "op", "people", "leaves")  # that quotes speak for
LEAST_NAME = 2  # characters
MOST_PEOPLE = 500  # that a claim may count; the decision asks about far fewer


@dataclass(frozen=True)
class Checked:
    """What of an answer the message bears out. ``dropped``: sentences on what it does not."""

    reading: Reading
    dropped: tuple[str, ...]


def checked(answer: Answer, prompt: Prompt, message: Message, invitation: Invitation, reader: str) -> Checked:
    """The Reading that an answer comes to. ``reader``: name and version of the model."""
    seen = as_seen(message, invitation)
    check = _Check(answer, prompt, page_of(seen.message), invitation)
    claims = tuple(check.claim(said) for said in answer.claims) if answer.kind == "reply" else ()
    needs = tuple(n for said in answer.needs if (n := check.need(said.code, said.text)))
    reading = Reading(reader, Kind(answer.kind), answer.language, claims, needs)
    back = seen.put_back(reading)
    return Checked(replace(back, doubts=()), tuple(dict.fromkeys(check.dropped)))


class _Check:
    """The work on one answer."""

    def __init__(self, answer: Answer, prompt: Prompt, page: Page, invitation: Invitation) -> None:
        self.prompt, self.page, self.invitation = prompt, page, invitation
        self.index: Index = index_of(invitation.organisations)
        self.hearing = Hearing(answer.language, invitation.starts.date())
        self.dropped: list[str] = []

    def need(self, code: str, words: str) -> Doubt | None:
        """Something they ask for, if its words stand in the message."""
        if not (found := self.page.find(words)):
            self.dropped.append(f"{code}: {_short(words)} does not stand in the message")
            return None
        quote = found[0]
        return Doubt(Code(code), f"They ask: {_short(quote.text)}.", (_evidence(code, quote),))

    def claim(self, said: SaidClaim) -> Claim:
        """What one organisation answers, as far as it is borne out."""
        quotes = {field: self._quotes(said, field) for field in (*FIELDS, "doubt")}
        doubts = [
            Doubt(Code(code), "The language model is not sure of it itself.") for code in dict.fromkeys(said.flags)
        ]
        organisation, name = self._organisation(said, quotes["organisation"], doubts)
        people, named = self._people(said, quotes, doubts)
        leaves, left = self._leaves(said, doubts)
        partstat = self._partstat(said, quotes["partstat"], people, doubts)
        op = self._op(said, quotes["op"], doubts)
        number = self._number(said, quotes["delegates"], people, doubts) if partstat is not Partstat.DECLINED else None
        evidence = [_evidence(field, q) for field, found in quotes.items() for q in found] + named + left
        return Claim(
            organisation, name, partstat, number, op, people if partstat is not Partstat.DECLINED else (), leaves,
            said.revises and bool(quotes["op"]), tuple(doubts), DOUBTED if doubts else BORNE_OUT,
            tuple(dict.fromkeys(evidence)),
        )  # fmt: skip

    def _quotes(self, said: SaidClaim, field: str) -> list[Quote]:
        found: list[Quote] = []
        for resting in said.evidence:
            if resting.field == field:
                here = self.page.find(resting.text)
                if not here:
                    self.dropped.append(f"{field}: {_short(resting.text)} does not stand in the message")
                found += here[:1]
        return found

    def _drop(self, doubts: list[Doubt], code: Code, what: str) -> None:
        self.dropped.append(what)
        doubts.append(Doubt(code, f"The language model says what the message does not bear out: {what}."))

    def _organisation(self, said: SaidClaim, quotes: Sequence[Quote], doubts: list[Doubt]) -> tuple[str | None, str]:
        """A listed organisation that the sender or a quote speaks for, or the name of another as it is written."""
        listed = self.index.by_id.get(said.organisation or "")
        if listed is not None:
            named = any(self._names(q.text, listed.id) for q in (*quotes, *self.page.find(said.name)))
            if listed.id in self.prompt.candidates and (named or by_sender(self._sender, self.index) == (listed.id,)):
                return listed.id, listed.name
            self._drop(doubts, Code.ORGANISATION_UNCLEAR, f"that {listed.name} answers")
            return None, listed.name
        if said.organisation is not None:
            self._drop(doubts, Code.ORGANISATION_UNCLEAR, f"that {_short(said.organisation)} is an id of the list")
        elif not self.page.find(said.name):
            self._drop(doubts, Code.ORGANISATION_UNCLEAR, f"that {_short(said.name)} answers")
        return None, said.name[:200]

    @property
    def _sender(self) -> str:
        return self.page.message.from_.address

    def _names(self, words: str, organisation: str) -> bool:
        found = {f.organisation for f in find([t for t in tokens(words) if t.is_word], self.index)}
        alike = resemble(words, self.index)
        return found == {organisation} or (not found and alike is not None and alike[0] == organisation)

    def _partstat(
        self, said: SaidClaim, quotes: Sequence[Quote], people: Sequence[Person], doubts: list[Doubt]
    ) -> Partstat:
        partstat = Partstat(said.partstat)
        words = [q.text for q in quotes if q.place is not Place.SIGNATURE]
        if partstat is not Partstat.NEEDS_ACTION and not self.hearing.bears_out(partstat, words, _names_of(people)):
            self._drop(doubts, Code.PARTSTAT_UNCLEAR, f'"{partstat.value}", resting on {_quoted(words)}')
        return partstat

    def _op(self, said: SaidClaim, quotes: Sequence[Quote], doubts: list[Doubt]) -> Op:
        op = Op(said.op)
        if op is not Op.SET and not quotes:
            self._drop(doubts, Code.COUNT_UNCLEAR, f'"{op.value}" to an earlier answer, resting on nothing')
        return op

    def _number(
        self, said: SaidClaim, quotes: Sequence[Quote], people: Sequence[Person], doubts: list[Doubt]
    ) -> int | None:
        """The number, if its quotes say it, or it is that of the names and they say no other."""
        number = said.delegates
        if number is None:
            return None
        words = [q.text for q in quotes]
        counted = len(people) if not (said.op == "add" and number == 0) else 0
        from_names = number == counted and bool(people) and len(people) == len(said.people)
        if 0 <= number <= MOST_PEOPLE and (
            self.hearing.says_number(number, words)
            or (from_names and all(self.hearing.numbers(w) <= {number} for w in words))
        ):
            return number
        self._drop(doubts, Code.COUNT_UNCLEAR, f"the number {number}, resting on {_quoted(words)}")
        return None

    def _people(
        self, said: SaidClaim, quotes: dict[str, list[Quote]], doubts: list[Doubt]
    ) -> tuple[tuple[Person, ...], list[Evidence]]:
        people, evidence = [], []
        speaks = any(
            self.hearing.kinds(q.text) & WRITER for field in ("partstat", "delegates", "people") for q in quotes[field]
        )
        for person in said.people:
            found = self._person(person.name, speaks, away=said.op == "remove")
            if found is None:
                self._drop(doubts, Code.COUNT_UNCLEAR, f"that {_short(person.name)} comes")
                continue
            people.append(Person(person.name.strip(), self._standing(person.title), self._standing(person.function)))
            evidence.append(_evidence("people", found))
        return tuple(people), evidence

    def _person(self, name: str, speaks: bool, *, away: bool) -> Quote | None:
        """Where somebody is named who comes. Whoever only signs does not, unless the writer speaks of themselves."""
        found = self.page.find(name) if len(name.strip()) >= LEAST_NAME else ()
        inside = [q for q in found if q.place in (Place.WORDS, Place.ATTACHMENT)]
        if away:
            return inside[0] if inside else None
        coming = [q for q in inside if not self.hearing.kinds(self._line(q)) & NO]
        if coming:
            return coming[0]
        signs = [q for q in found if q.place in (Place.SIGNATURE, Place.HEADER)]
        writer = same_person(name, self.page.message.from_.name) or any(q.place is Place.SIGNATURE for q in signs)
        return signs[0] if signs and not inside and writer and speaks else None

    def _line(self, quote: Quote) -> str:
        """The sentence, or the line, that a quote stands in."""
        text = self.page.message.text_of(quote.part) or ""
        start = max(text.rfind(end, 0, quote.start) for end in ("\n", ". ", "! ", "? ", "; ", "。")) + 1
        ends = [at for end in ("\n", ". ", "! ", "? ", "; ", "。") if (at := text.find(end, quote.end)) >= 0]
        return text[start : min(ends, default=len(text))]

    def _leaves(self, said: SaidClaim, doubts: list[Doubt]) -> tuple[tuple[str, ...], list[Evidence]]:
        names, evidence = [], []
        for name in said.leaves:
            if found := self.page.find(name):
                names.append(name.strip())
                evidence.append(_evidence("leaves", found[0]))
            else:
                self._drop(doubts, Code.COUNT_UNCLEAR, f"that {_short(name)} stays away")
        return tuple(names), evidence

    def _standing(self, words: str | None) -> str | None:
        """A title or function, if it stands in the message."""
        if not words or not self.page.find(words):
            if words:
                self.dropped.append(f"{_short(words)} does not stand in the message")
            return None
        return words.strip()


def _names_of(people: Iterable[Person]) -> list[str]:
    return [p.name for p in people]


def _evidence(field: str, quote: Quote) -> Evidence:
    return Evidence(field, quote.part, quote.start, quote.end, quote.text)


def _quoted(words: Sequence[str]) -> str:
    return "; ".join(map(_short, words)) or "no words of the message"


def _short(words: str) -> str:
    line = " ".join(words.split())
    return f'"{line[:80]}..."' if len(line) > 80 else f'"{line}"'
