"""Titles before the names of people."""

from __future__ import annotations

from inbox_worker.reading.language import script_of
from inbox_worker.reading.lexicon import Lexicon
from inbox_worker.reading.text import Token

LOWER = frozenset(  # that are written with a small letter too
    """
    m mm mme mr mrs ms dr dra sr sra sres dona monsieur madame senor senora ingeniero ingeniera doctor doctora prof
    lic licenciado licenciada ing maitre me señor doutor doutora senhor senhora herr frau professor professeur herrn
    signor signora mevrouw meneer dott engenheiro engenheira colonel docteur soeur pere padre abogado abogada
    arquitecto dhr mevr mw drs sig avv suor frate don
    """.split()  # noqa: SIM905 - a list this long reads better so
)


def title_end(tokens: tuple[Token, ...], i: int, lexicon: Lexicon) -> int:
    """Where the titles that begin at ``i`` end, ``i`` if there are none."""
    titles, at = lexicon.lists["titles"], i
    while (
        at < len(tokens)
        and tokens[at].is_word
        and (tokens[at].is_capital or script_of(tokens[at].raw) != "latin" or tokens[at].norm in LOWER)
    ):
        two = f"{tokens[at].norm} {tokens[at + 2].norm}" if at + 2 < len(tokens) and tokens[at + 1].raw in ".-" else ""
        if two and two in titles:
            at += 3
        elif tokens[at].norm in titles:
            at += 1
        else:
            break
        while at < len(tokens) and (
            tokens[at].raw == "." or (tokens[at].raw == "(" and at + 1 < len(tokens) and tokens[at + 1].norm == "ret")
        ):
            at += 1 if tokens[at].raw == "." else _closing(tokens, at)
        if at > i and at + 1 < len(tokens) and tokens[at].raw == "-" and tokens[at - 1].raw == ".":
            at += 2  # "Dipl.-Ing."
            at += at < len(tokens) and tokens[at].raw == "."
    return at


def _closing(tokens: tuple[Token, ...], at: int) -> int:
    for skip in range(2, 6):
        if at + skip < len(tokens) and tokens[at + skip].raw == ")":
            return skip + 1
    return 1
