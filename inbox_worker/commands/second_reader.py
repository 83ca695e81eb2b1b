"""Who reads after the built-in reader when ``read`` prints what messages say: files, or an endpoint."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TextIO

from inbox_worker.commands.model_files import question_line
from inbox_worker.consulting import Adviser
from inbox_worker.endpoint import Endpoint, EndpointError
from inbox_worker.model import Invitation, RawMessage
from inbox_worker.reading.language_model import AnswerError, Prompt
from inbox_worker.understanding import Understood


class SecondReader:
    """A language model's answer, from wherever it comes. Where there is none, the built-in reading stands."""

    def __init__(self, adviser: Adviser) -> None:
        self._adviser = adviser

    def read(self, raw: RawMessage, understood: Understood, invitation: Invitation) -> Understood:
        """The message as both readers understand it."""
        prompt = self._adviser.question(understood, invitation)
        answer = self._answer(raw, prompt) if prompt is not None else None
        if prompt is None or answer is None:
            return understood
        try:
            return self._adviser.advised(understood, raw, invitation, prompt, answer)
        except AnswerError as error:
            _tell(raw, f"the answer is of no use: {error}")
            return understood

    def _answer(self, raw: RawMessage, prompt: Prompt) -> str | None:
        raise NotImplementedError


class FileReader(SecondReader):
    """Answers given by the message's hash; questions written to ``out``, if there is one."""

    def __init__(self, adviser: Adviser, out: TextIO | None, answers: Mapping[str, str]) -> None:
        super().__init__(adviser)
        self._out, self._answers = out, answers

    def _answer(self, raw: RawMessage, prompt: Prompt) -> str | None:
        if self._out is not None:
            self._out.write(question_line(raw, prompt) + "\n")
        return self._answers.get(raw.sha256)


class EndpointReader(SecondReader):
    """The configured endpoint, asked one question after the other, ``budget`` of them at most."""

    def __init__(self, adviser: Adviser, endpoint: Endpoint, budget: int) -> None:
        super().__init__(adviser)
        self._endpoint, self._left, self._down = endpoint, budget, False

    def _answer(self, raw: RawMessage, prompt: Prompt) -> str | None:
        if self._left <= 0 or self._down:
            return None
        self._left -= 1
        if self._left == 0:
            _tell(raw, "this is the last question of [reading.model] daily_budget")
        try:
            return self._endpoint.ask(prompt).text
        except EndpointError as error:
            self._down = error.down
            _tell(raw, f"{error}{'; nothing more is asked' if self._down else ''}")
            return None


def _tell(raw: RawMessage, what: str) -> None:
    print(f"inbox-worker: {raw.location.source}: language model: {what}", file=sys.stderr, flush=True)
