"""Cells and short answers that tell whether somebody comes: "yes", "nimmt nicht teil", a tick."""

from __future__ import annotations

from collections.abc import Sequence

from inbox_worker.reading.lexicon import lexicons
from inbox_worker.reading.text import tokens
from inbox_worker.reading.whole.forms import EMPTY, TICKED

COMES = frozenset({"attend", "attend_weak", "accept"})
STAYS = frozenset({"decline", "absent", "regret"})
PERHAPS = frozenset({"hedge", "tentative", "undecided", "condition", "remote"})
MARKS = frozenset({"x", "+"})  # that stand for a tick
LONGEST_SAYING = 4  # words of "will not attend"


def verdict_of(cell: str) -> bool | None:
    """Whether somebody comes, of whom nothing but this is said; None where it is not plain."""
    if is_tick(cell):
        return True
    if EMPTY.search(cell):
        return None
    words = [t.norm for t in tokens(cell) if t.is_word]
    kinds = _kinds(words)
    if _begins(words, "no") or kinds & STAYS:
        return False
    if kinds & PERHAPS:
        return None
    return True if _begins(words, "yes") or kinds & COMES else None


def is_tick(cell: str) -> bool:
    """Whether a cell is a tick or a cross."""
    return bool(TICKED.search(cell)) or cell.strip().casefold() in MARKS


def noted(cells: Sequence[str]) -> bool | None:
    """What remarks say on whether somebody comes: mostly nothing, so that they do."""
    verdict: bool | None = True
    for cell in cells:
        words = [t.norm for t in tokens(cell) if t.is_word]
        kinds = _kinds(words)
        if ("decline" in kinds and "negation" not in kinds) or {"decline", "attend"} <= kinds or _is_no(words):
            return False
        if kinds & (STAYS | {"remote", "undecided"}):
            verdict = None
    return verdict


def _is_no(words: Sequence[str]) -> bool:
    """Whether a remark is nothing but a no: "excused"."""
    return _begins(words, "no") and len(words) <= 2


def is_perhaps(cell: str) -> bool:
    """Whether it is open yet, as a short answer says: "noch offen", "tbc"."""
    return bool(kinds_of(cell) & PERHAPS)


def kinds_of(said: str) -> frozenset[str]:
    """The kinds of phrases, of all languages, that a short text has."""
    return _kinds([t.norm for t in tokens(said) if t.is_word])


def _kinds(words: Sequence[str]) -> frozenset[str]:
    return frozenset(hit.kind for lexicon in lexicons().values() for hit in lexicon.phrases.find(words))


def _begins(words: Sequence[str], which: str) -> bool:
    said = [" ".join(words[:n]) for n in range(1, min(len(words), LONGEST_SAYING) + 1)]
    return any(s in lexicon.lists[which] for lexicon in lexicons().values() for s in said)
