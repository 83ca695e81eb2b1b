"""Several organisations answered for in one message."""

from __future__ import annotations

from inbox_worker.model import Claim, Op, Partstat
from inbox_worker.reading.answer.claims import count_evidence, people_evidence, people_of
from inbox_worker.reading.answer.confidence import SUMMED
from inbox_worker.reading.answer.heard import Heard
from inbox_worker.reading.answer.number import number_of
from inbox_worker.reading.answer.party import Party, add, add_item
from inbox_worker.reading.list_items import Item
from inbox_worker.reading.organisations import Index, distinct, find
from inbox_worker.reading.text import tokens


def joint_claims(heard: Heard) -> tuple[Claim, ...]:
    """Claims out of a table with an organisation in each row, or of lines that begin with one and a colon."""
    groups: list[tuple[str, str, Party, tuple[int, int]]] = []
    for part, block in heard.blocks:
        if block.table:
            for item in block.items:
                organisation = _row_organisation(heard, part, item)
                if organisation and item.verdict is not False:
                    party = Party(listed=True)
                    add_item(heard, party, part, item)
                    groups.append((organisation, part, party, (item.start, item.end)))
    if len({g[0] for g in groups}) < 2:
        groups = _labelled(heard)
    if len({g[0] for g in groups}) < 2:
        return ()
    claims = []
    for organisation, part, party, span in groups:
        name = heard.index.by_id[organisation].name
        number, doubts, confidence = number_of(heard, party, Op.SET)
        people = people_of(heard, party)
        evidence = (
            heard.evidence("organisation", part, *span),
            heard.evidence("partstat", part, *span),
            *count_evidence(heard, party),
            *people_evidence(heard, party),
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
                min(SUMMED, confidence),
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
                add(heard, party, part, said, mention, 0)
        me = [h for h in said.hits if h.kind == "me" and said.words[h.start].start > marks[colon].start]
        if me and not party.selves:
            party.selves.append((part, *said.offsets(me[0].start, me[0].end)))
        if party.people or party.selves or party.totals or party.unnamed:
            groups.append((found[0], part, party, (said.sentence.start, said.sentence.end)))
    return groups
