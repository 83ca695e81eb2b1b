"""Whether a message speaks of our event, and to us."""

from __future__ import annotations

import re
from functools import cache

from inbox_worker.model import Code, Doubt, Evidence, Invitation, Message, Op, Part, Reading, Role, Zone
from inbox_worker.reading.folding import fold
from inbox_worker.reading.kind import addressed_to
from inbox_worker.reading.lexicon import lexicons
from inbox_worker.reading.text import tokens
from inbox_worker.reading.whole.hints import HINTING, new_words, spoken_in

# People who try to command a reader of mail say so. What they say is only text; that they try is worth a look.
COMMANDS = re.compile(
    r"\b(?:ignor\w{0,6}|disregard|forget|override|vergiss|oubliez|olvida\w{0,3}|игнорируй\w{0,2}|забудь\w{0,2})\b"
    r"[^.\n]{0,40}\b(?:instruc\w{0,8}|rules?|prompts?|anweisung\w{0,3}|regeln|règles|reglas|regole|istruzion\w|"
    r"инструкци\w{0,3}|правил\w{0,2})\b"
    r"|\b(?:AI|A\.I\.|artificial intelligence|language model|LLM|chatbot)\b[^.\n]{0,30}"
    r"\b(?:assistant|agent|system|model|process\w{0,4}|read\w{0,4})"
    r"|\bsystem prompt\b|^\s{0,5}(?:assistant|system)\s{0,3}:",
    re.IGNORECASE | re.MULTILINE,
)
LONG = 4  # letters of a word of the title that says something
SHARED = 2  # words of the title in a text that is about the event
MATTERS = """
    internship vacancy traineeship stagiaire candidature bewerbung praktikum pasantía pasante
    estágio candidatura tirocinio vacature sollicitatie стажировка вакансия
"""
LINKS = frozenset({"delegation", "lead_list"})
OF_MEETINGS = frozenset(
    """
    conference conferencia conferenza conferencia konferenz konferentie konferanse konferens конференция conférence
    encounter rencontre encuentro encontro incontro begegnung ontmoeting встреча
    meeting reunion reunião reunion riunione sitzung tagung treffen vergadering event evenement evento veranstaltung
    invitation invitacion convite invito einladung uitnodiging приглашение invited invite invites registration
    registro inscription inscripcion inscricao iscrizione anmeldung aanmelding delegation delegacion delegacao
    delegazione delegates delegues delegados participants participation participacion participacao partecipazione
    teilnahme deelname участие делегация attend attending attendance assister asistir participer participar
    partecipare teilnehmen 会议 邀请 参加 المؤتمر الدعوه مشاركه مؤتمر دعوه حضور الحضور المشاركه
    """.split()  # noqa: SIM905 - a list this long reads better so
)


def speaks_to_machines(message: Message) -> Doubt | None:
    """A doubt where the words address a program that reads mail."""
    for part in message.parts:
        if part.role not in (Role.BODY, Role.ATTACHMENT, Role.MESSAGE):
            continue
        for start, end in _new(part):
            found = COMMANDS.search(part.text, start, min(end, start + 50_000))
            if found is not None:
                evidence = (Evidence("sender-unverified", part.section, found.start(), found.end(), found.group()),)
                why = "It speaks to programs that read mail, and not to you; see what of it the sender means."
                return Doubt(Code.SENDER_UNVERIFIED, why, evidence)
    return None


def _new(part: Part) -> list[tuple[int, int]]:
    return [(s.start, s.end) for s in part.spans if s.zone is Zone.NEW] if part.spans else [(0, len(part.text))]


def is_about(message: Message, invitation: Invitation) -> bool:
    """Whether a text speaks of our event: two words of its title, its day, or our address."""
    title = words_of(f"{invitation.title} {invitation.subtitle}")
    months = _months()
    for part in message.bodies:
        words = [t.norm for t in tokens(part.text[:20_000]) if t.is_word]
        dated = any(w == str(invitation.starts.day) and set(words[max(0, i - 2) : i + 3]) & months
                    for i, w in enumerate(words))  # fmt: skip
        if len(title & set(words)) >= SHARED or dated or invitation.mailbox.lower() in part.text.lower():
            return True
    return False


def of_another_matter(message: Message) -> bool:
    """Whether the subject says that somebody applies for work, and does not answer a message of ours."""
    words = {t.norm for t in tokens(message.subject[:500]) if t.is_word}
    return bool(words & _MATTERS) and not message.header("in-reply-to")


def of_strangers(message: Message, reading: Reading, invitation: Invitation) -> bool:
    """Whether all that is answered is answered by nobody on the list, and nothing ties the message to our event: the
    office party, the committee of a band. Ties are our address, as one it was sent to or in its words, words of the
    title or the venue, the day of the event, and words for meetings and invitations, anywhere in the message, quotes
    included."""
    if addressed_to(message, invitation.mailbox):
        return False
    if not reading.claims or any(claim.organisation is not None for claim in reading.claims):
        return False
    if any(d.code is Code.ORGANISATION_UNCLEAR for claim in reading.claims for d in claim.doubts):
        return False  # one of several that are listed
    if any(p.role in (Role.CALENDAR, Role.ATTACHMENT, Role.MESSAGE) for p in message.parts):
        return False
    ours = words_of(f"{invitation.title} {invitation.subtitle} {invitation.venue}")
    own = (invitation.mailbox.lower(), *(f"@{d}" for d in invitation.own_domains))
    texts = [message.subject[:500], *(p.text[:20_000] for p in message.bodies)]
    if any(o in text.lower() for o in own for text in texts):
        return False
    words = [t.norm for text in texts for t in tokens(text) if t.is_word]
    months = _months()
    dated = any(
        w.rstrip("stndrh.") == str(invitation.starts.day) and set(words[max(0, i - 2) : i + 3]) & months
        for i, w in enumerate(words)
    )
    return not (dated or set(words) & (ours | _MEETINGS))


def about_nothing_of_ours(message: Message, reading: Reading, invitation: Invitation) -> Doubt | None:
    """A doubt where neither the headers, the subject nor any words have to do with an event or with ours."""
    if message.header("in-reply-to") or message.header("references"):
        return None
    if any(claim.revises or claim.op is not Op.SET for claim in reading.claims):
        return None  # it refers to an earlier message
    if any(p.role in (Role.CALENDAR, Role.ATTACHMENT, Role.MESSAGE) for p in message.parts):
        return None
    ours = words_of(f"{invitation.title} {invitation.subtitle} {invitation.venue}")
    day = str(invitation.starts.day)
    seen = [t.norm for t in tokens(message.subject[:500]) if t.is_word]
    shown = [line for p in message.bodies for line in p.text[:20_000].split("\n")]
    own = (invitation.mailbox.lower(), *(f"@{d}" for d in invitation.own_domains))  # our name stands in any quote
    seen += [t.norm for line in shown if not any(o in line.lower() for o in own) for t in tokens(line) if t.is_word]
    words = set(seen)
    if (
        words & ours
        or words & _MEETINGS
        or day in words
        or any(w.startswith(day) and w[len(day) :].isalpha() for w in words)
    ):
        return None
    body = [t.norm for p in message.bodies for t in new_words(p, HINTING)]
    if any(hit.kind in LINKS for lexicon in spoken_in(message) for hit in lexicon.phrases.find(body)):
        return None
    months = _months()
    if words & months and len(words) < 40:
        return None
    return Doubt(Code.PARTSTAT_UNCLEAR, "Nothing in the message speaks of the event, or of any.")


def of_meetings() -> frozenset[str]:
    """Words for meetings and for being invited to them, folded."""
    return _MEETINGS


_MATTERS = frozenset(fold(word) for word in MATTERS.split())
_MEETINGS = frozenset(fold(word) for word in OF_MEETINGS)


@cache
def _months() -> frozenset[str]:
    """The names of months in all languages."""
    return frozenset(m for lexicon in lexicons().values() for m in lexicon.lists["months"])


def words_of(text: str) -> frozenset[str]:
    """The words of a text that say what it is about, folded: long ones, without those that hold sentences together."""
    small = frozenset().union(*(x.lists["stopwords"] for x in lexicons().values()))
    return frozenset(t.norm for t in tokens(text) if t.is_word and len(t.norm) >= LONG and t.norm not in small)
