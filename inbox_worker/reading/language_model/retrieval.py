"""The organisations of the invited list that are the likeliest to answer in a message."""

from __future__ import annotations

from rapidfuzz import fuzz, utils

from inbox_worker.model import Invitation, Organisation
from inbox_worker.reading.language_model.page import Page
from inbox_worker.reading.organisations import by_sender, find, index_of
from inbox_worker.reading.text import tokens

MOST = 20
LOOKED_AT = 6_000  # characters
LEAST = 8  # of a name that is looked for by resemblance
FROM_SENDER, NAMED = 400.0, 100.0  # above any resemblance, which is 0 to 100


def likeliest(page: Page, invitation: Invitation, most: int = MOST) -> tuple[Organisation, ...]:
    """The likeliest first: those who write from the sender's address or domain, those named, those that resemble."""
    index = index_of(invitation.organisations)
    text = "\n".join((page.message.text_of(s.part) or "")[s.start : s.end] for s in page.sections)[:LOOKED_AT]
    scores = dict.fromkeys(index.by_id, 0.0)
    for known in by_sender(page.message.from_.address, index):
        scores[known] += FROM_SENDER
    for named in find([t for t in tokens(text) if t.is_word], index):
        scores[named.organisation] += NAMED if scores[named.organisation] % FROM_SENDER < NAMED else 0.0
    processed = utils.default_process(text)
    for organisation in index.by_id.values():
        names = [n for n in (organisation.name, *organisation.aliases) if len(n) >= LEAST] or [organisation.name]
        scores[organisation.id] += max(fuzz.partial_ratio(utils.default_process(n), processed) for n in names) * 0.9
    ranked = sorted(index.by_id.values(), key=lambda o: (-scores[o.id], o.id))
    return tuple(ranked[:most])


def of_sender(page: Page, invitation: Invitation) -> tuple[str, ...]:
    """Ids of the organisations that are listed with the sender's address or domain."""
    return by_sender(page.message.from_.address, index_of(invitation.organisations))
