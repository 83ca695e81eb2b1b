"""The words of a language, read from ``languages/*.toml`` and checked when loaded."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from inbox_worker.reading.folding import fold
from inbox_worker.reading.segments import is_ideograph
from inbox_worker.reading.text import tokens

LEANING = frozenset({"hedge", "tentative", "condition"})
GAP = 3  # words that "~" in a phrase may stand for, at most
GAP_OF_CHARACTERS = 8  # the same where a phrase is found by characters

# The classes of phrases a language file may hold; what they mean is told at the head of languages/en.toml.
CLASSES = frozenset(
    """
    attend attend_weak accept request decline absent affirm_negated negation hedge condition undecided receipt
    past future other_event other_party hearsay regret reason contrast change cancel add remove replace instead
    i me me_and we our undersigned colleague companion people delegation pair_of_us of_us lead_list exclusive alone
    range vague more question question_word want_answer assistance auto_reply bounce newsletter courtesy
    attached remote forward correction retract joint perform my_attend relative pronoun send tentative
    you maybe_more therefore contact accompany with_me gladly nor unchanged if politely each go never_fail obligation
    letter nobody unit shaky subset owner limit copula cleft besides replaced_by
    """.split()  # noqa: SIM905 - a list this long reads better so
)
LISTS = frozenset(
    {
        "stopwords",
        "abbreviations",
        "titles",
        "particles",
        "functions",
        "closings",
        "greetings",
        "months",
        "weekdays",
        "and",
        "from",
        "yes",
        "no",
        "not_names",
        "given_names",
        "surnames",
        "persons",
        "articles",
        "definite",
        "noun_endings",
        "day_articles",
        "columns",
        "given_columns",
        "surname_columns",
        "infinitive_endings",
        "headquarters",
        "origin",
        "personal",
        "of",
    }
)
NAMES = frozenset(
    {"given_names", "surnames", "noun_endings", "columns", "given_columns", "surname_columns", "infinitive_endings"}
)  # lists that are no vocabulary
SCRIPTS = frozenset({"latin", "cyrillic", "arabic", "han"})


class LexiconError(Exception):
    """A language file cannot be used."""


@dataclass(frozen=True, slots=True)
class Element:
    """A place in a phrase: one of some words, or of some beginnings of words, or a gap."""

    words: frozenset[str]
    stems: tuple[str, ...]
    gap: bool = False

    def fits(self, word: str) -> bool:
        """Whether a folded word may stand here."""
        return word in self.words or (bool(self.stems) and word.startswith(self.stems))


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase of a class."""

    kind: str
    elements: tuple[Element, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase found: words ``start`` to ``end`` (exclusive) of the words looked through."""

    kind: str
    start: int
    end: int


class Phrases:
    """Phrases of many classes, found in one pass over the words."""

    def __init__(self, phrases: Sequence[Phrase]) -> None:
        self._by_word: dict[str, list[Phrase]] = {}
        self._by_stem: dict[str, list[Phrase]] = {}
        self._by_pair: dict[tuple[str, str], list[Phrase]] = {}  # where the first two places hold one word each
        for phrase in phrases:
            first = phrase.elements[0]
            if (pair := _pair(phrase)) is not None:
                self._by_pair.setdefault(pair, []).append(phrase)
                continue
            for word in first.words:
                self._by_word.setdefault(word, []).append(phrase)
            for stem in first.stems:
                self._by_stem.setdefault(stem, []).append(phrase)
        self._stem_lengths = sorted({len(stem) for stem in self._by_stem})

    def find(self, words: Sequence[str]) -> list[Hit]:
        """All phrases in ``words`` (folded), the longest of each class at each place.

        Words of scripts without spaces are looked through character by character, for they may be cut otherwise than
        a phrase is; a single character counts only where it is a word.
        """
        if not any(len(word) > 1 and is_ideograph(word[0]) for word in words):
            return self._find(words, GAP_OF_CHARACTERS if any(is_ideograph(w[0]) for w in words if w) else GAP)
        letters = [letter for word in words for letter in letters_of(word)]
        owner = [i for i, word in enumerate(words) for _ in letters_of(word)]
        hits: dict[tuple[str, int], Hit] = {}
        for hit in self._find(letters, GAP_OF_CHARACTERS):
            if hit.end - hit.start == 1 and is_ideograph(letters[hit.start][0]) and len(words[owner[hit.start]]) > 1:
                continue
            word = words[owner[hit.start]]
            if hit.kind in LEANING and len(word) > 3 and hit.start and owner[hit.start - 1] == owner[hit.start]:
                continue  # 计划 in 开发计划署 plans nothing
            if len(word) > 2 and word[0] in {word[2], word[-1]} and owner[hit.start - 1] == owner[hit.start]:
                continue  # 能不能, 去与不去: whether one can or goes, not that one cannot
            start, end = owner[hit.start], owner[hit.end - 1] + 1
            if (hit.kind, start) not in hits or end > hits[hit.kind, start].end:
                hits[hit.kind, start] = Hit(hit.kind, start, end)
        return list(hits.values())

    def _find(self, words: Sequence[str], gap: int) -> list[Hit]:
        hits: list[Hit] = []
        for i, word in enumerate(words):
            longest: dict[str, int] = {}
            following = words[i + 1] if i + 1 < len(words) else ""
            for phrase in self._starting(word, following):
                end = _match(phrase.elements, 1, words, i + 1, gap)
                if end > longest.get(phrase.kind, 0):
                    longest[phrase.kind] = end
            hits.extend(Hit(kind, i, end) for kind, end in longest.items())
        return hits

    def _starting(self, word: str, following: str) -> Iterator[Phrase]:
        yield from self._by_pair.get((word, following), ())
        yield from self._by_word.get(word, ())
        for length in self._stem_lengths:
            if length > len(word):
                break
            yield from self._by_stem.get(word[:length], ())


def _pair(phrase: Phrase) -> tuple[str, str] | None:
    """The first two words of a phrase that begins with two that have no alternatives."""
    begin = phrase.elements[:2]
    if len(begin) < 2 or any(e.gap or e.stems or len(e.words) != 1 for e in begin):
        return None
    return min(begin[0].words), min(begin[1].words)


def letters_of(word: str) -> list[str]:
    """The characters of a word of a script without spaces; other words whole."""
    return list(word) if word and is_ideograph(word[0]) else [word]


def _match(elements: tuple[Element, ...], at: int, words: Sequence[str], position: int, gap: int = GAP) -> int:
    """Where a match of ``elements[at:]`` from ``position`` ends, 0 if there is none."""
    while at < len(elements):
        element = elements[at]
        if element.gap:
            for skip in range(gap, -1, -1):
                if position + skip < len(words) and (end := _match(elements, at + 1, words, position + skip, gap)):
                    return end
            return 0
        if position >= len(words) or not element.fits(words[position]):
            return 0
        at, position = at + 1, position + 1
    return position


@dataclass(frozen=True)
class Lexicon:
    """A language."""

    code: str  # ISO 639-1
    script: str
    phrases: Phrases
    numbers: Mapping[str, int]
    lists: Mapping[str, frozenset[str]]
    month_numbers: Mapping[str, int]
    vocabulary: frozenset[str]  # every word of the file, to tell names from words
    given: tuple[str, ...] = ()  # known given names as the file writes them
    foreign: frozenset[str] = frozenset()  # letters of the script that the language never writes
    sounds: frozenset[str] = frozenset()  # characters that write the sounds of foreign names
    stems: tuple[str, ...] = ()  # every beginning of words of five letters and more

    def __hash__(self) -> int:
        return hash(self.code)


def parse_phrase(kind: str, written: str, where: str) -> list[Phrase]:
    """Phrases from their written form: ``a|b`` either, ``stem*`` a beginning, ``word?`` optional, ``~`` a gap."""
    variants: list[list[Element]] = [[]]
    for item in written.split():
        optional = item.endswith("?") and len(item) > 1
        choices = [[Element(frozenset(), (), gap=True)]] if item == "~" else _choices(item.removesuffix("?"), where)
        variants = [[*v, *c] for v in variants for c in choices] + (variants if optional else [])
    if any(not v or v[0].gap or v[-1].gap for v in variants):
        raise LexiconError(f"{where}: {written!r} must begin and end with a word")
    return [Phrase(kind, tuple(v)) for v in variants]


def _choices(item: str, where: str) -> list[list[Element]]:
    """What may stand in one place of a phrase: single words share an element, compounds are choices of their own."""
    words: set[str] = set()
    stems: list[str] = []
    compounds: list[list[Element]] = []
    for choice in item.split("|"):
        parts = [x for t in tokens(choice.removesuffix("*")) if t.is_word for x in letters_of(fold(t.raw))]
        if not parts:
            raise LexiconError(f"{where}: {item!r} has an empty choice")
        last = Element(frozenset(), (parts[-1],)) if choice.endswith("*") else Element(frozenset({parts[-1]}), ())
        if len(parts) > 1:
            compounds.append([*(Element(frozenset({p}), ()) for p in parts[:-1]), last])
        elif choice.endswith("*"):
            stems.append(parts[0])
        else:
            words.add(parts[0])
    single = [[Element(frozenset(words), tuple(stems))]] if words or stems else []
    return single + compounds


def parse_lexicon(data: Mapping[str, Any], where: str) -> Lexicon:
    """A language out of the tables of its file.

    Raises:
        LexiconError: naming the file and the key.
    """
    known = {"language", "words", "phrases", "numbers"}
    if unknown := sorted(set(data) - known):
        raise LexiconError(f"{where}: no such table {unknown[0]}; valid are {', '.join(sorted(known))}")
    head = data.get("language", {})
    code, script = head.get("code"), head.get("script")
    if not isinstance(code, str) or len(code) != 2:
        raise LexiconError(f"{where}: [language] code must be two letters of ISO 639-1")
    if script not in SCRIPTS:
        raise LexiconError(f"{where}: [language] script must be one of {', '.join(sorted(SCRIPTS))}")
    lists = {}
    month_numbers: dict[str, int] = {}
    for key, values in data.get("words", {}).items():
        if key not in LISTS:
            raise LexiconError(f"{where}: [words] has no key {key}; valid are {', '.join(sorted(LISTS))}")
        lists[key] = frozenset(
            " ".join(t.norm for t in tokens(v) if t.is_word) for v in _strings(values, f"{where}: [words] {key}")
        )
        if key == "months":
            if len(values) % 12:
                raise LexiconError(
                    f"{where}: [words] months must be the twelve months in order, once or several times over"
                )
            month_numbers = {fold(v): i % 12 + 1 for i, v in enumerate(values)}
    phrases = []
    for key, values in data.get("phrases", {}).items():
        if key not in CLASSES:
            raise LexiconError(f"{where}: [phrases] has no key {key}; valid are {', '.join(sorted(CLASSES))}")
        for value in _strings(values, f"{where}: [phrases] {key}"):
            phrases.extend(parse_phrase(key, value, f"{where}: [phrases] {key}"))
    numbers = {}
    for word, value in data.get("numbers", {}).items():
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 1000:
            raise LexiconError(f"{where}: [numbers] {word} must be a whole number from 0 to 1000")
        numbers[" ".join(t.norm for t in tokens(word) if t.is_word)] = value
    vocabulary = {w for key, values in lists.items() if key not in NAMES for item in values for w in item.split()}
    vocabulary |= {w for p in phrases for e in p.elements for w in e.words} | set(numbers)
    missing = {"stopwords", "and"} - set(lists)
    if missing:
        raise LexiconError(f"{where}: [words] {sorted(missing)[0]} is missing")
    return Lexicon(
        code,
        script,
        Phrases(phrases),
        numbers,
        {k: lists.get(k, frozenset()) for k in LISTS},
        month_numbers,
        frozenset(vocabulary),
        tuple(data.get("words", {}).get("given_names", ())),
        frozenset(str(head.get("foreign_letters", ""))),
        frozenset(str(head.get("sounds", ""))),
        tuple(sorted({s for p in phrases for e in p.elements for s in e.stems if len(s) > 4})),
    )


def _strings(values: object, where: str) -> list[str]:
    if not isinstance(values, list) or not all(isinstance(v, str) and v.strip() for v in values):
        raise LexiconError(f"{where} must be a list of words")
    return values


@cache
def lexicons() -> Mapping[str, Lexicon]:
    """All languages of the package, by code."""
    found = {}
    folder = resources.files("inbox_worker.reading") / "languages"
    for entry in sorted(folder.iterdir(), key=lambda e: e.name):
        if entry.name.endswith(".toml"):
            try:
                data = tomllib.loads(entry.read_text(encoding="utf-8"))
            except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
                raise LexiconError(f"languages/{entry.name}: {error}") from None
            lexicon = parse_lexicon(data, f"languages/{entry.name}")
            if entry.name != f"{lexicon.code}.toml":
                raise LexiconError(
                    f"languages/{entry.name}: [language] code is {lexicon.code!r}; name the file {lexicon.code}.toml"
                )
            found[lexicon.code] = lexicon
    return found
