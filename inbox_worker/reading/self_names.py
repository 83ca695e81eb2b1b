"""What a message calls the organisation that it comes from, in its own words."""

from __future__ import annotations

from collections.abc import Sequence

from inbox_worker.model import Message
from inbox_worker.reading.layout import Layout
from inbox_worker.reading.lexicon import Lexicon
from inbox_worker.reading.text import Sentence, Token, lines, tokens

_NOUNS = frozenset(
    """
    association organization organisation foundation fund trust institute institut university universite
    universidad network reseau red campaign campagne campana initiative initiativa iniciativa centre center
    centro committee comite council conseil consejo commission comision agency agence agencia federation
    federacion federação society societe sociedad union alliance alianza coalition coalicion league ligue liga
    group groupe grupo mission ministry ministere ministerio fondation fundacion fundacao associacao
    associazione asociacion ong ngo e.v verein stiftung stichting bund verband zentrum gesellschaft kommission
    action aid relief international service services corporation corporacion movement mouvement movimiento
    collective collectif colectivo program programme church eglise iglesia office bureau ассоциация фонд
    организация центр комитет союз общество институт движение جمعية منظمة مؤسسة اتحاد مركز شبكة هيئة
    """.split()  # noqa: SIM905 - a list this long reads better so
)


def names_written(
    message: Message,
    layouts: Sequence[Layout],
    lexicons: Sequence[Lexicon],
    answers: Sequence[Sentence],
    *,
    nouns: bool = True,
) -> list[tuple[str, str, int, int]]:
    """What the message calls an organisation in its own words: (name, part, start, end), the likeliest first."""
    found: list[tuple[int, str, str, int, int]] = []
    small = (
        frozenset().union(*(x.lists["stopwords"] | x.lists["particles"] for x in lexicons)) if lexicons else frozenset()
    )
    spans = [(s.start, s.end) for s in answers]
    for layout in layouts:
        text = layout.part.text
        for rank, regions in ((0, layout.body), (1, layout.signature)):
            for start, end in regions:
                for line in lines(text, start, end):
                    for a, b in _capital_runs(tokens(text, line.start, line.end), small, nouns):
                        inside = any(s <= a < e for s, e in spans)
                        found.append((0 if inside else 2 - rank, text[a:b], layout.part.section, a, b))
    display = message.from_.name
    if any(t.norm in _NOUNS for t in tokens(display)):
        header = message.header("from") or ""
        at = header.find(display)
        if at >= 0:
            found.append((2, display, "from", at, at + len(display)))
    found.sort(key=lambda f: f[0])
    return [f[1:] for f in found]


def _capital_runs(found: Sequence[Token], small: frozenset[str], nouns: bool) -> list[tuple[int, int]]:
    """Runs of capitalised words that hold a noun organisations are called by, with an acronym in brackets after it."""
    runs = []
    i = 0
    while i < len(found):
        if not (found[i].is_word and found[i].is_capital) or found[i].norm in small:
            i += 1
            continue
        last = at = i
        noun = not nouns
        while at < len(found) and at - i < 24:
            token = found[at]
            if token.is_word and token.is_capital and not (token.norm in small and at == i):
                noun = noun or token.norm in _NOUNS
                last = at
            elif not (token.is_word and token.norm in small) and token.raw not in {"-", "'", "’", "&", "–"}:
                break
            at += 1
        end = last + 1
        if noun and last > i:
            if (
                end + 2 < len(found)
                and found[end].raw == "("
                and found[end + 2].raw == ")"
                and found[end + 1].raw.isupper()
            ):
                end += 3
            runs.append((found[i].start, found[end - 1].end))
        i = max(end, i + 1)
    return runs
