"""What is attached to a message, as messages of their own that can be read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from inbox_worker.model import Address, Code, Doubt, Invitation, Message, Part, Role, Span, Zone
from inbox_worker.reading.folding import fold
from inbox_worker.reading.layout import layout_of, sender_name
from inbox_worker.reading.lexicon import Lexicon, lexicons
from inbox_worker.reading.organisations import index_of
from inbox_worker.reading.text import tokens
from inbox_worker.reading.whole.answers import as_answers, is_filled
from inbox_worker.reading.whole.crosses import for_event
from inbox_worker.reading.whole.forms import as_sentences
from inbox_worker.reading.whole.letters import letter
from inbox_worker.reading.whole.lists import as_rows
from inbox_worker.reading.whole.wording import wording_for

HEADER = ".HEADER"
CARDS = ("text/vcard", "text/x-vcard", "text/directory")
NO_LETTERS = (  # media types that say who somebody is, that something was signed, or how it looks
    *CARDS,
    "text/calendar",
    "application/ics",
    "application/pgp-signature",
    "application/pgp-keys",
    "application/pkcs7-signature",
    "application/x-pkcs7-signature",
    "application/x-pkcs7-certificates",
    "message/disposition-notification",
    "message/delivery-status",
    "text/css",
)
CERTIFICATE = re.compile(r"(?:daticert|daticertificazione)\.xml\Z|smime\.p7s\Z|signature\.asc\Z", re.IGNORECASE)
MOST_OF_ONE = 6_000  # characters of an attachment that are read; a letter has two thousand
MOST_BODIES = 12  # pieces of a message, between which pictures may stand
MOST_ATTACHED = 15  # attachments of a message that are read
MOST_READ = 12_000  # characters of all attachments of a message
LEAST_LETTERS = 8  # in a text that may say anything
SHARED = 0.6  # of the words of an attachment that are our own letter's


@dataclass(frozen=True)
class Attached:
    """Something attached that may hold the answer, as a message; ``parts`` are the sections it consists of."""

    message: Message
    parts: tuple[str, ...]
    name: str
    passed_on: bool = False  # a message of its own, with a sender of its own
    doubt: Doubt | None = None  # of what it says, if it says anything


def bare(message: Message) -> Message:
    """The message without what is attached to it."""
    kept = (Role.BODY, Role.ALTERNATIVE, Role.REPORT)
    beyond = {p.section for p in message.bodies[MOST_BODIES:]}
    return replace(message, parts=tuple(p for p in message.parts if p.role in kept and p.section not in beyond))


def in_pieces(message: Message) -> Doubt | None:
    """A doubt where a message consists of more pieces than are read."""
    rest = [p for p in message.bodies[MOST_BODIES:] if p.text.strip()]
    why = "The message consists of more pieces than are read; see whether the rest says something else."
    return Doubt(Code.UNREADABLE, why) if rest else None


def attached_to(message: Message, invitation: Invitation, spoken: Sequence[Lexicon]) -> Iterator[Attached]:
    """Each letter, list and message attached, in order. Our own mail sent back is none."""
    heads = [p for p in message.parts if p.role is Role.MESSAGE and p.section.endswith(HEADER)]
    inside: set[str] = set()
    for head in heads:
        if head.section in inside:
            continue
        root = head.section.removesuffix(HEADER)
        held = [p for p in message.parts if p.section.startswith((f"{root}.", head.section)) and p is not head]
        inside |= {p.section for p in held}
        found = _passed_on(message, head, held, invitation)
        if found is not None:
            yield found
    for part in message.parts:
        if part.section not in inside and is_letter(part) and not ours(part, invitation):
            yield _letter(message, part, spoken, invitation)


def is_letter(part: Part) -> bool:
    """Whether a part is an attachment with words that may be an answer."""
    if part.role is not Role.ATTACHMENT or part.media_type in NO_LETTERS or CERTIFICATE.search(part.filename or ""):
        return False
    return sum(c.isalnum() for c in part.text[:5_000]) >= LEAST_LETTERS


def within_reach(attached: Iterable[Attached]) -> tuple[list[Attached], Doubt | None]:
    """The attachments, cut to what is read of them, and a doubt where something is left out."""
    found: list[Attached] = []
    left, cut = MOST_READ, False
    for one in attached:
        if left <= 0 or len(found) >= MOST_ATTACHED:
            cut = True
            break
        bodies = tuple(p for p in one.message.parts if p.role is Role.BODY)
        length = sum(len(p.text) for p in bodies)
        most = min(MOST_OF_ONE, left)
        left -= min(length, most)
        if length > most:
            cut = True
            parts = tuple(_cut(p, most) if p in bodies else p for p in one.message.parts)
            one = replace(one, message=replace(one.message, parts=parts))  # noqa: PLW2901 - the same, shorter
        found.append(one)
    doubt = Doubt(Code.UNREADABLE, "More is attached than is read; see whether the rest says something else.")
    return found, doubt if cut else None


def _cut(part: Part, most: int) -> Part:
    """The part with its words beyond so many characters as nobody's."""
    spans = part.spans or (Span(0, len(part.text), Zone.NEW),)
    kept = [Span(s.start, min(s.end, most), s.zone) for s in spans if s.start < most]
    return replace(part, spans=(*kept, Span(min(most, len(part.text)), len(part.text), Zone.DISCLAIMER)))


def is_addressed(attached: Attached) -> bool:
    """Whether an attachment is written to somebody: it greets, or ends as letters do. A brochure does neither."""
    layouts = layout_of(attached.message, list(lexicons().values()))
    return any(layout.signature or layout.part.spans for layout in layouts)


def unread(message: Message, invitation: Invitation) -> Part | None:
    """The first attachment that could not be read wholly."""
    for part in message.parts:
        attached = part.role in (Role.ATTACHMENT, Role.MESSAGE)
        if (
            attached
            and part.problem
            and part.media_type not in NO_LETTERS
            and not CERTIFICATE.search(part.filename or "")
        ):
            return part
    return None


def cards_of_others(message: Message) -> Doubt | None:
    """A doubt where cards of others than the sender are attached: who is sent may stand in them alone."""
    cards = [p for p in message.parts if p.role is Role.ATTACHMENT and p.media_type in CARDS and p.text.strip()]
    sender = message.from_
    others = [p for p in cards if sender.address not in fold(p.text) and fold(sender.name) not in fold(p.text)]
    if not others:
        return None
    names = ", ".join(p.filename or p.section for p in others[:3])
    return Doubt(Code.PARTSTAT_UNCLEAR, f"Cards of others are attached ({names}): whether they come is not plain.")


def ours(part: Part, invitation: Invitation) -> bool:
    """Whether an attachment is our own invitation: it asks for answers to our address by our deadline, says the
    title in full, and nobody has filled it in."""
    words = fold(part.text[:20_000])
    title = fold(invitation.title)
    until = invitation.reply_by
    asks = invitation.mailbox.lower() in words and title in " ".join(words.split())
    return asks and str(until.year) in words and not is_filled(part.text)


def _letter(message: Message, part: Part, spoken: Sequence[Lexicon], invitation: Invitation) -> Attached:
    known = [*spoken, *(x for x in lexicons().values() if x not in spoken)]
    wording = wording_for(part.text)
    ours, doubt = for_event(part, invitation)
    answers, unclear = as_answers(ours, wording)
    rows = as_rows(as_sentences(answers, known, wording), wording)
    body = letter(rows, known, index_of(invitation.organisations))
    sender = message.from_
    if sender_name(replace(message, parts=()), (), list(spoken)) is not None:
        sender = Address("", sender.address)  # whoever sends a letter need not have signed it
    read = replace(message, parts=(body,), from_=sender)
    return Attached(read, (part.section,), part.filename or part.section, doubt=doubt or unclear)


def _passed_on(message: Message, head: Part, held: Sequence[Part], invitation: Invitation) -> Attached | None:
    """An attached message as a message; None where it is our own."""
    headers = {
        key.strip().lower(): value.strip()
        for key, colon, value in (line.partition(":") for line in reversed(head.text.splitlines()[:60]))
        if colon
    }
    sender = address_in(headers.get("from", ""))
    if sender.domain in invitation.own_domains and sender.address:
        return None
    bodies = [p for p in held if p.role is Role.MESSAGE and p.media_type.startswith("text/") and p.text.strip()]
    body = tuple(replace(p, role=Role.BODY) for p in bodies[:1])
    others = tuple(p for p in held if p not in bodies[:1])
    kept = tuple((k, v) for k, v in message.headers if k in ("authentication-results", "received", "in-reply-to"))
    inner = replace(
        message, from_=sender, subject=headers.get("subject", ""), headers=kept, parts=(*body, *others, _quiet(head))
    )
    return Attached(inner, (head.section, *(p.section for p in held)), head.filename or head.section, passed_on=True)


def _quiet(head: Part) -> Part:
    """A header as a part that is evidence and nothing else."""
    return replace(head, role=Role.REPORT)


def address_in(value: str) -> Address:
    """The first address in the value of a header; an empty one where there is none."""
    match = next((t for t in tokens(value[:1000]) if "@" in t.raw), None)
    if match is None:
        return Address(value[:200].strip(), "")
    name = value[: match.start].strip(" <[\"'(")
    return Address(name, match.raw.strip(".").lower())
