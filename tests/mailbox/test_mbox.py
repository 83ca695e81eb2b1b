"""mbox files, in all the ways they are written."""

from __future__ import annotations

import io
import mailbox
import re
import tempfile
import tracemalloc
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox_worker.mailbox.mbox import read_mbox
from inbox_worker.model import UTC

HEAD = b"From: a@example.org\nSubject: x\n\n"


def contents(data: bytes) -> list[bytes | None]:
    return [m.content for m in read_mbox(io.BytesIO(data))]


def written(messages: list[bytes], newline: bytes = b"\n") -> bytes:
    """mboxrd (RFC 4155 with the quoting of qmail): every ">*From " line gets one ">" more."""
    from_ = b"From a@example.org Fri Feb 26 12:00:00 2016" + newline
    return b"".join(from_ + re.sub(rb"(?m)^(>*From )", rb">\1", m) + newline for m in messages)


lines = st.one_of(
    st.sampled_from([b"", b"From ", b">From me to you", b">>From ", b"From: x", b" From ", b"\xff\x00", b"x" * 70_000]),
    st.binary(max_size=12).map(lambda b: b.replace(b"\n", b"").replace(b"\r", b"")),
)


@given(st.lists(st.lists(lines, max_size=6), min_size=1, max_size=4), st.sampled_from([b"\n", b"\r\n"]))
def test_what_mboxrd_holds_is_read_back_byte_for_byte(bodies: list[list[bytes]], newline: bytes) -> None:
    messages = [newline.join([b"Subject: x", b"", *body, b""]) for body in bodies]
    assert contents(written(messages, newline)) == messages


@given(st.lists(st.lists(lines.filter(lambda b: not b.startswith(b">")), max_size=6), min_size=1, max_size=4))
def test_what_the_standard_library_writes_is_read_back_byte_for_byte(bodies: list[list[bytes]]) -> None:
    messages = [HEAD + b"".join(line + b"\n" for line in body) for body in bodies]
    with tempfile.TemporaryDirectory() as directory:
        box = mailbox.mbox(Path(directory) / "box")
        for message in messages:
            box.add(message)
        box.close()
        data = (Path(directory) / "box").read_bytes()
    assert contents(data) == messages


@pytest.mark.parametrize(
    ("line", "moment"),
    [
        (b"From a@example.org Fri Feb 26 12:34:56 2016", datetime(2016, 2, 26, 12, 34, 56, tzinfo=UTC)),
        (b"From - Fri Feb  5 12:34:56 2016", datetime(2016, 2, 5, 12, 34, 56, tzinfo=UTC)),  # Thunderbird
        (b"From 152@xxx Fri Feb 26 12:34:56 +0000 2016", datetime(2016, 2, 26, 12, 34, 56, tzinfo=UTC)),  # Takeout
        (b"From a@x Fri Feb 26 12:34:56 -0500 2016", datetime(2016, 2, 26, 17, 34, 56, tzinfo=UTC)),
        (b"From a@x Fri Feb 26 12:34 2016", datetime(2016, 2, 26, 12, 34, tzinfo=UTC)),
        (b"From a@x Fri Feb 31 12:34:56 2016", None),
        (b"From MAILER-DAEMON", None),
    ],
)
def test_the_from_line_tells_the_time_in_utc(line: bytes, moment: datetime | None) -> None:
    assert [m.delivered for m in read_mbox(io.BytesIO(line + b"\n" + HEAD + b"hi\n"))] == [moment]


def test_a_sentence_that_nobody_escaped_does_not_split_a_message() -> None:
    message = HEAD + b"We come.\n\nFrom our side there will be two.\nFrom now on write to me.\n"
    assert contents(b"From a@x Fri Feb 26 12:00:00 2016\n" + message + b"\n") == [message]


def test_messages_without_a_blank_line_between_them_are_two() -> None:
    one, two = HEAD + b"one\n", HEAD + b"two\n"
    from_ = b"From a@x Fri Feb 26 12:00:00 2016\n"
    assert contents(from_ + one + from_ + two) == [one, two]


def test_from_lines_without_a_date_still_part_messages() -> None:
    one, two = HEAD + b"one\n", HEAD + b"two\n"
    assert contents(b"From a@x\n" + one + b"\nFrom b@x\n" + two + b"\n") == [one, two]


def test_a_file_that_starts_without_a_from_line_loses_nothing() -> None:
    one, two = HEAD + b"one\n", HEAD + b"two\n"
    assert contents(one + b"\nFrom a@x Fri Feb 26 12:00:00 2016\n" + two) == [one, two]


def test_blank_lines_before_the_first_from_line_do_not_count() -> None:
    assert contents(b"\n\n" + written([HEAD + b"one\n"])) == [HEAD + b"one\n"]


def test_an_empty_file_holds_nothing() -> None:
    assert contents(b"") == []


def test_memory_stays_flat_in_a_long_file(tmp_path: Path) -> None:
    path = tmp_path / "long.mbox"
    with path.open("wb") as file:
        for n in range(200):
            file.write(written([HEAD + b"%d\n" % n + b"x" * 99 + b"\n" + b"y" * 300_000 + b"\n"]))
    assert path.stat().st_size > 60_000_000
    tracemalloc.start()
    with path.open("rb") as file:
        assert sum(1 for _ in read_mbox(file)) == 200
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4_000_000
