"""Mail to the operator: alerts and reports. Never to whoever wrote to the mailbox."""

from __future__ import annotations

import smtplib
import subprocess
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid

from inbox_worker.settings import MailSettings

TIMEOUT = 60  # seconds for a mail to be taken


class OutgoingError(Exception):
    """Mail could not be sent. The message says why and what to do."""


def send(settings: MailSettings, subject: str, text: str, now: datetime) -> None:
    """Send a text. It says that it was generated (RFC 3834, section 5), so that nothing answers it.

    Raises:
        OutgoingError: where nobody takes it.
    """
    message = EmailMessage(policy=SMTP)
    message["From"] = settings.sender
    message["To"] = ", ".join(settings.to)
    message["Subject"] = " ".join(subject.split())
    message["Date"] = format_datetime(now)
    message["Message-ID"] = make_msgid(domain=settings.sender.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text.rstrip() + "\n")
    try:
        if settings.smtp_host:
            with smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=TIMEOUT) as server:
                server.send_message(message, settings.sender, list(settings.to))
        else:
            command = [str(settings.sendmail), "-i", "-f", settings.sender, "--", *settings.to]
            content = message.as_bytes(policy=SMTP.clone(linesep="\n"))
            subprocess.run(command, input=content, timeout=TIMEOUT, check=True, capture_output=True)  # noqa: S603
    except (OSError, smtplib.SMTPException, subprocess.SubprocessError) as error:
        way = f"{settings.smtp_host}:{settings.smtp_port}" if settings.smtp_host else str(settings.sendmail)
        raise OutgoingError(f"mail cannot be sent by {way}: {' '.join(str(error).split())[:200]}; see [mail]") from None
