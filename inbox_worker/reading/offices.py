"""Headquarters and its offices: which of them writes where they share a domain and a name.

"Three of us from the Fund" may be the Fund or its office in Georgia when both are invited and write from one domain. A
clerk asks, unless the message calls itself the headquarters, or gives the full name and none of an office.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from inbox_worker.model import Organisation
from inbox_worker.reading.lexicon import Lexicon, lexicons
from inbox_worker.reading.organisations import Index, continues
from inbox_worker.reading.text import tokens

FULL = 2  # weight from which a name is more than an acronym


def offices_of(head: str, owners: Sequence[str], index: Index) -> list[str]:
    """Those of some organisations that are offices of another: their names continue its name."""
    return [o for o in owners if o != head and continues(index.by_id[o], index.by_id[head])]


def may_be_an_office(
    head: str, owners: Sequence[str], weight: int, said: Iterable[str], spoken: Sequence[Lexicon], index: Index
) -> str | None:
    """One of the offices that may be writing instead of ``head``, None where it is plain that none is.

    ``weight`` is that of the fullest name of ``head`` in the message, 0 without any; ``said`` are its folded words.
    """
    offices = offices_of(head, owners, index)
    words = set(said)
    if not offices or any(not words.isdisjoint(x.lists["headquarters"]) for x in spoken):
        return None
    named = [o for o in offices if not words.isdisjoint(_own_words(index.by_id[o], index.by_id[head]))]
    if named:
        return named[0]
    return offices[0] if weight < FULL else None


@lru_cache(maxsize=256)
def _own_words(office: Organisation, head: Organisation) -> frozenset[str]:
    """Words of an office's names that are neither the headquarters' nor ordinary ones: places, mostly."""

    def of(organisation: Organisation) -> set[str]:
        names = (organisation.name, organisation.acronym, *organisation.aliases)
        return {t.norm for n in names for t in tokens(n) if t.is_word and len(t.norm) > 1}

    ordinary = frozenset().union(*(x.vocabulary for x in lexicons().values()))
    return frozenset(of(office) - of(head) - ordinary)
