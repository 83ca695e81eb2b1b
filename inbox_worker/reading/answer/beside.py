"""What stands beside an answer: another invited organisation, that may be answered for as well; another word in the
subject."""

from __future__ import annotations

import re
from collections.abc import Sequence

from inbox_worker.model import Claim, Code, Doubt, Op, Partstat
from inbox_worker.reading.answer.heard import Heard
from inbox_worker.reading.counts import Number
from inbox_worker.reading.grammar.said import Said, Status
from inbox_worker.reading.organisations import Found, find, related

PREFIXES = "re|aw|sv|vs|rv|fw|fwd|wg|tr|r|i|res|enc|ref|antw|回复|答复|转发|رد|отв|ha|пересл"  # of answers and forwards
ANSWERED = re.compile(rf"\s*(?:{PREFIXES})\s*[:：]", re.IGNORECASE)
ONE = frozenset({"people", "colleague"})  # "one delegate", "one colleague"
REFUSING, COMING = frozenset({"negation", "decline", "absent"}), frozenset({"attend", "attend_weak"})
FLIGHT = 3  # digits at least of a flight's number


def beside(heard: Heard, claims: Sequence[Claim]) -> Doubt | None:
    """A doubt where one organisation's answer names another one of the list, that is not its headquarters or office, in
    a sentence that tells who comes."""
    answering = {c.organisation for c in claims}
    if len(answering) != 1 or None in answering:
        return None
    own = heard.index.by_id[next(o for o in answering if o is not None)]
    for part, said in heard.said:
        if said.asks or said.has("other_party") or not _tells_who_comes(said):
            continue
        for found in find(said.words, heard.index):
            other = heard.index.by_id[found.organisation]
            if other is own or related(own, other) or _is_something_else(heard, said, found):
                continue
            why = f"{other.name} is named as well: does the message answer for it too?"
            shown = (heard.evidence("organisation-unclear", part, found.start, found.end),)
            return Doubt(Code.ORGANISATION_UNCLEAR, why, shown)
    return None


def declined_in_subject(heard: Heard, claims: Sequence[Claim]) -> Doubt | None:
    """A doubt where the subject, in the sender's own words, declines and the message does not."""
    refused = next((s for s in heard.subject if s.status is Status.DECLINED and not s.foreign), None)
    comes = any(c.partstat is not Partstat.DECLINED and c.op is Op.SET and not c.revises for c in claims)
    if refused is None or not comes or ANSWERED.match(heard.message.subject):
        return None
    shown = (heard.evidence("partstat-unclear", "subject", refused.sentence.start, refused.sentence.end),)
    return Doubt(Code.PARTSTAT_UNCLEAR, "The subject declines, the message does not.", shown)


def refusal_of_some(heard: Heard, claims: Sequence[Claim]) -> Doubt | None:
    """A doubt where an organisation would decline by a sentence on one of its people only: "one of us cannot come"."""
    if not claims or any(c.partstat is not Partstat.DECLINED for c in claims):
        return None
    for part, said in heard.said:
        if any(_counts_some(said, n) and _refuses(said, n.start) for n in said.numbers):
            why = "Somebody of theirs does not come; whether the others do is not said."
            shown = (heard.evidence("partstat-unclear", part, said.sentence.start, said.sentence.end),)
            return Doubt(Code.PARTSTAT_UNCLEAR, why, shown)
    return None


def _counts_some(said: Said, number: Number) -> bool:
    """Whether a number counts some of theirs: "two of us", "one delegate"."""
    beside = {h.kind for h in said.hits if h.start in {number.start, number.end}}
    return number.value > 0 and ("of_us" in beside or (number.value == 1 and bool(beside & ONE)))


def _refuses(said: Said, at: int) -> bool:
    """Whether the clause in which a word stands says that somebody does not come."""
    clause = next((c for c in said.clauses if c.start <= at < c.end), None)
    told = {h.kind for h in said.hits if clause is not None and clause.start <= h.start < clause.end}
    return bool(told & REFUSING and told & COMING) and "nobody" not in told


def _tells_who_comes(said: Said) -> bool:
    """Whether a sentence says whether somebody comes, or names or counts people: not "I hope to meet ..."."""
    if said.status is not Status.NONE or said.has("absent", "decline"):
        return True
    counts = said.has("people") and any(n.value > 1 for n in said.numbers)
    return counts or any(not m.vague and " " in m.name for m in said.names)


def _is_something_else(heard: Heard, said: Said, found: Found) -> bool:
    """Whether a name of one word is a part of a title ("Child Protection Officer") or the letters of a flight."""
    places = [i for i, w in enumerate(said.words) if found.start <= w.start < found.end]
    if len(places) != 1:
        return False
    word = said.words[places[0]]
    after = said.words[places[0] + 1] if places[0] + 1 < len(said.words) else None
    if after is not None and after.raw.isdecimal() and len(after.raw) >= FLIGHT:
        return True
    if sum(c.isupper() for c in word.raw) > 1:
        return False
    return any(_continues(heard, said, places[0], i) for i in (places[0] - 1, places[0] + 1))


def _continues(heard: Heard, said: Said, place: int, other: int) -> bool:
    """Whether the word at ``other`` is one name or title with that at ``place``: in capitals, right beside it, and
    neither the first of the sentence, nor somebody's name, nor an organisation's."""
    if not 0 < other < len(said.words):
        return False
    word, neighbour = said.words[place], said.words[other]
    first, second = sorted((word, neighbour), key=lambda w: w.start)
    if not neighbour.is_capital or said.sentence.text[first.end : second.start] != " ":
        return False
    named = any(m.start <= other < m.end for m in said.names)
    return not named and not find([neighbour], heard.index)
