"""Changes to a list for several organisations that the sender quotes: an item for each row that changes.

Such a message says little by itself ("Korea becomes 1"); beside the list it says all. It is understood only as a whole:
where one item is not of the plainest form, a clerk is asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from inbox_worker.model import Claim, Code, Doubt, Invitation, Message, Part, Partstat, Reading, Zone
from inbox_worker.reading.rules import RuleReader
from inbox_worker.reading.text import bullet_length, lines
from inbox_worker.reading.whole.amendment import Item, is_doubted
from inbox_worker.reading.whole.earlier import EarlierList, earlier_list
from inbox_worker.reading.whole.hints import spoken_in

MOST_ITEMS = 20
UNCLEAR = Doubt(
    Code.PARTSTAT_UNCLEAR,
    "It answers for several organisations, or changes a list of them that was sent before; see both.",
)


def amended(message: Message, words: Reading, invitation: Invitation, reader: RuleReader) -> Reading:
    """What a message says of the rows of a list that its sender sent before and quotes.

    ``words``: what it says when it is read by itself. That stands where there is no such list; where there is, and the
    items are not all plain, no answer in it is written down unasked: it may be about a row, or about all of them.
    """
    earlier = earlier_list(message, invitation)
    if earlier is None:
        return words
    part = earlier.part
    lexicon = spoken_in(message)[0]
    items = [Item(message, part, span, earlier.rows, invitation, lexicon) for span in _items(part)]
    claims = _claims(items, earlier, reader)
    if claims is None:
        plain = is_doubted(words) or _declines(words, items, earlier)
        return words if plain else replace(words, doubts=(*words.doubts, UNCLEAR))
    if not claims:
        return words
    doubts = tuple(d for d in words.doubts if d.code is Code.SENDER_UNVERIFIED)
    return replace(words, claims=claims, doubts=doubts)


def _declines(reading: Reading, items: Sequence[Item], earlier: EarlierList) -> bool:
    """Whether one organisation declines that is named, and no other: nobody else's row, and not one of its people."""
    declining = {claim.organisation for claim in reading.claims if claim.partstat is Partstat.DECLINED}
    named = {organisation for item in items for organisation in item.organisations}
    others = [row for row in earlier.rows if row.claim.organisation not in declining]
    return (
        len(reading.claims) == len(declining) == 1
        and named == declining
        and not any(item.is_about(row) for item in items for row in others)
    )


def _claims(items: Sequence[Item], earlier: EarlierList, reader: RuleReader) -> tuple[Claim, ...] | None:
    """What the items say, each of a row of its own; None where one of them is not plain."""
    claims: list[Claim] = []
    if len(items) > MOST_ITEMS:
        return None
    for item in items:
        if item.is_idle(reader):
            continue
        claim = item.read(reader) if earlier.stands else None
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
