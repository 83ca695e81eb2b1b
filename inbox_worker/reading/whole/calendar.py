"""Calendar objects (RFC 5545) as lines that know where they stand, without a library: evidence needs the places."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

MAX_LINES = 5_000
MAX_VALUE = 5_000  # characters
PARAMETER = re.compile(r';([A-Za-z0-9-]{1,60})=("[^"]{0,1000}"|[^;:]{0,1000})')
NAME = re.compile(r"[A-Za-z0-9-]{1,60}")
TIME = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})(Z?))?\Z")
ESCAPED = re.compile(r"\\([\\;,nN])")


@dataclass(frozen=True)
class Line:
    """A content line (section 3.1), unfolded; ``text[start:end]`` of its part, folds included."""

    name: str  # upper case
    parameters: dict[str, str]  # names in upper case
    value: str
    start: int
    end: int

    @property
    def words(self) -> str:
        """The value as text (section 3.3.11)."""
        return ESCAPED.sub(lambda m: "\n" if m.group(1) in "nN" else m.group(1), self.value)


@dataclass
class Component:
    """A component such as VEVENT."""

    name: str
    lines: list[Line] = field(default_factory=list)

    def first(self, name: str) -> Line | None:
        """The first property of that name."""
        return next((line for line in self.lines if line.name == name), None)

    def all(self, name: str) -> list[Line]:
        """All properties of that name."""
        return [line for line in self.lines if line.name == name]


@dataclass
class Calendar:
    """A VCALENDAR: its own properties and its events."""

    method: str = ""  # upper case
    events: list[Component] = field(default_factory=list)


def parse_calendar(text: str) -> Calendar:
    """The first calendar of a text, however broken."""
    calendar, stack = Calendar(), []
    for line in _lines(text):
        if line.name == "BEGIN":
            stack.append(Component(line.value.strip().upper()))
            if stack[-1].name == "VEVENT" and len(calendar.events) < 50:
                calendar.events.append(stack[-1])
        elif line.name == "END":
            if stack:
                stack.pop()
        elif line.name == "METHOD" and len(stack) <= 1:
            calendar.method = calendar.method or line.value.strip().upper()
        elif stack:
            stack[-1].lines.append(line)
    return calendar


def _lines(text: str) -> list[Line]:
    found: list[Line] = []
    at, start, held = 0, 0, ""
    for piece in [*text.split("\n", MAX_LINES)[:MAX_LINES], ""]:
        if piece[:1] in (" ", "\t") and held:
            held += piece[1:].rstrip("\r")
        else:
            if (line := _line(held, start, at - 1)) is not None:
                found.append(line)
            held, start = piece.rstrip("\r"), at
        at += len(piece) + 1
    return found


def _line(held: str, start: int, end: int) -> Line | None:
    name = NAME.match(held)
    if name is None:
        return None
    at = name.end()
    parameters: dict[str, str] = {}
    while (found := PARAMETER.match(held, at)) is not None:
        parameters.setdefault(found.group(1).upper(), found.group(2).strip('"'))
        at = found.end()
    if held[at : at + 1] != ":":
        return None
    return Line(name.group().upper(), parameters, held[at + 1 : at + 1 + MAX_VALUE], start, end)


def moment(line: Line | None, zone: tzinfo) -> tuple[datetime, bool] | None:
    """When it is, in the zone of the event, and whether its own zone was known; None where it is no time."""
    match = TIME.match(line.value.strip()) if line is not None else None
    if line is None or match is None:
        return None
    year, month, day, hour, minute, second = (int(g or 0) for g in match.groups()[:6])
    try:
        naive = datetime(year, month, day, hour, minute, second)  # its zone is found below
    except ValueError:
        return None
    if match.group(7) == "Z":
        return naive.replace(tzinfo=timezone.utc).astimezone(zone), True
    name = line.parameters.get("TZID", "").strip()
    if not name:
        return naive.replace(tzinfo=zone), True
    try:
        return naive.replace(tzinfo=ZoneInfo(name)).astimezone(zone), True
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return naive.replace(tzinfo=zone), False  # "W. Europe Standard Time": a name that only Windows knows


def near(one: datetime, other: datetime, *, sure: bool) -> bool:
    """Whether two times are of one event: the same day, or within a day where a zone was not known."""
    return one.date() == other.date() or (not sure and abs(one - other) < timedelta(days=1))
