"""What a sentence says of who comes: a small grammar over the classes of the language files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from inbox_worker.reading.counts import Number, numbers_in
from inbox_worker.reading.lexicon import Hit, Lexicon
from inbox_worker.reading.people import Name, names_in
from inbox_worker.reading.text import Sentence, Token

NEAR_EVENT = 12  # days around the event that still speak of it: journeys, the eve, the reply-by date
REACH = 6  # words a negation reaches forward


class Status(StrEnum):
    """What a sentence says of the writers' own participation."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    TENTATIVE = "tentative"
    UNDECIDED = "undecided"
    NONE = "none"


class Who(StrEnum):
    """Who a predicate speaks of."""

    WE = "we"
    I = "i"  # noqa: E741 - the word itself
    PERSON = "person"  # a name or a role of ours
    NOBODY = "nobody"
    OTHER = "other"
    UNSAID = "unsaid"


@dataclass(frozen=True, slots=True)
class Mention:
    """Somebody counted in: words ``start`` to ``end`` (exclusive) of their sentence."""

    kind: str  # "name", "self", "role", "part" (a number of people besides others), "total", "more"
    start: int
    end: int
    number: int = 1
    name: str = ""
    title: str | None = None
    function: str | None = None
    vague: bool = False  # a first name only, or a bare place in a list


@dataclass(frozen=True, slots=True)
class Clause:
    """Words ``start`` to ``end`` (exclusive) with one predicate at most."""

    start: int
    end: int
    status: Status
    who: Who
    strong: bool
    reason: bool
    mark: str  # the mark or class before it
    pivot: tuple[int, int]  # words of the predicate
    reach: int = 0  # where the clause begins when what interrupts it is left out


@dataclass(frozen=True)
class Said:
    """What a sentence says. Offsets in ``hits`` and ``clauses`` count words."""

    sentence: Sentence
    lexicon: Lexicon
    words: tuple[Token, ...]
    hits: tuple[Hit, ...]
    clauses: tuple[Clause, ...]
    numbers: tuple[Number, ...]
    names: tuple[Mention, ...]  # all persons named, whether they come or not
    status: Status = Status.NONE
    who: Who = Who.UNSAID
    strong: bool = False
    mixed: bool = False  # says yes and no
    asks: bool = False
    op: str = ""  # "add", "remove", "replace", "set", "cancel", "retract", "correct", ""
    revises: bool = False
    coming: tuple[Mention, ...] = ()
    absent: tuple[Mention, ...] = ()
    range: bool = False
    foreign: bool = False  # of another event, another time or other people
    span: tuple[int, int] = (0, 0)  # offsets in the part of the words that decide
    classes: Mapping[str, bool] = field(default_factory=dict)

    def has(self, *kinds: str) -> bool:
        """Whether a phrase of one of these classes occurs."""
        return any(k in self.classes for k in kinds)

    def offsets(self, start: int, end: int) -> tuple[int, int]:
        """Words as offsets in the part."""
        return self.words[start].start, self.words[max(start, end - 1)].end


@dataclass(frozen=True)
class Context:
    """What the message tells about its sentences."""

    event: date
    own: tuple[tuple[int, int], ...] = ()  # offsets of names of the organisation that answers
    others: tuple[tuple[int, int], ...] = ()  # offsets of names of other organisations


def say(sentence: Sentence, lexicon: Lexicon, context: Context) -> Said:
    """Analyse a sentence."""
    words = sentence.words
    norms = [w.norm for w in words]
    hits = tuple(lexicon.phrases.find(norms))
    covered = {i for h in hits if h.kind == "affirm_negated" for i in range(h.start, h.end)}
    hits = tuple(h for h in hits if not (h.kind in {"negation", "decline", "absent"} and h.start in covered))
    classes = {h.kind: True for h in hits}
    own = _inside(words, context.own)
    others = _inside(words, context.others)
    numbers = tuple(numbers_in(words, sentence.text, lexicon))
    names = _names(sentence, lexicon, words, own | others)
    draft = Said(sentence, lexicon, words, hits, (), numbers, names, classes=classes)
    asks = _asks(draft)
    clauses = tuple(_clauses(draft, own, others, context.event, asks))
    return _conclude(draft, clauses, asks, context.event)


def _inside(words: Sequence[Token], spans: Sequence[tuple[int, int]]) -> frozenset[int]:
    if not spans or not words:
        return frozenset()
    near = [s for s in spans if s[0] < words[-1].end and s[1] > words[0].start]
    return frozenset(i for i, w in enumerate(words) for start, end in near if start <= w.start < end)


def _names(sentence: Sentence, lexicon: Lexicon, words: Sequence[Token], taken: frozenset[int]) -> tuple[Mention, ...]:
    index = {w.start: i for i, w in enumerate(words)}
    token_taken = {k for k, t in enumerate(sentence.tokens) if t.is_word and index[t.start] in taken}
    found = []
    for name in names_in(sentence.tokens, sentence.text, lexicon, token_taken):
        inner = [index[t.start] for t in sentence.tokens[name.start : name.end] if t.is_word]
        if inner and not name.place:
            single = (
                len(name.name.split()) == 1
                and name.title is None
                and not any(p[:1].isupper() for p in name.name.split("-")[1:])
            )
            function = _function(sentence, lexicon, name)
            found.append(Mention("name", inner[0], inner[-1] + 1, 1, name.name, name.title, function, single))
    return tuple(found)


def _function(sentence: Sentence, lexicon: Lexicon, name: Name) -> str | None:
    """The words after a name, between marks, that tell what the person is."""
    marks = sentence.tokens
    at = name.end
    if at >= len(marks) or marks[at].raw not in ",(-–—:|":
        return None
    opened = marks[at].raw
    at += 1
    end = at
    while (
        end < len(marks)
        and end - at < 14
        and marks[end].raw not in {",", ";", ")", "("}
        and not (marks[end].raw == "." and end == len(marks) - 1)
    ):
        end += 1
    piece = [t for t in marks[at:end] if t.is_word]
    while piece and piece[0].norm in {
        "our",
        "my",
        "the",
        "notre",
        "nuestro",
        "nuestra",
        "mi",
        "mon",
        "ma",
        "who",
        "a",
        "an",
    }:
        piece = piece[1:]
    if not piece or piece[0].norm in lexicon.lists["titles"] - lexicon.lists["functions"]:
        return None
    known = any(t.norm in lexicon.lists["functions"] for t in piece)
    if not known and opened == ",":
        return None
    return sentence.text[piece[0].start : piece[-1].end]


def _asks(said: Said) -> bool:
    return said.sentence.is_question and not said.has("request")


def _clauses(said: Said, own: frozenset[int], others: frozenset[int], event: date, asks: bool) -> list[Clause]:
    marks = said.sentence.tokens
    index = {w.start: i for i, w in enumerate(said.words)}
    starts: dict[int, str] = {0: ""}
    hits = said.hits
    predicates = sorted(
        h.start for h in hits if h.kind in {"attend", "attend_weak", "accept", "decline", "request", "absent"}
    )
    for hit in hits:
        if hit.kind in {"contrast", "reason"} and hit.start:
            starts.setdefault(hit.start, hit.kind)
        elif hit.kind == "reason":
            starts[0] = "reason"
        elif hit.kind == "relative" and hit.start and _after_comma(said, hit.start):
            starts[hit.start] = "relative"
    word = 0
    for k, token in enumerate(marks):
        if token.is_word:
            word = index[token.start]
            continue
        following = next((index[t.start] for t in marks[k + 1 : k + 4] if t.is_word), None)
        if following is None or following == 0:
            continue
        if token.raw in ";:；：—" or (token.raw in "–-" and _spaced(said.sentence.text, token)) or token.raw in "!…":
            starts.setdefault(following, token.raw)
        elif token.raw in ",،，、":
            opened = max((s for s in starts if s <= word), default=0)
            if starts[opened] in {"reason", "relative"} and opened:
                starts.setdefault(following, "resume")
            elif (
                starts[opened] == "reason"
                or any(h.kind == "condition" and h.start == opened for h in hits)
                or (any(opened <= p < following for p in predicates) and _new_subject(said, following, own, others))
            ):
                starts.setdefault(following, ",")
    result = []
    near = dates_told(said, event)[0]
    order = sorted(starts)
    for i, start in enumerate(order):
        end = order[i + 1] if i + 1 < len(order) else len(said.words)
        reach = start
        if starts[start] == "resume" and i > 1:
            reach = order[i - 2]
        result.append(_clause(said, start, end, starts[start], own, others, asks, reach, near))
    return result


def _after_comma(said: Said, at: int) -> bool:
    gap = said.sentence.text[said.words[at - 1].end : said.words[at].start]
    return any(c in gap for c in ",(،，")


def _spaced(text: str, token: Token) -> bool:
    return text[token.start - 1 : token.start].isspace() and text[token.end : token.end + 1].isspace()


def _new_subject(said: Said, at: int, own: frozenset[int], others: frozenset[int]) -> bool:
    """Whether a subject with a predicate of its own begins at or after a word, within three words."""
    near = range(at, at + 3)
    subject = any(h.start in near and h.kind in {"we", "i", "our", "undersigned", "colleague"} for h in said.hits)
    subject = subject or any(m.start in near for m in said.names) or any(i in own or i in others for i in near)
    predicate = any(
        h.kind in {"attend", "attend_weak", "accept", "decline", "absent"} and at < h.start < at + 9 for h in said.hits
    )
    return subject and predicate


_PREDICATES = {"attend", "attend_weak", "accept", "request", "decline", "affirm_negated"}


def _clause(
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
    inside = [h for h in said.hits if start <= h.start < end]
    reason = mark in {"reason", "relative"}

    def of(*kinds: str) -> list[Hit]:
        return [h for h in inside if h.kind in kinds]

    def clause(status: Status, who: Who, strong: bool, pivot: tuple[int, int]) -> Clause:
        return Clause(start, end, status, who, strong, reason, mark, pivot, reach)

    none = clause(Status.NONE, Who.UNSAID, False, (start, start))
    affirmed, declined, asked = of("affirm_negated"), of("decline"), of("request")
    accepted, attends, weak, alone = of("accept"), of("attend"), of("attend_weak"), of("alone")
    sends = [h for h in of("send") if _people_after(said, h.end, end)]
    asked = [h for h in asked if not (h.start and said.words[h.start - 1].norm in {"has", "have", "had"})]
    past = bool(of("past")) and not any(h.kind == "future" for h in inside)
    if reason and not (declined and mark == "reason"):
        return none
    if past and not accepted and not asked and not declined:
        return none
    if asks and not affirmed and not (accepted and accepted[0].start <= start + 2 and not of("question")):
        return none
    if of("hearsay") or (of("other_event") and not near):
        return none
    absent = of("absent")
    if absent and not (affirmed or declined or asked or accepted or attends):
        weak, sends = [], []
    numbered = _numbered(said, start, end)
    main = affirmed or declined or asked or accepted or attends or sends or numbered or weak or alone
    if not main:
        if absent:
            who = _who(said, reach, absent[0].start, end, own, others)
            if who in {Who.I, Who.PERSON, Who.NOBODY, Who.WE} or mark == "contrast":
                return clause(Status.DECLINED, who, False, (absent[0].start, absent[0].end))
        if tentative := of("tentative"):
            return clause(
                Status.TENTATIVE,
                _who(said, reach, tentative[0].start, end, own, others),
                True,
                (tentative[0].start, tentative[0].end),
            )
        return none
    pivot = main[0]
    span = (pivot.start, pivot.end)
    who = _who(said, reach, pivot.start, end, own, others)
    if asked and not declined and not affirmed:
        who = Who.UNSAID
    if who is Who.OTHER:
        return none
    strong = bool(affirmed or declined or accepted or asked or attends or sends or numbered)
    if affirmed:
        return clause(Status.ACCEPTED, who, True, span)
    if declined:
        return clause(Status.DECLINED, who, True, span)
    negations = [h for h in of("negation") if any(p.start - REACH <= h.start < p.end for p in main)]
    negations = [
        h
        for h in negations
        if not any(
            o.kind in {"hedge", "tentative", "condition", "alone"} and o.start <= h.start < o.end for o in inside
        )
    ]
    if asked:
        negations = [h for h in negations if asked[0].start <= h.start < asked[0].end + 2 or h.end == asked[0].start]
    if negations:
        turned = (negations[0].start, pivot.end) if negations[0].start < pivot.end else span
        return clause(Status.DECLINED, who, who is Who.NOBODY or (strong and who is not Who.UNSAID), turned)
    ours = who in {Who.WE, Who.I, Who.PERSON} or _counts_people(said, start, end)
    if not (accepted or asked or numbered or ours or (alone and not past)):
        leads = mark in {":", "—"} or (end == len(said.words) and bool(of("lead_list")))
        if not (attends and leads):
            return none
    if who is Who.NOBODY:
        return clause(Status.DECLINED, who, strong, span)
    hedged = of("tentative", "hedge", "condition")
    if hedged and abs(hedged[0].start - pivot.start) < 8:
        span = (min(span[0], hedged[0].start), max(span[1], hedged[0].end))
    return clause(Status.TENTATIVE if hedged else Status.ACCEPTED, who, strong, span)


def _people_after(said: Said, at: int, end: int) -> bool:
    """Whether somebody is named, counted or described after a word: "sends Ana", "sends two", "sends a delegation"."""
    kinds = {"colleague", "people", "undersigned"}
    return (
        any(at <= m.start < end for m in said.names)
        or any(h.kind in kinds and at <= h.start < end for h in said.hits)
        or any(at <= n.start <= at + 3 for n in said.numbers)
        or any(h.kind == "attend" and at <= h.start < end for h in said.hits)
    )


def _numbered(said: Said, start: int, end: int) -> list[Hit]:
    """A number that is an answer in itself: "we will be two persons", "two of us"."""
    found = []
    for total in _totals(said, start, end):
        if total.kind != "total" or total.number == 0:
            continue
        before = any(h.kind == "delegation" and total.start - 3 <= h.end <= total.start for h in said.hits)
        ours = any(h.kind in {"of_us", "pair_of_us"} and total.start <= h.start <= total.end + 1 for h in said.hits)
        spoken = any(
            h.kind in {"attend", "accept", "attend_weak", "request"} and start <= h.start < end for h in said.hits
        )
        if before or (ours and (spoken or len(said.words) <= 14)):
            found.append(Hit("numbered", total.start, total.end))
    return found


def _who(said: Said, start: int, pivot: int, end: int, own: frozenset[int], others: frozenset[int]) -> Who:
    """Who the predicate at ``pivot`` speaks of: the nearest that may be its subject before it, else after it."""
    best, who = -1, Who.UNSAID
    kinds = {
        "we": Who.WE,
        "our": Who.WE,
        "i": Who.I,
        "undersigned": Who.I,
        "colleague": Who.PERSON,
        "other_party": Who.OTHER,
        "pronoun": Who.PERSON,
    }
    if any(h.kind == "nobody" and start <= h.start <= pivot for h in said.hits):
        return Who.NOBODY
    weak = False  # "our" may belong to somebody else's name: "our sister organisation X"
    for hit in said.hits:
        if not start <= hit.start <= pivot:
            continue
        if hit.kind in kinds and hit.start >= best and not (hit.kind == "our" and hit.start == best):
            best, who, weak = hit.start, kinds[hit.kind], hit.kind == "our"
    for mention in said.names:
        if start <= mention.start <= pivot and mention.start > best and not _is_object(said, mention):
            best, who, weak = mention.start, Who.PERSON, False
    for i in range(start, min(pivot, len(said.words))):
        if i in own and i > best:
            best, who, weak = i, Who.WE, False
        elif i in others and i > best and (best < start or weak):
            best, who = i, Who.OTHER
    if who is Who.UNSAID and any(pivot <= m.start < min(end, pivot + 9) and not m.vague for m in said.names):
        return Who.PERSON
    if who is Who.UNSAID and any(
        h.kind in {"colleague", "undersigned"} and pivot <= h.start < min(end, pivot + 6) for h in said.hits
    ):
        return Who.PERSON
    return who


def _is_object(said: Said, mention: Mention) -> bool:
    """Whether a name stands after a preposition that makes it no subject ("with Ana we come")."""
    return False


def _counts_people(said: Said, start: int, end: int) -> bool:
    return any(m.kind == "total" for m in _totals(said, start, end))


def _totals(said: Said, start: int, end: int) -> list[Mention]:
    """Numbers of people among words ``start`` to ``end``."""
    found: list[Mention] = []
    words, text = said.words, said.sentence.text
    for number in said.numbers:
        if not start <= number.start < end:
            continue
        after = [h for h in said.hits if h.kind == "people" and number.end <= h.start <= number.end + 3]
        after = [h for h in after if not any(n.start >= number.end and n.start < h.start for n in said.numbers)]
        functions = said.lexicon.lists["functions"]
        if not after and number.value > 1:
            near = range(number.end, min(number.end + 3, len(words)))
            plural = next((i for i in near if words[i].norm in functions and words[i].norm[-1:] in "sx"), None)
            after = [Hit("people", plural, plural + 1)] if plural is not None else []
        before = [h for h in said.hits if h.kind == "delegation" and number.start - 3 <= h.end <= number.start]
        of_us = [h for h in said.hits if h.kind == "of_us" and number.end <= h.start <= number.end + 2]
        glued = (
            number.end < len(words)
            and text[words[number.end - 1].end : words[number.end].start] == "-"
            and any(h.kind == "people" and h.start == number.end for h in said.hits)
        )
        more = [
            h
            for h in said.hits
            if (h.kind == "more" and number.end <= h.start <= number.end + 1)
            or (h.kind == "more" and h.end == number.start)
        ]
        if number.value == 0 and not (after and said.has("add")):
            continue
        if not (after or before or of_us or glued):
            continue
        gap_end = after[0].start if after else number.end
        gap = text[words[number.end - 1].end : words[min(gap_end, len(words) - 1)].start] if after else ""
        if any(c in gap for c in ".;:!?") or ("," in gap and not before):
            continue
        if (
            said.lexicon.numbers.get(words[number.start].norm) == 1
            and not words[number.start].raw.isdigit()
            and not after
            and not before
        ):
            continue
        stop = max([number.end, *(h.end for h in after[:1])])
        kind = "more" if more else "total"
        if kind == "total" and _joined(said, number.start):
            kind = "part"
        found.append(Mention(kind, number.start, stop, number.value))
    for hit in said.hits:
        if hit.kind == "pair_of_us" and start <= hit.start < end:
            found.append(Mention("total", hit.start, hit.end, 2))
    return _without_overlap(found)


def totals_of(said: Said) -> list[Mention]:
    """The numbers of people anywhere in a sentence."""
    return _totals(said, 0, len(said.words))


def unused_number(said: Said, known: set[int]) -> tuple[int, int] | None:
    """Words of a small number in a sentence about coming that counts neither its people nor days, rooms, money."""
    used = [m for m in said.coming if m.kind in {"total", "part", "more"}]
    for number in said.numbers:
        if (
            not 2 <= number.value <= 10
            or number.value in known
            or number.end == 1
            or any(m.start < number.end and number.start < m.end for m in used)
        ):
            continue
        if any(h.kind == "unit" and number.start - 1 <= h.start <= number.end + 1 for h in said.hits):
            continue
        return number.start, number.end
    for mention in said.names:
        before = said.words[mention.start - 1].norm if mention.start else ""
        if mention.vague and mention not in said.coming and before in said.lexicon.lists["and"]:
            return mention.start, mention.end
    return None


def _joined(said: Said, at: int) -> bool:
    """Whether the number at a word comes on top of people named before it."""
    before = [h for h in said.hits if h.kind == "companion" and at - 2 <= h.end <= at and h.end > at - 3]
    marks = said.sentence.text[said.words[at - 1].end : said.words[at].start] if at else ""
    if not before and "+" not in marks and "&" not in marks and "," not in marks:
        return False
    heads: list[Mention | Hit] = [m for m in said.names if m.end <= at]
    heads += [h for h in said.hits if h.kind in {"colleague", "undersigned", "me"} and h.end <= at and at - h.end < 12]
    if "," in marks and not before:
        return bool([m for m in said.names if m.end <= at and at - m.end < 8])
    return bool(heads)


def _without_overlap(found: list[Mention]) -> list[Mention]:
    found.sort(key=lambda m: (m.start, -(m.end - m.start)))
    kept: list[Mention] = []
    for mention in found:
        if not kept or mention.start >= kept[-1].end:
            kept.append(mention)
    return kept


def _conclude(said: Said, clauses: tuple[Clause, ...], asks: bool, event: date) -> Said:
    spoken = [c for c in clauses if c.status is not Status.NONE]
    yes = [c for c in spoken if c.status in {Status.ACCEPTED, Status.TENTATIVE}]
    no = [c for c in spoken if c.status is Status.DECLINED]
    foreign = _foreign(said, event) or (not spoken and said.has("other_event") and not dates_told(said, event)[0])
    status, who, strong, mixed = Status.NONE, Who.UNSAID, False, False
    pivot: tuple[int, int] | None = None
    if spoken and not foreign:
        last = spoken[-1]
        chosen = last
        if yes and no:
            mixed = True
            general = [c for c in no if c.who in {Who.WE, Who.NOBODY, Who.UNSAID} and c.strong]
            if last.status is Status.DECLINED and not general:
                chosen = yes[-1]
        status, who, strong = chosen.status, chosen.who, chosen.strong
        pivot = chosen.pivot
        if status is Status.ACCEPTED and (
            any(c.status is Status.TENTATIVE for c in yes) or (said.has("condition") and not said.has("assistance"))
        ):
            status = Status.TENTATIVE
            hedge = next((h for h in said.hits if h.kind in {"hedge", "condition"}), None)
            pivot = (hedge.start, hedge.end) if hedge else pivot
        elif status is Status.ACCEPTED and said.has("hedge") and not strong:
            status = Status.TENTATIVE
    if status is Status.NONE and said.has("undecided") and not foreign:
        status = Status.UNDECIDED
        hit = next(h for h in said.hits if h.kind == "undecided")
        pivot = (hit.start, hit.end)
    op, revises = _op(said, status, asks)
    mentions, absent = _mentions(said, clauses, status, op) if not foreign and not asks else ((), ())
    span = said.offsets(*pivot) if pivot and said.words else (0, 0)
    return replace(
        said, clauses=clauses, status=status, who=who, strong=strong, mixed=mixed, asks=asks, op=op, revises=revises,
        coming=tuple(mentions), absent=tuple(absent), range=_range(said), foreign=foreign, span=span,
    )  # fmt: skip


def _range(said: Said) -> bool:
    """Whether two numbers of people with "or", "to" between them leave the number open, or a word does."""
    for a, b in zip(said.numbers, said.numbers[1:], strict=False):
        if 0 < b.start - a.end <= 3 and any(
            h.kind == "range" and a.end <= h.start and h.end <= b.start for h in said.hits
        ):
            measured = any(h.kind == "unit" and b.end <= h.start <= b.end + 1 for h in said.hits)
            return not measured and a.value != b.value and b.value <= MOST_IN_RANGE
    text = said.sentence.text
    for i in range(len(said.words) - 1):
        a_word, b_word = said.words[i], said.words[i + 1]
        if a_word.raw.isdigit() and b_word.raw.isdigit() and text[a_word.end : b_word.start] in {"-", "–", "/"}:
            counted = any(h.kind == "people" and i + 2 <= h.start <= i + 3 for h in said.hits)
            return counted and int(a_word.raw[:4]) < int(b_word.raw[:4]) < MOST_IN_RANGE
    return False


MOST_IN_RANGE = 100


def _foreign(said: Said, event: date) -> bool:
    """Whether the sentence speaks of another event: it says so, or names a date far from this one's."""
    dates = _dates(said, event)
    distances = [_distance(d, event) for d in dates if d is not None]
    if any(abs(d) <= NEAR_EVENT for d in distances):
        return False
    if any(d > 0 for d in distances) or (None in dates and not said.has("letter")):
        return True
    return bool(distances and not said.has("letter", "receipt", "past"))


def _distance(day: int, event: date) -> int:
    """Days from the event to a day of the year, the shorter way round."""
    return (day - _day(event) + 182) % 365 - 182


def dates_told(said: Said, event: date) -> tuple[bool, bool]:
    """Whether a sentence names a date about the event's, and one well after it."""
    distances = [_distance(d, event) for d in _dates(said, event) if d is not None]
    return any(abs(d) <= NEAR_EVENT for d in distances), any(d > NEAR_EVENT for d in distances)


def _day(when: date) -> int:
    return when.timetuple().tm_yday


MONTH_DAYS = (0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334)


def _dates(said: Said, event: date) -> list[int | None]:
    """Days of the year that are named with their month; None for a month alone."""
    months = said.lexicon.lists["months"]
    found: list[int | None] = []
    for i, word in enumerate(said.words):
        if word.norm not in months or (len(word.raw) < 4 and word.raw[-1:].islower() and word.raw[0].islower()):
            continue
        if not word.raw[0].isupper() and said.lexicon.code == "en" and word.norm in {"may", "march", "mar"}:
            continue
        month = month_number(said.lexicon, word.norm)
        if month is None:
            continue
        around = [*said.words[max(0, i - 2) : i], *said.words[i + 1 : i + 2]]
        day = next((int(w.raw) for w in reversed(around) if w.raw.isdigit() and 1 <= int(w.raw[:4]) <= 31), None)
        if day is None:
            if month != event.month and i and said.words[i - 1].norm in said.lexicon.lists["from"]:
                found.append(None)
            continue
        found.append(MONTH_DAYS[month - 1] + day)
    return found


def month_number(lexicon: Lexicon, word: str) -> int | None:
    """1 to 12 for the name of a month."""
    return lexicon.month_numbers.get(word)


def _op(said: Said, status: Status, asks: bool) -> tuple[str, bool]:
    revises = said.has("change", "cancel", "remove", "replace", "retract", "correction")
    if asks:
        return "", False
    if said.has("retract"):
        return "retract", True
    if said.has("correction") and said.names:
        return "correct", True
    if said.has("replace") and said.names and status is not Status.NONE:
        return "replace", True
    if said.has("cancel"):
        return "cancel", True
    if said.has("remove"):
        return "remove", True
    if said.has("add") and (status in {Status.ACCEPTED, Status.TENTATIVE} or said.has("request")):
        return "add", True
    return "", revises


def _mentions(said: Said, clauses: Sequence[Clause], status: Status, op: str) -> tuple[list[Mention], list[Mention]]:
    """Who comes and who does not, by the clauses they stand in."""
    coming: list[Mention] = []
    absent: list[Mention] = []
    previous = Status.NONE
    for clause in clauses:
        effective = clause.status
        if (
            effective is Status.NONE
            and not clause.reason
            and clause.mark in {":", "—", "–", "-", ";", "(", ",", "resume"}
        ):
            effective = previous
        elif (
            effective is Status.NONE
            and previous is Status.NONE
            and clause.mark == ""
            and len(clauses) > 1
            and not clause.reason
        ):
            effective = Status.NONE
        if clause.status is not Status.NONE:
            previous = clause.status
        elif clause.reason or clause.mark == "contrast":
            previous = Status.NONE
        names = [
            m
            for m in said.names
            if clause.start <= m.start < clause.end
            or (
                clause.reach <= m.start < clause.start
                and not any(c.start <= m.start < c.end and (c.reason or c.status is not Status.NONE) for c in clauses)
            )
        ]
        if effective is Status.DECLINED:
            absent += names
            if clause.who is Who.I:
                absent.append(Mention("self", clause.start, clause.end))
            absent += [Mention("role", h.start, h.end) for h in _roles(said, clause.start, clause.end, names)]
            continue
        if effective not in {Status.ACCEPTED, Status.TENTATIVE}:
            continue
        totals = _totals(said, clause.start, clause.end)
        totals = [t for t in totals if t.kind != "part" or sum(m.start >= t.end for m in names) != t.number]
        if any(h.kind == "request" and h.start == clause.pivot[0] for h in said.hits):
            names = [m for m in names if m.start >= clause.pivot[0]]
        coming += [m for m in names if not m.vague or _beside_somebody(said, m)]
        coming += totals
        roles = _roles(said, clause.reach, clause.end, names)
        coming += [
            Mention("role", h.start, h.end)
            for h in roles
            if not any(t.start < h.end and h.start < t.end for t in totals)
        ]
        selves = _selves(said, clause, names, totals, roles)
        if (
            selves
            and any(t.kind == "total" and t.end <= clause.pivot[0] + 1 for t in totals)
            and _companion_before(said, selves[0])
        ):
            named = [m for m in coming if m.kind == "name"]
            parts = [t for t in totals if sum(m.start >= t.end for m in named) != t.number]
            coming = [m for m in coming if m not in totals] + [replace(m, kind="part") for m in parts]
        coming += selves
    return coming, absent


def _companion_before(said: Said, mention: Mention) -> bool:
    """Whether "with" stands before somebody: "our two fellows come with me"."""
    return any(
        h.kind == "companion" and h.end == mention.start and said.words[h.start].norm not in {"and", "et", "y"}
        for h in said.hits
    )


def _beside_somebody(said: Said, name: Mention) -> bool:
    """Whether a bare first name stands beside a person: "me and Ana", "my attendant, Ana"."""
    joins = said.lexicon.lists["and"]
    kinds = {"me", "undersigned", "colleague"}
    for hit in said.hits:
        if hit.kind in kinds and not (hit.start < name.end and name.start < hit.end):
            between = said.words[hit.end : name.start] if hit.end <= name.start else said.words[name.end : hit.start]
            if len(between) <= 1 and all(w.norm in joins for w in between):
                return True
    return False


def _roles(said: Said, start: int, end: int, names: Sequence[Mention]) -> list[Hit]:
    """Unnamed persons of ours: roles that stand beside no name that they describe."""
    found: list[Hit] = []
    for hit in said.hits:
        if hit.kind != "colleague" or not start <= hit.start < end or any(hit.start < f.end for f in found):
            continue
        if any(m.start < hit.end and hit.start < m.end for m in said.names):
            continue
        if any(_describes(said, hit, m) for m in names):
            continue
        found.append(hit)
    return found


def _describes(said: Said, hit: Hit, name: Mention) -> bool:
    """Whether a role and a name are one person: next to each other with no "and" between."""
    if hit.end <= name.start:
        low, high, limit = hit.end, name.start, 5
    else:
        low, high, limit = name.end, hit.start, 2
    between = said.words[low:high]
    joins = said.lexicon.lists["and"]
    if len(between) > limit or any(w.norm in joins for w in between):
        return False
    gap = said.sentence.text[said.words[low - 1].end : said.words[high].start] if high < len(said.words) else ""
    return not any(c in gap for c in ";+&") and gap.count(",") <= 1


def _selves(
    said: Said, clause: Clause, names: Sequence[Mention], totals: Sequence[Mention], roles: Sequence[Hit]
) -> list[Mention]:
    joins = said.lexicon.lists["and"]
    words, text = said.words, said.sentence.text
    my = next((h for h in said.hits if h.kind == "my_attend" and clause.start <= h.start < clause.end), None)
    if my:
        return [Mention("self", my.start, my.end)]
    for hit in said.hits:
        if not clause.start <= hit.start < clause.end:
            continue
        if hit.kind == "undersigned":
            return [Mention("self", hit.start, hit.end)]
        if hit.kind == "me":
            before, after = words[max(0, hit.start - 1) : hit.start], words[hit.end : hit.end + 1]
            gap_before = text[before[0].end : words[hit.start].start] if before else ""
            gap_after = text[words[hit.end - 1].end : after[0].start] if after else ""
            near_people = bool(names or roles or totals)
            if before and (before[0].norm in joins or any(c in gap_before for c in "+&")):
                return [Mention("self", hit.start, hit.end)]
            if after and (after[0].norm in joins or any(c in gap_after for c in "+&")):
                return [Mention("self", hit.start, hit.end)]
            if near_people and (("," in gap_before) or "(" in gap_before) and words[hit.start].norm != "i":
                return [Mention("self", hit.start, hit.end)]
            inside = [
                h
                for h in said.hits
                if h.kind in {"request", "accept", "alone", "add"} and h.start <= hit.start <= h.end
            ]
            if inside and words[hit.start].norm != "i":
                return [Mention("self", hit.start, hit.end)]
    alone = next((h for h in said.hits if h.kind == "alone" and clause.start <= h.start < clause.end), None)
    if alone and not names:
        return [Mention("self", alone.start, alone.end)]
    pronoun = next((h for h in said.hits if h.kind == "pronoun" and clause.start <= h.start <= clause.pivot[0]), None)
    if (
        pronoun is not None
        and clause.who is Who.PERSON
        and not said.has("replace")
        and not any(m.start < pronoun.start for m in said.names)
    ):
        return [Mention("anaphor", pronoun.start, pronoun.end)]
    if clause.who is Who.I:
        i = max((h.start for h in said.hits if h.kind == "i" and clause.reach <= h.start < clause.pivot[1]), default=-1)
        performs = any(h.kind == "perform" and i <= h.start <= max(i + 5, clause.pivot[1]) for h in said.hits)
        if performs and (names or totals or roles or said.has("our", "we")):
            return []
        if i >= 0:
            return [Mention("self", i, i + 1)]
    return []
