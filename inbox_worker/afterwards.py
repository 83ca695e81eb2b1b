"""What is done in the mailbox after a commit has reached the disk: drafts of acknowledgements, and marks."""

from __future__ import annotations

import email
from email.message import Message as Parsed

import structlog

from inbox_worker.letters import DRAFT_KEY, acknowledgement
from inbox_worker.mailbox.changes import Drafted, DraftRefusedError, MailboxChanges
from inbox_worker.model import Location
from inbox_worker.registry import Registry
from inbox_worker.registry.intents import Row, plan_drafts, planned_drafts, set_draft, set_mark, to_mark
from inbox_worker.settings import Settings
from inbox_worker.templates import Templates, load_templates

log = structlog.get_logger(__name__)

HEADERS = 50_000  # bytes of a message in which its header is looked for
NOT_PEOPLE = frozenset({"bulk", "junk", "list", "auto_reply", "auto-reply"})
NOT_KNOWN = (
    "an earlier attempt was cut off and the draft is not there: it was never put there, or sent or deleted since"
)


def change_mailbox(registry: Registry, settings: Settings) -> None:
    """Put planned drafts into the mailbox and mark messages, as far as the settings ask for it.

    Raises:
        MailboxError: where the mailbox refuses or cannot be reached; the next call goes on from there.
    """
    if not (settings.mailbox.host and settings.mailbox.marks):
        return
    with MailboxChanges(settings.mailbox) as mailbox:
        if settings.drafts.acknowledge:
            _acknowledge(registry, settings, mailbox)
        if settings.marks.wanted:
            _mark(registry, settings, mailbox)


def _acknowledge(registry: Registry, settings: Settings, mailbox: MailboxChanges) -> None:
    with registry.writing():
        plan_drafts(registry.db, settings.invitation.own_domains, registry.now())
    templates: Templates | None = None
    for row in planned_drafts(registry.db):
        if reason := _automatic(registry, row["sha256"]):
            _end(registry, row, "not wanted", reason)
            continue
        templates = templates or load_templates(settings.drafts.templates)
        state = next(registry.db.query("select * from registry where id = ?", [row["organisation_id"]]))
        if state["partstat"] == "needs-action":
            _end(registry, row, "not wanted", "it does not count any more")
            continue
        content = acknowledgement(row, state, row["key"], settings.invitation, templates).as_bytes()
        came = _draft(registry, settings, mailbox, row, content)
        if came is Drafted.UNKNOWN:
            _end(registry, row, "unknown", NOT_KNOWN)
            log.warning("draft not known", message=row["id"], why=NOT_KNOWN)
        else:
            _end(registry, row, "done")
            log.info("draft done", message=row["id"], how=came.value)


def _draft(registry: Registry, settings: Settings, mailbox: MailboxChanges, row: Row, content: bytes) -> Drafted:
    """Put one draft there; that it was begun is on the disk before the server hears of it."""
    begun = row["state"] == "begun"
    try:
        return mailbox.draft(
            settings.drafts.folder, DRAFT_KEY, row["key"], content, begun=begun,
            begin=lambda: _end(registry, row, "begun"),
        )  # fmt: skip
    except DraftRefusedError:
        _end(registry, row, "planned")
        raise


def _end(registry: Registry, row: Row, state: str, note: str = "") -> None:
    with registry.writing():
        set_draft(registry.db, row["id"], state, registry.now(), note)


def _automatic(registry: Registry, sha256: str) -> str:
    """Why nobody is to answer a message (RFC 3834, section 2), or "" where a person wrote it."""
    try:
        header: Parsed = email.message_from_bytes(registry.mail.load(sha256)[:HEADERS])
    except OSError:
        return "its raw form cannot be read"
    if str(header.get("auto-submitted") or "no").partition(";")[0].strip().lower() != "no":
        return "it is automatic (Auto-Submitted)"
    if str(header.get("precedence") or "").strip().lower() in NOT_PEOPLE:
        return "it is automatic (Precedence)"
    if header.get("list-id") or header.get("list-unsubscribe"):
        return "it came over a list"
    return "it wants no answer (Return-Path)" if str(header.get("return-path") or "").strip() == "<>" else ""


def _mark(registry: Registry, settings: Settings, mailbox: MailboxChanges) -> None:
    names = {
        "recorded": settings.marks.recorded,
        "waiting": settings.marks.waiting,
        "late": settings.marks.late,
        "": "",
    }
    for row in to_mark(registry.db):
        name, where = names[row["mark"]], Location(row["source"], row["uidvalidity"], row["uid"])
        if settings.marks.move:
            if not name or row["mark"] == "waiting":
                continue
            moved = mailbox.move(where, name)
            note = f"moved to {name}" if moved else "it was no longer there"
        else:
            others = tuple(sorted({other for other in names.values() if other and other != name}))
            note = "" if mailbox.mark(where, name, others) else "it was no longer there"
        with registry.writing():
            set_mark(registry.db, row["id"], row["mark"], registry.now(), note)
