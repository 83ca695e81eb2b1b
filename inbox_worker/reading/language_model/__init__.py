"""A language model as one more reader: what it is asked, and what of its answer the message bears out.

Nothing here asks anybody. The question goes out and the answer comes in elsewhere, so that reading stays a function of
the message: the same answer always gives the same reading.
"""

from __future__ import annotations

from inbox_worker.model import Invitation, Message, Reading
from inbox_worker.reading.language_model.answer import AnswerError, as_text, parse
from inbox_worker.reading.language_model.page import page_of
from inbox_worker.reading.language_model.prompt import Prompt, prompt_of
from inbox_worker.reading.language_model.roles import SETTLES, RoleOfModel, asks, joined
from inbox_worker.reading.language_model.validation import checked


def question(
    role: RoleOfModel, message: Message, reading: Reading, invitation: Invitation, *, hide_contacts: bool = False
) -> Prompt | None:
    """What the model is to be asked about a message that the built-in reader read as ``reading``; None: nothing.

    A message too long to be shown whole is not asked about.
    """
    if not asks(role, reading, message, invitation) or not page_of(message).whole:
        return None
    doubts = [*reading.doubts, *(d for c in reading.claims for d in c.doubts)] if role is RoleOfModel.SECOND else []
    named = [d for d in doubts if d.code in SETTLES]
    return prompt_of(message, invitation, named, hide_contacts=hide_contacts)


def with_answer(
    role: RoleOfModel,
    message: Message,
    reading: Reading,
    invitation: Invitation,
    prompt: Prompt,
    answer: str,
    model: str,
) -> Reading:
    """The reading that the built-in reader and a model come to together.

    Raises:
        AnswerError: where the answer is none; the built-in reading stands.
    """
    name = f"{model} (prompt {prompt.version})"
    return joined(role, reading, checked(parse(answer), prompt, message, invitation, name), invitation)


__all__ = ["AnswerError", "Prompt", "RoleOfModel", "as_text", "parse", "prompt_of", "question", "with_answer"]
