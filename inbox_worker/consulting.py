"""Between the stages: a language model's answer taken into what was understood of a message."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace

import structlog

from inbox_worker import decision
from inbox_worker.logs import describe
from inbox_worker.model import Invitation, RawMessage
from inbox_worker.reading.language_model import Prompt, RoleOfModel, question, with_answer
from inbox_worker.reading_settings import ModelSettings
from inbox_worker.understanding import Understood

log = structlog.get_logger(__name__)

Known = Callable[[str, str], str | None]  # the answer to a question (hash) by a model, if it is known


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
        decided = decision.decide(both, raw.received, invitation)
        return replace(understood, reading=both, decision=decided, advised_by=self.model, waits_for=None)

    def consulted(self, understood: Understood, raw: RawMessage, invitation: Invitation, known: Known) -> Understood:
        """The message understood with an answer that is known already, or with the question that waits. Whatever
        fails here, what was understood without the model stands."""
        try:
            prompt = self.question(understood, invitation)
            if prompt is None:
                return understood
            answer = known(prompt.sha256, self.model)
            if answer is None:
                return replace(understood, waits_for=prompt)
            return self.advised(understood, raw, invitation, prompt, answer)
        except sqlite3.Error:
            raise  # no fault of the message
        except Exception as error:  # noqa: BLE001 - a second opinion must never be in the way of the first
            log.warning("language model not heard", sha256=raw.sha256, error=describe(error))
            return understood

    @classmethod
    def of(cls, settings: ModelSettings | None) -> Adviser | None:
        """The adviser that a configuration names."""
        if settings is None:
            return None
        return cls(settings.model, RoleOfModel(settings.role), settings.hide_contacts)
