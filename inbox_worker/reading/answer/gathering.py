"""Who comes, gathered from the sentences, lists and tables that answer."""

from __future__ import annotations

from collections.abc import Sequence

from inbox_worker.reading.answer.heard import Heard
from inbox_worker.reading.answer.neighbours import after_list, explained, followers, unplaced
from inbox_worker.reading.answer.party import Party, add, add_item
from inbox_worker.reading.blocks import Block
from inbox_worker.reading.grammar.heads import named_too_few, totals_of, unused_number
from inbox_worker.reading.grammar.roles import uncounted
from inbox_worker.reading.grammar.said import Mention, Said, Status, Who

MANY = 10  # people whom only a plain answer can announce beside others


def party_of(
    heard: Heard,
    answers: Sequence[tuple[int, str, Said]],
    blocks: Sequence[tuple[str, Block]],
    free: Sequence[tuple[int, str, Said]],
) -> Party:
    party = Party()
    answers = _near(answers, blocks)
    by_sentence: dict[int, set[str]] = {}
    plainly = any(s.strong and s.coming for _, _, s in answers)
    for i, part, said in sorted(answers, key=lambda a: a[0]):
        if plainly and not said.strong and said.has("contrast") and said.has("negation"):
            party.others = (part, said.sentence.start, said.sentence.end)  # "my wife comes too, but she needs no badge"
            continue
        denied = [h for h in said.hits if h.kind == "affirm_negated"]
        for mention in said.coming:
            if mention.kind == "role" and blocks:
                continue  # a list names them
            if mention.kind == "role" and any(h.start <= mention.start < h.end for h in denied):
                continue  # "we will not leave the chair empty"
            if mention.kind == "total" and not said.strong and mention.number > MANY and plainly:
                continue  # "I come by on Friday for the roster of 12 surveyors"
            add(heard, party, part, said, mention, i)
            by_sentence.setdefault(i, set()).add(mention.kind)
        full = [m for m in said.coming if m.kind == "name" and not m.vague]
        heads = len(full) + any(m.kind == "self" for m in said.coming)
        told = [m.number for m in said.coming if m.kind == "total"]
        if len(told) == 1 and told[0] == heads and party.agreed is None:
            party.agreed = told[0]
        if (said.range and not said.has("more")) or named_too_few(said):
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
    if party.open_range is None and not blocks:
        party.open_range = _left_open(answers, free)
    for _, _, said in free:
        sure = (said.status is Status.DECLINED and said.who is Who.PERSON) or said.op in {"remove", "replace", "cancel"}
        party.absent += [m.name for m in said.absent if m.kind == "name" and (sure or not m.vague)]
    party.stand_in = not party.absent and any(
        m.kind == "role" for _, _, said in free if not said.has("change") for m in said.absent
    )
    for part, block in blocks:
        party.listed = True
        if block.unread is not None:
            party.unread = party.unread or (part, *block.unread)
        for item in block.items:
            if item.verdict is False:
                party.absent += [m.name for m in item.mentions if m.kind == "name"]
            else:
                add_item(heard, party, part, item)
    listed = {m.name for m, *_ in party.people} if blocks else set()
    party.absent = [a for a in party.absent if a not in listed]
    for part, block in blocks:
        after_list(heard, party, part, block)
        _announced(heard, party, part, block, answers)
    own = {i for i, kinds in by_sentence.items() if kinds & {"role", "part"}}
    named = {i for i, kinds in by_sentence.items() if kinds & {"name"}}
    party.scattered = bool(own - named and named - own) or (bool(own) and party.listed)
    if not party.people and party.totals:
        followers(heard, party, answers, free)
    if answers and not (party.people or party.totals or party.unnamed or party.selves or party.more):
        explained(heard, party, answers[-1][0], free)
    if answers and not (party.people or party.totals or party.unnamed or party.selves or party.more or blocks):
        _writer_alone(party, answers, free)
    if not (party.people or party.selves or party.more or blocks):
        _kept_for_the_writer(party, answers)
    for i, part, said in answers:
        for mention in _among(said) if party.totals else ():
            add(heard, party, part, said, mention, i)
    party.others = party.others or unplaced(heard, party, answers, free)
    if not party.totals and not party.listed:
        for _, part, said in answers:
            if party.others is None and (left := uncounted(said)) is not None:
                party.others = (part, *said.offsets(*left))
        known = {len(party.people), len(party.people) + bool(party.selves) + sum(n for n, *_ in party.unnamed)}
        for _, part, said in answers:
            if said.strong and (unused := unused_number(said, known)) is not None:
                party.others = party.others or (part, *said.offsets(*unused))
    return party


def _near(answers: Sequence[tuple[int, str, Said]], blocks: Sequence[tuple[str, Block]]) -> list[tuple[int, str, Said]]:
    """Answers without the weak ones that stand far from any that is plain: they speak of other journeys."""
    plain = [i for i, _, s in answers if s.strong]
    if not plain and not blocks:
        return list(answers)
    return [
        (i, p, s) for i, p, s in answers if s.strong or any(abs(i - j) <= 2 for j in plain) or (not plain and blocks)
    ]


def _left_open(
    answers: Sequence[tuple[int, str, Said]], free: Sequence[tuple[int, str, Said]]
) -> tuple[str, int, int] | None:
    """A sentence beside the answer that leaves a number open: "put two or three, as you like"."""
    near = {i + step for i, _, _ in answers for step in (-1, 0, 1)}
    for i, part, said in free:
        if i in near and said.has("maybe_more") and not said.foreign and not said.asks:
            return part, said.sentence.start, said.sentence.end
        if i in near and said.range and not said.foreign and not said.asks and not said.has("unit", "past", "more"):
            return part, said.sentence.start, said.sentence.end
    return None


def _among(said: Said) -> list[Mention]:
    """People named as some of those counted before: "we shall be five, among them the Director, Ana López"."""
    subsets = [
        h for h in said.hits if h.kind == "subset" and any(m.kind == "total" and m.end <= h.start for m in said.coming)
    ]
    return [m for m in said.names if not m.vague and m not in said.coming and any(h.end <= m.start for h in subsets)]


def _announced(heard: Heard, party: Party, part: str, block: Block, answers: Sequence[tuple[int, str, Said]]) -> None:
    """The number in the sentence right above a list: "please find our four participants below"."""
    above = [s for p, s in heard.said if p == part and s.sentence.end <= block.start + 1]
    if not above or above[-1].foreign or any(s is above[-1] for _, _, s in answers) or party.totals:
        return
    for mention in totals_of(above[-1]):
        if mention.kind == "total":
            party.totals.append((mention.number, part, *above[-1].offsets(mention.start, mention.end)))


def _kept_for_the_writer(party: Party, answers: Sequence[tuple[int, str, Said]]) -> None:
    """The writer, who asks for one place: "please keep a chair for me", but not "send me the programme"."""
    if any(number != 1 for number, *_ in [*party.totals, *party.unnamed]) or len(party.unnamed) > 1:
        return
    for _, part, said in answers:
        places = [h.end for h in said.hits if h.kind == "people"]
        me = next((h for h in said.hits if h.kind == "me" and any(0 <= h.start - end <= 1 for end in places)), None)
        if me is not None and said.has("request") and not said.foreign and not said.has("we", "our", "colleague"):
            party.unnamed.clear()  # the place is the writer's own
            party.selves.append((part, *said.offsets(me.start, me.end)))
            return


def _writer_alone(
    party: Party, answers: Sequence[tuple[int, str, Said]], free: Sequence[tuple[int, str, Said]]
) -> None:
    """The writer, where a bare yes stands beside sentences in which he says "I" and never "we"."""
    if any(s.who is not Who.UNSAID for _, _, s in answers) or any(s.has("we", "our") for _, _, s in free):
        return
    for _, part, said in free:
        me = next((h for h in said.hits if h.kind == "i"), None)
        if me is not None and not said.foreign:
            party.selves.append((part, *said.offsets(me.start, me.end)))
            return
