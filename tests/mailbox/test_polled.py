"""Files as a mailbox that is polled."""

from __future__ import annotations

import mailbox
import os
import threading
from pathlib import Path

import pytest

from inbox_worker.mailbox import Cursor, MailboxError, open_mailbox
from inbox_worker.settings import MailboxSettings


def old(path: Path, content: bytes) -> Path:
    """A file that has been left alone for a while."""
    path.write_bytes(content)
    os.utime(path, (1_456_488_000, 1_456_488_000))
    return path


def poll(path: Path, cursors: dict[str, Cursor]) -> list[bytes | str | None]:
    """One poll: contents, problems, and None where only the cursor moved. ``cursors`` is brought up to date."""
    found: list[bytes | str | None] = []
    with open_mailbox(MailboxSettings(path=path), lambda _: None) as box:
        for arrival in box.arrivals(dict(cursors)):
            cursors[arrival.cursor.source] = arrival.cursor
            found.append(arrival.raw.content if arrival.raw else arrival.problem)
    return found


def test_nothing_is_read_while_nothing_changes_and_all_once_more_when_something_does(tmp_path: Path) -> None:
    cursors: dict[str, Cursor] = {}
    old(tmp_path / "1.eml", b"Subject: 1\n\n")
    assert poll(tmp_path, cursors) == [b"Subject: 1\n\n", None]
    assert poll(tmp_path, cursors) == []
    old(tmp_path / "2.eml", b"Subject: 2\n\n")
    assert poll(tmp_path, cursors) == [b"Subject: 1\n\n", b"Subject: 2\n\n", None]
    assert poll(tmp_path, cursors) == []


def test_a_poll_broken_off_starts_over(tmp_path: Path) -> None:
    for n in range(3):
        old(tmp_path / f"{n}.eml", b"Subject: %d\n\n" % n)
    with open_mailbox(MailboxSettings(path=tmp_path), lambda _: None) as box:
        first = next(iter(box.arrivals({})))
    cursors = {first.cursor.source: first.cursor}
    assert len(poll(tmp_path, cursors)) == 4


def test_a_file_just_written_is_waited_for(tmp_path: Path) -> None:
    (tmp_path / "1.eml").write_bytes(b"Subject: 1\n\n")
    assert poll(tmp_path, {}) == [b"Subject: 1\n\n", None]


def test_a_file_still_being_written_is_left_for_the_next_poll(tmp_path: Path) -> None:
    cursors: dict[str, Cursor] = {}
    old(tmp_path / "1.eml", b"Subject: 1\n\n")
    growing = tmp_path / "2.eml"
    done = threading.Event()

    def write() -> None:
        while not done.wait(0.1):
            with growing.open("ab") as file:
                file.write(b"Subject: ")

    growing.touch()
    writer = threading.Thread(target=write)
    writer.start()
    assert poll(tmp_path, cursors) == [b"Subject: 1\n\n"]
    done.set()
    writer.join()
    old(growing, b"Subject: 2\n\n")
    assert poll(tmp_path, cursors) == [b"Subject: 1\n\n", b"Subject: 2\n\n", None]


def test_an_unreadable_file_is_told_and_does_not_hold_up_the_others(tmp_path: Path) -> None:
    cursors: dict[str, Cursor] = {}
    (tmp_path / "1.eml").mkdir()
    old(tmp_path / "2.eml", b"Subject: 2\n\n")
    problem = f"{tmp_path / '1.eml'}: cannot be read: is not a regular file"
    assert poll(tmp_path, cursors) == [problem, b"Subject: 2\n\n", None]
    assert poll(tmp_path, cursors) == []


@pytest.mark.parametrize("kind", ["maildir", "mbox", "directory"])
def test_an_empty_mailbox_waits_for_its_first_message(tmp_path: Path, kind: str) -> None:
    path, cursors = tmp_path / "box", dict[str, Cursor]()
    if kind == "maildir":
        mailbox.Maildir(path)
    elif kind == "mbox":
        path.touch()
    else:
        path.mkdir()
    assert [a for a in poll(path, cursors) if a] == []
    if kind == "mbox":
        old(path, b"From a@x Fri Feb 26 12:00:00 2016\nSubject: 1\n\n\n")
    else:
        (path / {"maildir": "new/1.a", "directory": "1.eml"}[kind]).write_bytes(b"Subject: 1\n\n")
    assert poll(path, cursors) == [b"Subject: 1\n\n", None]
    assert poll(path, cursors) == []


def test_a_path_that_went_missing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(MailboxError, match=r"\[mailbox\] path: .*there is no such file") as caught:
        poll(tmp_path / "gone", {})
    assert not caught.value.retry


def test_no_mailbox_at_all_is_an_error() -> None:
    with pytest.raises(MailboxError, match=r"give \[mailbox\] host or path"):
        open_mailbox(MailboxSettings(), lambda _: None)
