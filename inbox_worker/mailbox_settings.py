"""What may be changed in the mailbox: the tables [drafts] and [marks]."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from pathlib import Path

from inbox_worker.toml_table import Table

KEYWORD = re.compile(r"[$A-Za-z0-9_.-]{1,60}\Z")  # an IMAP flag-keyword is an atom (RFC 3501, section 9)


@dataclass(frozen=True)
class DraftSettings:
    """Drafts of acknowledgements in the mailbox."""

    acknowledge: bool = False  # needs [mailbox] marks
    folder: str = ""  # "": the one the server calls \Drafts (RFC 6154)
    templates: Path | None = None  # None: those that come with us


@dataclass(frozen=True)
class MarkSettings:
    """What staff see in their mail program: keywords on messages, or folders that they are moved to. "": none."""

    recorded: str = ""
    waiting: str = ""
    late: str = ""
    move: bool = False  # the names are folders, and messages are moved there

    @property
    def wanted(self) -> bool:
        """Whether there is anything to mark."""
        return bool(self.recorded or self.waiting or self.late)


def read_drafts(table: Table, *, writable: bool) -> DraftSettings:
    """``[drafts]``. ``writable``: whether the mailbox is a server's and may be changed."""
    table.reject_unknown(tuple(f.name for f in fields(DraftSettings)))
    settings = DraftSettings(table.flag("acknowledge", False), table.string("folder", ""), table.path("templates"))
    if settings.acknowledge and not writable:
        raise table.fail("acknowledge", "needs [mailbox] host and marks = true, for it writes into the mailbox")
    return settings


def read_marks(table: Table, *, writable: bool) -> MarkSettings:
    """``[marks]``. ``writable``: whether the mailbox is a server's and may be changed."""
    table.reject_unknown(tuple(f.name for f in fields(MarkSettings)))
    names = {name: table.string(name, "").strip() for name in ("recorded", "waiting", "late")}
    settings = MarkSettings(**names, move=table.flag("move", False))
    for name, value in names.items():
        if value and not settings.move and not KEYWORD.match(value):
            raise table.fail(name, f"{value!r} cannot be a keyword; use letters, digits, '-', '_' and '$' only")
    if settings.move and settings.waiting:
        raise table.fail("waiting", 'must be "" with move = true: what waits stays where people look')
    if settings.wanted and not writable:
        raise table.fail(next(n for n in names if names[n]), "needs [mailbox] host and marks = true")
    return settings
