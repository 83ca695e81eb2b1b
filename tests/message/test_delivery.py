"""Delivery reports: which address our mail did not reach."""

import pytest

from inbox_worker.message import decode
from inbox_worker.model import Location, RawMessage, Undelivered


def report(action: str, *recipients: str) -> bytes:
    """As Postfix writes it (RFC 3464)."""
    groups = "\n".join(
        f"Final-Recipient: rfc822; {address}\nAction: {action}\nStatus: 5.1.1\n" for address in recipients
    )
    return f"""\
From: MAILER-DAEMON@mx.example (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: meadows@host.example
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

This is the mail system. I could not deliver.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

{groups}
--b
Content-Type: message/rfc822

From: meadows@host.example
To: {recipients[0]}
Subject: Invitation

Dear friends
--b--
""".encode()


EXIM = b"""\
From: Mail Delivery System <Mailer-Daemon@mx.example>
X-Failed-Recipients: Ann.Lee@redkite.example
Auto-Submitted: auto-replied
Subject: Mail delivery failed: returning message to sender

This message was created automatically by mail delivery software.
"""
QMAIL = b"""\
From: MAILER-DAEMON@mx.example
Subject: failure notice

Hi. This is the qmail-send program at mx.example.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<ann@redkite.example>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.
"""


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (report("failed", "Ann@RedKite.example"), [Undelivered("ann@redkite.example", True)]),
        (
            report("failed", "ann@redkite.example", "bo@blueharbour.example"),
            [Undelivered("ann@redkite.example", True), Undelivered("bo@blueharbour.example", True)],
        ),
        (report("delayed", "ann@redkite.example"), [Undelivered("ann@redkite.example", False)]),
        (report("delivered", "ann@redkite.example"), []),
        (EXIM, [Undelivered("ann.lee@redkite.example", True)]),
        (QMAIL, [Undelivered("ann@redkite.example", True)]),
        (report("failed", "no address at all"), []),
        (b"From: ann@redkite.example\nSubject: We come\n\nAction: failed\nFinal-Recipient: rfc822; x@y.example\n", []),
    ],
    ids=["postfix", "two", "delayed", "delivered", "exim", "qmail", "no address", "no report"],
)
def test_the_addresses_of_a_report(content, expected):
    assert list(decode(RawMessage(content, None, Location("x"))).undelivered) == expected
