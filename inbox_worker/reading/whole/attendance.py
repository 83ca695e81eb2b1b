"""What a calendar says of somebody's attendance (iTIP, RFC 5546, in mail by RFC 6047)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timezone

from rapidfuzz import fuzz

from inbox_worker.model import Code, Doubt, Evidence, Invitation, Message, Part, Partstat, Role
from inbox_worker.reading.folding import fold
from inbox_worker.reading.text import tokens
from inbox_worker.reading.whole.calendar import Calendar, Component, Line, moment, near, parse_calendar

CALENDARS = ("text/calendar", "application/ics")
ALIKE = 85  # rapidfuzz token_set_ratio of a summary and the event's title
LEAST_WORDS = 2  # words that a summary shares with the title
STATES = {"ACCEPTED": Partstat.ACCEPTED, "DECLINED": Partstat.DECLINED, "TENTATIVE": Partstat.TENTATIVE}


@dataclass(frozen=True)
class Attendance:
    """A calendar that is about our event. ``partstat`` is None where it answers nothing; ``doubt`` says what to ask."""

    part: str
    method: str
    partstat: Partstat | None = None
    name: str = ""
    address: str = ""
    comment: str = ""
    evidence: tuple[Evidence, ...] = ()
    doubt: Doubt | None = None
    summary: str = ""
    guests: int = 0  # whom the attendee brings, by X-NUM-GUESTS


def attendance_of(message: Message, invitation: Invitation) -> Attendance | None:
    """What the calendars of a message say of our event; None where they are about another or there are none."""
    found = None
    for part in message.parts:
        named = (part.filename or "").lower().endswith(".ics")
        if part.role is Role.CALENDAR or (part.role is Role.MESSAGE and part.media_type in CALENDARS) or named:
            calendar = parse_calendar(part.text)
            method = calendar.method or dict(part.parameters).get("method", "").upper()
            said = _about(part, calendar, method, invitation)
            if said is not None and (found is None or found.partstat is None):
                found = said
    return found


def is_reply(message: Message) -> bool:
    """Whether a part is a calendar that answers, of whatever event."""
    for part in message.parts:
        if part.role is Role.CALENDAR or part.media_type in CALENDARS:
            method = parse_calendar(part.text).method or dict(part.parameters).get("method", "").upper()
            if method in ("REPLY", "COUNTER"):
                return True
    return False


def _about(part: Part, calendar: Calendar, method: str, invitation: Invitation) -> Attendance | None:
    for event in calendar.events:
        same_title, same_day = _title_alike(event, invitation), _same_day(event, invitation, method)
        ours = _organised_by_us(event, invitation)
        if not (same_title or ours):
            continue  # the same day alone is a coincidence
        if method not in ("REPLY", "COUNTER"):
            return _not_an_answer(part, event, method) if same_day else None
        said = _answer(part, event, method)
        if said is None:
            continue
        if (why := _strange(event, method, same_day=same_day)) is not None:
            evidence = _evidence(part, "partstat-unclear", event.first("RECURRENCE-ID") or event.first("DTSTART"))
            return _with(said, Doubt(Code.PARTSTAT_UNCLEAR, why, evidence))
        return said
    return None


def _strange(event: Component, method: str, *, same_day: bool) -> str | None:
    """Why a calendar answer is not plainly one about our event."""
    if event.first("RECURRENCE-ID") is not None:
        return "The calendar answer is about one occurrence of a series, which the event is not."
    if method == "COUNTER":
        return "The calendar answer proposes another time; what they mean for the time that is set has to be asked."
    if not same_day:
        return "The calendar answer is about another day than the event's."
    return None


def _not_an_answer(part: Part, event: Component, method: str) -> Attendance:
    evidence = _evidence(part, "partstat-unclear", event.first("SUMMARY") or event.first("DTSTART"))
    what = "cancels the event" if method == "CANCEL" else "is an invitation to the event, and no answer to one"
    doubt = Doubt(Code.PARTSTAT_UNCLEAR, f"The calendar entry {what}.", evidence)
    return Attendance(part.section, method, doubt=doubt)


def _answer(part: Part, event: Component, method: str) -> Attendance | None:
    attendees = event.all("ATTENDEE")
    answering = [a for a in attendees if a.parameters.get("PARTSTAT", "").upper() not in ("", "NEEDS-ACTION")]
    if not answering:
        return None
    attendee = answering[0]
    state = attendee.parameters["PARTSTAT"].upper()
    comment = event.first("COMMENT")
    words = attendee.parameters.get("X-RESPONSE-COMMENT", "") or (comment.words if comment is not None else "")
    summary = event.first("SUMMARY")
    guests = attendee.parameters.get("X-NUM-GUESTS", "").strip()
    said = Attendance(
        part.section,
        method,
        STATES.get(state, Partstat.TENTATIVE),
        attendee.parameters.get("CN", "").strip(),
        _address(attendee.value),
        words.strip(),
        _evidence(part, "partstat", attendee),
        summary=summary.words.strip() if summary is not None else "",
        guests=int(guests) if guests.isascii() and guests.isdigit() and len(guests) < 3 else 0,
    )
    if state not in STATES or len(answering) > 1:
        why = (
            f"The calendar answer says {state.lower()}: somebody else may come."
            if state not in STATES
            else "The calendar answer is of more than one person."
        )
        return _with(said, Doubt(Code.PARTSTAT_UNCLEAR, why, _evidence(part, "partstat-unclear", attendee)))
    return said


def _with(said: Attendance, doubt: Doubt) -> Attendance:
    return replace(said, doubt=doubt)


def _evidence(part: Part, field: str, line: Line | None) -> tuple[Evidence, ...]:
    if line is None or line.end <= line.start:
        return ()
    return (Evidence(field, part.section, line.start, line.end, part.text[line.start : line.end]),)


def _address(value: str) -> str:
    return value.strip().removeprefix("mailto:").removeprefix("MAILTO:").removeprefix("Mailto:").strip().lower()


def _title_alike(event: Component, invitation: Invitation) -> bool:
    summary = event.first("SUMMARY")
    words = _folded(summary.words.rpartition(": ")[2]) if summary is not None else []
    title = _folded(f"{invitation.title} {invitation.subtitle}")
    shared = {w for w in words if w in title and len(w) > 3}
    return len(shared) >= LEAST_WORDS and fuzz.token_set_ratio(" ".join(words), " ".join(title)) >= ALIKE


def _folded(text: str) -> list[str]:
    return [fold(t.raw) for t in tokens(text[:500]) if t.is_word]


def _organised_by_us(event: Component, invitation: Invitation) -> bool:
    organiser, uid = event.first("ORGANIZER"), event.first("UID")
    address = _address(organiser.value) if organiser is not None else ""
    known = address == invitation.mailbox.lower() or address.rpartition("@")[2] in invitation.own_domains
    return known or (uid is not None and uid.value.strip().lower().rpartition("@")[2] in invitation.own_domains)


def _same_day(event: Component, invitation: Invitation, method: str) -> bool:
    names = ("X-MS-OLK-ORIGINALSTART", "DTSTART") if method == "COUNTER" else ("DTSTART",)
    zone = invitation.starts.tzinfo or timezone.utc
    for name in names:
        found = moment(event.first(name), zone)
        if found is not None:
            return near(found[0], invitation.starts.astimezone(zone), sure=found[1])
    return False
