"""Whether a message may speak for the organisation that it names."""

from __future__ import annotations

import re

from rapidfuzz.distance import Levenshtein

from inbox_worker.model import Code, Doubt, Evidence, Invitation, Message, Reading, is_free_mail
from inbox_worker.reading.organisations import by_domain, index_of

CLOSE = 2  # letters in which a domain may differ from a listed one and be taken for it
LONG_ENOUGH = 6  # letters of a name that is worth imitating; shorter ones are alike by chance
LOOKS = str.maketrans({"0": "o", "1": "l", "5": "s", "-": ""})
PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"))


def doubted_sender(message: Message, reading: Reading, invitation: Invitation) -> Doubt | None:
    """A doubt where an unlisted domain looks like that of the listed organisation for which the message speaks."""
    domain = message.from_.domain
    index = index_of(invitation.organisations)
    if not domain or by_domain(domain, index) or is_free_mail(domain):
        return None
    for claim in reading.claims:
        found = index.by_id.get(claim.organisation or "")
        listed = found.domains if found is not None else ()
        for known in listed:
            if imitates(domain, known):
                header = message.header("from") or ""
                at = header.lower().rfind(domain)
                evidence = (Evidence("sender-unverified", "from", at, at + len(domain), header[at : at + len(domain)]),)
                why = f"{domain} looks like {known}, which is listed for {claim.name}, and is another."
                return Doubt(Code.SENDER_UNVERIFIED, why, evidence if at >= 0 else ())
    return None


def imitates(domain: str, known: str) -> bool:
    """Whether a domain may be taken for a listed one: look-alike letters, a slip of the pen."""
    one, two = _label(domain), _label(known)
    if len(two) < LONG_ENOUGH or one == two:
        return False
    return Levenshtein.distance(_look(one), _look(two)) <= CLOSE or re.sub(r"[^a-z0-9]", "", one) == two


def _label(domain: str) -> str:
    """The part of a domain that names its owner."""
    parts = domain.lower().split(".")
    return max(parts[:-1] or parts, key=len)


def _look(label: str) -> str:
    shown = label.translate(LOOKS)
    for pair, single in PAIRS:
        shown = shown.replace(pair, single)
    return shown
