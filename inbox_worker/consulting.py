"""Between the stages: a language model's answer taken into what was understood of a message."""

from __future__ import annotations

from dataclasses import dataclass, replace

from inbox_worker import decision
from inbox_worker.model import Invitation, RawMessage
from inbox_worker.reading.language_model import Prompt, RoleOfModel, question, with_answer
from inbox_worker.understanding import Understood


@dataclass(frozen=True)
class Adviser:
    """A language model as far as reading knows of it: its name, its role, and what is kept from it."""

    model: str
    role: RoleOfModel
    hide_contacts: bool = False

    def question(self, understood: Understood, invitation: Invitation) -> Prompt | None:
        """What it is to be asked about a message; None where nothing is."""
        message, reading = understood.message, understood.reading
        if message is None or reading is None or understood.error is not None:
            return None
        return question(self.role, message, reading, invitation, hide_contacts=self.hide_contacts)

    def advised(
        self, understood: Understood, raw: RawMessage, invitation: Invitation, prompt: Prompt, answer: str
    ) -> Understood:
        """The message understood with its answer.

        Raises:
            AnswerError: where the answer is none; what was understood without it stands.
        """
        message, reading = understood.message, understood.reading
        if message is None or reading is None:
            return understood
        both = with_answer(self.role, message, reading, invitation, prompt, answer, self.model)
        return replace(understood, reading=both, decision=decision.decide(both, raw.received, invitation))
