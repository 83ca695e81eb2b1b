"""Clauses: what each says of coming, and of whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from inbox_worker.reading.grammar.heads import counts_people, heads, is_measure, strays
from inbox_worker.reading.grammar.said import Clause, Said, Status, Who
from inbox_worker.reading.grammar.subjects import subject_of
from inbox_worker.reading.lexicon import Hit

REACH = 6  # words a negation reaches forward
BESIDE = 8  # words between a predicate and the hedge that is shown with it
MOST_OF_YES = 5  # words of a clause that is a yes
GLAD = 3  # words with a meaning in a clause that "with pleasure" may answer alone
STRAY = 2  # words that have nothing to do with coming, in a clause that is only a number of people


@dataclass(frozen=True)
class _Place:
    """The stretch of a sentence that a clause takes up, and whom its words may speak of."""

    start: int
    end: int
    mark: str
    reach: int
    own: frozenset[int]
    others: frozenset[int]

    def clause(self, status: Status, who: Who, strong: bool, pivot: tuple[int, int]) -> Clause:
        reason = self.mark in {"reason", "relative"}
        return Clause(self.start, self.end, status, who, strong, reason, self.mark, pivot, self.reach)

    def subject(self, said: Said, at: int) -> Who:
        return subject_of(said, self.reach, at, self.end, self.own, self.others)


class _Words:
    """The words of a clause that speak of coming, by class; the first class that occurs is what the clause says."""

    def __init__(self, said: Said, place: _Place) -> None:
        start, end = place.start, place.end
        self.inside = [h for h in said.hits if start <= h.start < end]
        self.affirmed = self.of("affirm_negated")
        self.declined = self.of("decline") or _cancelled(self.inside)
        told = {"has", "have", "had"}
        self.asked = [h for h in self.of("request") if not (h.start and said.words[h.start - 1].norm in told)]
        contact = self.of("contact")
        self.asked = [
            h for h in self.asked if not any(h.start < c.end and c.start < h.end for c in contact)
        ]  # "kunt u contact opnemen met Ana": whom to write to
        self.accepted, self.attends = self.of("accept", "replaced_by"), self.of("attend")
        self.accepted += self._gladly(said, place)
        self.weak, self.alone, self.absent = self.of("attend_weak"), self.of("alone"), self.of("absent")
        self.sends = [
            h
            for h in self.of("send")
            if _people_after(said, h.end, end) or (h.end == end and _people_after(said, start, h.start))
        ]
        if any(h.kind == "people" and _is_list_of(said, h) for h in self.inside) and self.of("send", "perform"):
            self.weak = []  # "I will send the names once the travel requests are signed"
        if self.absent and not (self.affirmed or self.declined or self.asked or self.accepted or self.attends):
            self.weak, self.sends = [], []
        self.numbered = _numbered(said, start, end)
        self.past = bool(self.of("past")) and not self.of("future")

    def _gladly(self, said: Said, place: _Place) -> list[Hit]:
        """ "With pleasure" where that is the answer, or goes with coming; not "with pleasure we would send a film"."""
        glad = self.of("gladly")
        comes = self.accepted or self.attends or self.of("attend_weak", "request", "people", "delegation")
        small = said.lexicon.lists["stopwords"]
        length = sum(said.words[i].norm not in small for i in range(place.start, place.end))
        return glad if glad and (comes or length <= GLAD) else []

    def of(self, *kinds: str) -> list[Hit]:
        return [h for h in self.inside if h.kind in kinds]

    @property
    def plain(self) -> list[Hit]:
        """Words that mean little else than coming or not."""
        decided = self.affirmed or self.declined or self.asked or self.accepted
        return decided or self.attends or self.sends or self.numbered

    @property
    def main(self) -> list[Hit]:
        return self.plain or self.weak or self.alone


def clause_at(
    said: Said,
    start: int,
    end: int,
    mark: str,
    own: frozenset[int],
    others: frozenset[int],
    asks: bool,
    reach: int,
    near: bool,
) -> Clause:
    """What words ``start`` to ``end`` say, opened by ``mark``; ``near``: the sentence names this event's date."""
    place = _Place(start, end, mark, reach, own, others)
    words = _Words(said, place)
    if _says_nothing(said, words, place, asks, near):
        return place.clause(Status.NONE, Who.UNSAID, False, (start, start))
    if not words.main:
        return _without_predicate(said, words, place)
    return _with_predicate(said, words, place)


def _says_nothing(said: Said, words: _Words, place: _Place, asks: bool, near: bool) -> bool:
    """Whether a clause gives a reason, looks back, asks, repeats others' words or speaks of another event."""
    if place.mark in {"reason", "relative"} and not (words.declined and place.mark == "reason"):
        return True
    if words.past and not words.accepted and not words.asked and not words.declined:
        return True
    begins = words.accepted and words.accepted[0].start <= place.start + 2 and not words.of("question", "condition")
    if asks and not words.affirmed and not begins:
        return True
    elsewhere = words.of("other_event")
    if words.declined:
        elsewhere = [h for h in elsewhere if not _set_apart(said, words.declined[0], h)]
    return bool(words.of("hearsay") or (elsewhere and not near))


def _set_apart(said: Said, no: Hit, other: Hit) -> bool:
    """Whether a comma stands between a refusal and another event: "it does not suit us, next time"."""
    low, high = (no, other) if no.end <= other.start else (other, no)
    gap = (
        said.sentence.text[said.words[low.end - 1].end : said.words[high.start].start] if low.end <= high.start else ""
    )
    return any(c in gap for c in ",،，")


def _without_predicate(said: Said, words: _Words, place: _Place) -> Clause:
    if words.absent:
        absent = words.absent[0]
        who = place.subject(said, absent.start)
        if who in {Who.I, Who.PERSON, Who.NOBODY, Who.WE} or place.mark == "contrast":
            return place.clause(Status.DECLINED, who, False, (absent.start, absent.end))
    if yes := _yes(said, place):
        status = Status.TENTATIVE if words.of("hedge", "tentative", "condition") else Status.ACCEPTED
        return place.clause(status, Who.UNSAID, True, yes)
    if tentative := words.of("tentative"):
        span = (tentative[0].start, tentative[0].end)
        return place.clause(Status.TENTATIVE, place.subject(said, tentative[0].start), True, span)
    return place.clause(Status.NONE, Who.UNSAID, False, (place.start, place.start))


def _yes(said: Said, place: _Place) -> tuple[int, int] | None:
    """The words of a clause that is a yes and hardly anything else: "yes, in principle"."""
    yes, small = said.lexicon.lists["yes"], said.lexicon.lists["stopwords"]
    hedges = {i for h in said.hits if h.kind in {"hedge", "tentative"} for i in range(h.start, h.end)}
    words = range(place.start, place.end)
    said_so = [i for i in words if said.words[i].norm in yes and said.words[i].norm not in {"y"}]
    rest = [i for i in words if i not in said_so and i not in hedges and said.words[i].norm not in small]
    if place.start or not said_so or rest or len(words) > MOST_OF_YES or said.sentence.is_question:
        return None
    return said_so[0], said_so[-1] + 1


def _with_predicate(said: Said, words: _Words, place: _Place) -> Clause:
    pivot = words.main[0]
    span = (pivot.start, pivot.end)
    none = place.clause(Status.NONE, Who.UNSAID, False, (place.start, place.start))
    if _is_quoted(said, pivot.start):
        return none
    who = place.subject(said, pivot.start)
    if who is Who.UNSAID:  # a verb within the phrase may tell: "с радостью приму участие"
        who = place.subject(said, pivot.end - 1)
    if words.asked and not words.declined and not words.affirmed and who is not Who.PERSON:
        who = Who.UNSAID
    if who is Who.OTHER and (words.accepted or words.asked or words.declined) and _addressed(said, pivot.start):
        who = Who.UNSAID  # "you can count on me"
    if who is Who.OTHER:
        return none
    if words.affirmed:
        return place.clause(Status.ACCEPTED, who, True, span)
    if words.declined and (sent := _represented(said, words, place)) is not None:
        return place.clause(Status.ACCEPTED, Who.PERSON, True, (sent.start, sent.end))
    if words.declined:
        return place.clause(Status.DECLINED, who, True, span)
    strong = bool(words.plain or words.of("replace"))
    if words.of("remote") and not strong and place.mark == "contrast":
        return none  # "but I shall be following the webcast"
    if who is Who.NOBODY and _from_elsewhere(said, pivot.end, place.end):
        return place.clause(Status.DECLINED, Who.PERSON, False, span)  # "nobody comes from New York"
    if negations := _negations(words):
        turned = (negations[0].start, pivot.end) if negations[0].start < pivot.end else span
        return place.clause(Status.DECLINED, who, who is Who.NOBODY or (strong and who is not Who.UNSAID), turned)
    if not _speaks_of_us(said, words, place, who):
        return none
    if who is Who.NOBODY:
        return place.clause(Status.DECLINED, who, strong, span)
    polite = bool(words.asked) and said.sentence.is_question  # "would it be possible to register Ana?"
    hedged = [] if polite else words.of("tentative", "hedge", "condition")
    if hedged and abs(hedged[0].start - pivot.start) < BESIDE:
        span = (min(span[0], hedged[0].start), max(span[1], hedged[0].end))
    return place.clause(Status.TENTATIVE if hedged else Status.ACCEPTED, who, strong, span)


def _represented(said: Said, words: _Words, place: _Place) -> Hit | None:
    """The word that sends somebody in the place of who declines: "cannot come and sends Ana López"."""
    after = [h for h in words.sends if h.start >= words.declined[0].end]
    named = [m for m in said.names if after and after[0].end <= m.start < place.end and not m.vague]
    return after[0] if named else None


def _from_elsewhere(said: Said, at: int, end: int) -> bool:
    """Whether right after a verb it is told from where: one place of several."""
    if at + 1 >= end or said.words[at].norm not in said.lexicon.lists["origin"]:
        return False
    return said.words[at + 1].is_capital


def _addressed(said: Said, at: int) -> bool:
    """Whether the subject of a word is the reader of the letter."""
    return any(h.kind == "you" and at - 2 <= h.start <= at for h in said.hits)


def _negations(words: _Words) -> list[Hit]:
    """Negations that reach the predicate and belong to no "not sure", "not alone"."""
    kept = {"hedge", "tentative", "condition", "alone"}
    found = [h for h in words.of("negation") if any(p.start - REACH <= h.start < p.end for p in words.main)]
    found = [h for h in found if not any(o.kind in kept and o.start <= h.start < o.end for o in words.inside)]
    if not words.asked:
        return found
    asked = words.asked[0]
    return [h for h in found if asked.start <= h.start < asked.end + 2 or h.end == asked.start]


def _speaks_of_us(said: Said, words: _Words, place: _Place, who: Who) -> bool:
    """Whether it is the writers who come: by the words, by who is the subject, by a list that follows."""
    if words.accepted or words.asked or words.numbered or (words.alone and not words.past):
        return True
    hedges = words.of("hedge", "tentative")
    if who is Who.UNSAID and words.attends and any(h.end <= words.attends[0].start <= h.end + 1 for h in hedges):
        return True  # "haremos lo posible por acudir"
    if who in {Who.WE, Who.I, Who.PERSON} or counts_people(said, place.start, place.end):
        return True
    leads = (
        place.mark in {":", "—"}
        or _is_heading(said, place.end)
        or (place.end == len(said.words) and bool(words.of("lead_list")))
    )
    return bool(words.attends or (words.weak and _is_heading(said, place.end))) and leads


def _is_heading(said: Said, end: int) -> bool:
    """Whether a colon and a name follow: "Attending for the Trust: Ana López"."""
    if end >= len(said.words):
        return False
    gap = said.sentence.text[said.words[end - 1].end : said.words[end].start]
    return (":" in gap or "：" in gap) and any(end <= m.start <= end + 3 and not m.vague for m in said.names)


def _cancelled(inside: Sequence[Hit]) -> list[Hit]:
    """Words that take the answer back, unless they stand under a condition: "if my flight is not cancelled"."""
    conditions = [h.start for h in inside if h.kind == "condition"]
    return [h for h in inside if h.kind == "cancel" and not any(c <= h.start for c in conditions)]


def _is_quoted(said: Said, at: int) -> bool:
    """Whether a word stands between quotation marks with words outside them: somebody else's."""
    marks, place = said.sentence.tokens, said.words[at].start
    opened, begun = None, 0
    for token in marks:
        if token.raw in "«“„" or (token.raw == '"' and opened is None):
            opened, begun = token, token.start
        elif token.raw in "»”" or token.raw == '"':
            if opened is not None and begun < place < token.start:
                return True
            opened = None
    return False


def _people_after(said: Said, at: int, end: int) -> bool:
    """Whether somebody is named, counted or described after a word: "sends Ana", "sends two", "sends a delegation"."""
    kinds = {"colleague", "people", "undersigned"}
    return (
        any(at <= m.start < end for m in said.names)
        or any(h.kind in kinds and at <= h.start < end and not _is_list_of(said, h) for h in said.hits)
        or any(at <= n.start <= at + 3 and not is_measure(said, n.start, n.end) for n in said.numbers)
        or any(h.kind == "attend" and at <= h.start < end for h in said.hits)
    )


def _is_list_of(said: Said, noun: Hit) -> bool:
    """Whether a noun is for what tells who comes, not for who does: "I will send the names"."""
    return noun.kind == "people" and any(h.kind == "lead_list" and h.start == noun.start for h in said.hits)


def _numbered(said: Said, start: int, end: int) -> list[Hit]:
    """A number that is an answer in itself: "we will be two persons", "two of us"."""
    found = []
    for total in heads(said, start, end):
        if total.kind != "total" or total.number == 0:
            continue
        groups = [h for h in said.hits if h.kind == "delegation" and h.start < total.start]
        before = [h for h in groups if total.start - 3 <= h.end < total.end]  # "in due" may share a word with it
        we = any(o.kind == "we" and h.start <= o.start < h.end for h in before for o in said.hits)
        if not before and said.has("delegation") and said.has("change") and (said.has("we", "our")):
            before = [h for h in groups if any(o.kind in {"we", "our"} for o in said.hits)]  # "reduce ours from 4 to 2"
        ours = any(h.kind in {"of_us", "pair_of_us"} and total.start <= h.start <= total.end + 1 for h in said.hits)
        spoken = any(
            h.kind in {"attend", "accept", "attend_weak", "request"} and start <= h.start < end for h in said.hits
        )
        if said.has("courtesy"):
            continue
        if (before or ours) and (we or spoken or strays(said, [total], start, end) <= STRAY):
            found.append(Hit("numbered", total.start, total.end))
    return found or _listed(said, start, end)


def _listed(said: Said, start: int, end: int) -> list[Hit]:
    """Those whom "we shall be" lists right after it: "we shall be Ana López and me"."""
    if not said.names and not said.has("undersigned", "colleague"):
        return []
    ours = {h.start for h in said.hits if h.kind == "we"}
    for group in said.hits:
        if group.kind != "delegation" or not start <= group.start < end:
            continue
        if ours.isdisjoint(range(group.start, group.end)):
            continue
        first = [m for m in said.names if m.start == group.end and not m.vague]
        me = [h for h in said.hits if h.kind in {"undersigned", "colleague"} and h.start == group.end]
        joined = any(h.kind == "companion" and group.end < h.start < group.end + 6 for h in said.hits)
        if joined and (first or me):
            return [Hit("numbered", group.start, group.end)]
    return []
