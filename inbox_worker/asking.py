"""Asking a language model about the messages that wait for it, after they are in the registry.

What the built-in reader made of them is recorded already; an answer is one more reading of a message. So nothing waits
for the endpoint, and whatever it does or does not do, the flags stay until it has given an answer that settles them.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import structlog

from inbox_worker.endpoint import Answered, Endpoint, EndpointError, Failure
from inbox_worker.logs import describe
from inbox_worker.model import RawMessage
from inbox_worker.reading.language_model import AnswerError, Prompt, parse
from inbox_worker.reading_settings import ModelSettings
from inbox_worker.registry import model_answers
from inbox_worker.registry.model_answers import Asked
from inbox_worker.understanding import Understood
from inbox_worker.worker import Worker

log = structlog.get_logger(__name__)

LOOK_UP = 0.2  # seconds between two looks at whether to stop


@dataclass
class Tally:
    """What came of a round of questions."""

    answered: int = 0
    failed: int = 0
    waiting: int = 0  # messages it is to be asked about yet
    errors: list[str] = field(default_factory=list)  # each once


@dataclass(frozen=True)
class _Question:
    message_id: int
    raw: RawMessage
    understood: Understood
    prompt: Prompt


def never() -> bool:
    """Go on to the end."""
    return False


def ask_waiting(worker: Worker, settings: ModelSettings, enough: Callable[[], bool] = never) -> Tally:
    """Ask about the messages whose time has come, ``concurrency`` at once and within the day's budget.

    ``enough`` is asked between questions; once it is true nothing more is asked, and answers on their way are not
    waited for. The same holds where the endpoint turns out to be down.
    """
    with Endpoint(settings) as endpoint:
        return _Round(worker, settings, endpoint, enough).run()


class _Round:
    """One round of questions. Only the thread that runs it touches the registry."""

    def __init__(self, worker: Worker, settings: ModelSettings, endpoint: Endpoint, enough: Callable[[], bool]) -> None:
        self._worker, self._settings, self._endpoint, self._enough = worker, settings, endpoint, enough
        self._db, self._tally, self._down = worker.registry.db, Tally(), False
        self._out: dict[int, tuple[str, float]] = {}  # message -> hash of the question, when it was asked (monotonic)
        self._answers: queue.SimpleQueue[tuple[_Question, Asked, bool]] = queue.SimpleQueue()

    def run(self) -> Tally:
        left = self._settings.daily_budget - model_answers.asked_today(self._db, self._worker.registry.now())
        questions, on_their_way = self._questions(), 0
        while not self._enough():
            while on_their_way < self._settings.concurrency and left > 0 and not self._down:
                question = next(questions, None)
                if question is None:
                    left = 0
                    break
                self._out[question.message_id] = question.prompt.sha256, time.monotonic()
                # Daemons, for a process that is to end must not wait for an endpoint that does not answer.
                threading.Thread(target=self._ask, args=(question,), daemon=True).start()
                on_their_way, left = on_their_way + 1, left - 1
            if on_their_way == 0:
                break
            try:
                self._take_in(*self._answers.get(timeout=LOOK_UP))
                on_their_way -= 1
            except queue.Empty:
                continue
        self._give_up()
        self._tally.waiting = model_answers.waiting(self._db)
        return self._tally

    def _give_up(self) -> None:
        """Questions whose answer is not waited for were asked all the same, and count for the day."""
        registry = self._worker.registry
        with registry.writing():
            for message_id, (prompt, start) in self._out.items():
                seconds, why = time.monotonic() - start, "the worker ended before the answer came"
                asked = Asked(message_id, prompt, self._settings.model, seconds, Failure.TIMEOUT.value, error=why)
                model_answers.append(self._db, asked, registry.now(), down=True)

    def _questions(self) -> Iterator[_Question]:
        """What is to be asked. Messages that need no answer any more are passed over, and not waited for again."""
        for message_id, sha256 in model_answers.to_ask(self._db, self._worker.registry.now()):
            try:
                raw, understood = self._worker.stored(message_id, sha256)
            except OSError:
                understood = Understood()
            if understood.waits_for is not None and not self._worker.registry.is_ruled(message_id):
                yield _Question(message_id, raw, understood, understood.waits_for)
            elif understood.advised_by:
                self._worker.hear(message_id, raw, understood)
            else:
                with self._worker.registry.writing():
                    model_answers.settle(self._db, message_id)

    def _ask(self, question: _Question) -> None:
        """In a thread of its own: one question."""
        start = time.monotonic()
        about = (question.message_id, question.prompt.sha256, self._settings.model)
        try:
            answered = self._endpoint.ask(question.prompt)
            self._answers.put((question, _kept(about, answered), False))
        except EndpointError as error:
            asked = Asked(*about, time.monotonic() - start, error.failure.value, error=str(error))
            self._answers.put((question, asked, error.down))
        except Exception as error:  # noqa: BLE001 - a thread's end must be told, or the round waits for ever
            why = f"unexpected {describe(error)}"
            self._answers.put(
                (question, Asked(*about, time.monotonic() - start, Failure.BROKEN.value, error=why), True)
            )

    def _take_in(self, question: _Question, asked: Asked, down: bool) -> None:
        registry = self._worker.registry
        del self._out[question.message_id]
        with registry.writing():
            model_answers.append(self._db, asked, registry.now(), down=down)
        if asked.outcome == "answered":
            self._tally.answered += 1
            self._worker.hear(question.message_id, question.raw, question.understood)
            return
        self._tally.failed += 1
        self._down = self._down or down
        if asked.error not in self._tally.errors:
            self._tally.errors.append(asked.error)
        log.warning("language model gave no answer", message=question.message_id, outcome=asked.outcome)


def _kept(about: tuple[int, str, str], answered: Answered) -> Asked:
    """An answer as it is kept; one that is none only as what was wrong with it."""
    try:
        parse(answered.text)
    except AnswerError as error:
        why = f"the answer is of no use: {error}"
        return Asked(*about, answered.seconds, Failure.NONSENSE.value, answered.model, error=why)
    return Asked(*about, answered.seconds, "answered", answered.model, answered.text)
