"""Names of people in Arabic, which has no capitals: after titles, from a known given name on, and alone in a list."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from inbox_worker.reading.lexicon import Lexicon
from inbox_worker.reading.segments import known_words
from inbox_worker.reading.text import Token

MOST = 6  # words of a name
ON = "على"  # is no "علي", though both are folded to one
TANWEEN = "\u064b"  # marks an adverb or an object
SUFFIXES = ("نا", "كم")  # "our", "your"
COMING = ("سي", "ست")  # verbs of the future before the third person: what follows may be a name
Found = tuple[int, int, int]  # tokens: where the title begins, the name begins, the name ends


def arabic_names(tokens: Sequence[Token], lexicon: Lexicon, taken: Collection[int]) -> list[Found]:
    """The names among tokens."""
    found: list[Found] = []
    i = 0
    while i < len(tokens):
        core = _titles(tokens, i, lexicon)
        titled = core > i
        start = core if titled else i
        end = start
        if titled or _given(tokens, start, lexicon) or _stands_alone(tokens, start, lexicon, found):
            end = _end(tokens, start, lexicon, taken)
        office = titled and end - start == 1 and tokens[start].raw.startswith("ال")
        if office and tokens[start - 1].norm in lexicon.lists["functions"]:
            end = start  # المستشار القانوني: the legal adviser
        if end > start and (titled or end - start > 1):
            found.append((i, start, end))
            i = end
        else:
            i = max(core, i + 1)
    return found


def _titles(tokens: Sequence[Token], at: int, lexicon: Lexicon) -> int:
    """Where the titles that begin at a token end; it itself where there are none."""
    titles = lexicon.lists["titles"]
    while at < len(tokens):
        heads = {n: " ".join(t.norm for t in tokens[at : at + n]) for n in (3, 2, 1) if at + n <= len(tokens)}
        length = next((n for n, words in heads.items() if words in titles), 0)
        if not length:
            break
        at += length
        while at < len(tokens) and tokens[at].raw in "./":
            at += 1
    return at


def _given(tokens: Sequence[Token], at: int, lexicon: Lexicon) -> bool:
    token = tokens[at]
    if token.norm in lexicon.lists["given_names"]:
        return not token.raw.startswith("ال") and token.raw != ON
    return token.norm in {"عبد", "ابو"} and at + 1 < len(tokens) and tokens[at + 1].is_word


def _ordinary(token: Token, lexicon: Lexicon) -> bool:
    """Whether a word is one of the language file and no name or part of one."""
    if token.raw == ON or (token.norm.endswith(SUFFIXES) and token.norm not in lexicon.lists["given_names"]):
        return True
    if token.norm in lexicon.lists["particles"] or token.norm in lexicon.lists["given_names"]:
        return False
    return TANWEEN in token.raw or known_words("arabic").has(token.norm)


def _end(tokens: Sequence[Token], start: int, lexicon: Lexicon, taken: Collection[int]) -> int:
    at = start
    while at < len(tokens) and at - start < MOST and at not in taken:
        token = tokens[at]
        if not token.is_word or token.raw[0].isdigit() or token.norm in lexicon.lists["and"]:
            break
        servant = at > start and tokens[at - 1].norm == "عبد"  # عبد الله
        if (_ordinary(token, lexicon) and not servant) or len(token.norm) == 1:
            break
        at += 1
        if token.raw.startswith("ال") and at - start > 1 and not _goes_on(tokens, at, lexicon):
            break  # a family name with the article ends it, unless another part of a name follows
    while at > start and tokens[at - 1].norm in lexicon.lists["particles"] - lexicon.lists["given_names"]:
        at -= 1
    return at


def _goes_on(tokens: Sequence[Token], at: int, lexicon: Lexicon) -> bool:
    if at >= len(tokens) or not tokens[at].is_word:
        return False
    token = tokens[at]
    known = token.norm in lexicon.lists["given_names"] or token.norm in lexicon.lists["particles"]
    return known or token.raw.startswith(("ال", "بو"))


def _stands_alone(tokens: Sequence[Token], start: int, lexicon: Lexicon, found: Sequence[Found]) -> bool:
    """Whether two to five words that no language file knows stand between marks, at the start or beside a name."""
    if not tokens[start].is_word or tokens[start].raw[0].isdigit() or tokens[start].raw[0].isascii():
        return False
    before = tokens[start - 1] if start else None
    beside = bool(found) and start - found[-1][2] <= 2
    opens = before is None or before.raw in ":：-–—•*)." or (before.raw in "،,؛;" and beside)
    opens = opens or (before is not None and before.is_word and before.raw.startswith(COMING))
    if not (opens or (beside and before is not None and before.norm in lexicon.lists["and"])):
        return False
    end = start
    while end < len(tokens) and tokens[end].is_word and not tokens[end].raw[0].isdigit():
        if _ordinary(tokens[end], lexicon) or tokens[end].norm in lexicon.lists["and"] or end - start > MOST:
            break
        end += 1
    told = before is not None and before.raw.startswith(COMING)  # ستشارك ضحى شتيوي باسمنا
    closed = told or end == len(tokens) or not tokens[end].is_word or tokens[end].norm in lexicon.lists["and"]
    return closed and 2 <= end - start <= MOST - 1
