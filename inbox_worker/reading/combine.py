"""From sentences, lists and tables to claims: what the message says as a whole, and what in it stays in doubt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from inbox_worker.model import Claim, Code, Doubt, Evidence, Message, Op, Partstat, Person
from inbox_worker.reading.blocks import Block, Item
from inbox_worker.reading.counts import MOST
from inbox_worker.reading.organisations import Index, distinct, find
from inbox_worker.reading.sender import Answerer
from inbox_worker.reading.sentence import Mention, Said, Status, Who, dates_told, totals_of, unused_number
from inbox_worker.reading.text import fold, tokens

SHORT = 40  # words of a message so short that a bare number of people is its answer


@dataclass(frozen=True)
class Heard:
    """All that was found in a message, ready to be put together."""

    message: Message
    index: Index
    said: tuple[tuple[str, Said], ...]  # part and sentence, in order
    blocks: tuple[tuple[str, Block], ...]
    answerer: Answerer
    sender: tuple[str, str, int, int] | None  # the writer's name, part, start, end
    subject: tuple[Said, ...]
    event: date
    answers_us: bool  # it is a reply to a message, by its headers

    def evidence(self, name: str, part: str, start: int, end: int) -> Evidence:
        """Words of the message as evidence for a field."""
        text = self.message.text_of(part) or ""
        return Evidence(name, part, start, end, text[start:end])


@dataclass
class Party:
    """Who comes."""

    people: list[tuple[Mention, str, int, int]] = field(default_factory=list)  # mention, part, start, end
    selves: list[tuple[str, int, int]] = field(default_factory=list)
    unnamed: list[tuple[int, str, int, int, int]] = field(default_factory=list)  # number, part, start, end, sentence
    totals: list[tuple[int, str, int, int]] = field(default_factory=list)
    more: list[tuple[int, str, int, int]] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    listed: bool = False  # a list or table names everybody
    open_range: tuple[str, int, int] | None = None
    vague: tuple[str, int, int] | None = None
    scattered: bool = False
    agreed: int | None = None  # a number that the names in its own sentence bear out
    others: tuple[str, int, int] | None = None  # a person named elsewhere, of whom it is not said whether they come


def combine(heard: Heard) -> tuple[tuple[Claim, ...], tuple[Doubt, ...]]:
    """The claims of a message and the doubts that no claim carries."""
    retracted = next(((p, s) for p, s in heard.said if s.op == "retract"), None)
    if retracted is not None:
        part, said = retracted
        evidence = (heard.evidence("partstat-unclear", part, said.sentence.start, said.sentence.end),)
        return (), (Doubt(Code.PARTSTAT_UNCLEAR, "Takes an earlier message back.", evidence),)
    if elsewhere := _another_event(heard):
        return (), () if elsewhere == "subject" else (_elsewhere(heard),)
    joint = _joint(heard)
    if joint:
        return joint, ()
    return _single(heard)


def _another_event(heard: Heard) -> str:
    """ "subject" or "text" where dates there speak of a later event and none of this one, else ""."""
    told = [dates_told(s, heard.event) for _, s in heard.said]
    about = [dates_told(s, heard.event) for s in heard.subject]
    if any(near for near, _ in (*told, *about)):
        return ""
    if any(later for _, later in about):
        return "subject"
    answer = next((i for i, (_, s) in enumerate(heard.said) if s.status is not Status.NONE and s.strong), None)
    if answer is None or heard.answers_us:
        return ""
    return "text" if any(later for _, later in told[: answer + 1]) else ""


def _elsewhere(heard: Heard) -> Doubt:
    part, said = next((p, s) for p, s in heard.said if dates_told(s, heard.event)[1])
    evidence = (heard.evidence("partstat-unclear", part, said.sentence.start, said.sentence.end),)
    return Doubt(Code.PARTSTAT_UNCLEAR, "Speaks of a later date and may be about another event.", evidence)


# -- several organisations in one message ------------------------------------------------------------------------------


def _joint(heard: Heard) -> tuple[Claim, ...]:
    """Claims out of a table with an organisation in each row, or of lines that begin with one and a colon."""
    groups: list[tuple[str, str, Party, tuple[int, int]]] = []
    for part, block in heard.blocks:
        if block.table:
            for item in block.items:
                organisation = _row_organisation(heard, part, item)
                if organisation and item.verdict is not False:
                    party = Party(listed=True)
                    _add_item(heard, party, part, item)
                    groups.append((organisation, part, party, (item.start, item.end)))
    if len({g[0] for g in groups}) < 2:
        groups = _labelled(heard)
    if len({g[0] for g in groups}) < 2:
        return ()
    claims = []
    for organisation, part, party, span in groups:
        name = heard.index.by_id[organisation].name
        number, doubts, confidence = _number(heard, party, Op.SET)
        people = _people(heard, party)
        evidence = (
            heard.evidence("organisation", part, *span),
            heard.evidence("partstat", part, *span),
            *_count_evidence(heard, party),
            *_people_evidence(heard, party),
        )
        claims.append(
            Claim(
                organisation,
                name,
                Partstat.ACCEPTED,
                number,
                Op.SET,
                people,
                (),
                False,
                doubts,
                min(0.85, confidence),
                evidence,
            )
        )
    return tuple(claims)


def _row_organisation(heard: Heard, part: str, item: Item) -> str | None:
    text = heard.message.text_of(part) or ""
    for start, end in item.cells[:2]:
        found = distinct(find([t for t in tokens(text, start, end) if t.is_word], heard.index))
        if len(found) == 1:
            return found[0]
        close = _resemble(text[start:end], heard.index)
        if close and not any(start <= s < end for s, _ in item.spans):
            return close
    return None


def _resemble(text: str, index: Index) -> str | None:
    """A listed organisation whose name begins with what is written ("Zimbabwe Campaign")."""
    written = " ".join(t.norm for t in tokens(text) if t.is_word)
    if len(written.split()) < 2:
        return None
    found = {o for name, o in index.names if name.startswith(written)}
    return next(iter(found)) if len(found) == 1 else None


def _labelled(heard: Heard) -> list[tuple[str, str, Party, tuple[int, int]]]:
    groups = []
    for part, said in heard.said:
        marks = said.sentence.tokens
        colon = next((k for k, t in enumerate(marks[:14]) if t.raw in ":：="), None)
        if colon is None:
            continue
        head = [t for t in marks[:colon] if t.is_word]
        found = distinct(find(head, heard.index))
        if len(found) != 1 or said.foreign or said.asks:
            continue
        party = Party()
        for mention in (*said.names, *(m for m in said.coming if m.kind != "name")):
            if said.words[mention.start].start > marks[colon].start:
                _add(heard, party, part, said, mention, 0)
        me = [h for h in said.hits if h.kind == "me" and said.words[h.start].start > marks[colon].start]
        if me and not party.selves:
            party.selves.append((part, *said.offsets(me[0].start, me[0].end)))
        if party.people or party.selves or party.totals or party.unnamed:
            groups.append((found[0], part, party, (said.sentence.start, said.sentence.end)))
    return groups


# -- one organisation --------------------------------------------------------------------------------------------------


def _single(heard: Heard) -> tuple[tuple[Claim, ...], tuple[Doubt, ...]]:
    said = [(p, s) for p, s in heard.said]
    inside = _block_sentences(heard)
    free = [(i, p, s) for i, (p, s) in enumerate(said) if i not in inside]
    blocks = _live_blocks(heard, free)
    accepted = [(i, p, s) for i, p, s in free if s.status is Status.ACCEPTED]
    tentative = [(i, p, s) for i, p, s in free if s.status is Status.TENTATIVE]
    declined = [(i, p, s) for i, p, s in free if s.status is Status.DECLINED]
    removed = [(i, p, s) for i, p, s in free if s.op == "remove"]
    corrected = [(i, p, s) for i, p, s in free if s.op == "correct"]
    party = _party(heard, accepted + tentative, blocks, free)
    if corrected and not blocks and not party.totals:
        return (_correction(heard, corrected[0]),), ()
    if removed and not blocks and not party.totals and not _joins(accepted):
        return _removal(heard, removed[0], party)
    if not accepted and not tentative and not blocks:
        if declined:
            return _refusal(heard, declined)
        return _fallback(heard, free)
    return _acceptance(heard, party, accepted, tentative, declined, blocks, free)


def _joins(accepted: Sequence[tuple[int, str, Said]]) -> bool:
    return any(s.op == "replace" for _, _, s in accepted)


def _block_sentences(heard: Heard) -> set[int]:
    """Sentences that lie within lists and tables."""
    found = set()
    for i, (part, said) in enumerate(heard.said):
        if any(
            p == part and b.start <= said.sentence.start and said.sentence.end <= b.end + 2 for p, b in heard.blocks
        ):
            found.add(i)
    return found


def _live_blocks(heard: Heard, free: Sequence[tuple[int, str, Said]]) -> list[tuple[str, Block]]:
    """Lists that name people who come: what leads to them does not speak of something else."""
    live = []
    for part, block in heard.blocks:
        before = [s for _, p, s in free if p == part and s.sentence.end <= block.start + 1]
        lead = before[-1] if before else None
        if lead is not None and (
            lead.foreign or lead.status is Status.DECLINED or (lead.asks and not lead.has("request"))
        ):
            continue
        if not any(m.kind in {"name", "self"} for item in block.items for m in item.mentions):
            continue
        if (
            any(item.verdict is not None for item in block.items)
            or (
                lead is None
                or lead.status in {Status.ACCEPTED, Status.TENTATIVE}
                or lead.has("lead_list", "attend", "attend_weak", "people", "delegation", "request", "add")
                or lead.sentence.tokens[-1].raw in ":："
            )
            or any(s.status in {Status.ACCEPTED, Status.TENTATIVE} for _, _, s in free)
        ):
            live.append((part, block))
    return live


def _party(
    heard: Heard,
    answers: Sequence[tuple[int, str, Said]],
    blocks: Sequence[tuple[str, Block]],
    free: Sequence[tuple[int, str, Said]],
) -> Party:
    party = Party()
    answers = _near(answers, blocks)
    by_sentence: dict[int, set[str]] = {}
    for i, part, said in sorted(answers, key=lambda a: a[0]):
        for mention in said.coming:
            if mention.kind == "role" and blocks:
                continue  # a list names them
            _add(heard, party, part, said, mention, i)
            by_sentence.setdefault(i, set()).add(mention.kind)
        full = [m for m in said.coming if m.kind == "name" and not m.vague]
        heads = len(full) + any(m.kind == "self" for m in said.coming)
        told = [m.number for m in said.coming if m.kind == "total"]
        if len(told) == 1 and told[0] == heads and party.agreed is None:
            party.agreed = told[0]
        if said.range and not said.has("more"):
            party.open_range = (part, said.sentence.start, said.sentence.end)
        vague = next(
            (
                h
                for h in said.hits
                if h.kind == "vague"
                and any(p.kind in {"people", "colleague"} and h.end <= p.start <= h.end + 2 for p in said.hits)
            ),
            None,
        )
        if vague is not None:
            party.vague = (part, *said.offsets(vague.start, vague.end))
    for _, _, said in free:
        party.absent += [m.name for m in said.absent if m.kind == "name"]
    for part, block in blocks:
        party.listed = True
        for item in block.items:
            if item.verdict is False:
                party.absent += [m.name for m in item.mentions if m.kind == "name"]
            else:
                _add_item(heard, party, part, item)
    for part, block in blocks:
        _after_list(heard, party, part, block)
    own = {i for i, kinds in by_sentence.items() if kinds & {"role", "part"}}
    named = {i for i, kinds in by_sentence.items() if kinds & {"name"}}
    party.scattered = bool(own - named and named - own) or (bool(own) and party.listed)
    if not party.people and party.totals:
        _followers(heard, party, answers, free)
    if answers and not (party.people or party.totals or party.unnamed or party.selves or party.more):
        _explained(heard, party, answers[-1][0], free)
    party.others = _unplaced(heard, party, answers, free)
    if not party.totals and not party.listed:
        known = {len(party.people), len(party.people) + bool(party.selves) + sum(n for n, *_ in party.unnamed)}
        for _, part, said in answers:
            if said.strong and (unused := unused_number(said, known)) is not None:
                party.others = party.others or (part, *said.offsets(*unused))
    return party


def _unplaced(
    heard: Heard, party: Party, answers: Sequence[tuple[int, str, Said]], free: Sequence[tuple[int, str, Said]]
) -> tuple[str, int, int] | None:
    """Somebody with a full name, near the answer, who is counted neither among those who come nor those who do not."""
    if not answers:
        return None
    first, last = answers[0][0], answers[-1][0]
    known = [m.name for m, *_ in party.people] + party.absent
    for i, part, said in free:
        if not first - 1 <= i <= last + 2 or said.foreign or said.asks or said.has("past"):
            continue
        for name in said.names:
            if name.vague or _is_sender(heard, name.name) or any(same_person(name.name, k) for k in known):
                continue
            return (part, *said.offsets(name.start, name.end))
    return None


def _near(answers: Sequence[tuple[int, str, Said]], blocks: Sequence[tuple[str, Block]]) -> list[tuple[int, str, Said]]:
    """Answers without the weak ones that stand far from any that is plain: they speak of other journeys."""
    plain = [i for i, _, s in answers if s.strong]
    if not plain and not blocks:
        return list(answers)
    return [
        (i, p, s) for i, p, s in answers if s.strong or any(abs(i - j) <= 2 for j in plain) or (not plain and blocks)
    ]


def _after_list(heard: Heard, party: Party, part: str, block: Block) -> None:
    """ "and me", "plus one interpreter" right below a list."""
    text = heard.message.text_of(part) or ""
    for p, said in heard.said:
        if (
            p != part
            or not block.end <= said.sentence.start <= block.end + 80
            or text[block.end : said.sentence.start].strip()
        ):
            continue
        if said.words[0].norm not in said.lexicon.lists["and"] and said.sentence.tokens[0].raw not in "+&":
            continue
        for mention in said.names[:2]:
            if mention.start <= 3 and not mention.vague:
                _add(heard, party, part, said, mention, -1)
        first = [h for h in said.hits if h.start <= 1]
        if any(h.kind in {"me", "undersigned"} for h in first):
            party.selves.append((part, *said.offsets(0, 2)))
        elif said.numbers and said.numbers[0].start <= 1 and not (said.names and said.names[0].start <= 3):
            number = said.numbers[0]
            party.unnamed.append((number.value, part, *said.offsets(number.start, number.end), -1))
        elif any(h.kind == "colleague" for h in first) and not said.names:
            party.unnamed.append((1, part, *said.offsets(0, 2), -1))


def _explained(heard: Heard, party: Party, after: int, free: Sequence[tuple[int, str, Said]]) -> None:
    """Who it is, said in the sentences after an answer that does not: "X will take part. My colleague and I ..."."""
    for i, part, said in free:
        if not after < i <= after + 2 or said.foreign or said.asks or said.status is Status.DECLINED:
            continue
        totals = [m for m in totals_of(said) if m.kind == "total"]
        joins = said.lexicon.lists["and"]
        me = next(
            (h for h in said.hits if h.kind in {"me", "undersigned"} and _joined_by(said, h.start, h.end, joins)), None
        )
        names = [m for m in said.names if not m.vague]
        if me is not None and (names or any(h.kind == "colleague" for h in said.hits)):
            party.selves.append((part, *said.offsets(me.start, me.end)))
            for mention in names:
                _add(heard, party, part, said, mention, i)
            if not names:
                party.unnamed.append((1, part, *said.offsets(me.start, me.end), i))
            return
        if me is not None and me.kind == "undersigned":
            party.selves.append((part, *said.offsets(me.start, me.end)))
            return
        if totals and any(h.kind in {"of_us", "pair_of_us"} for h in said.hits):
            for mention in totals:
                _add(heard, party, part, said, mention, i)
            return


def _joined_by(said: Said, start: int, end: int, joins: frozenset[str]) -> bool:
    near = (*said.words[max(0, start - 1) : start], *said.words[end : end + 2])
    return any(w.norm in joins for w in near)


def _followers(
    heard: Heard, party: Party, answers: Sequence[tuple[int, str, Said]], free: Sequence[tuple[int, str, Said]]
) -> None:
    """Names in the sentences right after a number, where they are exactly as many: "two persons. First is ..."."""
    total = party.totals[-1][0]
    last = max(i for i, _, s in answers if any(m.kind == "total" for m in s.coming))
    found = []
    for i, part, said in free:
        if last < i <= last + 3 and not said.foreign and not said.asks and said.status is Status.NONE:
            found += [
                (m, part, *said.offsets(m.start, m.end))
                for m in said.names
                if not m.vague and not _is_sender(heard, m.name)
            ]
    if len(found) == total:
        party.people += found


def _add(heard: Heard, party: Party, part: str, said: Said, mention: Mention, sentence: int) -> None:
    start, end = said.offsets(mention.start, mention.end)
    if mention.kind == "name":
        if _is_sender(heard, mention.name):
            party.selves.append((part, start, end))
        elif not any(same_person(mention.name, m.name) for m, *_ in party.people):
            party.people.append((mention, part, start, end))
    elif mention.kind == "self":
        party.selves.append((part, start, end))
    elif mention.kind == "anaphor":
        found = _antecedent(heard, sentence)
        if (
            found is not None
            and not _is_sender(heard, found[0].name)
            and not any(same_person(found[0].name, m.name) for m, *_ in party.people)
        ):
            party.people.append(found)
    elif mention.kind in {"role", "part"}:
        party.unnamed.append((mention.number, part, start, end, sentence))
    elif mention.kind == "total":
        party.totals.append((mention.number, part, start, end))
    elif mention.kind == "more":
        party.more.append((mention.number, part, start, end))


def _antecedent(heard: Heard, sentence: int) -> tuple[Mention, str, int, int] | None:
    """The last person named in the two sentences before one that begins with "she"."""
    for i in range(sentence - 1, max(-1, sentence - 4), -1):
        part, said = heard.said[i]
        names = [m for m in said.names if not m.vague or m.title]
        if names:
            return (names[-1], part, *said.offsets(names[-1].start, names[-1].end))
    return None


def _add_item(heard: Heard, party: Party, part: str, item: Item) -> None:
    for mention, (start, end) in zip(item.mentions, item.spans, strict=True):
        if mention.kind == "name":
            if _is_sender(heard, mention.name):
                party.selves.append((part, start, end))
            elif not any(same_person(mention.name, m.name) for m, *_ in party.people):
                party.people.append((mention, part, start, end))
        elif mention.kind == "self":
            party.selves.append((part, start, end))
        else:
            party.unnamed.append((mention.number, part, start, end, -1))


def same_person(one: str, other: str) -> bool:
    """Whether two names are one person's: the same words, or one has all of the other's and two at least."""
    a, b = (
        {w for w in (fold(t.raw) for t in tokens(n) if t.is_word) if len(w) > 1 or not w.isascii()}
        for n in (one, other)
    )
    shorter = min(len(a), len(b))
    return bool(a and b) and (a == b or ((len(a & b) >= 2 or shorter == 1) and (a <= b or b <= a)))


def _is_sender(heard: Heard, name: str) -> bool:
    if heard.sender is None:
        return False
    words = {t.norm for t in tokens(name) if t.is_word}
    own = {t.norm for t in tokens(heard.sender[0]) if t.is_word}
    return same_person(name, heard.sender[0]) or (len(words) == 1 and words <= own)


def _number(heard: Heard, party: Party, op: Op) -> tuple[int | None, tuple[Doubt, ...], float]:
    """How many come, the doubts about it, and how sure it is."""
    named = len(party.people) + (1 if party.selves else 0)
    enumerated = named + sum(n for n, *_ in party.unnamed)
    totals = list(dict.fromkeys(n for n, *_ in party.totals))

    def unclear(why: str) -> tuple[None, tuple[Doubt, ...], float]:
        return None, (Doubt(Code.COUNT_UNCLEAR, why, _count_evidence(heard, party, "count-unclear")),), 0.4

    if party.open_range is not None:
        evidence = (heard.evidence("count-unclear", *party.open_range),)
        return None, (Doubt(Code.COUNT_UNCLEAR, "The number is left open.", evidence),), 0.5
    if len(totals) > 1 and party.agreed is not None and named <= party.agreed:
        return party.agreed, (), 0.85
    if len(totals) > 1:
        if party.listed and enumerated in totals:
            return enumerated, (), 0.8
        return unclear(f"Speaks of {' and of '.join(str(t) for t in totals)} people.")
    if totals:
        total = totals[0]
        if total > MOST:
            return unclear(f"{total} people are more than one organisation would send.")
        if named > total:
            return unclear(f"Says {total} and names {named}.")
        if party.listed and named != total and not party.unnamed and len(party.people) > 1:
            return unclear(f"Says {total} and lists {named}.")
        return total, (), 0.95 if enumerated == total else 0.85
    if party.vague is not None:
        return (
            None,
            (Doubt(Code.COUNT_UNCLEAR, "Gives no exact number.", (heard.evidence("count-unclear", *party.vague),)),),
            0.5,
        )
    if enumerated > MOST:
        return unclear(f"{enumerated} people are more than one organisation would send.")
    if enumerated and party.scattered:
        return unclear(f"{enumerated} people are spoken of, and some of them may be the same.")
    if enumerated and party.others is not None and not party.listed:
        evidence = (heard.evidence("count-unclear", *party.others),)
        return (
            None,
            (
                Doubt(
                    Code.COUNT_UNCLEAR,
                    f"{enumerated} seem to come; what {evidence[0].text!r} adds to that is not clear.",
                    evidence,
                ),
            ),
            0.5,
        )
    if enumerated and op is not Op.ADD:
        return enumerated + sum(n for n, *_ in party.more), (), 0.9
    if op is Op.ADD and party.more:
        return max(party.more[0][0], enumerated), (), 0.85
    if enumerated:
        return enumerated, (), 0.9
    return None, (Doubt(Code.COUNT_MISSING, "Says that they come, not how many nor who."),), 0.8


def _count_evidence(heard: Heard, party: Party, name: str = "delegates") -> tuple[Evidence, ...]:
    spans = (
        [(p, s, e) for _, p, s, e in party.totals]
        + [(p, s, e) for _, p, s, e, _ in party.unnamed]
        + [(p, s, e) for _, p, s, e in party.more]
    )
    spans += [(p, s, e) for _, p, s, e in party.people] + party.selves
    return tuple(heard.evidence(name, *span) for span in spans[:20])


def _people_evidence(heard: Heard, party: Party) -> tuple[Evidence, ...]:
    spans = [(p, s, e) for _, p, s, e in party.people] + party.selves[:1]
    if party.selves and heard.sender is not None and heard.sender[3] > heard.sender[2]:
        spans.append(heard.sender[1:])
    return tuple(heard.evidence("people", *span) for span in spans[:60])


def _people(heard: Heard, party: Party) -> tuple[Person, ...]:
    found = [
        Person(m.name, m.title, m.function)
        for m, *_ in party.people
        if not any(same_person(m.name, a) for a in party.absent)
    ]
    if party.selves and heard.sender is not None:
        found.append(Person(heard.sender[0]))
    return tuple(found)


def _claim(
    heard: Heard,
    partstat: Partstat,
    number: int | None,
    op: Op,
    party: Party,
    doubts: Sequence[Doubt],
    confidence: float,
    pivot: tuple[str, int, int] | None,
    *,
    revises: bool = False,
    leaves: tuple[str, ...] = (),
) -> Claim:
    answerer = heard.answerer
    evidence = [*answerer.evidence]
    if pivot is not None and pivot[2] > pivot[1]:
        evidence.append(heard.evidence("partstat", *pivot))
        if op is not Op.SET:
            evidence.append(heard.evidence("op", *pivot))
    people: tuple[Person, ...] = ()
    if partstat is not Partstat.DECLINED:
        people = _people(heard, party)
        evidence += [*_count_evidence(heard, party), *_people_evidence(heard, party)]
    return Claim(
        answerer.organisation, answerer.name, partstat, number, op, people, leaves, revises,
        (*answerer.doubts, *doubts), round(min(confidence, answerer.confidence), 2), tuple(evidence),
    )  # fmt: skip


def _refusal(heard: Heard, declined: Sequence[tuple[int, str, Said]]) -> tuple[tuple[Claim, ...], tuple[Doubt, ...]]:
    strong = [d for d in declined if d[2].strong and d[2].who in {Who.WE, Who.NOBODY, Who.UNSAID, Who.I}]
    _, part, said = (strong or declined)[0]
    doubts: list[Doubt] = []
    confidence = 0.92
    if not strong:
        evidence = (heard.evidence("partstat-unclear", part, said.sentence.start, said.sentence.end),)
        doubts.append(
            Doubt(Code.PARTSTAT_UNCLEAR, "Somebody is prevented; whether anybody comes is not said.", evidence)
        )
        confidence = 0.4
    agreed = next((s for s in heard.subject if s.status is Status.ACCEPTED and s.strong and not s.asks), None)
    if agreed is not None and not heard.answers_us:
        doubts.append(
            Doubt(
                Code.PARTSTAT_UNCLEAR,
                "The subject accepts, the text declines.",
                (heard.evidence("partstat-unclear", "subject", *agreed.span),),
            )
        )
    claim = _claim(
        heard, Partstat.DECLINED, None, Op.SET, Party(), doubts, confidence, (part, *said.span), revises=said.revises
    )
    return (claim,), ()


def _fallback(heard: Heard, free: Sequence[tuple[int, str, Said]]) -> tuple[tuple[Claim, ...], tuple[Doubt, ...]]:
    """No sentence speaks of participation outright: a bare number of people, or nothing."""
    words = sum(len(s.words) for _, _, s in free)
    for i, part, said in free:
        if said.foreign or said.asks or said.has("past", "undecided", "receipt"):
            continue
        totals = totals_of(said)
        if totals and (words <= SHORT or (totals[0].start <= 1 and i <= 2)):
            party = Party()
            for mention in (*totals, *said.names):
                _add(heard, party, part, said, mention, i)
            number, doubts, confidence = _number(heard, party, Op.SET)
            span = said.offsets(totals[0].start, totals[0].end)
            return (
                _claim(heard, Partstat.ACCEPTED, number, Op.SET, party, doubts, min(confidence, 0.8), (part, *span)),
            ), ()
    plain = [(p, s) for _, p, s in free if not s.foreign and not s.asks]
    odd = next(((p, s) for p, s in plain if _suspicious(s)), None)
    if odd is None and not any(
        s.asks or s.has("want_answer", "receipt", "undecided", "newsletter", "auto_reply") for _, _, s in free
    ):
        invited = heard.answerer.organisation is not None and not heard.answerer.doubts
        if (invited or heard.answers_us) and plain:
            odd = max(plain, key=lambda x: len(x[1].words))
    if odd is None and heard.answerer.organisation is not None:
        odd = next(
            ((p, s) for p, s in plain if any(not n.vague and not _is_sender(heard, n.name) for n in s.names)), None
        )
    if odd is not None:
        part, said = odd
        evidence = (heard.evidence("partstat-unclear", part, said.sentence.start, said.sentence.end),)
        return (), (
            Doubt(
                Code.PARTSTAT_UNCLEAR,
                "May speak of coming or not coming, in words the reader does not understand.",
                evidence,
            ),
        )
    return (), ()


def _suspicious(said: Said) -> bool:
    """Whether a sentence that was not understood may still be an answer."""
    if said.has("receipt", "undecided", "courtesy", "past", "other_event", "newsletter") and not said.has(
        "regret", "hedge", "condition"
    ):
        return False
    ours = said.has("we", "i", "our", "undersigned", "colleague")
    if totals_of(said) and not said.has("past"):
        return True
    return (
        (ours and said.has("attend", "send", "replace"))
        or (said.has("regret") and (ours or said.has("attend", "attend_weak")))
        or (said.has("absent", "alone", "hedge") and ours)
    )


def _correction(heard: Heard, corrected: tuple[int, str, Said]) -> Claim:
    _, part, said = corrected
    names = said.names
    right = next((n for n in reversed(names) if not n.vague), names[-1])
    party = Party(people=[(right, part, *said.offsets(right.start, right.end))])
    leaves = tuple(m.name for m in names if m is not right and not same_person(m.name, right.name))
    return _claim(
        heard,
        Partstat.ACCEPTED,
        0,
        Op.ADD,
        party,
        (),
        0.7,
        (part, said.sentence.start, said.sentence.end),
        revises=True,
        leaves=leaves,
    )


def _removal(heard: Heard, removed: tuple[int, str, Said], party: Party) -> tuple[tuple[Claim, ...], tuple[Doubt, ...]]:
    _, part, said = removed
    leaving = Party(people=[(m, part, *said.offsets(m.start, m.end)) for m in said.names])
    if not leaving.people and said.has("me", "i"):
        hit = next(h for h in said.hits if h.kind in {"me", "i"})
        leaving.selves.append((part, *said.offsets(hit.start, hit.end)))
    number = len(leaving.people) + len(leaving.selves)
    doubts: tuple[Doubt, ...] = ()
    if not number:
        evidence = (heard.evidence("count-unclear", part, said.sentence.start, said.sentence.end),)
        doubts = (
            Doubt(Code.COUNT_UNCLEAR, "Somebody leaves the delegation; who or how many was not understood.", evidence),
        )
    claim = _claim(
        heard,
        Partstat.ACCEPTED,
        number or None,
        Op.REMOVE,
        leaving,
        doubts,
        0.85,
        (part, said.sentence.start, said.sentence.end),
        revises=True,
    )
    return (claim,), ()


def _acceptance(
    heard: Heard,
    party: Party,
    accepted: Sequence[tuple[int, str, Said]],
    tentative: Sequence[tuple[int, str, Said]],
    declined: Sequence[tuple[int, str, Said]],
    blocks: Sequence[tuple[str, Block]],
    free: Sequence[tuple[int, str, Said]],
) -> tuple[tuple[Claim, ...], tuple[Doubt, ...]]:
    doubts: list[Doubt] = []
    answers = sorted([*accepted, *tentative], key=lambda a: a[0])
    best = next((a for a in answers if a[2].strong), answers[0] if answers else None)
    pivot: tuple[str, int, int] | None = None
    if best is not None:
        pivot = (best[1], *best[2].span)
    elif blocks:
        pivot = (blocks[0][0], blocks[0][1].start, blocks[0][1].end)
    partstat = Partstat.ACCEPTED
    if best is not None and not best[2].strong and not blocks and not (party.people or party.totals or party.unnamed):
        evidence = (heard.evidence("partstat-unclear", best[1], best[2].sentence.start, best[2].sentence.end),)
        doubts.append(Doubt(Code.PARTSTAT_UNCLEAR, "Speaks of coming, but not plainly of coming to this.", evidence))
    confidence = 0.95 if (best is not None and best[2].strong) or blocks else 0.7
    plain = any(s.strong for _, _, s in accepted) or blocks
    tentative = [t for t in tentative if t[2].strong or not plain or t[2].has("tentative")]
    if tentative:
        partstat = Partstat.TENTATIVE
        pivot = (tentative[0][1], *tentative[0][2].span)
        sure = [a for a in accepted if (a[2].strong or a[2].coming) and a[0] > tentative[-1][0]]
        if sure and not party.open_range:
            doubts.append(
                _contradiction(heard, tentative[-1], sure[-1], "Says once that they come and once that they may.")
            )
    shaky = next((a for a in answers if a[2].has("shaky") and a[2].status is Status.ACCEPTED), None)
    if shaky is not None and partstat is Partstat.ACCEPTED:
        doubts.append(_contradiction(heard, shaky, shaky, "May make its coming depend on something."))
    doubt = _refused_too(heard, party, accepted, tentative, declined, blocks)
    if doubt is not None:
        doubts.append(doubt)
    refused = next((s for s in heard.subject if s.status is Status.DECLINED and not s.asks), None)
    if refused is not None and not heard.answers_us:
        evidence = (heard.evidence("partstat-unclear", "subject", *refused.span),)
        doubts.append(Doubt(Code.PARTSTAT_UNCLEAR, "The subject declines, the text accepts.", evidence))
    op, revises = _op(answers, party, blocks)
    leaves = tuple(dict.fromkeys(party.absent)) if revises else ()
    number, count_doubts, sure_number = _number(heard, party, op)
    if op is Op.ADD and any(a[2].op == "replace" for a in answers):
        number, count_doubts = 0, ()
        revises = True
    if partstat is Partstat.TENTATIVE and number is None:
        count_doubts = tuple(d for d in count_doubts if d.code is not Code.COUNT_MISSING)
    doubts += count_doubts
    if not doubts and (left := _unexplained(free, answers)) is not None:
        _, part, said = left
        evidence = (heard.evidence("partstat-unclear", part, said.sentence.start, said.sentence.end),)
        doubts.append(
            Doubt(Code.PARTSTAT_UNCLEAR, "One sentence casts doubt on the answer and was not understood.", evidence)
        )
    return (
        _claim(
            heard,
            partstat,
            number,
            op,
            party,
            doubts,
            min(confidence, sure_number) if not doubts else 0.4,
            pivot,
            revises=revises,
            leaves=leaves,
        ),
    ), ()


def _contradiction(heard: Heard, one: tuple[int, str, Said], other: tuple[int, str, Said], why: str) -> Doubt:
    evidence = tuple(
        heard.evidence(
            "partstat-unclear", p, *(s.span if s.span[1] > s.span[0] else (s.sentence.start, s.sentence.end))
        )
        for _, p, s in (one, other)
    )
    return Doubt(Code.PARTSTAT_UNCLEAR, why, evidence)


def _refused_too(
    heard: Heard,
    party: Party,
    accepted: Sequence[tuple[int, str, Said]],
    tentative: Sequence[tuple[int, str, Said]],
    declined: Sequence[tuple[int, str, Said]],
    blocks: Sequence[tuple[str, Block]],
) -> Doubt | None:
    """A doubt where the message both accepts and declines and it is not one person staying for others to come."""
    strong = [d for d in declined if d[2].strong]
    if not strong:
        return None
    somebody = bool(party.people or party.unnamed or party.totals or blocks)
    answers = sorted([*accepted, *tentative], key=lambda a: a[0])
    for refusal in strong:
        personal = refusal[2].who in {Who.I, Who.PERSON}
        if personal and somebody:
            continue
        if refusal[2].who in {Who.WE, Who.NOBODY, Who.UNSAID} and somebody and answers and answers[-1][0] >= refusal[0]:
            continue
        other = answers[-1] if answers else refusal
        return _contradiction(heard, refusal, other, "Says both that they come and that they do not.")
    return None


def _op(answers: Sequence[tuple[int, str, Said]], party: Party, blocks: Sequence[tuple[str, Block]]) -> tuple[Op, bool]:
    revises = any(s.revises for _, _, s in answers)
    ops = [s.op for _, _, s in answers if s.op]
    whole = bool(blocks) and sum(b.count for _, b in blocks) > 1
    if "replace" in ops and not whole and not party.totals:
        return Op.ADD, True
    if (
        ops
        and ops[0] == "add"
        and not party.totals
        and not any(s.strong and not s.op and s.coming for _, _, s in answers)
    ):
        return Op.ADD, True
    return Op.SET, revises


def _unexplained(
    free: Sequence[tuple[int, str, Said]], answers: Sequence[tuple[int, str, Said]]
) -> tuple[int, str, Said] | None:
    """A sentence outside the answer that may weaken it."""
    used = {i for i, _, _ in answers}
    for i, part, said in free:
        if said.foreign and said.has("other_event") and said.has("pronoun") and said.has("attend_weak", "attend"):
            return i, part, said
        if i in used or said.foreign or said.asks or said.status is not Status.NONE:
            continue
        if said.has("cancel", "remove", "replace", "correction") and (said.numbers or said.names):
            return i, part, said
        if said.has("change") and said.numbers and not said.has("past"):
            return i, part, said
        if said.has("condition") and said.has("attend") and not said.has("assistance"):
            return i, part, said
    return None
