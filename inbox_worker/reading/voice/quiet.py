"""What speaks for a message answering nothing at all, as numbers that a judge can weigh."""

from __future__ import annotations

from collections.abc import Sequence

from inbox_worker.model import Claim, Code, Doubt, Partstat
from inbox_worker.reading.answer.heard import Heard
from inbox_worker.reading.voice.evaluation import HOW_MANY, odds, size
from inbox_worker.reading.voice.opinion import Opinion

QUIET = (
    "none",  # log odds that the network holds nothing for answered, and so on
    "declined",
    "accepted",
    "tentative",
    "untold",  # that no number is told
    "writer",
    "ask",
    "likeliest",  # of those named, the one whom the network believes most to come
    "no_claim",  # the grammar finds no answer
    "rules",  # how sure the grammar is of what it finds
    "refusal",  # it finds a refusal
    "partstat_unclear",
    "count_unclear",
    "organisation_unclear",
    "undoubted",
    "sentences",
    "length",
    "listed",  # it is plain which organisation writes
    "named",
)
NOBODY = 0.002  # in place of a probability where nobody is named
NO_CLAIM = 0.01  # and where the grammar finds nothing
WHOSE = frozenset({Code.ORGANISATION_UNCLEAR, Code.ORGANISATION_UNLISTED})
SETTLED = HOW_MANY | WHOSE | {Code.PARTSTAT_UNCLEAR}  # doubts that are none where nothing is answered


def quietness(heard: Heard, claims: Sequence[Claim], doubts: Sequence[Doubt], opinion: Opinion) -> tuple[float, ...]:
    """The features of a message, in the order of ``QUIET``; ``doubts`` are all doubts of the grammar."""
    codes = {d.code for d in doubts}
    steps = (
        odds(opinion.partstat["none"]),
        odds(opinion.partstat["declined"]),
        odds(opinion.partstat["accepted"]),
        odds(opinion.partstat["tentative"]),
        odds(opinion.count[-1]),
        odds(opinion.writer),
        odds(opinion.ask),
        odds(max((n.comes for n in opinion.people), default=NOBODY)),
        float(not claims),
        odds(max((c.confidence for c in claims), default=NO_CLAIM)),
        float(any(c.partstat is Partstat.DECLINED for c in claims)),
        float(Code.PARTSTAT_UNCLEAR in codes),
        float(not codes.isdisjoint(HOW_MANY)),
        float(not codes.isdisjoint(WHOSE)),
        float(not codes),
        *size(heard),
        float(heard.answerer.organisation is not None),
        float(len(opinion.people)),
    )
    return tuple(round(s, 4) for s in steps)
