"""Cells and short answers that tell whether somebody comes: "yes", "nimmt nicht teil", a tick."""

from __future__ import annotations

import re
from collections.abc import Sequence

from inbox_worker.reading.columns import tells_of
from inbox_worker.reading.lexicon import lexicons
from inbox_worker.reading.text import tokens
from inbox_worker.reading.whole.forms import EMPTY, TICKED, asks_otherwise, kinds_in

COMES = frozenset({"attend", "attend_weak", "accept"})
STAYS = frozenset({"decline", "absent", "regret"})
PERHAPS = frozenset({"hedge", "tentative", "undecided", "condition", "remote"})
MARKS = frozenset({"x", "+"})  # that stand for a tick
CLAUSE = re.compile(r"\s*[,;:(–—-]")  # begins what is added
PLAIN = frozenset(
    {"no", "n", "none", "non", "nein", "nee", "neen", "nao", "não", "нет", "لا", "否", "不", "无"}
)  # no remark
LONGEST_SAYING = 4  # words of "will not attend"


def verdict_of(cell: str) -> bool | None:
    """Whether somebody comes, of whom nothing but this is said; None where it is not plain."""
    if is_tick(cell):
        return True
    if EMPTY.search(cell):
        return None
    if tells_of(cell, "open"):
        return None
    words = [t.norm for t in tokens(cell) if t.is_word]
    kinds = kinds_of(cell)
    plain = yes_or_no(cell)
    if plain is False or kinds & STAYS or _begins(words, "no"):
        part = any(w.isdigit() for w in words) and plain is not False  # "will not attend day 2"
        return None if part else False
    if kinds & PERHAPS:
        return None
    return True if plain or _begins(words, "yes") or kinds & COMES else None


def yes_or_no(cell: str) -> bool | None:
    """Whether somebody comes, where a cell says yes or no and at most adds why: "no (on leave)", and not "no nuts"."""
    said = " ".join(t.norm for t in tokens(CLAUSE.split(cell.strip(), maxsplit=1)[0]) if t.is_word)
    found = {which for which in ("yes", "no") for lexicon in lexicons().values() if said in lexicon.lists[which]}
    return "yes" in found if len(found) == 1 else None


def is_tick(cell: str) -> bool:
    """Whether a cell is a tick or a cross."""
    return bool(TICKED.search(cell)) or cell.strip().casefold() in MARKS


def noted(cells: Sequence[str]) -> bool | None:
    """What remarks say on whether somebody comes: mostly nothing, so that they do."""
    verdict: bool | None = True
    for cell in cells:
        words = [t.norm for t in tokens(cell) if t.is_word]
        kinds = kinds_of(cell)
        declines = ("decline" in kinds and "negation" not in kinds) or {"decline", "attend"} <= kinds
        says_no = yes_or_no(cell) is False and " ".join(words) not in PLAIN
        if says_no or (declines and not asks_otherwise(cell) and not any(w.isdigit() for w in words)):
            return False
        if kinds & (STAYS | {"remote", "undecided"}):
            verdict = None
    return verdict


def is_perhaps(cell: str) -> bool:
    """Whether it is open yet, as a short answer says: "noch offen", "tbc"; "yes, if the visa comes" is none."""
    if yes_or_no(cell) is not None:
        return False
    return tells_of(cell, "open") or bool(kinds_of(cell) & PERHAPS)


def kinds_of(said: str) -> frozenset[str]:
    """The kinds of phrases, of all languages, that a short text has."""
    return kinds_in(said, lexicons().values())


def _begins(words: Sequence[str], which: str) -> bool:
    """Whether words begin with a saying of two words or more: "nimmt nicht teil (Operation)", and not "no doubt"."""
    said = [" ".join(words[:n]) for n in range(2, min(len(words), LONGEST_SAYING) + 1)]
    return any(s in lexicon.lists[which] for lexicon in lexicons().values() for s in said)
