"""What a message asks of us: answers, and help with coming."""

from __future__ import annotations

from collections.abc import Sequence

from inbox_worker.model import Code, Doubt, Evidence
from inbox_worker.reading.grammar.said import Said


def needs_of(said: Sequence[tuple[str, Said]], addressed_to_us: bool = True) -> tuple[Doubt, ...]:
    """A flag for questions and one for assistance, each with the sentences that ask. ``said``: (part, sentence)."""
    questions: list[Evidence] = []
    assistance: list[Evidence] = []
    for part, sentence in said:
        if not sentence.words:
            continue
        text = sentence.sentence.text
        evidence_span = (sentence.sentence.start, sentence.sentence.end)
        if _is_question(sentence):
            questions.append(Evidence("question", part, *evidence_span, text[slice(*evidence_span)]))
        if sentence.has("assistance") and not _needs_nothing(sentence):
            assistance.append(Evidence("assistance", part, *evidence_span, text[slice(*evidence_span)]))
    found = []
    if questions:
        found.append(Doubt(Code.QUESTION, f"Asks: {_short(questions[0].text)}", tuple(questions[:5])))
    if assistance:
        found.append(Doubt(Code.ASSISTANCE, f"Asks for help: {_short(assistance[0].text)}", tuple(assistance[:5])))
    return tuple(found)


def _is_question(said: Said) -> bool:
    if said.sentence.is_question:
        return not _to_somebody_else(said) and (len(said.words) > 2 or said.has("question"))
    return said.has("want_answer")


def _to_somebody_else(said: Said) -> bool:
    """Whether a question calls somebody else by name ("Carlos, in copy: ..."), or is a mere request for seats."""
    marks = said.sentence.tokens
    named = bool(said.names) and said.names[0].start == 0 and any(t.raw in ",:" for t in marks[1:8])
    called = (
        len(marks) > 2 and marks[0].is_capital and marks[1].raw == "," and marks[0].norm not in said.lexicon.vocabulary
    )
    return named or called or (said.has("request") and not said.has("question_word", "want_answer"))


def _needs_nothing(said: Said) -> bool:
    """Whether the sentence says that the help is not needed."""
    negated = [h.start for h in said.hits if h.kind == "negation"]
    wanted = [h.start for h in said.hits if h.kind == "assistance"]
    return any(abs(n - w) <= 4 for n in negated for w in wanted) and not said.has("want_answer", "request")


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= 160 else words[:157] + "..."
