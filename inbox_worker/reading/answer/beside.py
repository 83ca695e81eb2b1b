"""Another invited organisation that is spoken of beside the one that answers: it may be answered for as well."""

from __future__ import annotations

from collections.abc import Sequence

from inbox_worker.model import Claim, Code, Doubt
from inbox_worker.reading.answer.heard import Heard
from inbox_worker.reading.grammar.said import Said
from inbox_worker.reading.organisations import Found, find, related


def beside(heard: Heard, claims: Sequence[Claim]) -> Doubt | None:
    """A doubt where one organisation's answer names another one of the list, that is not its headquarters or office.

    Of 21 messages of the corpus in which nothing else was doubted, twelve answered for the other as well.
    """
    answering = {c.organisation for c in claims}
    if len(answering) != 1 or None in answering:
        return None
    own = heard.index.by_id[next(o for o in answering if o is not None)]
    for part, said in heard.said:
        if said.asks:
            continue
        for found in find(said.words, heard.index):
            other = heard.index.by_id[found.organisation]
            if other is own or related(own, other) or _is_something_else(said, found):
                continue
            why = f"{other.name} is named as well: does the message answer for it too?"
            shown = (heard.evidence("organisation-unclear", part, found.start, found.end),)
            return Doubt(Code.ORGANISATION_UNCLEAR, why, shown)
    return None


def _is_something_else(said: Said, found: Found) -> bool:
    """Whether a name of one word is an ordinary word ("Child Protection") or the letters of a flight ("UA 956")."""
    places = [i for i, w in enumerate(said.words) if found.start <= w.start < found.end]
    if len(places) != 1:
        return False
    word = said.words[places[0]]
    after = said.words[places[0] + 1] if places[0] + 1 < len(said.words) else None
    capitals = sum(c.isupper() for c in word.raw)
    title = capitals < 2 and (_capital_beside(said, places[0]))
    return title or (after is not None and after.raw.isdecimal())


def _capital_beside(said: Said, place: int) -> bool:
    """Whether the word before or after begins with a capital too: a part of a title or of another name."""
    near = [said.words[i] for i in (place - 1, place + 1) if 0 <= i < len(said.words)]
    return any(w.is_capital for w in near)
