"""Names of people as they are written in running text."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from inbox_worker.reading.arabic_names import arabic_names
from inbox_worker.reading.cyrillic_names import nominative
from inbox_worker.reading.han_names import han_names
from inbox_worker.reading.language import script_of
from inbox_worker.reading.lexicon import Lexicon
from inbox_worker.reading.text import Token, parted
from inbox_worker.reading.titles import title_end

MAX_NAME = 7  # words
FULL = 3  # words of a name that is no place
SENTENCE = 8  # words in capitals that are more than a name and an office
STEM = 4  # letters from which the beginning of a known word tells that a word is no name

# degrees behind a name, of all languages
POSTNOMINALS = frozenset(
    {"msc", "bsc", "phd", "mba", "llm", "llb", "mph", "mphil", "dphil", "edd", "esq", "meng", "beng", "mpa", "mres"}
)


@dataclass(frozen=True, slots=True)
class Name:
    """A person's name: tokens ``start`` to ``end`` (exclusive), title included."""

    start: int
    end: int
    name: str
    title: str | None
    core: int  # token where the name itself begins
    place: bool = False  # stands after "from", "in", "of": rather a place or an organisation


def names_in(tokens: tuple[Token, ...], text: str, lexicon: Lexicon, taken: Collection[int] = ()) -> list[Name]:
    """The names among the tokens of a sentence; ``taken`` are indexes of tokens that belong to something else."""
    if lexicon.script in {"arabic", "han"} and any(script_of(t.raw) == lexicon.script for t in tokens):
        small = _written_small(tokens, text, lexicon, taken)
        latin = [n for n in _capitalised(tokens, text, lexicon, taken) if tokens[n.core].is_capital]
        return sorted([*small, *latin], key=lambda n: n.start)
    return _capitalised(tokens, text, lexicon, taken)


def _capitalised(tokens: tuple[Token, ...], text: str, lexicon: Lexicon, taken: Collection[int]) -> list[Name]:
    found: list[Name] = []
    i = 0
    shouts = _shouts(tokens)
    other = (-1, False)  # where the last capitalised run that is no name ended, and whether it was a place
    while i < len(tokens):
        start = title_end(tokens, i, lexicon)
        end = _run(tokens, start, text, lexicon, taken)
        if end > start and shouts and start == i and tokens[start].norm not in lexicon.lists["given_names"]:
            i = end
        elif end > start and (name := _name(tokens, text, i, start, end, lexicon)):
            single = name.end - name.core == 1
            goes_on = _goes_on(tokens, other[0], name.start, lexicon, other[1] and single)
            if name.title is None and single and found and _beside(tokens, text, found[-1], name, lexicon):
                pass  # "Petr Sladek   Manila"
            elif name.title is None and name.start == start and goes_on:
                other = (name.end, other[1])
            else:
                found.append(name)
                if name.place and not _after_personal(tokens, name, lexicon):
                    other = (name.end, True)
            i = name.end
        elif start > i:
            i = start
        else:
            if end > start:
                goes_on = other[1] and start - other[0] == 1 and tokens[start - 1].raw == ","
                other = (start + 1, goes_on or (start > 0 and tokens[start - 1].norm in lexicon.lists["from"]))
            i += 1
    return found


def _beside(tokens: tuple[Token, ...], text: str, before: Name, name: Name, lexicon: Lexicon) -> bool:
    """Whether a word that is no given name stands alone in the cell or line behind a name: a place, an office."""
    close = before.end == name.start and parted(text, tokens[before.end - 1].end, tokens[name.start].start)
    return close and tokens[name.core].norm not in lexicon.lists["given_names"]


def _after_personal(tokens: tuple[Token, ...], name: Name, lexicon: Lexicon) -> bool:
    """Whether a name of two words stands after a preposition that persons have too: "a Ana López y a Bo Berg"."""
    before = tokens[name.start - 1].norm if name.start else ""
    return before in lexicon.lists["personal"] and name.end - name.core > 1


def _shouts(tokens: tuple[Token, ...]) -> bool:
    """Whether all is in capitals, which then tell nothing: a sentence, not a line with a name."""
    words = [t for t in tokens if t.is_word and len(t.raw) > 1 and not t.raw[0].isdigit()]
    return len(words) >= SENTENCE and sum(t.raw.isupper() for t in words) >= 0.9 * len(words)


def _goes_on(tokens: tuple[Token, ...], last: int, start: int, lexicon: Lexicon, place: bool) -> bool:
    """Whether a capitalised run continues one that is no name: "Rule of Law and Security", "from Angola and Laos"."""
    if last < 0 or start - last > 3 or start < last or tokens[start].norm in lexicon.lists["given_names"]:
        return False
    between = tokens[last:start]
    joins = lexicon.lists["and"] | lexicon.lists["particles"] | lexicon.lists["from"] | {"for", "the", "&", "on"}
    if not between:
        return False
    if any(t.raw == "," for t in between):
        return place and len(between) == 1
    return all(t.norm in joins for t in between if t.is_word) and all(t.is_word or t.raw in "&-" for t in between)


_CLITICS = frozenset({"t", "s"})


def _run(tokens: tuple[Token, ...], i: int, text: str, lexicon: Lexicon, taken: Collection[int]) -> int:
    """Where a run of capitalised words that may be a name ends."""
    particles = lexicon.lists["particles"]
    at = last = i
    words = 0
    while at < len(tokens) and at - i < 2 * MAX_NAME:
        token = tokens[at]
        if at in taken or (at > i and _ends(text, tokens[at - 1].end, token.start, words)):
            break
        glued = at > i and tokens[at - 1].end == token.start
        if token.is_word and not token.raw[0].isdigit() and token.is_capital and "@" not in token.raw:
            if token.norm in lexicon.lists["functions"] and words and not glued:
                break
            if token.raw == "I" and lexicon.code == "en" and words:
                break  # "luckily I", "in February I"
            if words and not glued and _is_noun(tokens, at, lexicon):
                break
            words += 1
            at += 1
            last = at
        elif token.is_word and token.norm in particles and at > i:
            at += 1  # counts only when a capital follows
        elif at > i and token.raw in "'’" and at + 1 < len(tokens) and tokens[at + 1].norm in _CLITICS:
            at += 2  # "van 't Hoff"
        elif at > i and token.raw in "'’-‑" and glued and at + 1 < len(tokens) and tokens[at + 1].start == token.end:
            at += 1
        elif at > i and glued and token.is_word and tokens[at - 1].raw in "'’-‑" and not token.raw[0].isdigit():
            at += 1
            last = at
        elif at > i and token.raw == "." and len(tokens[at - 1].raw) <= 2 and tokens[at - 1].is_capital:
            at += 1
        else:
            break
        if words > MAX_NAME:
            break
    return last


def _ends(text: str, end: int, start: int, words: int) -> bool:
    """Whether a name of so many words ends before the next one: spaces do not part a given name from the surname."""
    between = text[end:start]
    return (words > 1 or "\n" in between or "\t" in between) and parted(text, end, start)


def _name(tokens: tuple[Token, ...], text: str, i: int, start: int, end: int, lexicon: Lexicon) -> Name | None:
    titled = start > i
    while end - 1 > start and tokens[end - 1].norm in POSTNOMINALS and not tokens[end - 1].raw.islower():
        end -= 1
    functions, no_names = lexicon.lists["functions"], lexicon.lists["not_names"]
    if not titled and _is_noun(tokens, start, lexicon):
        return None
    while start < end and not titled and _is_word(tokens, start, lexicon, start == _first_word(tokens)):
        if tokens[start].norm in no_names:
            return None  # "Ministerio Público de la Defensa"
        start += 1
        while start < end and not tokens[start].is_word:
            start += 1
        i = start
        again = title_end(tokens, start, lexicon)
        if again > start:
            titled, i, start = True, start, again
    if start >= end:
        return None
    words = [t for t in tokens[start:end] if t.is_word]
    large = [t for t in words if t.norm not in lexicon.lists["particles"]]
    if not large or len(words) > MAX_NAME or all(t.norm in lexicon.lists["titles"] for t in large):
        return None
    months = (
        lexicon.lists["months"] if any(t.raw[0].isdigit() for t in tokens[max(0, i - 2) : end + 2]) else frozenset()
    )
    if start + 1 < len(tokens) and tokens[start + 1].raw == "-" and tokens[start + 1].start == tokens[start].end:
        months = frozenset()  # "5. Mei-Ling"
    known = [
        t
        for t in large
        if t.norm in no_names or t.norm in functions or t.norm in months or t.norm in lexicon.lists["weekdays"]
    ]
    common = [t for t in large if len(t.raw) > 1 and t.norm in lexicon.vocabulary]
    phrase = " ".join(t.norm for t in words)
    if phrase in no_names or (not titled and (len(known) * 2 >= len(large) or len(common) * 2 > len(large))):
        return None
    if (
        not titled
        and all(t.raw.isupper() for t in large)
        and not any(c.isspace() for c in text[tokens[start].start : tokens[end - 1].end])
    ):
        return None
    if not titled and len(large) == 1 and (len(large[0].raw) < 3 or large[0].raw.isupper()):
        return None
    known_only = lexicon.script != "latin" or lexicon.lists["noun_endings"]
    called = large[0].norm in lexicon.lists["given_names"]
    if not titled and len(large) == 1 and lexicon.given and known_only and not called:
        return None
    if not titled and any(t.norm in no_names for t in large[1:]):
        return None
    before = tokens[i - 1] if i else None
    if (
        before is not None
        and not titled
        and before.norm in lexicon.lists["articles"]
        and not called  # "die Vroni Achleitner"
    ):
        return None
    if not titled and (large[0].norm in no_names or not tokens[start].is_capital):
        return None
    place = not titled and before is not None and before.norm in lexicon.lists["from"]
    if before is not None and before.norm in lexicon.lists["personal"]:
        joined = i > 1 and tokens[i - 2].norm in lexicon.lists["and"]  # "eu e a Marta Gil"
        place = place and len(large) < FULL and not joined  # "acompañar a Luz Dary Quiñones", but "a Nueva York"
    place = place and not (called and len(large) > 1)  # "guidata da Anna Rossi"
    while end > start + 2 and tokens[end - 1].norm == "s" and tokens[end - 2].raw in "'’":
        end -= 2
    while end > start + 3 and tokens[end - 1].is_word and tokens[end - 1].raw.islower() and tokens[end - 2].raw in "'’":
        end -= 3  # "Rita Campi dall'elenco"
    written = " ".join(text[tokens[start].start : tokens[end - 1].end].split())
    if not titled and (is_code(written) or (i == _first_word(tokens) and _is_clitic(written))):
        return None
    if titled and large[0].norm in functions and (len(large) == 1 or len(words) > 2):
        return None  # "Senhor Presidente da Administração"
    title = " ".join(text[tokens[i].start : tokens[start].start].split()) if titled else None
    if lexicon.script == "cyrillic":
        written = nominative(written, title, lexicon.given)
    return Name(i, end, written, title or None, start, place)


def _is_noun(tokens: tuple[Token, ...], at: int, lexicon: Lexicon) -> bool:
    """Whether a capital tells nothing, for all nouns have one (German), and the word is a known noun or ends as one.

    Right after a word that is none it may still be a surname: "Anna Richter".
    """
    token, before = tokens[at], tokens[at - 1] if at else None
    if not lexicon.lists["noun_endings"] or not token.is_capital:
        return False
    if before is not None and before.is_word and before.is_capital and not _known_noun(before, lexicon):
        return token.norm in lexicon.lists["titles"] or token.norm in lexicon.lists["not_names"]
    if token.norm in lexicon.lists["months"] and at + 1 < len(tokens) and tokens[at + 1].is_capital:
        return False
    return _known_noun(token, lexicon)


def _known_noun(token: Token, lexicon: Lexicon) -> bool:
    word = token.norm
    if word in lexicon.lists["given_names"]:
        return False
    ending = any(len(word) > len(e) + 2 and word.endswith(e) for e in lexicon.lists["noun_endings"])
    return ending or word in lexicon.vocabulary or (len(word) > STEM and word.startswith(lexicon.stems))


def _first_word(tokens: tuple[Token, ...]) -> int:
    return next((k for k, t in enumerate(tokens) if t.is_word and not t.raw[0].isdigit()), 0)


def _is_word(tokens: tuple[Token, ...], at: int, lexicon: Lexicon, first: bool) -> bool:
    """Whether a capitalised token is an ordinary word here: a small word, or one the language file knows."""
    token = tokens[at]
    if len(token.raw) == 1 and at + 1 < len(tokens) and tokens[at + 1].raw == "." and tokens[at + 1].start == token.end:
        return False  # an initial
    if (
        token.norm in lexicon.lists["stopwords"]
        or token.norm in lexicon.lists["functions"]
        or token.norm in lexicon.lists["greetings"]
    ):
        return True
    if token.norm in lexicon.lists["months"] and at + 1 < len(tokens) and tokens[at + 1].is_capital:
        return False  # Jan, Jun, April: names too
    if at + 1 < len(tokens) and tokens[at + 1].raw == "-" and tokens[at + 1].start == token.end:
        return False  # "Mei-Ling"
    if first and len(token.norm) > STEM and token.norm.startswith(lexicon.stems):
        return True
    return (first or token.raw.isupper()) and token.norm in lexicon.vocabulary


def _written_small(tokens: tuple[Token, ...], text: str, lexicon: Lexicon, taken: Collection[int]) -> list[Name]:
    """Names in scripts without capitals."""
    if lexicon.script == "arabic":
        spans = [(i, start, end, end) for i, start, end in arabic_names(tokens, lexicon, taken)]
    else:
        spans = [x for x in han_names(tokens, lexicon) if not any(k in taken for k in range(x[1], x[2]))]
    found = []
    for begin, start, end, stop in spans:
        title = text[tokens[begin].start : tokens[start].start] or text[tokens[end - 1].end : tokens[stop - 1].end]
        name = " ".join(text[tokens[start].start : tokens[end - 1].end].split())
        found.append(Name(begin, stop, name, " ".join(title.split()) or None, start))
    return found


def is_code(name: str) -> bool:
    """Whether a run of capitals is none of a name: the letters of a number plate, a form or a room, "GE CD"."""
    return all(len(word) < 3 and word.isascii() and word.isupper() for word in name.split())


def _is_clitic(name: str) -> bool:
    """Whether a word is a verb with its pronoun: "Encarrega-me"."""
    first, _, rest = name.partition("-")
    return " " not in name and bool(first) and rest[:1].islower() and len(rest) <= 4


def is_single(name: str) -> bool:
    """Whether a name is one word, as a given name alone is; a Chinese one is written without spaces."""
    return len(name.split()) == 1 and not ("\u4e00" <= name[:1] <= "\u9fff" and len(name) > 1 and name[0] not in "小老")


def inverted(name: str) -> str:
    """ "SURNAME, Given" as "Given SURNAME"; other names unchanged."""
    if name.count(",") == 1:
        last, first = (part.strip() for part in name.split(","))
        if last and first and len(last.split()) <= 3 and len(first.split()) <= 3:
            return f"{first} {last}"
    return name
