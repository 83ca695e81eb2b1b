"""Who comes, where it is told beside the answer: under a list, after a number, in the sentences that follow."""

from __future__ import annotations

from collections.abc import Sequence

from inbox_worker.reading.answer.heard import Heard, is_sender, same_person
from inbox_worker.reading.answer.party import Party, add
from inbox_worker.reading.blocks import Block
from inbox_worker.reading.grammar.heads import totals_of
from inbox_worker.reading.grammar.said import Mention, Said, Status


def after_list(heard: Heard, party: Party, part: str, block: Block) -> None:
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
                add(heard, party, part, said, mention, -1)
        first = [h for h in said.hits if h.start <= 1]
        if any(h.kind in {"me", "undersigned"} for h in first):
            party.selves.append((part, *said.offsets(0, 2)))
        elif said.numbers and said.numbers[0].start <= 1 and not (said.names and said.names[0].start <= 3):
            number = said.numbers[0]
            party.unnamed.append((number.value, part, *said.offsets(number.start, number.end), -1))
        elif any(h.kind == "colleague" for h in first) and not said.names:
            party.unnamed.append((1, part, *said.offsets(0, 2), -1))


def explained(heard: Heard, party: Party, after: int, free: Sequence[tuple[int, str, Said]]) -> None:
    """Who it is, said in the sentences after an answer that does not: "X will take part. My colleague and I ..."."""
    for i, part, said in free:
        if not after < i <= after + 2 or said.foreign or said.asks or said.status is Status.DECLINED:
            continue
        totals = [m for m in totals_of(said) if m.kind == "total"]
        joins = said.lexicon.lists["and"]
        me = next(
            (h for h in said.hits if h.kind in {"me", "undersigned"} and joined_by(said, h.start, h.end, joins)), None
        )
        names = [m for m in said.names if not m.vague]
        if me is not None and (names or any(h.kind == "colleague" for h in said.hits)):
            party.selves.append((part, *said.offsets(me.start, me.end)))
            for mention in names:
                add(heard, party, part, said, mention, i)
            if not names:
                party.unnamed.append((1, part, *said.offsets(me.start, me.end), i))
            return
        if me is not None and me.kind == "undersigned":
            party.selves.append((part, *said.offsets(me.start, me.end)))
            return
        if names and any(h.kind == "cleft" and h.start == 0 and names[0].start <= h.end + 2 for h in said.hits):
            add(heard, party, part, said, names[0], i)
            return
        if totals and any(h.kind in {"of_us", "pair_of_us"} for h in said.hits):
            for mention in totals:
                add(heard, party, part, said, mention, i)
            return


def joined_by(said: Said, start: int, end: int, joins: frozenset[str]) -> bool:
    near = (*said.words[max(0, start - 1) : start], *said.words[end : end + 2])
    text = said.sentence.text
    gaps = text[said.words[start - 1].end : said.words[start].start] if start else ""
    if end < len(said.words):
        gaps += text[said.words[end - 1].end : said.words[end].start]
    return any(w.norm in joins for w in near) or any(c in "+&" for c in gaps)


def followers(
    heard: Heard, party: Party, answers: Sequence[tuple[int, str, Said]], free: Sequence[tuple[int, str, Said]]
) -> None:
    """Names in the sentences right after a number, where they are exactly as many: "two persons. First is ..."."""
    total = party.totals[-1][0]
    last = max(i for i, _, s in answers if any(m.kind == "total" for m in s.coming))
    found: list[tuple[Mention, str, int, int]] = []
    for i, part, said in free:
        if last < i <= last + 3 and not said.foreign and not said.asks and said.status is Status.NONE:
            found += [
                (m, part, *said.offsets(m.start, m.end))
                for m in said.names
                if not m.vague and not is_sender(heard, m.name)
            ]
        me = next((h for h in said.hits if h.kind == "me" and joined_by(said, h.start, h.end, _joins(said))), None)
        itself = me is not None and last <= i <= last + 1 and not party.selves
        if len(found) + itself == total:
            party.people += found
            if me is not None and itself:
                party.selves.append((part, *said.offsets(me.start, me.end)))
            return
    first = min(i for i, _, s in answers if any(m.kind == "total" for m in s.coming))
    _forerunners(heard, party, first, total, free)


def _forerunners(heard: Heard, party: Party, first: int, total: int, free: Sequence[tuple[int, str, Said]]) -> None:
    """Names in the sentence before a number, where they are as many: "X and I have applied. We will be two"."""
    for i, part, said in free:
        if not first - 2 <= i < first or said.foreign or said.asks or said.has("past", "other_event", "contact"):
            continue
        names = [m for m in said.names if not m.vague and not is_sender(heard, m.name)]
        me = next((h for h in said.hits if h.kind == "me" and joined_by(said, h.start, h.end, _joins(said))), None)
        if names and len(names) + (me is not None) == total:
            party.people += [(m, part, *said.offsets(m.start, m.end)) for m in names]
            if me is not None:
                party.selves.append((part, *said.offsets(me.start, me.end)))
            return


def _joins(said: Said) -> frozenset[str]:
    return said.lexicon.lists["and"]


def unplaced(
    heard: Heard, party: Party, answers: Sequence[tuple[int, str, Said]], free: Sequence[tuple[int, str, Said]]
) -> tuple[str, int, int] | None:
    """Somebody with a full name, near the answer, who is counted neither among those who come nor those who do not."""
    if not answers:
        return None
    first, last = answers[0][0], answers[-1][0]
    known = [m.name for m, *_ in party.people] + party.absent
    for i, part, said in free:
        if not first - 1 <= i <= last + 2 or said.foreign or said.asks or (said.has("past") and not said.has("future")):
            continue
        if said.has("contact") and said.status is Status.NONE:
            continue  # whom to write to
        if said.has("negation") and said.status is Status.NONE and not said.has("attend", "attend_weak", "send"):
            continue
        sends = [h.start for h in said.hits if h.kind == "send"] if said.coming else []
        for name in said.names:
            if sends and name.end <= sends[0] and any(m.kind == "name" and m.start > sends[0] for m in said.coming):
                continue  # who sends them
            if name.vague or is_sender(heard, name.name) or any(same_person(name.name, k) for k in known):
                continue
            return (part, *said.offsets(name.start, name.end))
    return None
