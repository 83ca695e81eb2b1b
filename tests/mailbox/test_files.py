"""Mail in files: what is found, in which order, when it was received, and what cannot be read."""

from __future__ import annotations

import mailbox
import os
import re
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest

from inbox_worker.mailbox import PathError, Unreadable, read_paths
from inbox_worker.model import UTC, Location, RawMessage

NOON = datetime(2016, 2, 26, 12, tzinfo=UTC)


def received_time(content: bytes) -> datetime | None:
    """Stands in for the message stage: the date of the topmost Received header."""
    found = re.match(rb"Received: .*; (.*)\n", content)
    return parsedate_to_datetime(found[1].decode()) if found else None


def mail(name: str, received: str = "") -> bytes:
    head = f"Received: by x; {received}\n" if received else ""
    return f"{head}Subject: {name}\n\nWe come.\n".encode()


def read(*paths: Path) -> list[RawMessage | Unreadable]:
    return list(read_paths(paths, received_time))


def sources(*paths: Path) -> list[str]:
    return [m.path if isinstance(m, Unreadable) else m.location.source for m in read(*paths)]


def test_an_eml_file_is_one_message_received_when_its_topmost_received_says(tmp_path: Path) -> None:
    path = tmp_path / "1.eml"
    path.write_bytes(mail("1", "Fri, 26 Feb 2016 13:00:00 +0100"))
    assert read(path) == [RawMessage(path.read_bytes(), NOON, Location(str(path)))]


def test_an_eml_file_that_tells_no_time_has_none(tmp_path: Path) -> None:
    path = tmp_path / "1.eml"
    path.write_bytes(mail("1"))
    assert read(path) == [RawMessage(mail("1"), None, Location(str(path)))]


def test_an_eml_file_stays_whole_even_if_it_begins_with_a_from_line(tmp_path: Path) -> None:
    path = tmp_path / "1.eml"
    path.write_bytes(b"From a@x Fri Feb 26 12:00:00 2016\n" + mail("1"))
    assert [m.content for m in read(path) if isinstance(m, RawMessage)] == [path.read_bytes()]


def test_a_file_is_taken_for_what_it_holds_whatever_its_name(tmp_path: Path) -> None:
    box, message = tmp_path / "isu", tmp_path / "reply.txt"
    box.write_bytes(b"From a@x Fri Feb 26 12:00:00 2016\n" + mail("1") + b"\n")
    message.write_bytes(mail("2"))
    assert sources(box, message) == [f"{box}:1", str(message)]


def test_a_directory_is_searched_in_natural_order_without_hidden_and_other_files(tmp_path: Path) -> None:
    names = ["10.eml", "9.eml", "a/2.EML", "a/1.eml", ".hidden.eml", ".git/3.eml", "notes.txt", "b.mbox"]
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(mail(name))
    (tmp_path / "b.mbox").write_bytes((b"From a@x Fri Feb 26 12:00:00 2016\n" + mail("1") + b"\n") * 2)
    found = [source.removeprefix(f"{tmp_path}/") for source in sources(tmp_path)]
    assert found == ["9.eml", "10.eml", "a/1.eml", "a/2.EML", "b.mbox:1", "b.mbox:2"]


def test_directories_linked_in_a_circle_are_read_once(tmp_path: Path) -> None:
    (tmp_path / "1.eml").write_bytes(mail("1"))
    (tmp_path / "again").symlink_to(tmp_path)
    assert sources(tmp_path) == [str(tmp_path / "1.eml")]


def test_an_mbox_message_is_received_when_its_headers_else_its_from_line_say(tmp_path: Path) -> None:
    path = tmp_path / "box.mbox"
    dated = mail("1", "Fri, 26 Feb 2016 11:00:00 +0000")
    from_ = b"From a@x Fri Feb 26 12:00:00 2016\n"
    path.write_bytes(from_ + dated + b"\n" + from_ + mail("2") + b"\n")
    assert read(path) == [
        RawMessage(dated, datetime(2016, 2, 26, 11, tzinfo=UTC), Location(f"{path}:1")),
        RawMessage(mail("2"), NOON, Location(f"{path}:2")),
    ]


@pytest.mark.parametrize("below", ["", "deep/in/here"])
def test_a_maildir_is_read_old_and_new_and_the_times_of_its_files_tell_nothing(tmp_path: Path, below: str) -> None:
    (tmp_path / below).parent.mkdir(parents=True, exist_ok=True)
    home = tmp_path / below / "Maildir"
    home.parent.mkdir(parents=True, exist_ok=True)
    mailbox.Maildir(home)
    old, new = home / "cur/100.a:2,S", home / "new/200.b"
    new.write_bytes(mail("new", "Fri, 26 Feb 2016 11:00:00 +0000"))
    old.write_bytes(mail("old"))
    (home / "tmp/300.c").write_bytes(mail("half written"))
    os.utime(old, (NOON.timestamp(), NOON.timestamp()))
    assert read(tmp_path if below else home) == [
        RawMessage(mail("old"), None, Location(str(old))),
        RawMessage(new.read_bytes(), datetime(2016, 2, 26, 11, tzinfo=UTC), Location(str(new))),
    ]


def test_what_cannot_be_read_is_set_aside_among_others(tmp_path: Path) -> None:
    for name in ("1.eml", "6.eml"):
        (tmp_path / name).write_bytes(mail(name))
    (tmp_path / "2.eml").mkdir()
    (tmp_path / "3.eml").symlink_to(tmp_path / "nowhere")
    (tmp_path / "4.eml").touch()
    os.mkfifo(tmp_path / "5.eml")
    assert read(tmp_path) == [
        RawMessage(mail("1.eml"), None, Location(str(tmp_path / "1.eml"))),
        Unreadable(str(tmp_path / "2.eml"), "is not a regular file"),
        Unreadable(str(tmp_path / "3.eml"), "No such file or directory"),
        Unreadable(str(tmp_path / "4.eml"), "is empty"),
        Unreadable(str(tmp_path / "5.eml"), "is not a regular file"),
        RawMessage(mail("6.eml"), None, Location(str(tmp_path / "6.eml"))),
    ]


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_without_permission_is_set_aside_or_refused_where_it_is_named(tmp_path: Path) -> None:
    path = tmp_path / "1.eml"
    path.write_bytes(mail("1"))
    path.chmod(0)
    assert read(tmp_path) == [Unreadable(str(path), "Permission denied")]
    with pytest.raises(PathError, match=r"1\.eml: cannot be read: Permission denied"):
        read(path)


@pytest.mark.parametrize("make", ["nothing", "empty directory", "directory of other files", "empty file", "pipe"])
def test_a_path_that_is_no_use_is_refused_before_anything_is_read(tmp_path: Path, make: str) -> None:
    good, bad = tmp_path / "good.eml", tmp_path / "bad"
    good.write_bytes(mail("1"))
    if "directory" in make:
        bad.mkdir()
        if "other" in make:
            (bad / "notes.txt").write_text("x")
    elif make == "empty file":
        bad.touch()
    elif make == "pipe":
        os.mkfifo(bad)
    with pytest.raises(PathError, match=f"^{re.escape(str(bad))}: "):
        read_paths([good, bad], received_time)


def test_an_empty_mbox_and_an_empty_maildir_are_fine(tmp_path: Path) -> None:
    (tmp_path / "empty.mbox").touch()
    mailbox.Maildir(tmp_path / "Maildir")
    assert read(tmp_path / "empty.mbox", tmp_path / "Maildir") == []
