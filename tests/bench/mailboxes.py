"""How well the reader does on mailboxes with gold answers, one table by mailbox and one by language."""

from __future__ import annotations

import json
import runpy
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from inbox_worker import message, settings
from inbox_worker.commands.read import describe
from inbox_worker.model import Invitation, Location, RawMessage
from inbox_worker.understanding import understand

CORPUS = Path(__file__).parent.parent / "corpus"
MAILBOXES = ("letters-en", "letters-romance", "season", "attachments-and-noise", "mixed", "last", "letters")
FORMS = (
    "attachments-2",
    "attachments-3",
    "attachments-4",
    "attachments-5",
    "season-2",
)  # by which lists and forms came to be read
EVENTS = {folder.parent.name: folder.parent.parent.name for folder in sorted(CORPUS.glob("*/*/expected.json"))}
LAST = tuple(n for n in EVENTS if n.startswith("n"))  # which nobody looks at before the end
# by which it was judged how sure is sure enough; with most of them an earlier reader was measured last
JUDGED = tuple(n for n in EVENTS if (n.startswith(("d", "m")) and n != "mixed") or n in {"c19", "c21", "public"})
# what the second reader is trained with; k310 to k318 wait for the next round
LEARNT = tuple(n for n in EVENTS if n not in LAST + JUDGED)
PARTS = {"learnt": LEARNT, "judged": JUDGED, "last": LAST}
COLUMNS = ("straight_through", "silent", "needless_review", "kind", "organisation", "partstat", "count", "people_f1")

Row = tuple[dict[str, Any], str]  # the gold answer of a message, and the JSON line that it was read as


def folder_of(name: str) -> Path:
    """Where a mailbox lies, below the event that it belongs to."""
    return CORPUS / EVENTS[name] / name


def messages_of(name: str) -> Iterator[tuple[RawMessage, dict[str, Any], Invitation]]:
    """The messages of a mailbox in their order, each with its gold answer and the event."""
    folder = folder_of(name)
    invitation = settings.load(folder.parent / "event.toml").invitation
    gold = json.loads((folder / "expected.json").read_text(encoding="utf-8"))["messages"]
    for path in sorted(folder.glob("*.eml")):
        content = path.read_bytes()
        yield RawMessage(content, message.received_time(content), Location(str(path))), gold[path.name], invitation


def rows_of(name: str, *, two_readers: bool = True) -> dict[str, Row]:
    """The messages of a mailbox, by file name, read by both readers or by the grammar alone."""
    rows = {}
    for raw, gold, event in messages_of(name):
        invitation = replace(event, two_readers=two_readers)
        told = describe(raw, understand(raw, invitation), invitation)
        rows[Path(raw.location.source).name] = gold, json.dumps(told, ensure_ascii=False)
    return rows


def scores_of(rows: Mapping[str, Row]) -> dict[str, Any]:
    """What ``score.py`` makes of messages, a dictionary with a share for each name of ``COLUMNS``."""
    with tempfile.TemporaryDirectory() as directory:
        folder = Path(directory)
        gold = {"messages": {file: row[0] for file, row in rows.items()}, "registry": {}}
        (folder / "expected.json").write_text(json.dumps(gold), encoding="utf-8")
        (folder / "read.jsonl").write_text("\n".join(row[1] for row in rows.values()), encoding="utf-8")
        score: Callable[..., Any] = runpy.run_path(str(CORPUS / "score.py"))["score"]
        found: dict[str, Any] = score(folder, str(folder / "read.jsonl"))[0]
    return found


def mailbox(name: str, *, two_readers: bool = True) -> dict[str, Any]:
    """The scores of a mailbox."""
    return scores_of(rows_of(name, two_readers=two_readers))


def together(names: Sequence[str], *, two_readers: bool = True) -> dict[str, Row]:
    """The messages of several mailboxes as of one."""
    rows: dict[str, Row] = {}
    for name in names:
        rows |= _told_apart(name, rows_of(name, two_readers=two_readers))
    return rows


def _told_apart(name: str, rows: Mapping[str, Row]) -> dict[str, Row]:
    """Rows by a name of their own, of the mailbox and the file."""
    found = {}
    for file, (gold, told) in rows.items():
        own = f"{name}-{file}"
        found[own] = gold, json.dumps({**json.loads(told), "file": own}, ensure_ascii=False)
    return found


def tables(names: Sequence[str]) -> str:
    """Both tables of some mailboxes, in Markdown; shares in per cent, silent errors as a number."""
    read = {name: rows_of(name) for name in names}
    by_language: dict[str, dict[str, Row]] = defaultdict(dict)
    for name, rows in read.items():
        for own, row in _told_apart(name, rows).items():
            by_language[row[0].get("lang") or "?"][own] = row
    head = f"| | messages | {' | '.join(c.replace('_', ' ') for c in COLUMNS)} |\n|{' --- |' * (len(COLUMNS) + 2)}\n"
    lines = [_line(f"`{name}`", len(rows), scores_of(rows)) for name, rows in read.items()]
    others = [_line(code, len(rows), scores_of(rows)) for code, rows in sorted(by_language.items())]
    return head + "\n".join(lines) + "\n\n" + head + "\n".join(others)


def _line(name: str, count: int, scores: Mapping[str, Any]) -> str:
    cells = [str(scores[c]) if c == "silent" else f"{scores[c]:.0%}" for c in COLUMNS]
    return f"| {name} | {count} | {' | '.join(cells)} |"
