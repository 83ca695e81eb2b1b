"""Numbers of people in a sentence."""

from __future__ import annotations

from inbox_worker.reading.counts import Number
from inbox_worker.reading.grammar.said import Mention, Said
from inbox_worker.reading.lexicon import Hit

MOST_IN_RANGE = 100


def heads(said: Said, start: int, end: int) -> list[Mention]:
    """Numbers of people among words ``start`` to ``end``."""
    found: list[Mention] = []
    words, text = said.words, said.sentence.text
    for number in said.numbers:
        if not start <= number.start < end:
            continue
        after = [h for h in said.hits if h.kind == "people" and number.end <= h.start <= number.end + 3]
        after = [h for h in after if not any(n.start >= number.end and n.start < h.start for n in said.numbers)]
        after = after or _people_itself(said, number)
        functions = said.lexicon.lists["functions"]
        if not after and number.value > 1:
            near = range(number.end, min(number.end + 3, len(words)))
            plural = next((i for i in near if words[i].norm in functions and words[i].norm[-1:] in "sx"), None)
            after = [Hit("people", plural, plural + 1)] if plural is not None else []
        before = [h for h in said.hits if h.kind == "delegation" and number.start - 3 <= h.end <= number.start]
        of_us = [h for h in said.hits if h.kind == "of_us" and number.end <= h.start <= number.end + 2]
        glued = (
            number.end < len(words)
            and text[words[number.end - 1].end : words[number.end].start] == "-"
            and any(h.kind == "people" and h.start == number.end for h in said.hits)
        )
        more = [
            h
            for h in said.hits
            if (h.kind == "more" and number.end <= h.start <= number.end + 1)
            or (h.kind == "more" and h.end == number.start)
        ]
        if number.value == 0 and not (after and said.has("add")):
            continue
        if not (after or before or of_us or glued):
            continue
        gap_end = after[0].start if after else number.end
        gap = text[words[number.end - 1].end : words[min(gap_end, len(words) - 1)].start] if after else ""
        if any(c in gap for c in ".;:!?") or ("," in gap and not before):
            continue
        if (
            said.lexicon.numbers.get(words[number.start].norm) == 1
            and not words[number.start].raw.isdigit()
            and not after
            and not before
        ):
            continue
        stop = max([number.end, *(h.end for h in after[:1])])
        kind = "more" if more else "total"
        if kind == "total" and _joined(said, number.start):
            kind = "part"
        found.append(Mention(kind, number.start, stop, number.value))
    for hit in said.hits:
        if hit.kind == "pair_of_us" and start <= hit.start < end:
            found.append(Mention("total", hit.start, hit.end, 2))
    return _without_overlap(found)


def _people_itself(said: Said, number: Number) -> list[Hit]:
    """The number where its word counts people by itself (вдвоём, مندوبان, 俩): it is in [numbers] and in "people"."""
    if any(h.kind == "unit" and number.end <= h.start <= number.end + 1 for h in said.hits):
        return []
    own = [h for h in said.hits if h.kind == "people" and h.start <= number.start and number.end <= h.end]
    return [Hit("people", number.end, number.end)] if own else []


def totals_of(said: Said) -> list[Mention]:
    """The numbers of people anywhere in a sentence."""
    return heads(said, 0, len(said.words))


def _joined(said: Said, at: int) -> bool:
    """Whether the number at a word comes on top of people named before it."""
    before = [h for h in said.hits if h.kind == "companion" and at - 2 <= h.end <= at and h.end > at - 3]
    marks = said.sentence.text[said.words[at - 1].end : said.words[at].start] if at else ""
    if not before and "+" not in marks and "&" not in marks and "," not in marks:
        return False
    heads: list[Mention | Hit] = [m for m in said.names if m.end <= at]
    heads += [h for h in said.hits if h.kind in {"colleague", "undersigned", "me"} and h.end <= at and at - h.end < 12]
    if "," in marks and not before:
        return bool([m for m in said.names if m.end <= at and at - m.end < 8])
    return bool(heads)


def _without_overlap(found: list[Mention]) -> list[Mention]:
    found.sort(key=lambda m: (m.start, -(m.end - m.start)))
    kept: list[Mention] = []
    for mention in found:
        if not kept or mention.start >= kept[-1].end:
            kept.append(mention)
    return kept


def open_range(said: Said) -> bool:
    """Whether two numbers of people with "or", "to" between them leave the number open, or a word does."""
    for a, b in zip(said.numbers, said.numbers[1:], strict=False):
        if 0 < b.start - a.end <= 3 and any(
            h.kind == "range" and a.end <= h.start and h.end <= b.start for h in said.hits
        ):
            measured = any(h.kind == "unit" and b.end <= h.start <= b.end + 1 for h in said.hits)
            return not measured and a.value != b.value and b.value <= MOST_IN_RANGE
    text = said.sentence.text
    for i in range(len(said.words) - 1):
        a_word, b_word = said.words[i], said.words[i + 1]
        if a_word.raw.isdigit() and b_word.raw.isdigit() and text[a_word.end : b_word.start] in {"-", "–", "/"}:
            counted = any(h.kind == "people" and i + 2 <= h.start <= i + 3 for h in said.hits)
            return counted and int(a_word.raw[:4]) < int(b_word.raw[:4]) < MOST_IN_RANGE
    return False


def unused_number(said: Said, known: set[int]) -> tuple[int, int] | None:
    """Words of a small number in a sentence about coming that counts neither its people nor days, rooms, money."""
    used = [m for m in said.coming if m.kind in {"total", "part", "more"}]
    for number in said.numbers:
        if (
            not 2 <= number.value <= 10
            or number.value in known
            or number.end == 1
            or any(m.start < number.end and number.start < m.end for m in used)
        ):
            continue
        if any(h.kind == "unit" and number.start - 1 <= h.start <= number.end + 1 for h in said.hits):
            continue
        return number.start, number.end
    for mention in said.names:
        before = said.words[mention.start - 1].norm if mention.start else ""
        if mention.vague and mention not in said.coming and before in said.lexicon.lists["and"]:
            return mention.start, mention.end
    return None


def counts_people(said: Said, start: int, end: int) -> bool:
    return any(m.kind == "total" for m in heads(said, start, end))
