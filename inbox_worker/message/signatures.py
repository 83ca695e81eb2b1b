"""Signatures and legal notices in what a person wrote. In doubt a line stays part of the text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from inbox_worker.message import limits
from inbox_worker.message.languages import Vocabulary
from inbox_worker.message.lines import Line
from inbox_worker.message.quotes import ADDRESS, RULE, STOP
from inbox_worker.model import Address, Zone

DELIMITER = re.compile(r"(?:--|\u2014|\u2013|__)\Z")
SENTENCE_END = re.compile(r"[.!?。！？؟…।:;)\]\"'”»]\Z|[:;]-?[)(]\Z")
CONTACT = re.compile(r"@|\||www\.|https?:|\+\s?\d|\d[\d \-./()]{5,}\d|\d")
REACHED = re.compile(r"www\.|https?:|\+\s?\d[\d \-./()]{5,}\d|(?<!\d)0\d[\d \-./()]{5,}\d|@")
NUMBERED = re.compile(r"(?:\d{1,3}\s?[.)\-\u2013:]|[-*\u2022\u00b7\u25cf\u25aa]\s)\s?\S")
HONORIFIC = re.compile(r"[A-Z][a-zé]{0,4}\.\s(?![\d+(])")
UNDERLINE = re.compile(r"[-_=*~]{3,}\Z")
POSTSCRIPT = re.compile(r"(?:p\.?\s?s|n\.?\s?b)\b|ps\s?[:.]", re.IGNORECASE)
COUNT = re.compile(r"\d{1,2}\s+[^\W\d_]+(?:\s+\S+)?\s*\Z")  # "2 persons", "3 of us"
CLOSING_PARTS = re.compile(r"[/|,،，]| - ")
LETTERS = re.compile(r"[^\W\d_]+")
NAME_END = re.compile(r"[,|(/\u2013\u2014]| - ")
EAST_ASIAN = re.compile("[\u3040-\u30ff\u4e00-\u9fff]")
LONGEST = 140  # characters of a signature's line
LONGEST_SENTENCE_FREE = 11  # words of a line that is no sentence, without any means of contact
MOST_LINES = 24  # of a signature
MOST_EAST_ASIAN = 30  # characters of a signature's line
LONGEST_CLOSING = 9  # words


@dataclass(frozen=True)
class Sender:
    """The words by which a sender's own name is known."""

    tokens: frozenset[str]
    domain: str

    @classmethod
    def of(cls, address: Address) -> Sender:
        """From the display name and the local part of the address."""
        local = address.address.partition("@")[0]
        return cls(frozenset(_tokens(f"{address.name} {re.sub(r'[._-]', ' ', local)}")), address.domain)

    def wrote(self, text: str) -> bool:
        """Whether a short line, up to a comma or bar, is nothing but the sender's name, a short form or initials."""
        tokens = _tokens(NAME_END.split(text, maxsplit=1)[0])
        return 0 < len(tokens) <= 6 and all(self._knows(t) for t in tokens)

    def _knows(self, token: str) -> bool:
        if token in self.tokens:
            return True
        return any(t.startswith(token) for t in self.tokens if len(token) in (1, 3, 4, 5))


def _tokens(text: str) -> list[str]:
    folded = text[:200].casefold()
    if folded.isascii():
        return LETTERS.findall(folded)
    plain = unicodedata.normalize("NFKD", folded)
    return LETTERS.findall("".join(c for c in plain if not unicodedata.combining(c)))


def mark_tails(lines: Sequence[Line], sender: Sender, words: Vocabulary) -> None:
    """Give the zones SIGNATURE and DISCLAIMER to lines of each stretch that is not quoted."""
    start = 0
    for i in range(len(lines) + 1):
        if i == len(lines) or lines[i].zone is Zone.QUOTED:
            stretch = [line for line in lines[start:i] if not line.is_blank]
            if stretch:
                _Stretch(lines[start:i], sender, words).mark()
            start = i + 1


class _Stretch:
    """New words between quotes: ``lines`` with empty ones kept, since they part paragraphs."""

    def __init__(self, lines: Sequence[Line], sender: Sender, words: Vocabulary) -> None:
        self.lines, self.sender, self.words = lines, sender, words
        filled = [i for i, line in enumerate(lines) if not line.is_blank]
        self.first, self.last = filled[0], filled[-1]
        self.begin = filled[-limits.MAX_TAIL] if len(filled) > limits.MAX_TAIL else filled[0]

    def mark(self) -> None:
        self._mark_banner()
        self._mark_disclaimers()
        i = self.begin
        while i <= self.last:
            if self._is_free(i) and self._begins_signature(i):
                i = self._mark_signature(i)
            else:
                i += 1
        self._mark_contact_block()
        self._mark_mobile()
        self._unmark_guarded()

    def _is_free(self, i: int) -> bool:
        return not self.lines[i].is_blank and self.lines[i].zone is None

    def _paragraph_end(self, i: int) -> int:
        while i <= self.last and not self.lines[i].is_blank:
            i += 1
        return i

    def _next(self, i: int) -> Line | None:
        return next((line for line in self.lines[i + 1 : i + 4] if not line.is_blank), None)

    def _before(self, i: int) -> Line | None:
        return next((line for line in reversed(self.lines[max(i - 4, 0) : i]) if not line.is_blank), None)

    def _mark_banner(self) -> None:
        """Warnings that a server puts above mail from outside."""
        end = self._paragraph_end(self.first)
        if self.lines[self.first].norm.lstrip("*!-_ ").startswith(self.words.banners):
            for line in self.lines[self.first : end]:
                line.zone = Zone.DISCLAIMER

    def _mark_disclaimers(self) -> None:
        """Paragraphs at the end that speak of confidentiality and the like: two such words, or one below a rule."""
        ruled, i = False, self.begin
        while i <= self.last:
            if self.lines[i].is_blank:
                i += 1
                continue
            if RULE.match(self.lines[i].seen) and self._is_legal(i + 1, self.last + 1, least=1):
                ruled = True
            end = self._paragraph_end(i)
            if (ruled or self._is_legal(i, end, least=2)) and i > self.first:
                self._give(i, end, Zone.DISCLAIMER)
            i = end

    def _is_legal(self, start: int, end: int, *, least: int) -> bool:
        text = " ".join(line.norm for line in self.lines[start:end])
        return len(set(self.words.legal.findall(text))) >= least

    def _give(self, start: int, end: int, zone: Zone) -> None:
        for line in self.lines[start:end]:
            if not line.is_blank and line.zone is None:
                line.zone = zone

    def _begins_signature(self, i: int) -> bool:
        line, following, before = self.lines[i], self._next(i), self._before(i)
        if DELIMITER.match(line.seen):
            return True
        if i == self.first and following is not None and not self.sender.wrote(following.seen):
            return False
        ended = following is None or following.zone is not None or bool(UNDERLINE.match(following.seen))
        fits = ended or (following is not None and self._fits(following))
        if self._is_closing(line):
            return fits
        words = len(line.seen.split())
        if line.seen.endswith((",", "،", "，")) and words <= LONGEST_CLOSING and following is not None:
            return self.sender.wrote(following.seen) and len(following.seen.split()) <= 6
        if not self.sender.wrote(line.seen) or NUMBERED.match(line.seen) or not self._fits(line):
            return False
        if before is None or before.seen.endswith((":", "：")):
            return False
        parted = self.lines[i - 1].is_blank or bool(STOP.search(before.seen)) or before.zone is not None
        alone = NAME_END.search(line.seen) is None
        finished = bool(SENTENCE_END.search(before.seen)) or before.zone is not None
        return fits and parted and (finished or (alone and len(before.seen.split()) > 3))

    def _is_closing(self, line: Line) -> bool:
        """A closing alone, or with a few words around it and no number: "Best regards and good health to you,"."""
        text = line.norm.strip(" ,.!،，。-–—*")
        known = self.words.words.closings
        if text in known:
            return True
        if len(text.split()) > LONGEST_CLOSING or any(c.isdigit() for c in text) or self.words.is_substantial(text):
            return False
        first, *rest = (part.strip() for part in CLOSING_PARTS.split(text))
        if first in known and all(not part or part in known or self.sender.wrote(part) for part in rest):
            return True
        start = text
        while " " in start:
            start = start.rpartition(" ")[0]
            if start in known and (" " in start or line.seen.endswith((",", "،"))):
                return not STOP.search(line.seen)
        return False

    def _belongs(self, paragraph: Sequence[Line]) -> bool:
        """Whether a later paragraph is still signature: each line fits, and it is no salutation."""
        salutes = len(paragraph) == 1 and paragraph[0].seen.endswith((",", "،", "，"))
        if salutes and not self._is_closing(paragraph[0]) and not self.sender.wrote(paragraph[0].seen):
            return False
        return all(line.zone or self._fits(line) for line in paragraph)

    def _fits(self, line: Line) -> bool:
        """Whether a line can be part of a signature: short, no sentence, no item of a list, nothing on coming."""
        text = line.seen
        if len(text) > LONGEST or text.endswith((":", "：", "?", "？", "؟")) or POSTSCRIPT.match(text):
            return False
        if UNDERLINE.match(text):
            return False
        if NUMBERED.match(text) and not REACHED.search(text):
            return False
        if self.words.is_substantial(line.norm) or COUNT.match(text):
            return False
        words = len(text.split())
        if EAST_ASIAN.search(text):
            return len(text) <= MOST_EAST_ASIAN or bool(REACHED.search(text))
        if STOP.search(text) and words >= 5 and "|" not in text and not REACHED.search(text):
            return False
        return words <= LONGEST_SENTENCE_FREE or bool(CONTACT.search(text))

    def _mark_signature(self, start: int) -> int:
        """Give the zone to a signature from its first line; returns where it ends. A paragraph belongs to it where
        each of its lines can; in the first one, lines count one by one."""
        self.lines[start].zone = Zone.SIGNATURE
        i, given = start + 1, 0
        while i <= self.last and given < MOST_LINES:
            if self.lines[i].is_blank or self.lines[i].zone is not None:
                i += 1
                continue
            end = self._paragraph_end(i)
            own = i == start + 1 or self._belongs(self.lines[i:end])
            if not own:
                return i
            for line in self.lines[i:end]:
                if line.zone is None and not self._fits(line):
                    return i
                line.zone = line.zone or Zone.SIGNATURE
                i, given = i + 1, given + 1
        return i

    def _mark_contact_block(self) -> None:
        """A last paragraph with a telephone number or site, after a finished sentence, is a signature without a
        closing; names with addresses of several people are a list."""
        end = self.last + 1
        while end > self.first and (self.lines[end - 1].is_blank or self.lines[end - 1].zone is Zone.DISCLAIMER):
            end -= 1
        start = end
        while start > self.begin and self._is_free(start - 1):
            start -= 1
        block = self.lines[start:end]
        before = self._before(start)
        if not block or before is None or not STOP.search(before.seen) or len(block) > MOST_LINES:
            return
        if any(not self._fits(x) or NUMBERED.match(x.seen) or HONORIFIC.match(x.seen) for x in block):
            return
        text = " ".join(line.seen for line in block)
        addresses = {a.rpartition("@")[2].lower().strip(".,;") for a in ADDRESS.findall(text)}
        if REACHED.search(text) and len(ADDRESS.findall(text)) <= 1 and addresses <= {self.sender.domain}:
            self._give(start, end, Zone.SIGNATURE)

    def _mark_mobile(self) -> None:
        """ "Sent from my iPhone" in any language, among the last lines."""
        filled = [line for line in self.lines if not line.is_blank]
        for line in filled[-5:]:
            text = line.norm.strip(" .*_-<>")
            if len(text) <= LONGEST and (text.startswith(self.words.mobile) or text.endswith(self.words.mobile)):
                line.zone = Zone.SIGNATURE

    def _unmark_guarded(self) -> None:
        """What HTML marks as a signature may hold words typed below it."""
        for line in self.lines:
            if line.zone is Zone.SIGNATURE and self.words.is_substantial(line.norm) and not self._is_closing(line):
                line.zone = None if len(line.seen.split()) > 3 else line.zone
