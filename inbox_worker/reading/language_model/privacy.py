"""E-mail addresses and phone numbers taken out of what is sent, and found again in what comes back."""

from __future__ import annotations

import re

ADDRESS, PHONE = "[e-mail address]", "[phone number]"
_ADDRESS = re.compile(r"[\w.+'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){0,8}")
_PHONE = re.compile(r"(?<![\w.+])(?:\+|\(0|\(\+)?\d(?:[ \u00a0()./-]{0,3}\d){6,16}(?!\w)")
_DATE = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}\Z|\d{1,2}[./-]\d{1,2}[ -]{1,3}\d{1,2}[./-]\d{1,2}\Z")
LOCAL = 7  # digits of a number that begins as one that is dialled
LONG = 9  # digits that no date or count has


def redacted(text: str) -> str:
    """A text with placeholders for e-mail addresses and phone numbers."""
    return _PHONE.sub(_phone, _ADDRESS.sub(ADDRESS, text))


def _phone(match: re.Match[str]) -> str:
    written = match.group()
    digits = sum(c.isdigit() for c in written)
    dialled = written[0] in "+(0" and digits >= LOCAL
    return PHONE if (dialled or digits >= LONG) and not _DATE.match(written) else written


def pattern_of(words: str) -> str:
    """A regular expression for words in which placeholders stand for what they hide."""
    pieces = re.split(f"({re.escape(ADDRESS)}|{re.escape(PHONE)})", words)
    hidden = {ADDRESS: f"(?:{_ADDRESS.pattern})", PHONE: f"(?:{_PHONE.pattern})"}
    return "".join(hidden.get(piece) or _spaced(piece) for piece in pieces)


def _spaced(words: str) -> str:
    spaced = r"\s+".join(re.escape(word) for word in words.split())
    before = r"\s+" if words[:1].isspace() and spaced else ""
    after = r"\s+" if words[-1:].isspace() else ""
    return f"{before}{spaced}{after}"
