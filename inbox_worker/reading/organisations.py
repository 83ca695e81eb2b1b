"""Organisations of the invited list: found by name, by resemblance and by domain."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from inbox_worker.model import Organisation
from inbox_worker.reading.folding import fold
from inbox_worker.reading.keeping import kept
from inbox_worker.reading.text import Token, tokens

FUZZY = 80  # rapidfuzz token_set_ratio from which a name counts
GAP = 3  # and how far the second best must lie behind


@dataclass(frozen=True, slots=True)
class Found:
    """A listed organisation named in a text. ``weight`` 3: full name, 2: alias, 1: acronym."""

    organisation: str
    start: int
    end: int
    weight: int


@dataclass(frozen=True)
class Index:
    """The invited list, ready for looking things up."""

    by_id: Mapping[str, Organisation]
    first: Mapping[str, tuple[tuple[tuple[str, ...], str, int, str], ...]]  # first word -> (words, id, weight, raw)
    domains: Mapping[str, tuple[str, ...]]
    names: tuple[tuple[str, str], ...]  # (folded name, id) for fuzzy matching


@kept
def index_of(organisations: tuple[Organisation, ...]) -> Index:
    """Build the index of an invited list."""
    first: dict[str, list[tuple[tuple[str, ...], str, int, str]]] = {}
    domains: dict[str, list[str]] = {}
    names: list[tuple[str, str]] = []
    for organisation in organisations:
        written = [(organisation.name, 3), (organisation.acronym, 1), *((a, 2) for a in organisation.aliases)]
        seen = set()
        for text, weight in written:
            words = tuple(t.norm for t in tokens(text) if t.is_word)
            raw = text if len(words) == 1 else ""
            if not words or (words, raw) in seen:
                continue
            seen.add((words, raw))
            short = len(words) == 1 and (text.isupper() or len(text) <= 5 or any(c.isupper() for c in text[1:]))
            first.setdefault(words[0], []).append((words, organisation.id, 1 if short or weight == 1 else weight, raw))
            if words[0] == "the" and len(words) > 2:
                first.setdefault(words[1], []).append((words[1:], organisation.id, weight, ""))
            if len(words) > 1:
                names.append((" ".join(words), organisation.id))
        for known in (*organisation.domains, *organisation.addresses):
            domains.setdefault(known.lower(), []).append(organisation.id)
    return Index(
        {o.id: o for o in organisations},
        {k: tuple(sorted(v, key=lambda e: -len(e[0]))) for k, v in first.items()},
        {k: tuple(v) for k, v in domains.items()},
        tuple(names),
    )


def find(words: Sequence[Token], index: Index) -> list[Found]:
    """Listed organisations named among ``words`` (without marks); the longest name at each place.

    A single word counts only as it is written in the list, capitals and all: "also" and "care" are words.
    """
    found: list[Found] = []
    i = 0
    while i < len(words):
        best: Found | None = None
        for name, organisation, weight, raw in index.first.get(words[i].norm, ()):
            n = len(name)
            if n > 1 and tuple(w.norm for w in words[i : i + n]) == name and _named(words[i : i + n]):
                candidate = Found(organisation, words[i].start, words[i + n - 1].end, weight)
            elif n == 1 and words[i].raw == raw:
                candidate = Found(organisation, words[i].start, words[i].end, weight)
            else:
                continue
            if (
                best is None
                or candidate.end > best.end
                or (candidate.end == best.end and candidate.weight > best.weight)
            ):
                best = candidate
        if best is None:
            i += 1
        else:
            found.append(best)
            while i < len(words) and words[i].start < best.end:
                i += 1
    return found


def _named(words: Sequence[Token]) -> bool:
    """Whether words are written as a name: a capital among them, or a script without any."""
    return any(w.is_capital for w in words) or not any(c.isascii() for c in words[0].raw)


def by_sender(address: str, index: Index) -> tuple[str, ...]:
    """The organisations that an address is known to write for, else those listed with its domain."""
    return index.domains.get(address.lower()) or by_domain(address.rpartition("@")[2], index)


def by_domain(domain: str, index: Index) -> tuple[str, ...]:
    """The organisations listed with a domain or the one above it."""
    parts = domain.lower().split(".")
    for i in range(len(parts) - 1):
        if found := index.domains.get(".".join(parts[i:])):
            return found
    return ()


def resemble(text: str, index: Index, among: frozenset[str] = frozenset()) -> tuple[str, float] | None:
    """The listed organisation that a written name resembles enough, with a margin to the next; and how much."""
    folded = " ".join(t.norm for t in tokens(text[:200]) if t.is_word)
    if len(folded) < 6 or not _same_script(text):
        return None
    best: dict[str, float] = {}
    for score, organisation in _scores(folded, index, among):
        if score > best.get(organisation, 0):
            best[organisation] = score
    ranked = sorted(best.items(), key=lambda b: -b[1])
    if ranked and ranked[0][1] >= FUZZY and (len(ranked) == 1 or ranked[0][1] - ranked[1][1] >= GAP):
        return ranked[0]
    return None


def _scores(folded: str, index: Index, among: frozenset[str]) -> Iterator[tuple[float, str]]:
    """How much listed names are like a written one, with their organisations; of all of them, those that may count."""
    if not among:
        names = [name for name, _ in index.names]
        close = process.extract(
            folded, names, scorer=fuzz.token_sort_ratio, processor=None, limit=None, score_cutoff=FUZZY - GAP
        )
        yield from ((score, index.names[at][1]) for _, score, at in close)
        return
    for name, organisation in index.names:
        if organisation in among:
            score = fuzz.token_sort_ratio(folded, name)
            if len(folded.split()) >= 3:
                score = max(score, fuzz.token_set_ratio(folded, name) - 5)
            yield score, organisation


def _same_script(text: str) -> bool:
    """Whether the letters are of one alphabet: a Cyrillic "а" in a Latin name is no misprint."""
    latin = any("a" <= fold(c)[:1] <= "z" for c in text)
    cyrillic = any("\u0400" <= c <= "\u052f" for c in text)
    return not (latin and cyrillic)


def is_organisation(name: str, index: Index) -> bool:
    """Whether a name is, for the most part, that of a listed organisation."""
    words = [t for t in tokens(name) if t.is_word]
    covered = sum(f.end - f.start for f in find(words, index))
    return 2 * covered >= len(name.strip())


def related(one: Organisation, other: Organisation) -> bool:
    """Whether two rows are headquarters and office of one organisation: one name continues the other."""
    return continues(one, other) or continues(other, one)


def continues(office: Organisation, head: Organisation) -> bool:
    """Whether a row is an office of the organisation of another row: its name or acronym begins as that one's."""
    acronym = bool(head.acronym) and fold(office.acronym).startswith(fold(head.acronym) + " ")
    longer, name = fold(office.name), fold(head.name)
    return acronym or (longer.startswith(name) and not longer[len(name) : len(name) + 1].isalnum())  # Niger, Nigeria


def distinct(found: Iterable[Found]) -> list[str]:
    """The organisations found, in order, each once."""
    return list(dict.fromkeys(f.organisation for f in found))
