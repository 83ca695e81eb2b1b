"""Which event a sentence speaks of, by the dates in it."""

from __future__ import annotations

from datetime import date

from inbox_worker.reading.grammar.said import Said
from inbox_worker.reading.lexicon import Lexicon

NEAR_EVENT = 12  # days around the event that still speak of it: journeys, the eve, the reply-by date


TOLD_OF_THIS = ("letter", "cancel", "decline", "change", "tentative", "condition")

MONTH_DAYS = (0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334)


def is_foreign(said: Said, event: date, start: int = 0, end: int | None = None) -> bool:
    """Whether words ``start`` to ``end`` speak of another event: they name a date far from this one's."""
    dates = _dates(said, event, start, len(said.words) if end is None else end)
    distances = [_distance(d, event) for d in dates if d is not None]
    if any(abs(d) <= NEAR_EVENT for d in distances):
        return False
    if any(d > 0 for d in distances) or (None in dates and not said.has(*TOLD_OF_THIS)):
        return True
    return bool(
        distances and not said.has("letter", "receipt", "past", "change", "cancel") and _is_time(said, start, end)
    )


def _is_time(said: Said, start: int, end: int | None) -> bool:
    """Whether a date tells when, not which: "on 3 July", but "at the board's meeting of 3 July"."""
    months, of = said.lexicon.lists["months"], said.lexicon.lists["of"]
    if not of:
        return True
    for i in range(start, len(said.words) if end is None else end):
        if said.words[i].norm in months and not any(w.norm in of for w in said.words[max(start, i - 3) : i]):
            return True
    return False


def dates_told(said: Said, event: date) -> tuple[bool, bool]:
    """Whether a sentence names a date about the event's, and one well after it."""
    distances = [_distance(d, event) for d in _dates(said, event) if d is not None]
    return any(abs(d) <= NEAR_EVENT for d in distances), any(d > NEAR_EVENT for d in distances)


def _distance(day: int, event: date) -> int:
    """Days from the event to a day of the year, the shorter way round."""
    return (day - _day(event) + 182) % 365 - 182


def _day(when: date) -> int:
    return when.timetuple().tm_yday


def _dates(said: Said, event: date, start: int = 0, end: int | None = None) -> list[int | None]:
    """Days of the year that words ``start`` to ``end`` name with their month; None for a month alone."""
    months = said.lexicon.lists["months"]
    found: list[int | None] = []
    for i, word in enumerate(said.words[:end]):
        if i < start:
            continue
        if word.norm not in months or (len(word.raw) < 4 and word.raw[-1:].islower() and word.raw[0].islower()):
            continue
        if not word.raw[0].isupper() and said.lexicon.code == "en" and word.norm in {"may", "march", "mar"}:
            continue
        month = month_number(said.lexicon, word.norm)
        if month is None:
            continue
        around = [*said.words[max(0, i - 2) : i], *said.words[i + 1 : i + 2]]
        day = next((int(w.raw) for w in reversed(around) if w.raw.isdecimal() and 1 <= int(w.raw[:4]) <= 31), None)
        if day is None:
            told = said.lexicon.script == "han" or (i and said.words[i - 1].norm in said.lexicon.lists["from"])
            if month != event.month and told:
                found.append(None)
            continue
        found.append(MONTH_DAYS[month - 1] + day)
    return found


def month_number(lexicon: Lexicon, word: str) -> int | None:
    """1 to 12 for the name of a month."""
    return lexicon.month_numbers.get(word)
