"""Reply forms: boxes that are ticked or not, and numbers after a label.

A form is turned into sentences of the same length in the same places, so that it is read like any letter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from inbox_worker.model import Part
from inbox_worker.reading.counts import MOST
from inbox_worker.reading.folding import fold
from inbox_worker.reading.lexicon import Lexicon
from inbox_worker.reading.text import lines, tokens
from inbox_worker.reading.whole.wording import Wording

TICKED = re.compile(r"\[\s{0,2}[xX✓✔√■●]\s{0,2}\]|[☒☑✓✔✗✘]|\(\s{0,2}[xX]\s{0,2}\)")
EMPTY = re.compile(r"\[\s{0,4}\]|[☐□▢]|\(\s{1,4}\)|\[_{1,4}\]")
NUMBER = re.compile(r"[:：|]\s{0,20}(\d{1,3})\s{0,5}(?:persons?|people|personnes?|personas?)?\s{0,5}$")
# What forms also ask those who come: words of a line that asks something else than whether they do.
OTHER_QUESTIONS = frozenset(
    """
    floor speak speech statement intervene lunch dinner reception breakfast cocktail visa hotel accommodation transfer
    interpretation interpreter parking language vegetarian diet access wheelchair shuttle tour excursion consent photo
    parole parler discours déclaration déjeuner dîner réception hébergement interprétation langue régime navette
    palabra hablar discurso declaración almuerzo cena recepción alojamiento interpretación idioma dieta
    palavra falar almoço jantar recepção alojamento parola parlare pranzo ricevimento alloggio lingua
    wort rede reden mittagessen abendessen empfang unterkunft dolmetscher sprache spreken woord diner слово выступить
    """.split()  # noqa: SIM905 - a list this long reads better so
)


def is_form(text: str) -> bool:
    """Whether there are boxes, at least one of them ticked."""
    return bool(TICKED.search(text)) and len(TICKED.findall(text)) + len(EMPTY.findall(text)) >= 1


def as_sentences(part: Part, lexicons: Sequence[Lexicon], wording: Wording) -> Part:
    """A form as what it says; any other part as it is."""
    if not is_form(part.text):
        return part
    pieces, at = [], 0
    for line in lines(part.text, 0, len(part.text)):
        pieces.append(part.text[at : line.start])
        pieces.append(_line(part.text[line.start : line.end], lexicons, wording))
        at = line.end
    pieces.append(part.text[at:])
    return replace(part, text="".join(pieces))


def _line(text: str, lexicons: Sequence[Lexicon], wording: Wording) -> str:
    """A line of a form: an answer, a number of people, or nothing; other lines stay as they are."""
    if text.strip() == wording.list:
        return text
    kinds = kinds_in(text, lexicons)
    if asks_otherwise(text):
        kinds = frozenset()
    if TICKED.search(text) or EMPTY.search(text):
        said = _answer(text, kinds, lexicons, wording)
        return said.ljust(len(text)) if said and len(said) <= len(text) else " " * len(text)
    number = NUMBER.search(text)
    if number is not None and kinds & {"people", "delegation", "attend", "attend_weak", "send"}:
        count = int(number.group(1))
        said = wording.number(count) if 0 < count <= MOST else ""
        if said and len(said) <= len(text):
            return said.ljust(len(text))
    if number is None and text.rstrip().endswith((":", "：")):
        return " " * len(text)  # a label without an answer
    return text


def asks_otherwise(text: str) -> bool:
    """Whether a question is another than whether somebody comes."""
    return bool({fold(t.raw) for t in tokens(text) if t.is_word} & _OTHERS)


def kinds_in(text: str, lexicons: Iterable[Lexicon]) -> frozenset[str]:
    """The kinds of phrases that a line or a cell has."""
    words = [t.norm for t in tokens(text) if t.is_word]
    return frozenset(hit.kind for lexicon in lexicons for hit in lexicon.phrases.find(words))


def _answer(text: str, kinds: frozenset[str], lexicons: Sequence[Lexicon], wording: Wording) -> str:
    """The sentence that a line with boxes means, "" where it means none."""
    boxes = sorted(
        [(m.start(), True) for m in TICKED.finditer(text)] + [(m.start(), False) for m in EMPTY.finditer(text)]
    )
    if len(boxes) == 1:
        return _sentence(kinds, wording) if boxes[0][1] else ""
    chosen = [at for at, ticked in boxes if ticked]
    if len(chosen) != 1 or not kinds & {"attend", "attend_weak"}:
        return ""
    # "Will you attend?  [X] yes  [ ] no": the word beside the box that is ticked
    leading = (bool(boxes) and not text[: boxes[0][0]].strip()) or _words_after_last(text, boxes)
    stops = [at for at, _ in boxes] + [len(text)]
    index = [at for at, _ in boxes].index(chosen[0])
    side = text[chosen[0] : stops[index + 1]] if leading else text[(stops[index - 1] if index else 0) : chosen[0]]
    words = [t.norm for t in tokens(side) if t.is_word and len(t.norm) > 1]
    near = words[:2] if leading else words[-2:]
    yes = any(w in lexicon.lists["yes"] for lexicon in lexicons for w in near)
    no = any(w in lexicon.lists["no"] for lexicon in lexicons for w in near)
    return "" if yes == no else (wording.yes if yes else wording.no)


def _words_after_last(text: str, boxes: Sequence[tuple[int, bool]]) -> bool:
    return any(t.is_word and len(t.norm) > 1 for t in tokens(text[boxes[-1][0] :]))


def _sentence(kinds: frozenset[str], wording: Wording) -> str:
    if kinds & {"decline", "negation", "absent", "regret"}:
        return wording.no
    if kinds & {"hedge", "tentative", "undecided"}:
        return wording.perhaps
    return wording.yes if kinds & {"attend", "attend_weak", "accept"} else ""


_OTHERS = frozenset(fold(word) for word in OTHER_QUESTIONS)
