"""Mail drafts that a person sends, or does not: reminders and acknowledgements."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from email.headerregistry import Address as Mailbox
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

from inbox_worker.model import Invitation
from inbox_worker.templates import Templates

REMINDERS = {"not answered": "silent", "no number": "number", "tentative": "tentative"}
DRAFT_KEY = "X-Inbox-Worker-Draft"


def reminder(row: Mapping[str, Any], invitation: Invitation, templates: Templates) -> EmailMessage:
    """A reminder for a row of ``outstanding``, in the language of whoever is written to."""
    language, values = row["language"], _values(invitation, row["name"])
    message = _message(invitation, row["contact"])
    message["Subject"] = templates.text(language, "subject", **values)
    body = templates.text(language, REMINDERS[row["missing"]], **values)
    return _written(message, invitation, templates, language, body)


def acknowledgement(
    answered: Mapping[str, Any], state: Mapping[str, Any], key: str, invitation: Invitation, templates: Templates
) -> EmailMessage:
    """A reply that tells what was recorded, or asks for the number.

    Args:
        answered: a row of ``messages``, with ``language``.
        state: a row of the view ``registry``: where the organisation stands now.
        key: by which the draft is found again in its folder.
    """
    language = answered["language"] or ""
    people = (state["people"] or "").replace("; ", ", ")
    names = templates.text(language, "names", people=people) if people else ""
    values = {**_values(invitation, state["name"]), "number": str(state["delegates"] or ""), "people": names}
    message = _message(invitation, answered["from_address"])
    subject = " ".join(answered["subject"].split())
    message["Subject"] = subject if subject.casefold().startswith("re:") else f"Re: {subject}"
    if answered["message_id"].isascii() and answered["message_id"].startswith("<"):
        message["In-Reply-To"] = message["References"] = answered["message_id"]
    message[DRAFT_KEY] = key
    return _written(message, invitation, templates, language, templates.text(language, _kind(state), **values))


def _kind(state: Mapping[str, Any]) -> str:
    if state["partstat"] == "accepted":
        return "accepted" if state["delegates"] is not None else "accepted_number_missing"
    return {"declined": "declined", "tentative": "maybe"}[state["partstat"]]


def _message(invitation: Invitation, to: str) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"] = Mailbox(addr_spec=invitation.mailbox)
    if to and to.isascii():
        message["To"] = Mailbox(addr_spec=to)
    return message


def _written(
    message: EmailMessage, invitation: Invitation, templates: Templates, language: str, body: str
) -> EmailMessage:
    values = _values(invitation, "")
    greeting, closing = (templates.text(language, name, **values) for name in ("greeting", "closing"))
    message["X-Unsent"] = "1"  # Outlook opens such a file as a draft
    message.set_content(f"{greeting}\n\n{body}\n\n{closing}\n", cte="quoted-printable")
    return message


def _values(invitation: Invitation, organisation: str) -> dict[str, str]:
    last_moment = invitation.reply_by - timedelta(seconds=1)
    return {
        "event": invitation.title,
        "date": _day(invitation.starts),
        "deadline": _day(last_moment),
        "organisation": organisation,
    }


def _day(moment: datetime) -> str:
    """2016-02-26: read alike in every language."""
    return f"{moment:%Y-%m-%d}"
