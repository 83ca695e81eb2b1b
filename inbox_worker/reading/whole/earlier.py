"""A list for several organisations that the sender of a message sent before, and quotes now."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from inbox_worker.model import Address, Claim, Invitation, Message, Op, Part, Partstat, Span, Zone
from inbox_worker.reading.rules import RuleReader
from inbox_worker.reading.text import tokens
from inbox_worker.reading.whole.hints import spoken_in

QUOTE_MARK = re.compile(r"^(?:>[ \t]?)+", re.MULTILINE)
CELL = re.compile(r"\s*(?:\||\t|:|：| {3,})\s*")
BETWEEN = re.compile(r"\s*(?:[|\t;,、،]| {3,}|\s(?:and|et|y|e|und|en|и|و)\s)\s*")
NEAR = 600  # characters of what is quoted in which it stands who wrote it
ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w.-]{1,255}\w")
CELLS = re.compile(r"^.*\S(?: \| |\t)\S.*$", re.MULTILINE)
LEAST_ROWS = 2
BRACKETS = " \t<([\"':"  # what stands between a name and its address
TWICE_QUOTED = re.compile(r"^>[ \t]?>", re.MULTILINE)
CORRECTING = frozenset(["change", "decline", "cancel", "add", "remove", "replace", "retract", "correction", "absent"])
SHORTEST = 4  # letters of a word by which a row is known
ENDING = 3  # letters by which forms of a word differ: "Korea", "Korean"


@dataclass(frozen=True)
class Row:
    """A row: what was answered for an organisation, and the words by which that row alone is known."""

    claim: Claim
    words: frozenset[str]
    cells: tuple[str, ...]  # what stands in it beside the label

    @property
    def unnamed(self) -> int:
        """How many of those who come have no name in it."""
        return max(0, (self.claim.delegates or 0) - len(self.claim.people))

    def is_known_by(self, word: str) -> bool:
        """Whether a word is one of those, in any form."""
        return any(word == own or alike(word, own) for own in self.words)


@dataclass(frozen=True)
class EarlierList:
    """A list that is quoted; ``stands`` if it is plainly the sender's, and nothing quoted beside it corrects it."""

    part: Part  # in which it is quoted
    rows: tuple[Row, ...]
    stands: bool


def earlier_list(message: Message, invitation: Invitation) -> EarlierList | None:
    """The list, of two rows at least, whoever sent it; None where there is none."""
    bodies = [part for part in message.bodies if part.text.strip()]
    if len(bodies) != 1 or not _may_hold_one(bodies[0], message.from_.address):
        return None
    quoted = replace(message, parts=(_as_words(bodies[0]),))
    claims = RuleReader().read(quoted, invitation).claims
    plain = all(c.partstat is Partstat.ACCEPTED and c.op is Op.SET and c.delegates and not c.doubts for c in claims)
    if not plain or len({claim.organisation for claim in claims}) != len(claims) or len(claims) < 2:
        return None
    told = [next(e for e in claim.evidence if e.field == "organisation") for claim in claims]
    labels = [CELL.split(evidence.text, maxsplit=1)[0] for evidence in told]
    rows = tuple(
        Row(claim, words, tuple(c.strip() for c in BETWEEN.split(evidence.text[len(label) :]) if c.strip()))
        for claim, evidence, label, words in zip(claims, told, labels, _telling(labels), strict=True)
    )
    part = bodies[0]
    above = _quoted_from(part), min(e.start for e in told)
    below = max(e.end for e in told), len(part.text)
    stands = (
        _wrote(part.text[slice(*above)], message.from_, invitation)
        and not TWICE_QUOTED.search(part.text)
        and not _corrects(quoted, (above, below))
    )
    return EarlierList(part, rows, stands)


def alike(one: str, other: str) -> bool:
    """Whether two words are forms of one: "korea", "korean"."""
    short, long = sorted((one, other), key=len)
    return len(short) >= SHORTEST and long.startswith(short) and len(long) - len(short) <= ENDING


def _quoted_from(part: Part) -> int:
    return next((s.start for s in part.spans if s.zone is Zone.QUOTED), len(part.text))


def _may_hold_one(part: Part, address: str) -> bool:
    """Whether it is worth the time to read what is quoted: it seems to be the sender's, or to have rows with cells."""
    quoted = part.text[_quoted_from(part) :]
    return address.casefold() in quoted[:NEAR].casefold() or sum(1 for _ in CELLS.finditer(quoted)) >= LEAST_ROWS


def _wrote(above: str, sender: Address, invitation: Invitation) -> bool:
    """Whether what stands above the rows names the sender, name and address, first and once, and nobody else but us."""
    found = list(ADDRESS.finditer(above))
    ours = {invitation.mailbox.casefold()}
    others = [m for m in found if m.group().casefold() not in ours and _domain(m.group()) not in invitation.own_domains]
    if len(others) != 1 or found[0] is not others[0] or others[0].group().casefold() != sender.address.casefold():
        return False
    name = sender.name.split()[-1:] or [""]
    before = above[: others[0].start()].rstrip(BRACKETS).removesuffix("mailto").rstrip(BRACKETS)
    return bool(name[0]) and before.casefold().endswith(name[0].casefold())


def _domain(address: str) -> str:
    return address.rpartition("@")[2].casefold()


def _corrects(quoted: Message, beside: Sequence[tuple[int, int]]) -> bool:
    """Whether the words beside the rows change them."""
    text = quoted.bodies[0].text
    outside = [t.norm for start, end in beside for t in tokens(text, start, end) if t.is_word]
    return any(hit.kind in CORRECTING for lexicon in spoken_in(quoted) for hit in lexicon.phrases.find(outside))


def _as_words(part: Part) -> Part:
    """What is quoted, as if it were what is written: of the same length, in the same places."""
    text = QUOTE_MARK.sub(lambda mark: " " * len(mark.group()), part.text)
    spans = tuple(Span(s.start, s.end, Zone.NEW if s.zone is Zone.QUOTED else Zone.QUOTED) for s in part.spans)
    return replace(part, text=text, spans=spans)


def _telling(labels: list[str]) -> Iterator[frozenset[str]]:
    """For each label the words that stand in no other. Short ones tell nothing where words are made of letters."""
    written = [
        frozenset(t.norm for t in tokens(label) if t.is_word and (len(t.norm) >= SHORTEST or not t.norm.isascii()))
        for label in labels
    ]
    for at, words in enumerate(written):
        others = frozenset().union(*(w for n, w in enumerate(written) if n != at))
        yield frozenset(w for w in words if not any(w == o or alike(w, o) for o in others))
