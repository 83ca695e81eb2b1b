"""A list for several organisations that the sender of a message sent before, and quotes now."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from inbox_worker.model import Claim, Invitation, Message, Op, Part, Partstat, Span, Zone
from inbox_worker.reading.rules import RuleReader
from inbox_worker.reading.text import tokens

QUOTE_MARK = re.compile(r"^(?:>[ \t]?)+", re.MULTILINE)
CELL = re.compile(r"\s*(?:\||\t|:|：| {3,})\s*")
BETWEEN = re.compile(r"\s*(?:[|\t;,、،]| {3,}|\s(?:and|et|y|e|und|en|и|و)\s)\s*")
NEAR = 600  # characters of what is quoted in which it stands who wrote it
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


def earlier_rows(message: Message, invitation: Invitation) -> tuple[Row, ...]:
    """The rows of the list, at least two; none where there is no such list, or its sender is somebody else."""
    bodies = [part for part in message.bodies if part.text.strip()]
    if len(bodies) != 1 or not _is_own(bodies[0], message.from_.address):
        return ()
    quoted = replace(message, parts=(_as_words(bodies[0]),))
    claims = RuleReader().read(quoted, invitation).claims
    plain = all(c.partstat is Partstat.ACCEPTED and c.op is Op.SET and c.delegates and not c.doubts for c in claims)
    if not plain or len({claim.organisation for claim in claims}) != len(claims) or len(claims) < 2:
        return ()
    lines = [next(e.text for e in claim.evidence if e.field == "organisation") for claim in claims]
    labels = [CELL.split(line, maxsplit=1)[0] for line in lines]
    return tuple(
        Row(claim, words, tuple(cell.strip() for cell in BETWEEN.split(line[len(label) :]) if cell.strip()))
        for claim, line, label, words in zip(claims, lines, labels, _telling(labels), strict=True)
    )


def alike(one: str, other: str) -> bool:
    """Whether two words are forms of one: "korea", "korean"."""
    short, long = sorted((one, other), key=len)
    return len(short) >= SHORTEST and long.startswith(short) and len(long) - len(short) <= ENDING


def _is_own(part: Part, address: str) -> bool:
    quoted = next((s for s in part.spans if s.zone is Zone.QUOTED), None)
    return quoted is not None and address.casefold() in part.text[quoted.start : quoted.start + NEAR].casefold()


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
