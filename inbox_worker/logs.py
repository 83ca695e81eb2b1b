"""Logging to stderr: one line an event, ``time level event key=value`` or JSON; never anybody's words or secrets."""

from __future__ import annotations

import json
import logging
import sqlite3
import sys
import traceback
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import structlog

# What these say of each run is said better by our own events.
QUIET = ("apscheduler", "imapclient", "tzlocal", "urllib3", "httpx", "httpx2", "msal")

STAMP = structlog.processors.TimeStamper("%Y-%m-%dT%H:%M:%S.%fZ", utc=True)
Event = MutableMapping[str, Any]


def start(level: int = logging.INFO, *, as_json: bool = False) -> None:
    """Send the events of this process, and what libraries log, to stderr."""
    before: list[structlog.typing.Processor] = [_plain, structlog.stdlib.add_log_level, STAMP]
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *before, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=before,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _json if as_json else _line],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.CRITICAL)


def describe(error: BaseException) -> str:
    """An unexpected exception: its type and where it was raised.

    Its text only if it speaks of the machine and not of a message, whose words do not belong into a log.
    """
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    said = f": {error}" if isinstance(error, (OSError, sqlite3.OperationalError)) else ""
    return f"{type(error).__name__}{where}{said}"


def _plain(logger: object, method: str, event: Event) -> Event:
    """Values as text or numbers, without those that are None; an exception by its type and place."""
    raised = event.pop("exc_info", None)
    if raised:
        found = raised[1] if isinstance(raised, tuple) else raised
        found = sys.exc_info()[1] if found is True else found
        event["exception"] = describe(found) if isinstance(found, BaseException) else None
    for key, value in list(event.items()):
        if value is None:
            del event[key]
        elif isinstance(value, float):
            event[key] = round(value, 1)
        elif not isinstance(value, int) and not key.startswith("_"):
            event[key] = " ".join(str(value).split())
    return event


def _line(logger: object, method: str, event: Event) -> str:
    """UTC with milliseconds, the level in small letters, the event, its pairs; whatever happens no second line."""
    when, level, what = event.pop("timestamp"), event.pop("level"), event.pop("event")
    return " ".join([f"{when[:23]}Z", level, what, *(f"{key}={_value(value)}" for key, value in event.items())])


def _json(logger: object, method: str, event: Event) -> str:
    first = {key: event[key] for key in ("timestamp", "level", "event")}
    return json.dumps({**first, **event}, ensure_ascii=False)


def _value(value: object) -> str:
    text = str(value)
    return text if text.isprintable() and not set(text) & set(' "=') and text else json.dumps(text, ensure_ascii=False)
