"""Whatever bytes come: a Message, in bounded time."""

import os
import time
import tracemalloc
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inbox_worker.message import decode, limits, received_time
from inbox_worker.model import Limits, Location, Message, RawMessage, Role
from tests.message.odd import odd_messages

SLOWEST = 2.0  # seconds
ODD = int(os.environ.get("INBOX_WORKER_ODD", "60"))


def read(content: bytes) -> Message:
    return decode(RawMessage(content, None, Location("test")))


def check(message: Message) -> None:
    """What holds for every message."""
    sections = [part.section for part in message.parts]
    assert len(set(sections)) == len(sections)
    assert len(sections) <= 2 * Limits().parts + 1
    for name, value in message.headers:
        assert name == name.lower()
        value.encode("utf-8")
    for part in message.parts:
        part.text.encode("utf-8")
        assert "\0" not in part.text
        assert "\r" not in part.text
        assert len(part.text) <= limits.MAX_TEXT
        assert message.text_of(part.section) == part.text
        position = 0
        for span in part.spans:
            assert span.start == position < span.end
            position = span.end
        if part.spans or part.role is Role.BODY:
            assert position == len(part.text)
        for before, after in zip(part.spans, part.spans[1:], strict=False):
            assert before.zone is not after.zone


def test_odd_messages_are_read_in_time() -> None:
    for i, content in enumerate(odd_messages(ODD, seed=2016)):
        start = time.process_time()
        message = read(content)
        received_time(content)
        took = time.process_time() - start
        assert took < SLOWEST, (i, took, content[:200])
        check(message)


def test_odd_messages_are_the_same_for_the_same_seed() -> None:
    assert list(odd_messages(100, 7)) == list(odd_messages(100, 7))


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=3000))
def test_any_bytes_give_a_message(content: bytes) -> None:
    check(read(content))
    received_time(content)


ALPHABET = st.sampled_from([
    b"Content-Type: multipart/alternative; boundary=x\n\n", b"--x\n", b"--x--\n", b"Content-Type: text/html\n\n",
    b"\n\n",
    b"Content-Transfer-Encoding: base64\n", b"<blockquote type=cite>", b"</blockquote>", b"> a\n", b"Ana\n",
    b"wrote:\n",
    b"On 1 Jan 2016, 10:00, A <a@b> wrote:\n", b"From: Ana <ana@b.example>\n", b"Subject: =?utf-8?b?w6k=?=\n",
    b"\xff", b"\0",
    b"Content-Type: text/plain; charset=utf-16\n", b"Regards,\n", b"Content-Type: message/rfc822\n\n", b"<p hidden>",
    b"-- \n",
])  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(ALPHABET, max_size=30))
def test_pieces_of_messages_in_any_order_give_a_message(pieces: list[bytes]) -> None:
    check(read(b"".join(pieces)))


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=400))
def test_plain_text_comes_out_as_it_went_in(text: str) -> None:
    text = text.replace("\r", "").replace("\0", "")
    body = text.encode("utf-8")
    message = read(b"From: a@b.example\nContent-Type: text/plain; charset=utf-8\n\n" + body)
    assert message.parts[0].text == text.removeprefix("\ufeff")


HOSTILE: dict[str, Callable[[], bytes]] = {
    "a body of 1 MB": lambda: b"From: a@b.example\n\n" + b"We will come, all of us.\n" * 40_000,
    "a line of 100 kB": lambda: b"From: a@b.example\n\n" + b"x" * 100_000,
    "10,000 nested parts": lambda: b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (i, i) for i in range(10_000)
    ),
    "10,000 nested messages": lambda: b"Content-Type: message/rfc822\n\n" * 10_000,
    "50,000 attachments": lambda: (
        b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\nContent-Type: text/csv\n\na,b\n" * 50_000
    ),
    "endless header lines": lambda: b"X-A: b\n" * 500_000,
    "one endless header": lambda: b"Subject: " + b"=?utf-8?q?a?= " * 200_000,
    "HTML of 1 MB": lambda: b"Content-Type: text/html\n\n" + b"<div><p>We will <b>come</b>.</p></div>" * 27_000,
    "HTML tables of 1 MB": lambda: b"Content-Type: text/html\n\n<table>" + b"<tr><td>a<td>b</tr>" * 50_000,
    "a wide cell above many": lambda: (
        b"Content-Type: text/html\n\n<table><tr><td>" + b"x" * 100_000 + b"</tr>" + b"<tr><td>b</tr>" * 5_000
    ),
    "a hundred thousand nested elements": lambda: b"Content-Type: text/html\n\n" + b"<div>" * 100_000 + b"deep",
    "nested quotes": lambda: b"Content-Type: text/html\n\n" + b"<blockquote>a:" * 20_000,
    "many gmail quotes": lambda: (
        b"Content-Type: text/html\n\n" + b"<div class=gmail_quote>a" * 2_000 + b"<blockquote>b"
    ),
    "many close delimiters": lambda: b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n--b--\n" * 100_000,
    "nested comments in From": lambda: b"From: " + b"(" * 100_000 + b"\n\nhello",
    "a style sheet of 500 kB": lambda: b"Content-Type: text/html\n\n<style>" + b"a{color:red}" * 40_000 + b"</style>x",
    "an open CSS comment": lambda: b"Content-Type: text/html\n\n<style>" + b"/*" * 50_000 + b"</style>x",
    "a long style": lambda: b"Content-Type: text/html\n\n<p style='" + b"color:red;" * 50_000 + b"'>x",
    "a boundary guessed": lambda: b"Content-Type: multipart/mixed\n\n" + b"--a\n" * 200_000,
    "a broken base64 body": lambda: b"Content-Transfer-Encoding: base64\n\n" + b"QQ=" * 300_000,
    "quoted-printable": lambda: b"Content-Transfer-Encoding: quoted-printable\n\n" + b"= " * 300_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_messages_are_read_in_time(name: str) -> None:
    content = HOSTILE[name]()
    start = time.process_time()
    message = read(content)
    took = time.process_time() - start
    check(message)
    assert took < SLOWEST, took


UNITS = (
    "> ", "a ", "a:", ": ", "From: x ", "wrote ", "<a@b> ", "@", "a@", "1", "12:3", "- ", "--", "=", "|", "| a", "*",
    "(", "[",
    "www.", "+41 ", "0 0", ".", "Mr. ", "a,", "，", "写道", "从", "كتب ", "best ", "best regards ", "-=", "_", "\u200e",
    "p.s. ",
)  # fmt: skip


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("ending", ["", ":", "wrote:", "-----"])
def test_no_pattern_is_slow_on_a_hostile_line(unit: str, ending: str) -> None:
    line = unit * (100_000 // len(unit)) + ending
    start = time.process_time()
    read(("From: Ana <ana@b.example>\nContent-Type: text/plain; charset=utf-8\n\nHello.\n\n" + line + "\n").encode())
    assert time.process_time() - start < SLOWEST / 4


def test_a_message_of_100_mb_is_bounded() -> None:
    content = b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nWe come.\n--b\nContent-Type: application/pdf\n\n"
    start = time.process_time()
    message = read(content + b"x" * 100_000_000)
    assert time.process_time() - start < 3 * SLOWEST
    assert message.bodies[0].text == "We come."
    assert message.parts[1].size == 100_000_000


def test_a_large_message_in_many_levels_takes_little_memory() -> None:
    head = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (i, i) for i in range(35))
    content = head + b"Content-Type: application/pdf\n\n" + b"x" * 4_000_000
    tracemalloc.start()
    message = read(content)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert message.parts[0].size == 4_000_000
    assert peak < 8 * len(content)


def test_what_is_cut_is_said() -> None:
    message = read(b"From: a@b.example\n\n" + b"x" * (limits.MAX_TEXT + 1))
    assert len(message.parts[0].text) == limits.MAX_TEXT
    assert message.parts[0].problem == f"only the first {limits.MAX_TEXT} characters are read"
