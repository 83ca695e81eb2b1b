"""A message as a person sees it: without characters that show nothing, and with look-alike letters as what they show.

Evidence found in such a message is put back into the words as they were sent.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, replace

from inbox_worker.model import (
    Claim,
    Code,
    Doubt,
    Evidence,
    Invitation,
    Message,
    Part,
    Reading,
    Role,
    Span,
    Zone,
)
from inbox_worker.reading.folding import fold
from inbox_worker.reading.keeping import Organisations, kept
from inbox_worker.reading.organisations import index_of

INVISIBLE = re.compile("[\u00ad\u034f\u115f\u1160\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
OVERRIDE = re.compile("[\u202d\u202e]")  # text between these is shown in another order than it is stored
HIDDEN_IN_NUMBER = re.compile("[0-9][\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]+[0-9]")
WORD = re.compile(r"[^\W\d_]{2,60}")
FOREIGN = re.compile("[\u0370-\u03ff\u0400-\u052f]")
LATIN = re.compile("[A-Za-z\u00c0-\u024f]")
_CYRILLIC = "аa еe оo рp сc уy хx іi јj ѕs һh ԁd ԛq ԝw АA ВB ЕE КK МM НH ОO РP СC ТT УY ХX ІI ЅS ЈJ ҮY"
_GREEK = "ΑA ΒB ΕE ΖZ ΗH ΙI ΚK ΜM ΝN ΟO ΡP ΤT ΥY ΧX οo νv ιi αa ρp υu κk"
LOOKS_LIKE = {ord(pair[0]): pair[1] for pair in f"{_CYRILLIC} {_GREEK}".split()}
MOST_WORDS = 20  # look-alike words that are shown


@dataclass(frozen=True)
class Seen:
    """A message as it is seen, and where its characters stood."""

    message: Message
    places: dict[str, tuple[int, ...]]  # section -> where each character stood, and the end
    original: Message
    doubts: tuple[Doubt, ...] = ()  # what makes the look deceive

    def put_back(self, reading: Reading) -> Reading:
        """A reading whose evidence is what was sent, with what the look deceives about where something is claimed."""
        claims = tuple(self._claim(claim) for claim in reading.claims)
        return replace(
            reading,
            claims=claims,
            needs=tuple(map(self._doubt, reading.needs)),
            doubts=(*map(self._doubt, reading.doubts), *(self.doubts if claims else ())),
            evidence=tuple(map(self._evidence, reading.evidence)),
        )

    def _claim(self, claim: Claim) -> Claim:
        doubts, evidence = tuple(map(self._doubt, claim.doubts)), tuple(map(self._evidence, claim.evidence))
        return replace(claim, doubts=doubts, evidence=evidence)

    def _doubt(self, doubt: Doubt) -> Doubt:
        return replace(doubt, evidence=tuple(map(self._evidence, doubt.evidence)))

    def _evidence(self, evidence: Evidence) -> Evidence:
        places = self.places.get(evidence.part)
        if places is None:
            part = self.original.part(evidence.part)
            return evidence if part is None else _as_sent(evidence, part.text)
        start = places[min(evidence.start, len(places) - 1)]
        end = places[min(evidence.end, len(places) - 1) - 1] + 1 if evidence.end > evidence.start else start
        text = self.original.text_of(evidence.part) or ""
        return replace(evidence, start=start, end=end, text=text[start:end])


def _as_sent(evidence: Evidence, text: str) -> Evidence:
    """Evidence in the words that were sent: where a form was read as sentences of the same length, its whole lines."""
    start, end = evidence.start, evidence.end
    if text[start:end] == evidence.text:
        return evidence
    start, end = text.rfind("\n", 0, start) + 1, text.find("\n", max(start, end - 1))
    end = len(text) if end < 0 else end
    return replace(evidence, start=start, end=end, text=text[start:end])


def as_seen(message: Message, invitation: Invitation) -> Seen:
    """The message without what nobody sees."""
    names = _words_of_names(invitation.organisations)
    parts, places, doubts = [], {}, []
    for part in message.parts:
        shown = part.role in (Role.BODY, Role.MESSAGE, Role.ATTACHMENT)
        odd = INVISIBLE.search(part.text) or (FOREIGN.search(part.text) and LATIN.search(part.text))
        if not odd:
            parts.append(part)
            continue
        if shown:
            doubts += _deceptions(part)
        cleaned, left = _cleaned(part, names)
        parts.append(cleaned)
        if cleaned is not part:
            places[part.section] = left
    changed = replace(message, parts=tuple(parts)) if places else message
    return Seen(changed, places, message, tuple(doubts))


@kept
def _words_of_names(organisations: Organisations) -> frozenset[str]:
    """Words of listed names; a name with letters of two alphabets stays as it is and matches none of them."""
    index = index_of(organisations)
    return frozenset(word for name, _ in index.names for word in name.split()).union(index.first)


def _cleaned(part: Part, names: frozenset[str]) -> tuple[Part, tuple[int, ...]]:
    text = part.text
    for match in reversed(list(WORD.finditer(text))):
        word = match.group()
        shown = _latin(word)
        if shown != word and fold(shown) not in names:
            text = text[: match.start()] + shown + text[match.end() :]
    gone = {match.start() for match in INVISIBLE.finditer(text)}
    if not gone and text == part.text:
        return part, ()
    kept = [i for i in range(len(text)) if i not in gone]
    cleaned = "".join(text[i] for i in kept)
    spans = tuple(Span(bisect_left(kept, s.start), bisect_left(kept, s.end), s.zone) for s in part.spans)
    return replace(part, text=cleaned, spans=spans), (*kept, len(text))


def _latin(word: str) -> str:
    """A word of Latin letters with look-alikes among them as what it shows; any other word as it is."""
    if not (LATIN.search(word) and FOREIGN.search(word)):
        return word
    shown = word.translate(LOOKS_LIKE)
    return word if FOREIGN.search(shown) else shown


def _deceptions(part: Part) -> list[Doubt]:
    """Doubts about words that look otherwise than they are."""
    found = []
    spans = [s for s in part.spans if s.zone is Zone.NEW] or ([Span(0, len(part.text), Zone.NEW)])
    for span in spans[:20]:
        turned = OVERRIDE.search(part.text, span.start, span.end)
        if turned is not None:
            start, end = _line(part.text, turned.start())
            evidence = (Evidence("unreadable", part.section, start, end, part.text[start:end]),)
            why = "Characters that turn the direction of writing make it look otherwise than it is stored."
            found.append(Doubt(Code.UNREADABLE, why, evidence))
            break
    split = next((m for s in spans[:20] for m in HIDDEN_IN_NUMBER.finditer(part.text, s.start, s.end)), None)
    if split is not None:
        number = Evidence("count-unclear", part.section, split.start(), split.end(), split.group())
        found.append(Doubt(Code.COUNT_UNCLEAR, "A number has characters inside that nobody sees.", (number,)))
    mixed = [m for s in spans[:20] for m in WORD.finditer(part.text, s.start, s.end) if _latin(m.group()) != m.group()]
    if mixed:
        words = tuple(
            Evidence("sender-unverified", part.section, m.start(), m.end(), m.group()) for m in mixed[:MOST_WORDS]
        )
        why = "Words are written with letters of two alphabets that look alike, as those do who pretend to be others."
        found.append(Doubt(Code.SENDER_UNVERIFIED, why, words))
    return found


def _line(text: str, at: int) -> tuple[int, int]:
    start, end = text.rfind("\n", 0, at) + 1, text.find("\n", at)
    return start, end if end >= 0 else len(text)
