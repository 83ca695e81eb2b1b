"""Parts: their numbers, roles, names and texts."""

from datetime import datetime, timedelta, timezone

import pytest

from inbox_worker.message import received_time
from inbox_worker.model import Role
from tests.message.mail import read, roles

FROM = "From: Ana <ana@ngo.example>\nSubject: Re: Conference\n"


def multi(kind: str, *parts: str, boundary: str = "b") -> str:
    body = "".join(f"--{boundary}\n{part}\n" for part in parts)
    return f'Content-Type: multipart/{kind}; boundary="{boundary}"\n\npreamble\n{body}--{boundary}--\nepilogue\n'


PLAIN = "Content-Type: text/plain\n\nWe will come."
HTML = "Content-Type: text/html\n\n<p>We will come.</p>"
PDF = 'Content-Type: application/pdf; name="a.pdf"\nContent-Disposition: attachment; filename="a.pdf"\n\n%PDF'
ICS = "Content-Type: text/calendar; method=REPLY; charset=utf-8\n\nBEGIN:VCALENDAR"
EMPTY = "Content-Type: text/plain\n\n\xa0\n"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (PLAIN, [("1", "text/plain", Role.BODY)]),
        (HTML, [("1", "text/html", Role.BODY)]),
        (ICS, [("1", "text/calendar", Role.CALENDAR)]),
        (PDF, [("1", "application/pdf", Role.ATTACHMENT)]),
        (multi("alternative", PLAIN, HTML), [("1", "text/plain", Role.BODY), ("2", "text/html", Role.ALTERNATIVE)]),
        (multi("alternative", EMPTY, HTML), [("1", "text/plain", Role.ALTERNATIVE), ("2", "text/html", Role.BODY)]),
        (
            multi("alternative", PLAIN, HTML, ICS),
            [("1", "text/plain", Role.BODY), ("2", "text/html", Role.ALTERNATIVE), ("3", "text/calendar",
            Role.CALENDAR)],
        ),
        (
            multi("mixed", multi("alternative", PLAIN, HTML, boundary="c"), PDF),
            [
                ("1.1", "text/plain", Role.BODY),
                ("1.2", "text/html", Role.ALTERNATIVE),
                ("2", "application/pdf", Role.ATTACHMENT),
            ],
        ),
        (
            multi("alternative", PLAIN, multi("related", HTML, "Content-Type: image/png\n\nx", boundary="c")),
            [
                ("1", "text/plain", Role.BODY),
                ("2.1", "text/html", Role.ALTERNATIVE),
                ("2.2", "image/png", Role.ATTACHMENT),
            ],
        ),
        (
            multi("mixed", PLAIN, PDF, PLAIN),
            [("1", "text/plain", Role.BODY), ("2", "application/pdf", Role.ATTACHMENT), ("3", "text/plain",
            Role.BODY)],
        ),
        (
            multi("mixed", PLAIN, "Content-Type: message/rfc822\n\nSubject: x\n" + PLAIN),
            [
                ("1", "text/plain", Role.BODY),
                ("2.HEADER", "message/rfc822", Role.MESSAGE),
                ("2.1", "text/plain", Role.MESSAGE),
            ],
        ),
        (
            multi("mixed", PLAIN, "Content-Type: message/rfc822\n\n" + multi("mixed", PLAIN, PDF, boundary="c")),
            [
                ("1", "text/plain", Role.BODY),
                ("2.HEADER", "message/rfc822", Role.MESSAGE),
                ("2.1", "text/plain", Role.MESSAGE),
                ("2.2", "application/pdf", Role.ATTACHMENT),
            ],
        ),
        (
            multi("report", PLAIN, "Content-Type: message/delivery-status\n\nAction: failed",
                  "Content-Type: text/rfc822-headers\n\nSubject: x"),
            [
                ("1", "text/plain", Role.BODY),
                ("2", "message/delivery-status", Role.REPORT),
                ("3", "text/rfc822-headers", Role.REPORT),
            ],
        ),
        (multi("mixed", multi("mixed", PLAIN, boundary="bb")), [("1.1", "text/plain", Role.BODY)]),
        ("Content-Type: multipart/mixed\n\n--zz\n" + PLAIN + "\n--zz--\n", [("1", "text/plain", Role.BODY)]),
        ("Content-Type: multipart/mixed; boundary=b\n\nonly words", [("1", "text/plain", Role.BODY)]),
        ("Content-Type: multipart/mixed; boundary=b\n\n--b\n" + PLAIN, [("1", "text/plain", Role.BODY)]),
        ("Content-Type: nonsense\n\nx", [("1", "text/plain", Role.BODY)]),
    ],
)  # fmt: skip
def test_sections_and_roles(content: str, expected: list[tuple[str, str, Role]]) -> None:
    message = read(FROM + content)
    assert roles(message) == expected
    for part in message.parts:
        if part.role is Role.BODY and "only" not in content and "nonsense" not in content:
            assert part.text.strip() == "We will come."


def test_an_attached_message_shows_its_headers_decoded() -> None:
    inner = "From: =?utf-8?q?Ana_L=C3=B3pez?= <ana@ngo.example>\nX-Other: y\nSubject: Yes\n\nWe will come."
    message = read(FROM + multi("mixed", PLAIN, "Content-Type: message/rfc822\n\n" + inner))
    assert message.text_of("2.HEADER") == "From: Ana López <ana@ngo.example>\nSubject: Yes\n"
    assert message.text_of("2.1") == "We will come."
    assert message.parts[1].size == len(inner.encode())


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        ('attachment; filename="list of names.csv"', "list of names.csv"),
        ("attachment; filename=names.csv", "names.csv"),
        ("attachment; filename*=utf-8''%C3%A9quipe.csv", "équipe.csv"),
        ("attachment; filename*0*=utf-8''%C3%A9qui; filename*1*=pe; filename*2=.csv", "équipe.csv"),
        ("attachment; filename*0*=utf-8''%C3; filename*1*=%A9.csv", "é.csv"),
        ('attachment; filename="=?utf-8?q?=C3=A9quipe.csv?="', "équipe.csv"),
        ("attachment; filename=équipe.csv", "équipe.csv"),
        ('attachment; filename="a\\"b.csv"', 'a"b.csv'),
        ("attachment", None),
    ],
)
def test_file_names(disposition: str, name: str | None) -> None:
    part = f"Content-Type: text/csv\nContent-Disposition: {disposition}\n\na,b"
    found = read(FROM + multi("mixed", PLAIN, part)).parts[1]
    assert (found.filename, found.text, found.role) == (name, "a | b", Role.ATTACHMENT)


def test_a_plain_text_that_only_asks_for_html_is_not_the_body() -> None:
    stub = "Content-Type: text/plain\n\nYour e-mail program does not support HTML messages."
    message = read(FROM + multi("alternative", stub, HTML))
    assert [part.text for part in message.bodies] == ["We will come."]


def test_calendar_parameters_are_kept() -> None:
    assert read(FROM + ICS).parts[0].parameters == (("method", "REPLY"), ("charset", "utf-8"))


def test_attachments_whose_type_tells_nothing_are_read_by_their_name() -> None:
    part = 'Content-Type: application/octet-stream\nContent-Disposition: attachment; filename="n.CSV"\n\na;é'
    assert read(FROM + multi("mixed", PLAIN, part)).parts[1].text == "a | é"


def test_an_encrypted_message_says_that_its_words_cannot_be_read() -> None:
    part = read(FROM + "Content-Type: application/pkcs7-mime\n\nx").parts[0]
    assert part.problem == "it is encrypted or signed as a whole; its words cannot be read"


@pytest.mark.parametrize(
    "content", ["", "\n", "just words", "no header here\n\nwords", "From nobody Mon Jan 1\nSubject: x\n\ny"]
)
def test_messages_without_a_proper_header(content: str) -> None:
    assert len(read(content).parts) == 1


def test_headers_come_in_order_with_names_in_lower_case() -> None:
    message = read("Received: a\nReceived: b\nMessage-ID: <1@x>\nSubject: =?utf-8?q?=C3=A9?=\n\nx")
    assert message.headers == (("received", "a"), ("received", "b"), ("message-id", "<1@x>"), ("subject", "é"))
    assert message.message_id == "<1@x>"


RECEIVED = "Received: from a.example by b.example with ESMTPS id 1;\n\t"


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (RECEIVED + "Fri, 26 Feb 2016 23:30:00 +0100\n", datetime(2016, 2, 26, 22, 30, tzinfo=timezone.utc)),
        (RECEIVED + "Fri, 26 Feb 2016 23:30:00 -0000\n", datetime(2016, 2, 26, 23, 30, tzinfo=timezone.utc)),
        (RECEIVED + "26 Feb 2016 23:30 EST (a comment)\n", datetime(2016, 2, 27, 4, 30, tzinfo=timezone.utc)),
        (
            RECEIVED + "Fri, 26 Feb 2016 10:00:00 +0000\n" + RECEIVED + "Fri, 26 Feb 2016 09:00:00 +0000\n",
            datetime(2016, 2, 26, 10, tzinfo=timezone.utc),
        ),
        (RECEIVED + "Fri, 26 Feb 2016 21:30:00 BRT\n", None),
        (RECEIVED + "Fri, 26 Feb 2016 21:30 CEST (summer)\n", None),
        (RECEIVED + "Fri, 26 Feb 2016 21:30:00 UTC\n", datetime(2016, 2, 26, 21, 30, tzinfo=timezone.utc)),
        (RECEIVED + "yesterday\n", None),
        ("Date: Fri, 26 Feb 2016 23:30:00 +0100\n", None),
        ("", None),
    ],
)
def test_the_topmost_received_header_tells_when(head: str, expected: datetime | None) -> None:
    found = received_time(head.encode() + b"Subject: x\n\nbody")
    assert found == expected
    assert found is None or isinstance(found.utcoffset(), timedelta)
