"""Numbers of people in a sentence."""

from __future__ import annotations

from collections.abc import Sequence

from inbox_worker.reading.counts import Number
from inbox_worker.reading.grammar.roles import roles_told
from inbox_worker.reading.grammar.said import Mention, Said
from inbox_worker.reading.lexicon import Hit

MOST_IN_RANGE = 100
PLAIN_AND = frozenset({"and", "et", "y", "e", "ed", "und", "en", "и", "و", "和"})  # all others of "and" mean "with"
MOST_OTHERS = 9  # more "others" than this are not of one organisation
MOST_NUMBERS = 25  # of one sentence; what has more is a table or noise, and counts nobody


def heads(said: Said, start: int, end: int) -> list[Mention]:
    """Numbers of people among words ``start`` to ``end``, without those that a correction takes back."""
    found: list[Mention] = []
    if len(said.numbers) > MOST_NUMBERS or not (said.numbers or said.has("pair_of_us")):
        return found
    pairs = {i for h in said.hits if h.kind == "pair_of_us" for i in range(h.start, h.end)}
    for number in said.numbers:
        if number.start in pairs:
            continue
        if start <= number.start < end and not is_taken_back(said, number) and not _is_elsewhere(said, number):
            mention = _people_counted(said, number)
            if mention is not None:
                found.append(mention)
    found += [
        Mention("total", h.start, h.end, 2)
        for h in said.hits
        if h.kind == "pair_of_us"
        and start <= h.start < end
        and not _joined(said, h.start)
        and not any(u.kind == "unit" and h.end <= u.start <= h.end + 1 for u in said.hits)
    ]
    return _without_overlap(found)


def is_whole(said: Said, mention: Mention) -> bool:
    """Whether a number counts all who come: "five in total", of whom smaller numbers after it are parts."""
    ours = {h.start for h in said.hits if h.kind in {"we", "our"}}
    return any(
        h.kind == "of_us" and mention.end - 1 <= h.start <= mention.end and not ours & set(range(h.start, h.end))
        for h in said.hits
    )


def _people_counted(said: Said, number: Number) -> Mention | None:
    """A number where it counts people: "two delegates", "a team of two", "two of us"."""
    words, text = said.words, said.sentence.text
    after = _noun_after(said, number) or _people_itself(said, number)
    before = [h for h in said.hits if h.kind == "delegation" and number.start - 3 <= h.end <= number.start]
    of_us = [
        h
        for h in said.hits
        if h.kind == "of_us" and (number.end <= h.start <= number.end + 2 or h.start <= number.start < h.end)
    ]
    glued = (
        number.end < len(words)
        and text[words[number.end - 1].end : words[number.end].start] == "-"
        and any(h.kind == "people" and h.start == number.end for h in said.hits)
    )
    if any(h.kind == "unit" and h.start == number.end for h in said.hits) and not after:
        return None
    if any(h.kind == "each" and number.start - 1 <= h.start < number.end for h in said.hits):
        return None  # "a letter for each one of us"
    asked = [h for h in said.hits if h.kind == "request" and h.end == number.start] if _is_alone(said, number) else []
    given_up = [n for n in said.numbers if n.end < number.start <= n.end + 2 and is_taken_back(said, n)]
    ours = any(h.kind == "delegation" and h.start < number.start for h in said.hits)
    before = before or asked or ([Hit("delegation", number.start, number.start)] if given_up and ours else [])
    if not (after or before or of_us or glued) or (number.value == 0 and not (after and said.has("add"))):
        return None
    gap_end = after[0].start if after else number.end
    gap = (
        text[words[number.end - 1].end : words[min(gap_end, len(words) - 1)].start]
        if after and after[0].end > gap_end
        else ""
    )
    if any(c in gap for c in ".;:!?") or ("," in gap and not before):
        if not before:
            return None
        after = []  # "nous serons trois : deux collègues et moi"
    word = words[number.start]
    article = said.lexicon.numbers.get(word.norm) == 1 and number.end - number.start == 1
    goes_on = number.end < len(words) and not text[word.end : words[number.end].start].strip()
    if article and not word.raw.isdigit() and not after and (not before or goes_on):
        return None
    we = {h.start for h in said.hits if h.kind in {"we", "attend_weak"}}
    come = any(we & set(range(h.start, h.end)) for h in before)
    if come and not (after or of_us or glued) and _counts_something(said, number):
        return None
    kind = "total"
    if any(h.kind == "more" and (number.end <= h.start <= number.end + 1 or h.end == number.start) for h in said.hits):
        kind = "more"
    elif _joined(said, number.start) and not any(words[h.start].norm not in said.lexicon.lists["from"] for h in of_us):
        kind = "part"
    stop = number.end
    for noun in (h for h in said.hits if h.kind == "people" and after and h.start >= after[0].start):
        stop = noun.end if noun in after[:1] or noun.start == stop else stop
    return Mention(kind, number.start, max([stop, *(h.end for h in after[:1])]), number.value)


def _is_alone(said: Said, number: Number) -> bool:
    """Whether nothing follows a number that it could count: "put us down for four: the director and ..."."""
    if number.end == len(said.words):
        return True
    gap = said.sentence.text[said.words[number.end - 1].end : said.words[number.end].start]
    return any(mark in gap for mark in ":;,.(–—：，、") and number.value > 1


def _counts_something(said: Said, number: Number) -> bool:
    """Whether a word that no language file knows follows a number right away: "we come with two cars"."""
    if number.end >= len(said.words) or said.lexicon.script == "han":
        return False
    word = said.words[number.end]
    gap = said.sentence.text[said.words[number.end - 1].end : word.start]
    named = any(m.start <= number.end < m.end for m in said.names)
    plain = gap.isspace() and word.raw.isalpha() and len(word.norm) > 2 and not named
    return plain and word.norm not in said.lexicon.vocabulary and not word.norm.startswith(said.lexicon.stems)


def _people_itself(said: Said, number: Number) -> list[Hit]:
    """The number where its word counts people by itself (zu dritt, вдвоём, 俩): it is in [numbers] and "people"."""
    if any(h.kind == "unit" and h.start == number.end for h in said.hits):
        return []
    people = {i for h in said.hits if h.kind == "people" for i in range(h.start, h.end)}
    own = set(range(number.start, number.end)) <= people
    return [Hit("people", number.end, number.end)] if own else []


def _noun_after(said: Said, number: Number) -> list[Hit]:
    """The noun that a number counts people in, in the three words after it."""
    after = [h for h in said.hits if h.kind == "people" and number.end <= h.start <= number.end + 3]
    after = [h for h in after if not any(number.end <= n.start < h.start for n in said.numbers)]
    if after or number.value <= 1:
        return after
    functions = said.lexicon.lists["functions"]
    near = range(number.end, min(number.end + 3, len(said.words)))
    plural = next((i for i in near if said.words[i].norm in functions and said.words[i].norm[-1:] in "sx"), None)
    return [Hit("people", plural, plural + 1)] if plural is not None else []


def is_taken_back(said: Said, number: Number) -> bool:
    """Whether a correction puts another number in its place: "three instead of two", "not two but three"."""
    if len(said.numbers) < 2:
        return False
    others = [n for n in said.numbers if n.start != number.start and n.value != number.value]
    from_ = said.words[number.start - 1].norm in said.lexicon.lists["from"] if number.start else False
    if from_ and any(
        h.kind == "range" and h.start == number.end and any(h.end == n.start for n in others) for h in said.hits
    ):
        return True
    return bool(others) and any(
        h.kind == "instead"
        and h.end <= number.start <= h.end + 1
        and not any(h.end <= n.start < number.start for n in others)
        for h in said.hits
    )


def _is_elsewhere(said: Said, number: Number) -> bool:
    """Whether a number counts people who leave, who were announced before, or whom a larger number counts already."""
    leaves = any(h.kind == "remove" and h.start <= number.start < h.end for h in said.hits)
    before = any(
        h.kind == "besides"
        and (
            h.start <= number.start < h.end or (number.start - 2 <= h.end <= number.start and not _numbers_in(said, h))
        )
        for h in said.hits
    )
    crowd = number.value > MOST_OTHERS and any(
        h.kind == "more" and number.start - 1 <= h.end and h.start <= number.end + 1 for h in said.hits
    )  # "the other 80 guests"
    return leaves or before or crowd or _is_among(said, number)


def _numbers_in(said: Said, hit: Hit) -> bool:
    return any(hit.start <= n.start < hit.end for n in said.numbers)


def _is_among(said: Said, number: Number) -> bool:
    """Whether a number counts some of those that a larger one before it counted: "six, including two drivers"."""
    one = said.words[number.start - 1 : number.start + 1] if number.value == 1 and number.start else ()
    aside = len(one) == 2 and "," in said.sentence.text[one[0].end : one[1].start] and not one[1].raw.isdigit()
    if aside and any(n.end <= number.start and n.value > 1 for n in said.numbers):
        return True  # "two of us, one person in a wheelchair"
    return any(n.end <= number.start and n.value > number.value for n in said.numbers) and any(
        h.kind == "subset" and number.start - 3 <= h.end <= number.start for h in said.hits
    )


def totals_of(said: Said) -> list[Mention]:
    """The numbers of people anywhere in a sentence."""
    return heads(said, 0, len(said.words))


def _joined(said: Said, at: int) -> bool:
    """Whether the number at a word comes on top of people named beside it."""
    before = [h for h in said.hits if h.kind == "companion" and at - 2 <= h.end <= at]
    marks = said.sentence.text[said.words[at - 1].end : said.words[at].start] if at else ""
    if "，" in marks:
        return False  # "我和小李都来，两个人": a full stop to what was told before
    named = [m for m in said.names if m.end <= at]
    if "," in marks and not before:
        ends = [m.end for m in named] + [h.end for h in roles_told(said)]
        return any(0 <= at - end < 8 for end in ends)
    if not before and "+" not in marks and "&" not in marks:
        return False
    told = [h for h in said.hits if h.kind in {"undersigned", "me"}] + roles_told(said)
    if any(h.end <= at and at - h.end < 12 for h in told) or named:
        return True
    led = [h for h in before if said.words[h.start].norm not in PLAIN_AND]
    if any(i.kind == "i" and i.end <= h.start for i in said.hits for h in led):
        return True  # "iré acompañado de tres estudiantes"
    leads = any(h.start <= 1 for h in before)
    return leads and any(h.kind in {"i", "undersigned"} and at < h.start <= at + 8 for h in said.hits)


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
        if is_taken_back(said, a) and said.has("change"):
            continue
        if 0 < b.start - a.end <= 3 and any(
            h.kind in {"range", "hedge"} and a.end <= h.start and h.end <= b.start for h in said.hits
        ):
            perhaps = any(h.kind == "hedge" and a.end <= h.start and h.end <= b.start for h in said.hits)
            if "," in said.sentence.text[said.words[a.end - 1].end : said.words[b.start].start] and not perhaps:
                continue  # "dos, comunicación a uno"
            measured = any(h.kind == "unit" and b.end <= h.start <= b.end + 1 for h in said.hits)
            return not measured and a.value != b.value and b.value <= MOST_IN_RANGE
        joined = all(w.norm in said.lexicon.lists["and"] for w in said.words[a.end : b.start]) and a.end < b.start
        if joined and any(h.kind == "range" and h.end == a.start for h in said.hits) and a.value < b.value:
            return b.value <= MOST_IN_RANGE  # "between four and six"
        gap = said.sentence.text[said.words[a.end - 1].end : said.words[b.start].start]
        if a.end == b.start and gap.strip() == "(" and a.value != b.value and b.value <= MOST_IN_RANGE:
            return True  # "three (4)"
    if any(h.kind == "limit" and h.end == m.start and m.number > 1 for h in said.hits for m in totals_of(said)):
        return True  # "up to six people"
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
        if any(h.kind == "subset" and h.end == number.start for h in said.hits) or _is_elsewhere(said, number):
            continue
        if is_measure(said, number.start, number.end):
            continue
        return number.start, number.end
    for mention in said.names:
        before = said.words[mention.start - 1].norm if mention.start else ""
        if mention.vague and mention not in said.coming and before in said.lexicon.lists["and"]:
            return mention.start, mention.end
    return None


def is_measure(said: Said, start: int, end: int) -> bool:
    """Whether a number, words ``start`` to ``end``, counts days, rooms, money."""
    return any(h.kind == "unit" and start - 1 <= h.start <= end + 1 for h in said.hits)


def counts_people(said: Said, start: int, end: int) -> bool:
    return any(m.kind == "total" for m in heads(said, start, end))


def named_too_few(said: Said) -> bool:
    """Whether a number introduces a list of names that is shorter: "our three delegates are Ana and Gerd"."""
    totals = [m for m in said.coming if m.kind == "total"]
    if len(totals) != 1 or any(m.kind not in {"total", "name"} for m in said.coming):
        return False
    total, names = totals[0], [m for m in said.names if m.start >= totals[0].end]
    if not 2 <= len(names) < total.number:
        return False
    between = range(total.end, names[0].start)
    leads = (
        any(h.kind == "lead_list" and h.start in between for h in said.hits)
        or ":" in said.sentence.text[said.words[total.end - 1].end : said.words[names[0].start].start]
    )
    small = all(said.words[i].norm in said.lexicon.lists["stopwords"] for i in between)
    return (leads or (small and len(between) <= 2)) and not said.has("subset")


_OF_ANSWERS = frozenset(
    {"people", "delegation", "of_us", "our", "we", "lead_list", "exclusive", "alone", "more", "me"}
    | {"accept", "attend", "attend_weak", "request", "colleague", "send", "add", "change"}
)


def strays(said: Said, totals: Sequence[Mention], start: int = 0, end: int | None = None) -> int:
    """How many words stand beside a number of people that have nothing to do with coming."""
    end = len(said.words) if end is None else end
    taken = {i for m in (*totals, *said.names) for i in range(m.start, m.end)}
    taken |= {i for h in said.hits if h.kind in _OF_ANSWERS for i in range(h.start, h.end)}
    lists = said.lexicon.lists
    small = lists["stopwords"] | lists["and"] | lists["from"] | lists["functions"] | lists["persons"]
    return sum(1 for i in range(start, end) if i not in taken and said.words[i].norm not in small)
