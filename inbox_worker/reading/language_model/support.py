"""Whether quoted words bear out a fact: read once more by the grammar, by themselves.

Words that stand in a message may still say something else than is claimed of them. What the grammar hears in them
must not be the contrary, and where it hears no answer, the words must at least be of the kind that such an answer is
made of. What is in a language without words of ours is never borne out.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from inbox_worker.model import Partstat
from inbox_worker.reading.counts import numbers_in
from inbox_worker.reading.language import languages_of
from inbox_worker.reading.lexicon import Lexicon, lexicons
from inbox_worker.reading.phrases import Opinion, opinion
from inbox_worker.reading.text import tokens

# The classes of phrases (see languages/en.toml) that an answer is made of.
NO = frozenset({"decline", "absent", "negation", "cancel", "nobody", "retract", "remove"})
REFUSAL = frozenset({"decline", "cancel", "nobody"})  # of those, what nearly alone says that nobody comes
PERHAPS = frozenset({"hedge", "condition", "tentative", "undecided", "shaky", "maybe_more", "if"})
YES = frozenset(
    {
        "attend", "attend_weak", "accept", "request", "send", "add", "replace", "replaced_by", "lead_list", "me",
        "me_and", "colleague", "delegation", "people", "alone", "of_us", "pair_of_us", "my_attend", "undersigned",
        "affirm_negated", "never_fail",
    }
)  # fmt: skip
YES_BY_NO = frozenset({"affirm_negated", "never_fail"})  # "would not miss it"
WRITER = frozenset({"i", "me", "me_and", "undersigned", "my_attend", "alone", "we", "of_us", "pair_of_us", "with_me"})
LONGEST = 1_000  # characters of a quote that are read


class Hearing:
    """The grammar's ear for the words of one message. ``language``: ISO 639-1, as far as it is known."""

    def __init__(self, language: str | None, event: date) -> None:
        self._language, self._event = language, event

    def bears_out(self, partstat: Partstat, quotes: Sequence[str], names: Sequence[str] = ()) -> bool:
        """Whether quotes say that somebody comes, or not, or perhaps. ``names``: of whom they would be said."""
        if partstat is Partstat.NEEDS_ACTION:
            return True
        heard = [self._opinion(q) for q in quotes]
        told = {o.act for o in heard if o is not None and not o.doubtful and o.act != "none"}
        if told - {partstat.value}:
            return False
        if told or not heard:
            return bool(told)
        kinds = frozenset().union(*(self.kinds(q) for q in quotes))
        if partstat is Partstat.DECLINED:
            return bool(kinds & REFUSAL) and not kinds & {"contact", "courtesy", "other_event"}
        if partstat is Partstat.TENTATIVE:
            return bool(kinds & PERHAPS) and bool(kinds & YES or any(self.numbers(q) for q in quotes))
        somebody = any(n in q for n in names for q in quotes) or any(self.numbers(q) for q in quotes)
        return (bool(kinds & YES) or somebody) and not kinds & (NO | PERHAPS)

    def contradicts(self, partstat: Partstat, words: str) -> bool:
        """Whether words, which need be no sentence, speak against an answer."""
        heard = self._opinion(words)
        act = heard.act if heard is not None and not heard.doubtful else "none"
        return act not in ("none", partstat.value) or (partstat is Partstat.ACCEPTED and bool(self.kinds(words) & NO))

    def says_number(self, number: int, quotes: Sequence[str]) -> bool:
        """Whether quotes say that number, and none of them says another."""
        stated = False
        for quote in quotes:
            values = self.numbers(quote)
            heard = self._opinion(quote)
            if values == {number} or (heard is not None and not heard.doubtful and heard.count == number):
                stated = True
            elif values:
                return False
        return stated

    def kinds(self, words: str) -> frozenset[str]:
        """The classes of phrases in words."""
        lexicon = self._lexicon(words)
        if lexicon is None:
            return frozenset()
        found = [t.norm for t in tokens(words[:LONGEST]) if t.is_word]
        kinds = frozenset(hit.kind for hit in lexicon.phrases.find(found))
        return kinds - {"negation"} if kinds & YES_BY_NO else kinds

    def numbers(self, words: str) -> frozenset[int]:
        """The numbers in words that may count people: no dates and no times."""
        lexicon = self._lexicon(words) or lexicons()["en"]
        found = [t for t in tokens(words[:LONGEST]) if t.is_word]
        return frozenset(n.value for n in numbers_in(found, words, lexicon))

    def _opinion(self, words: str) -> Opinion | None:
        lexicon = self._lexicon(words)
        return None if lexicon is None else _heard(words[:LONGEST], lexicon.code, self._event)

    def _lexicon(self, words: str) -> Lexicon | None:
        if self._language is not None:
            return lexicons().get(self._language)
        found = languages_of([t for t in tokens(words[:LONGEST]) if t.is_word])
        return found[0] if found else None


@lru_cache(maxsize=256)
def _heard(words: str, language: str, event: date) -> Opinion:
    return opinion(words, language, event)
