"""Italian certified mail (posta elettronica certificata): an envelope of the provider around the real message.

By the technical rules annexed to the decree of 2 November 2005: an envelope carries ``X-Trasporto: posta-certificata``
and the message as an attachment; receipts carry ``X-Ricevuta``.
"""

from __future__ import annotations

from inbox_worker.model import Evidence, Kind, Message

ENVELOPE, RECEIPT = "x-trasporto", "x-ricevuta"
FAILURES = ("non-accettazione", "errore-consegna", "preavviso-errore-consegna", "rilevazione-virus")


def is_envelope(message: Message) -> bool:
    """Whether the message's own words are the provider's, and the sender's are attached."""
    return (message.header(ENVELOPE) or "").strip().lower() == "posta-certificata"


def receipt(message: Message) -> tuple[Kind, tuple[Evidence, ...]] | None:
    """The kind of a receipt, which a machine wrote; None for any other message."""
    value = message.header(RECEIPT)
    if not value:
        return None
    failed = value.strip().lower() in FAILURES
    return Kind.BOUNCE if failed else Kind.AUTO_REPLY, (Evidence("kind", RECEIPT, 0, len(value), value),)
