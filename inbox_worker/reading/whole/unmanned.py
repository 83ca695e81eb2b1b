"""Mailboxes that nobody reads any more, and those that want a proof first that the sender is a human being: they say
so by themselves, often without any header that tells."""

from __future__ import annotations

import re

from inbox_worker.model import Evidence, Kind, Message, Partstat, Reading, Zone

UNREAD = re.compile(
    r"\b(?:no ?one|nobody) (?:reads|monitors|checks) this (?:mailbox|inbox|e-?mail|address|account)"
    r"|\bthis (?:mailbox|inbox|e-?mail address|address|account) is (?:no longer|not)"
    r" (?:monitored|in use|read|active|used)"
    r"|\bto (?:get|have) your (?:message|e-?mail)[^.\n]{0,60}\n?[^.\n]{0,40}\b(?:delivered|released)"
    r"|\b(?:confirm|prove|show|shows) that (?:you are|there is) a (?:human|real person|person)"
    r"|\bpersonne ne (?:lit|consulte|relève) (?:plus )?cette (?:boîte|adresse|messagerie)"
    r"|\bcette (?:adresse|boîte|messagerie)[^.\n]{0,30} n['’]est plus (?:utilisée|consultée|active|relevée)"
    r"|\bnadie (?:lee|revisa|atiende) (?:ya )?est[ea] (?:buzón|correo|cuenta|casilla|dirección)"
    r"|\best[ea] (?:buzón|correo|cuenta|casilla|dirección)[^.\n]{0,30}"
    r" ya no (?:se (?:lee|revisa|usa|atiende)|está activ[ao])"
    r"|\bninguém lê est[ea] (?:caixa|correio|endereço|conta)"
    r"|\best[ea] (?:caixa|endereço|conta)[^.\n]{0,30} (?:já )?não (?:é|está)"
    r" (?:lid[ao]|ativ[ao]|activ[ao]|monitorad[ao])"
    r"|\bnessuno legge (?:più )?quest[ao] (?:casella|posta|indirizzo)"
    r"|\bquest[ao] (?:casella|indirizzo)[^.\n]{0,30} non è più (?:lett[ao]|attiv[ao]|in uso|presidiat[ao])"
    r"|\bdieses postfach wird nicht (?:mehr )?(?:gelesen|überwacht|betreut|abgerufen)"
    r"|\bdeze (?:mailbox|postbus) wordt niet (?:meer )?(?:gelezen|gebruikt)"
    r"|(?:этот|данный) (?:почтовый )?(?:ящик|адрес) (?:больше )?не (?:проверяется|читается|используется)",
    re.IGNORECASE,
)


def unmanned(message: Message, reading: Reading) -> Reading | None:
    """The reading of an automatic reply, where the words say that nobody reads the mailbox and nobody comes."""
    if any(claim.partstat is not Partstat.DECLINED for claim in reading.claims):
        return None
    for part in message.bodies:
        for span in part.zone_spans(Zone.NEW):
            found = UNREAD.search(part.text, span.start, min(span.end, span.start + 20_000))
            if found is not None:
                evidence = (Evidence("kind", part.section, found.start(), found.end(), found.group()),)
                return Reading(reading.reader, Kind.AUTO_REPLY, reading.language, evidence=evidence)
    return None
