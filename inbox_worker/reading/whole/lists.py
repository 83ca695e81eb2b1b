"""Lists of people as office programs make them: a row of headings, a row for each, a row with the total.

They are turned into rows that a reader of letters understands, of the same length in the same places.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from inbox_worker.model import Part
from inbox_worker.reading.folding import fold
from inbox_worker.reading.text import Line, lines, tokens
from inbox_worker.reading.whole.wording import Wording

BETWEEN = re.compile(r"\t+| \| | {3,}|;|,(?=\S)")  # cells
TOGETHER = " \u00a0 "  # as wide as what stands between two cells, and inside one


def _set(words: str) -> frozenset[str]:
    return frozenset(fold(w) for w in words.split())


GIVEN = _set("first given forename prenom nombre nombres nome vorname voornaam имя fornavn prénom")
FAMILY = _set(
    "last family surname nom apellido apellidos cognome sobrenome apelido nachname achternaam фамилия etternavn"
)
HEADINGS = (
    GIVEN
    | FAMILY
    | _set(
        """
    name names full participant participants delegate delegates delegation person persons function position title
    role rank post job no nr number organisation organization institution agency office department unit email e-mail
    mail phone telephone tel mobile passport nationality country city gender sex date arrival departure remarks
    remark comments comment notes note diet dietary requirements special needs visa required hotel language languages
    attending attendance attends status confirmed mr ms mrs prefix salutation signature
    fonction titre poste organisme organisation téléphone portable passeport nationalité pays ville sexe arrivée départ
    remarques observations langue délégué délégués participantes civilité qualité numéro
    cargo función puesto título organización institución correo teléfono pasaporte nacionalidad país ciudad sexo fecha
    llegada salida observaciones idioma delegado delegados función nombre completo tratamiento número
    função cargo organização telefone passaporte nacionalidade cidade chegada partida delegado delegados
    funzione carica ente organizzazione telefono passaporto nazionalità paese città arrivo partenza delegato delegati
    funktion amt titel organisation telefon reisepass nationalität land ort ankunft abreise bemerkungen teilnehmer
    functie organisatie telefoon paspoort nationaliteit deelnemer deelnemers
    должность организация телефон паспорт гражданство страна город участник участники фио имя отчество примечание
    имя и и/о of the and or de du des la le el y et e und del di da von der die des family-name
    """
    )
)
TOTALS = _set("total totals totale gesamt summe totaal итого всего sum subtotal المجموع 总计 合计 insgesamt")


@dataclass(frozen=True)
class Row:
    """A line, and its cells as offsets in the text: at least one."""

    line: Line
    cells: tuple[tuple[int, int], ...]


def as_rows(part: Part, wording: Wording) -> Part:
    """A part whose lists have no headings, whose names stand in one cell, and whose totals are sentences."""
    pieces = list(part.text)
    headings: tuple[str, ...] = ()
    for line in lines(part.text, 0, len(part.text)):
        row = _row_of(part.text, line)
        if len(row.cells) < 2:
            headings = headings if line.end > line.start and len(row.cells) == 1 else ()
            continue
        words = [_words(part.text[s:e]) for s, e in row.cells]
        if _is_heading(words):
            headings = tuple(_meaning(w) for w in words)
            pieces[line.start : line.end] = " " * (line.end - line.start)
        elif total := _total(part.text, row, words):
            said = wording.number(total)
            length = line.end - line.start
            pieces[line.start : line.end] = (
                said.ljust(length) if len(said) <= length else part.text[line.start : line.end]
            )
        elif headings:
            _join(pieces, row, headings)
    return replace(part, text="".join(pieces))


def _row_of(text: str, line: Line) -> Row:
    """A line as a row; empty cells between others, and an empty first one, are cells too."""
    cells, at = [], line.start
    if text.startswith("| ", line.start):  # the first cell is empty
        cells.append((line.start, line.start))
        at += len("| ")
    for match in BETWEEN.finditer(text, at, line.end):
        cells.append((at, match.start()))
        at = match.end()
    cells.append((at, line.end))
    return Row(line, tuple(cells))


def _words(cell: str) -> list[str]:
    return [t.norm for t in tokens(cell) if t.is_word]


def _is_heading(cells: Sequence[Sequence[str]]) -> bool:
    """Whether every cell with words consists of words of headings, for the most part."""
    filled = [c for c in cells if c and not all(w.isdigit() for w in c)]
    heads = [c for c in filled if sum(w in HEADINGS for w in c) * 2 > len(c)]
    return (len(heads) >= 2 and len(heads) * 3 >= len(filled) * 2) or (bool(filled) and len(heads) == len(filled) > 1)


def _meaning(words: Sequence[str]) -> str:
    given, family = any(w in GIVEN for w in words), any(w in FAMILY for w in words)
    if given and not family:
        return "given"
    return "family" if family and not given else ""


def _total(text: str, row: Row, words: Sequence[Sequence[str]]) -> int | None:
    """The number that a row of totals gives."""
    first = next((w for w in words if w), [])
    if not first or first[0] not in TOTALS:
        return None
    numbers = [int(w) for cell in words for w in cell if w.isascii() and w.isdigit() and len(w) < 4]
    return numbers[0] if len(numbers) == 1 else None


def _join(pieces: list[str], row: Row, headings: Sequence[str]) -> None:
    """Make one cell of neighbouring given and family names, the given name first; where that is plain."""
    last = min(len(row.cells), len(headings)) - 1
    pairs = [n for n in range(last) if {headings[n], headings[n + 1]} == {"given", "family"}]
    if not pairs or any(other - one == 1 for one, other in pairwise(pairs)):
        return
    for n in pairs:
        start, end = row.cells[n][0], row.cells[n + 1][1]
        between = row.cells[n + 1][0] - row.cells[n][1]
        names = [in_letters("".join(pieces[slice(*cell)])) for cell in row.cells[n : n + 2]]
        space = (TOGETHER if between == len(TOGETHER) else "\u00a0" * between)[:between]
        pieces[start:end] = space.join(names if headings[n] == "given" else reversed(names))


def in_letters(name: str) -> str:
    """A name, its words in capitals with small letters but for the first, of the same length."""
    words = name.split(" ")
    small = [w.title() if w.isupper() and len(w) > 2 and not set(w) <= set("IVX") else w for w in words]
    return " ".join(s if len(s) == len(w) else w for s, w in zip(small, words, strict=True))
