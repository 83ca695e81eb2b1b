"""Where in a message its new words stand, and where the signature below them begins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from inbox_worker.model import Address, Message, Part, Zone
from inbox_worker.reading.folding import fold
from inbox_worker.reading.lexicon import Lexicon
from inbox_worker.reading.people import inverted
from inbox_worker.reading.tail import foot_start
from inbox_worker.reading.text import MAX_CHARACTERS, Line, bullet_length, lines, tokens

SIGNATURE_LINES = 16  # a signature is not longer; what is longer is text after a "thanks" of its own
SIGNATURE = 3_000  # characters of a signature that are looked at
LONG_LINE = 110  # characters; no line of a signature
FEW_LINES, SHORT_LINE = 8, 60  # of a message that is only signed


@dataclass(frozen=True)
class Layout:
    """The stretches of one body part."""

    part: Part
    body: tuple[tuple[int, int], ...]  # the new words without greeting-like endings
    signature: tuple[tuple[int, int], ...]
    cut: bool  # whether the text was longer than is read

    @property
    def words(self) -> int:
        """Characters of new words."""
        return sum(end - start for start, end in self.body)


def layout_of(message: Message, lexicons: Sequence[Lexicon], spoken: Sequence[Lexicon] = ()) -> list[Layout]:
    """The layout of each body part that has words of the sender. ``spoken``: the languages it is written in."""
    found = []
    for part in message.bodies:
        spans = part.spans
        new = [(s.start, s.end) for s in spans if s.zone is Zone.NEW] if spans else [(0, len(part.text))]
        signature = [(s.start, min(s.end, s.start + SIGNATURE)) for s in spans if s.zone is Zone.SIGNATURE][:4]
        cut = sum(e - s for s, e in new) > MAX_CHARACTERS
        new = _capped(new)
        body: list[tuple[int, int]] = []
        for i, (start, end) in enumerate(new):
            if i == len(new) - 1 or _rest_is_short(new[i + 1 :]):
                at = signature_start(part.text, start, end, lexicons, message.from_)
                at = at if at < end else foot_start(part.text, start, end, spoken or lexicons)
                if at < end:
                    body.append((start, at))
                    tail = _postscript(part.text, at, end)
                    signature.append((at, tail))
                    if tail < end:
                        body.append((tail, end))
                    continue
            body.append((start, end))
        body = [(s, e) for s, e in body if part.text[s:e].strip()]
        found.append(Layout(part, tuple(body), tuple(sorted(signature)), cut))
    return found


def _capped(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    left, kept = MAX_CHARACTERS, []
    for start, end in spans:
        if left <= 0:
            break
        kept.append((start, min(end, start + left)))
        left -= end - start
    return kept


def _rest_is_short(spans: Sequence[tuple[int, int]]) -> bool:
    return sum(e - s for s, e in spans) < 3


def _postscript(text: str, start: int, end: int) -> int:
    """Where a postscript below the signature begins, ``end`` if there is none."""
    for line in lines(text, start, end):
        words = fold(text[line.start : min(line.end, line.start + 6)].replace(".", ""))
        if words.startswith(("ps:", "ps ", "p s ", "pd:", "ps-", "nb:", "nb ")):
            return line.start
    return end


def signature_start(text: str, start: int, end: int, lexicons: Sequence[Lexicon], sender: Address) -> int:
    """Where the closing formula or the sender's name begins at the foot of a text, ``end`` if neither is there."""
    found = [line for line in lines(text, start, end) if line.end > line.start]
    closings = [c for lexicon in lexicons for c in (lexicon.lists["closings"],)]
    own = _name_words(sender)
    first = max(0, len(found) - SIGNATURE_LINES)
    for i in range(first, len(found)):
        line = found[i]
        if text[line.start : line.end] == "--" or text[line.start : line.start + 3] in {"___", "---", "==="}:
            if all(f.end - f.start < 400 for f in found[i:]) and i:
                return line.start
            continue
        if line.end - line.start > LONG_LINE:
            continue
        norm = " ".join(t.norm for t in tokens(text, line.start, line.end) if t.is_word)
        if not norm or not _short_after(found, i):
            continue
        rest = _after_closing(norm, closings)
        if rest is not None and (i or (rest == 0 and _only_signed(found, norm, lexicons))):
            return line.start
        apart = (
            i
            and text[found[i - 1].end - 1] not in ":："
            and (text[found[i - 1].end : line.start].count("\n") > 1 or i == len(found) - 1)
            and line.indent == 0
        )
        if apart and own and _is_name_line(norm, own) and not bullet_length(text, line.start, line.end):
            return line.start
    return end


def _only_signed(found: Sequence[Line], first: str, lexicons: Sequence[Lexicon]) -> bool:
    """Whether a text that begins with a closing is nothing but a signature: "Greetings," opens letters as well."""
    greets = any(first in lexicon.lists["greetings"] for lexicon in lexicons)
    return not greets and 1 < len(found) <= FEW_LINES and all(f.end - f.start <= SHORT_LINE for f in found[1:])


def _short_after(found: Sequence[Line], i: int) -> bool:
    return (
        all(line.end - line.start <= LONG_LINE * 2 for line in found[i + 1 :])
        and sum(1 for line in found[i + 1 :] if line.end - line.start > LONG_LINE) <= 1
    )


def _after_closing(norm: str, closings: Sequence[frozenset[str]]) -> int | None:
    """How many words follow the closing formula that a line consists of; None if it is no such line."""
    words = norm.split()
    for length in range(min(len(words), 7), 0, -1):
        if any(" ".join(words[:length]) in group for group in closings):
            rest = len(words) - length
            return rest if rest <= (0 if length == 1 else 4) or (length == 1 and rest <= 2) else None
    return None


def _name_words(sender: Address) -> frozenset[str]:
    words = {t.norm for t in tokens(sender.name) if t.is_word and len(t.norm) > 1}
    words |= {
        t.norm
        for t in tokens(sender.address.partition("@")[0].replace(".", " ").replace("_", " "))
        if t.is_word and len(t.norm) > 2
    }
    return frozenset(words)


def _is_name_line(norm: str, own: frozenset[str]) -> bool:
    words = [w for w in norm.split() if len(w) > 1]
    return 0 < len(words) <= 5 and words[0] in own and sum(w in own for w in words) * 2 >= len(words)


def sender_name(
    message: Message, layouts: Sequence[Layout], lexicons: Sequence[Lexicon]
) -> tuple[str, str, int, int] | None:
    """The full name of the person who writes: name, part, start, end.

    The signature is believed before the display name, for it has the name as the person writes it, unless it has
    initials where that has names; a display name of an office is no person.
    """
    from inbox_worker.reading.people import names_in

    display = inverted(message.from_.name)
    own = _name_words(message.from_)
    candidates: list[tuple[int, str, str, int, int]] = []
    for layout in layouts:
        spans = layout.signature or layout.body[-1:]
        for start, end in spans:
            for n, line in enumerate(
                [x for x in lines(layout.part.text, start, end) if x.end > x.start][-SIGNATURE_LINES:]
            ):
                if line.end - line.start > LONG_LINE:
                    continue
                found = tokens(layout.part.text, line.start, line.end)
                for lexicon in lexicons:
                    for name in names_in(found, layout.part.text, lexicon):
                        words = [t.norm for t in found[name.core : name.end] if t.is_word]
                        shared = sum(w in own for w in words)
                        if len(words) < 2 or (name.start > 2 and not shared) or name.place:
                            continue
                        score = shared * 10 + len(words) - n
                        if shared or (layout.signature and n <= 2):
                            candidates.append(
                                (score, name.name, layout.part.section, found[name.core].start, found[name.end - 1].end)
                            )
                    if candidates:
                        break
    shown = _display_person(display, lexicons)
    if candidates:
        best = max(candidates, key=lambda c: c[0])
        if not shown or (best[0] >= 10 and not spells_out(shown, best[1])):
            return best[1], best[2], best[3], best[4]
    if shown:
        header = message.header("from") or ""
        at = header.find(message.from_.name)
        if at >= 0:
            return shown, "from", at, at + len(message.from_.name)
        return shown, "from", 0, 0
    return None


def spells_out(full: str, short: str) -> bool:
    """Whether one name has in full what another has as initials, and all of its other words: "Jean-Marie Kasongo" for
    "J.-M. Kasongo" and "JM Kasongo"."""
    left = [t.norm for t in tokens(full) if t.is_word]
    initials: list[str] = []
    for word in (t for t in tokens(short) if t.is_word):
        together = len(word.raw) == len("JM") and word.raw.isupper()
        if len(word.norm) > 1 and not (together and word.norm not in left):
            if word.norm not in left:
                return False
            left.remove(word.norm)
        else:
            initials += word.norm
    if not initials or len(initials) > len(left):
        return False
    return all(word.startswith(initial) and len(word) > 1 for word, initial in zip(left, initials, strict=False))


def _display_person(display: str, lexicons: Sequence[Lexicon]) -> str:
    """A display name where it is a person's, else ""."""
    words = [t for t in tokens(display) if t.is_word]
    if not 2 <= len(words) <= 6 or "@" in display:
        return ""
    if any(w.raw[0].islower() for w in words[:1]):
        return ""
    for lexicon in lexicons:
        bad = lexicon.lists["not_names"] | lexicon.lists["functions"]
        if any(w.norm in bad for w in words):
            return ""
    while words and lexicons and words[0].norm in lexicons[0].lists["titles"] and len(words) > 2:
        words = words[1:]
    return display[words[0].start : words[-1].end]
