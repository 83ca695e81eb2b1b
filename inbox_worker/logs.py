"""Logging to stderr: one line an event, ``time level event key=value``; never the words or secrets of anybody."""

from __future__ import annotations

import json
import logging
import sqlite3
import sys
import time
import traceback
from pathlib import Path

# What these say of each run is said better by our own events.
QUIET = ("apscheduler", "imapclient", "tzlocal")


def start(level: int = logging.INFO) -> None:
    """Send the events of this process to stderr."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_OneLine())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.CRITICAL)


def pairs(**values: object) -> str:
    """``key=value key="two words"``, for the end of an event."""
    return " ".join(f"{key}={_value(value)}" for key, value in values.items() if value is not None)


def describe(error: BaseException) -> str:
    """An unexpected exception: its type and where it was raised.

    Its text only if it speaks of the machine and not of a message, whose words do not belong into a log.
    """
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    said = f": {error}" if isinstance(error, (OSError, sqlite3.OperationalError)) else ""
    return f"{type(error).__name__}{where}{said}"


def _value(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.1f}"
    text = str(value)
    return text if text.isprintable() and not set(text) & set(' "=') and text else json.dumps(text, ensure_ascii=False)


class _OneLine(logging.Formatter):
    """UTC with milliseconds, the level in small letters, and whatever happens no second line."""

    def format(self, record: logging.LogRecord) -> str:
        when = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        text = record.getMessage()
        if record.exc_info and record.exc_info[1]:
            text += " " + pairs(exception=describe(record.exc_info[1]))
        return f"{when}.{int(record.msecs):03}Z {record.levelname.lower()} {' '.join(text.split())}"
