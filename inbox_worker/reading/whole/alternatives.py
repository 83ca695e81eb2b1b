"""The forms in which a message says the same (RFC 2046, section 5.1.4), which may not say the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from inbox_worker.model import Code, Doubt, Evidence, Message, Part, Reading, Role, Zone
from inbox_worker.reading.whole.hints import new_words

FORMS = ("text/plain", "text/html", "application/xhtml+xml", "text/enriched")

MOST = 3  # other forms that are read; no program writes more

Read = Callable[[Message], Reading]


def disagreement(message: Message, reading: Reading, read: Read) -> Doubt | None:
    """A doubt where another form of the words, read alone, says something else."""
    body = next((p for p in message.parts if p.role is Role.BODY and p.text.strip()), None)
    if body is None:
        return None
    others = [p for p in message.parts if p.role is Role.ALTERNATIVE and p.media_type in FORMS and p.text.strip()]
    for part in others[:MOST]:
        if same_words(part, body):
            continue
        shown = replace(part, role=Role.BODY)
        rest = tuple(p for p in message.parts if p is not body and p is not part)
        other = read(replace(message, parts=(shown, *rest)))
        if _says(other) != _says(reading):
            evidence = (*_evidence(body), *_evidence(part))
            why = "The plain text and the HTML of the message say different things; see both."
            return Doubt(Code.PARTSTAT_UNCLEAR, why, evidence)
    return None


def same_words(one: Part, other: Part) -> bool:
    """Whether two forms have the same words, however they are laid out."""
    return _words(one) == _words(other)


def _words(part: Part) -> Counter[str]:
    return Counter(t.norm for t in new_words(part) if "@" not in t.raw and not t.raw.startswith(("http", "www")))


def _says(reading: Reading) -> frozenset[object]:
    return frozenset(
        (c.organisation or c.name, c.partstat, c.delegates, c.op, frozenset(p.name for p in c.people))
        for c in reading.claims
    )


def _evidence(part: Part) -> tuple[Evidence, ...]:
    span = next((s for s in part.spans if s.zone is Zone.NEW), None)
    start, end = (span.start, span.end) if span is not None else (0, len(part.text))
    end = min(end, start + 500)
    return (Evidence("partstat-unclear", part.section, start, end, part.text[start:end]),) if end > start else ()
