"""What is understood of one message: decoded, read and decided, without touching anything outside."""

from __future__ import annotations

from dataclasses import dataclass

from inbox_worker import decision, message, reading
from inbox_worker.model import Decision, Invitation, Limits, Message, RawMessage, Reading
from inbox_worker.reading.language_model import Prompt

DIED = "reading it ended the process"


@dataclass(frozen=True)
class Understood:
    """A message after all stages but the last, or why it did not get there."""

    message: Message | None = None
    reading: Reading | None = None
    decision: Decision | None = None
    error: str | None = None
    advised_by: str = ""  # the language model whose answer is in it
    waits_for: Prompt | None = None  # what a language model is to be asked about it yet


def understand(raw: RawMessage, invitation: Invitation, limits: Limits | None = None) -> Understood:
    """Decode, read and decide. Touches nothing outside; never raises for what is in a message."""
    decoded = None
    try:
        decoded = message.decode(raw, limits)
        read = reading.read(decoded, invitation)
        return Understood(decoded, read, decision.decide(read, raw.received, invitation))
    except Exception as error:  # noqa: BLE001 - whatever fails, the message is set aside for a person
        return Understood(message=decoded, error=in_a_line(error))


def in_a_line(error: Exception) -> str:
    """An exception nobody foresaw, as a line for whoever looks at the message."""
    return f"{type(error).__name__}: {' '.join(str(error).split())}"[:500]
