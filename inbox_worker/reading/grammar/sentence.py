"""What a sentence says of who comes: a small grammar over the classes of the language files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from inbox_worker.reading.counts import numbers_in
from inbox_worker.reading.grammar.clauses import clauses_of
from inbox_worker.reading.grammar.dates import dates_told, is_foreign
from inbox_worker.reading.grammar.heads import is_taken_back, open_range, totals_of
from inbox_worker.reading.grammar.mentions import mentions_of, replaced
from inbox_worker.reading.grammar.names import named
from inbox_worker.reading.grammar.said import Clause, Context, Mention, Said, Status, Who
from inbox_worker.reading.lexicon import Hit, Lexicon
from inbox_worker.reading.text import Sentence, Token

CHANGES = frozenset({"cancel", "remove", "replace", "change"})
CONDITIONS = frozenset({"if", "condition", "shaky", "tentative", "hedge"})
SELVES = frozenset({"i", "me", "undersigned", "colleague"})
YEAR = 4  # digits
OBLIGED = 3  # words between "must we" and what one must
VERBS = frozenset({"attend", "attend_weak", "accept", "decline", "send", "add", "remove", "request", "we", "i"})
APART = frozenset({";", ":", "—", "–", "-", "!", "…", "relative"})  # marks after which a clause has dates of its own


def say(sentence: Sentence, lexicon: Lexicon, context: Context) -> Said:
    """Analyse a sentence."""
    words = sentence.words
    norms = [w.norm for w in words]
    hits = tuple(lexicon.phrases.find(norms))
    covered = {i for h in hits if h.kind in {"affirm_negated", "never_fail"} for i in range(h.start, h.end)}
    hits = tuple(h for h in hits if not (h.kind in {"negation", "decline", "absent"} and h.start in covered))
    leaning = [h for h in hits if h.kind in {"undecided", "tentative"}]
    refused = {h.start for h in hits if h.kind == "negation"}
    unsaid = {
        i for h in leaning for i in range(h.start, h.end)
    } & refused  # "can not yet say", "can not promise": refuses nothing, accepts nothing
    hits = tuple(
        h
        for h in hits
        if not (h.kind in {"negation", "decline", "absent", "accept"} and any(h.start <= n < h.end for n in unsaid))
    )
    hits += tuple(
        Hit("past", i, i + 1) for i, w in enumerate(norms) if _is_year(w) and int(w) < context.event.year
    )  # "asistimos al foro de 2023"
    hits = tuple(
        h
        for h in hits
        if not (_is_proper(lexicon, words, h) or _is_obliged(sentence, hits, h) or _is_clitic(sentence, words, h))
    )
    hits = tuple(h for h in hits if not _is_auxiliary(lexicon, words, hits, h))
    hits = tuple(h for h in hits if h.kind != "if" or words[h.start].raw.casefold() == norms[h.start])  # "sí" is yes
    polite = {i for h in hits if h.kind == "politely" for i in range(h.start, h.end)}
    hits = tuple(h for h in hits if not (h.kind in CONDITIONS and h.start in polite))
    hits = tuple(
        h for h in hits if h.kind != "other_event" or h.end - h.start > 1 or norms[h.start] not in context.title
    )
    hits = tuple(h for h in hits if not _is_of_a_name(sentence, words, hits, h))
    hits = _without_hypothetical(sentence, words, hits)
    if any(h.kind == "newsletter" for h in hits):  # "please take him off your mailing list"
        hits = tuple(h for h in hits if h.kind not in CHANGES)
    received = {i for h in hits if h.kind == "receipt" for i in range(h.start, h.end)}
    hits = tuple(h for h in hits if not (h.kind == "accept" and h.start in received))  # "I confirm receipt of"
    own = _inside(words, context.own)
    others = _inside(words, context.others)
    numbers = tuple(n for n in numbers_in(words, sentence.text, lexicon) if n.start not in own | others)
    objects = frozenset(h.end for h in hits if h.kind in {"add", "request", "send", "remove", "replace"})
    objects |= {i for h in hits if h.kind == "my_attend" for i in range(h.end, h.end + 4)}  # "and that of Ana López"
    led = {h.end for h in hits if h.kind == "companion" and norms[h.start] not in lexicon.lists["and"]}
    objects |= led  # "acompañado de Ana López"
    if any(h.kind == "replace" for h in hits):  # "por isso vai a Ana López no meu lugar"
        objects |= frozenset(h.end for h in hits if h.kind == "attend_weak")
    names = named(sentence, lexicon, words, own | others, objects)
    names = tuple(m for m in names if not _is_title(words, m, context.title))
    hits = tuple(h for h in hits if h.kind not in {"i", "me"} or not any(m.start <= h.start < m.end for m in names))
    before = _counted_before(sentence, words, hits)
    names = tuple(m for m in names if m.start not in before)
    hits = tuple(h for h in hits if h.start not in before or h.kind not in SELVES)
    classes = {h.kind: True for h in hits}
    draft = Said(sentence, lexicon, words, hits, (), numbers, names, classes=classes)
    asks = _asks(draft)
    clauses = tuple(clauses_of(draft, own, others, context.event, asks))
    asks = asks and all(c.status is Status.NONE for c in clauses)
    return _conclude(draft, clauses, asks, context.event)


def _counted_before(sentence: Sentence, words: Sequence[Token], hits: Sequence[Hit]) -> frozenset[int]:
    """Words for those an earlier answer named, where somebody is added: "on top of Ana and me, Bo will also come"."""
    starts = [h.end for h in hits if h.kind == "besides"]
    if not starts or not any(h.kind == "add" for h in hits):
        return frozenset()
    verbs = [h.start for h in hits if h.kind in {"attend", "attend_weak", "accept"} and h.start > starts[0]]
    end = next(
        (i for i in range(starts[0] + 1, len(words)) if "," in sentence.text[words[i - 1].end : words[i].start]),
        min(verbs, default=starts[0]),
    )
    return frozenset(range(starts[0], end))


def _is_year(word: str) -> bool:
    return len(word) == YEAR and word.isdecimal() and word[:2] in {"19", "20"}


def _is_proper(lexicon: Lexicon, words: Sequence[Token], hit: Hit) -> bool:
    """Whether what begins like a verb is a proper noun: "Irak" for "ira*"; not where every noun has a capital."""
    word = words[hit.start]
    if hit.end - hit.start > 1 or hit.start == 0 or not word.is_capital or word.raw.isupper():
        return False
    if hit.kind not in VERBS or lexicon.lists["noun_endings"]:
        return False
    return word.norm not in lexicon.vocabulary and not words[hit.start - 1].is_capital


def _is_obliged(sentence: Sentence, hits: Sequence[Hit], hit: Hit) -> bool:
    """Whether words that ask to be put on the list ask whether one has to: "must we also register online?"."""
    if hit.kind != "request" or not sentence.is_question:
        return False
    return any(h.kind == "obligation" and h.start <= hit.start <= h.end + OBLIGED for h in hits)


def _is_clitic(sentence: Sentence, words: Sequence[Token], hit: Hit) -> bool:
    """Whether what would be "if" is the pronoun of the verb before it: "deslocar-se"."""
    before = sentence.text[max(0, words[hit.start].start - 1) : words[hit.start].start]
    return before in {"-", "‑"} and hit.kind in {"condition", "shaky", "question_word"}


def _is_auxiliary(lexicon: Lexicon, words: Sequence[Token], hits: Sequence[Hit], hit: Hit) -> bool:
    """Whether a form of "go" only makes the future of another verb: "vamos dividir un cuarto"."""
    endings = tuple(lexicon.lists["infinitive_endings"])
    if hit.kind != "attend_weak" or not endings:
        return False
    go = next((h for h in hits if h.kind == "go" and h.start == hit.start), None)
    if go is None or go.end >= len(words):
        return False
    at = go.end + (words[go.end].norm in {"a", "y", "en"} and go.end + 1 < len(words))
    verb = words[at].norm
    coming = {"attend", "attend_weak", "accept", "request", "send"}
    return len(verb) > 3 and verb.endswith(endings) and not any(h.start == at and h.kind in coming for h in hits)


def _is_of_a_name(sentence: Sentence, words: Sequence[Token], hits: Sequence[Hit], hit: Hit) -> bool:
    """Whether only a name is still open: "me and one colleague (tbc)"."""
    if hit.kind not in {"tentative", "hedge", "condition"} or not hit.start:
        return False
    gap = sentence.text[words[hit.start - 1].end : words[hit.start].start]
    after = sentence.text[words[hit.end - 1].end : words[hit.end - 1].end + 1]
    if hit.kind == "tentative" and words[hit.start - 1].norm.isdigit() and hit.end == len(words):
        return True  # "Ana López + 2 tbc"
    return "(" in gap and after == ")" and any(h.kind in {"colleague", "people"} and h.end == hit.start for h in hits)


def _without_hypothetical(sentence: Sentence, words: Sequence[Token], hits: tuple[Hit, ...]) -> tuple[Hit, ...]:
    """Without changes that are only what a condition names: "subject to the strike being called off"."""
    starts = [h.end for h in hits if h.kind in {"condition", "if"}]

    def inside(hit: Hit) -> bool:
        before = [s for s in starts if s <= hit.start]
        return bool(before) and "," not in sentence.text[words[before[-1] - 1].end : words[hit.start].start]

    return tuple(h for h in hits if not (h.kind in CHANGES and inside(h)))


def _is_title(words: Sequence[Token], mention: Mention, title: frozenset[str]) -> bool:
    """Whether what looks like a name is words of the event's title."""
    return all(w.norm in title for w in words[mention.start : mention.end])


def _inside(words: Sequence[Token], spans: Sequence[tuple[int, int]]) -> frozenset[int]:
    if not spans or not words:
        return frozenset()
    near = [s for s in spans if s[0] < words[-1].end and s[1] > words[0].start]
    return frozenset(i for i, w in enumerate(words) for start, end in near if start <= w.start < end)


def _asks(said: Said) -> bool:
    if said.has("add") and said.names and not said.has("i", "we"):
        return False  # "could you add Ana López to our list?"
    if said.has("add") and said.has("delegation", "our", "we") and totals_of(said):
        return False  # "would it be possible to add two people to our delegation?"
    return said.sentence.is_question and not said.has("request", "remove")


def _conclude(said: Said, clauses: tuple[Clause, ...], asks: bool, event: date) -> Said:
    spoken = [c for c in clauses if c.status is not Status.NONE]
    yes = [c for c in spoken if c.status in {Status.ACCEPTED, Status.TENTATIVE}]
    no = [c for c in spoken if c.status is Status.DECLINED]
    near = dates_told(said, event)[0]
    foreign = not near and (_elsewhere(said, clauses, event) or (not spoken and said.has("other_event")))
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
        status, who = chosen.status, chosen.who
        strong = any(c.strong for c in spoken if c.status is status)
        pivot = chosen.pivot
        unsure = any(c.status is Status.TENTATIVE for c in yes) and not (chosen.mark == "contrast" and chosen.strong)
        unsure = unsure or (said.has("condition") and not said.has("assistance"))
        unsure = unsure or _weakened(said, clauses, chosen)
        if status is Status.ACCEPTED and _still_open(said, chosen):
            status, strong = Status.UNDECIDED, False  # "we will come back to you as to who will represent us"
        if status is Status.ACCEPTED and unsure:
            status = Status.TENTATIVE
            hedge = next((h for h in said.hits if h.kind in {"hedge", "condition"}), None)
            pivot = (hedge.start, hedge.end) if hedge else pivot
        elif status is Status.ACCEPTED and said.has("hedge") and not strong:
            status = Status.TENTATIVE
        if status is Status.ACCEPTED and (not strong or who is Who.UNSAID) and _is_passed_on(said):
            status = Status.NONE
    if status is Status.DECLINED and _opens_with_if(said, clauses) and not said.has("affirm_negated"):
        status, strong = Status.TENTATIVE, False  # "if the visas are refused we stay at home"
    if status is Status.NONE and said.has("undecided") and not foreign:
        status = Status.UNDECIDED
        hit = next(h for h in said.hits if h.kind == "undecided")
        pivot = (hit.start, hit.end)
    op, revises = _op(said, status, asks, mixed)
    revises = revises or any(is_taken_back(said, n) for n in said.numbers)
    mentions, absent = mentions_of(said, clauses) if not foreign and not asks else ([], [])
    if op == "replace":
        mentions, absent = replaced(said, mentions, absent)
    elif said.has("replace", "replaced_by") and _stands_in_for_the_writer(said):
        others = [m for m in mentions if m.kind != "self"]
        mentions = others or mentions
    span = said.offsets(*pivot) if pivot and said.words else (0, 0)
    return replace(
        said, clauses=clauses, status=status, who=who, strong=strong, mixed=mixed, asks=asks, op=op, revises=revises,
        coming=tuple(mentions), absent=tuple(absent), range=open_range(said), foreign=foreign, span=span,
    )  # fmt: skip


def _elsewhere(said: Said, clauses: tuple[Clause, ...], event: date) -> bool:
    """Whether each predicate of a sentence stands beside a date of another event, or the sentence has no predicate."""
    spoken = [c for c in clauses if c.status is not Status.NONE]
    if not spoken:
        return is_foreign(said, event)
    opened = 0
    beside = []
    for clause in clauses:
        if clause.mark in APART:
            opened = clause.start
        if clause in spoken:
            beside.append(is_foreign(said, event, opened, clause.end))
    return all(beside)


def _opens_with_if(said: Said, clauses: Sequence[Clause]) -> bool:
    """Whether all that a sentence says stands under the "if" it begins with."""
    first = any(h.kind == "if" and h.start <= 1 for h in said.hits)
    return first and not any(c.mark in APART for c in clauses if c.status is not Status.NONE)


def _op(said: Said, status: Status, asks: bool, mixed: bool) -> tuple[str, bool]:
    revises = said.has("change", "cancel", "remove", "replace", "replaced_by", "retract", "correction")
    if asks:
        return "", False
    if said.has("retract"):
        return "retract", True
    if said.has("correction") and said.names:
        return "correct", True
    instead = said.has("replace", "replaced_by") and not _of_numbers(said)
    if instead and said.names and (mixed or status in {Status.ACCEPTED, Status.TENTATIVE}):
        return ("", False) if _stands_in_for_the_writer(said) else ("replace", True)
    if said.has("remove") and said.names:
        return "remove", True
    if said.has("cancel") and said.names and not said.has("we", "our", "i"):
        return "remove", True  # "Ana López has had to cancel"
    if said.has("cancel"):
        return "cancel", True
    if said.has("remove"):
        return "remove", True
    if _adds(said) and (status in {Status.ACCEPTED, Status.TENTATIVE} or said.has("request")):
        return "add", True
    return "", revises


def _of_numbers(said: Said) -> bool:
    """Whether a number is what gives way, not a person: "instead of three participants we shall be two"."""
    return all(
        any(h.end <= n.start <= h.end + 1 for n in said.numbers)
        for h in said.hits
        if h.kind in {"replace", "replaced_by"}
    )


def _adds(said: Said) -> bool:
    """Whether somebody is added to an earlier answer, not only to somebody named before: "Ana and one more"."""
    joins = said.lexicon.lists["and"]
    ends = {m.end for m in said.names if m.end < len(said.words) and said.words[m.end].norm in joins}
    return any(h.kind == "add" and not ends & {h.start - 1, h.start - 2} for h in said.hits)


def _is_passed_on(said: Said) -> bool:
    """Whether a faint yes is only that others will answer: "I passed it on, they will be in touch with you"."""
    return said.has("undecided") and not said.names and not said.numbers and not said.has("accept", "request")


def _still_open(said: Said, chosen: Clause) -> bool:
    """Whether what sounds like a yes is what somebody has yet to decide."""
    open_ = [h for h in said.hits if h.kind == "undecided" and h.end <= chosen.pivot[0]]
    return (
        bool(open_) and chosen.mark in {"", ",", "resume", "reason", "relative"} and not said.names and not said.numbers
    )


def _weakened(said: Said, clauses: Sequence[Clause], chosen: Clause) -> bool:
    """Whether a "but" after the yes makes it a perhaps: "say five, but do not take it for certain"."""
    after = [c for c in clauses if c.start > chosen.start and c.mark == "contrast"]
    return any(h.kind in {"hedge", "tentative"} and c.start <= h.start < c.end for c in after for h in said.hits)


def _overlap(one: Hit, other: Hit) -> bool:
    return one.start < other.end and other.start < one.end


def _stands_in_for_the_writer(said: Said) -> bool:
    """Whether somebody comes instead of the writer, and no earlier answer is changed: "Ana takes my place"."""
    replaced = [h for h in said.hits if h.kind == "replace"]
    mine = any(
        (o.kind in {"my_attend", "our"} and h.start <= o.start < h.end)
        or (o.kind == "me" and h.start <= o.start <= h.end)
        for h in replaced
        for o in said.hits
    ) and not said.has("correction", "cancel", "remove", "retract", "add")
    beside = [
        *replaced,
        *(h for h in said.hits if h.kind in {"decline", "absent", "negation"}),
    ]  # "I am not coming but"
    others = [h for h in said.hits if h.kind == "change" and not any(_overlap(r, h) for r in beside)]
    return mine and not others
