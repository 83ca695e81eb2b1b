"""A message that cannot be read is kept, flagged, in nobody's way, and read anew when that may help."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.flow.replies import replies
from tests.flow.station import ROOT, Station

FLAGS = "select message_id, code, detail, closed_at is null from flags where code = 'failed' order by id"
READINGS = "select message_id, kind, error from readings order by id"


def trick(station: Station, *modes: str) -> subprocess.CompletedProcess[str]:
    """Take messages in with a reader that stumbles as told; see trick.py."""
    command = [sys.executable, "-m", "tests.flow.trick", str(station.registry), *modes]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)


def test_a_message_that_breaks_its_reader_does_not_hold_up_the_next(station: Station) -> None:
    done = trick(station, "fine", "raise", "fine")
    assert (done.stdout.split(), done.stderr) == (["recorded", "failed", "recorded"], "")
    assert station.query(FLAGS) == [(2, "failed", "ValueError: the list is broken", 1)]
    assert station.query(READINGS) == [
        (1, "reply", None),
        (2, None, "ValueError: the list is broken"),
        (3, "reply", None),
    ]
    assert station.subjects() == [f"Re: Invitation {n}" for n in range(3)]
    assert list(replies(3))[1] in station.raw_mail().values()

    assert trick(station, "reread", "raise").stdout == "1\n"
    assert station.query(FLAGS)[1:] == [(2, "failed", "ValueError: the list is broken", 1)]
    assert station.query(FLAGS)[0][3] == 0

    done = station.run("reread", "--failed")
    assert (done.returncode, done.stdout.partition(";")[0], done.stderr) == (0, "1 read anew, 0 of them failed", "")
    assert [still_open for *_, still_open in station.query(FLAGS)] == [0, 0]
    assert station.query(READINGS)[-1] == (2, "reply", None)
    assert station.run("reread", "--failed").stdout.startswith("0 read anew, 0 of them failed;")
    assert same_state_as_undisturbed(station)


def test_raw_mail_that_cannot_be_written_is_told_by_status_and_taken_in_once_it_can(tmp_path: Path) -> None:
    station = Station(tmp_path / "station", 'path = "incoming"')
    (station.directory / "incoming/cur").mkdir(parents=True)
    (station.directory / "incoming/new").mkdir()
    (station.directory / "incoming/cur/1").write_bytes(next(replies(1)))
    station.mail.write_text("in the way")
    done = station.run("run", "--once")
    why = f"what arrived cannot be written down: [Errno 20] Not a directory: '{station.mail}/"
    assert (done.returncode, done.stderr.count(f'error="{why}')) == (1, 1)
    assert station.run("status").stdout.startswith(f"UNHEALTHY: could not look at the mailbox: {why}")
    assert station.subjects() == []
    station.mail.unlink()
    assert station.run("run", "--once").returncode == 0
    assert station.subjects() == ["Re: Invitation 0"]
    assert station.run("status").stdout.startswith("healthy: looked at the mailbox ")


def test_a_message_whose_reading_cannot_be_written_is_set_aside_alike(station: Station) -> None:
    done = trick(station, "fine", "admit", "fine")
    assert (done.stdout.split(), done.stderr) == (["recorded", "failed", "recorded"], "")
    assert station.query(FLAGS) == [(2, "failed", "IntegrityError: FOREIGN KEY constraint failed", 1)]
    done = trick(station, "reread", "admit")
    assert (done.stdout, done.stderr) == ("1\n", "")
    assert station.query(FLAGS)[-1] == (2, "failed", "IntegrityError: FOREIGN KEY constraint failed", 1)
    assert station.run("reread", "--failed").stdout.startswith("1 read anew, 0 of them failed;")
    assert same_state_as_undisturbed(station)


def same_state_as_undisturbed(station: Station) -> bool:
    undisturbed = Station(station.directory.parent / "undisturbed")
    trick(undisturbed, "fine", "fine", "fine")
    expected, found = undisturbed.state(), station.state()
    return all(found[table] == expected[table] for table in ("messages", "participations", "delegates"))


def test_a_message_that_failed_is_read_anew_by_the_next_version_and_only_once(station: Station) -> None:
    trick(station, "raise", "fine")
    mailbox = station.directory / "Maildir"
    for part in ("cur", "new", "tmp"):
        (mailbox / part).mkdir(parents=True)
    config = station.config.read_text(encoding="utf-8")
    station.config.write_text(config.replace("[mailbox]", f'[mailbox]\npath = "{mailbox}"'), encoding="utf-8")

    assert station.run("run", "--once").returncode == 0
    assert station.query(FLAGS)[0][3] == 1, "read anew by the version that failed on it"

    station.change("update readings set reader = 'inbox-worker 0.0.1'")
    assert station.run("run", "--once").returncode == 0
    assert [still_open for *_, still_open in station.query(FLAGS)] == [0]
    assert station.query("select count(*) from readings") == [(3,)]
    station.run("run", "--once")
    assert station.query("select count(*) from readings") == [(3,)]


def test_a_message_that_kills_its_reader_is_set_aside_after_three_attempts(station: Station) -> None:
    for _ in range(3):
        done = trick(station, "fine", "exit", "fine")
        assert (done.returncode, station.subjects()) == (9, ["Re: Invitation 0"])
        assert not station.query(FLAGS)
    done = trick(station, "fine", "exit", "fine")
    assert (done.returncode, done.stdout.split(), done.stderr) == (0, ["known", "failed", "recorded"], "")
    why = "reading it ended the process, in 3 attempts before this one"
    assert station.query(FLAGS) == [(2, "failed", why, 1)]
    assert not list(station.directory.glob("*.at-hand"))

    for _ in range(3):
        assert trick(station, "reread", "exit").returncode == 9
    done = trick(station, "reread", "exit")
    assert (done.returncode, done.stdout, done.stderr) == (0, "1\n", "")
    assert station.query(FLAGS) == [(2, "failed", why, 0), (2, "failed", why, 1)]

    assert station.run("reread", "--failed").stdout.startswith("1 read anew, 0 of them failed;")
    assert station.query(READINGS)[-1] == (2, "reply", None)


def test_a_message_at_hand_in_three_deaths_of_other_causes_is_read(station: Station) -> None:
    for _ in range(3):
        trick(station, "exit")
    done = trick(station, "fine")
    assert (done.returncode, done.stdout, done.stderr) == (0, "recorded\n", "")
    assert not station.query(FLAGS)


def test_a_suspect_whose_own_process_ends_of_another_cause_is_read(station: Station) -> None:
    for _ in range(3):
        trick(station, "exit")
    marker = station.directory / "killed"
    done = trick(station, f"once:{marker}")
    assert (done.returncode, done.stdout, done.stderr) == (0, "recorded\n", "")
    assert marker.exists()
    assert not station.query(FLAGS)


def test_what_is_no_fault_of_the_message_is_no_attempt(station: Station) -> None:
    mail = station.write(replies(2))
    (mail / "1.eml").rename(station.directory / "1.eml")
    station.run("import", mail)
    (station.directory / "1.eml").rename(mail / "1.eml")
    station.change("alter table messages rename column refers to refers_")
    for _ in range(4):
        done = station.run("import", mail)
        assert (done.returncode, done.stderr.count("\n")) == (1, 1), done.stderr
        assert done.stderr.startswith("inbox-worker: the registry cannot be used just now: ")
    station.change("alter table messages rename column refers_ to refers")
    assert station.run("import", mail).stdout.startswith("1 recorded, 1 known already, 0 failed; ")
    assert not station.query(FLAGS)


def test_file_names_that_are_no_text(station: Station) -> None:
    mail = station.write([])
    name = os.fsdecode(b"caf\xe9")
    (mail / f"{name}.eml").write_bytes(next(replies(1)))
    (mail / f"{name}-gone.eml").symlink_to("nowhere")
    read = station.run("read", mail)
    assert (read.returncode, len(read.stdout.splitlines()), read.stderr) == (0, 2, "")
    done = station.run("import", mail)
    assert (done.returncode, done.stdout[:39], done.stderr) == (0, "1 recorded, 0 known already, 1 failed; ", "")
    assert station.query("select source from messages") == [(f"{mail}/caf\\xe9.eml",), (f"{mail}/caf\\xe9-gone.eml",)]


def test_a_raw_message_that_is_gone_fails_and_comes_back(station: Station) -> None:
    station.run("import", station.write(replies(2)))
    raw = sorted(station.mail.glob("*/*.eml"))[0]
    kept = raw.with_suffix(".kept")
    raw.rename(kept)
    assert station.run("reread").stdout.startswith("2 read anew, 1 of them failed;")
    assert [row[2] for row in station.query(FLAGS)] == ["its raw form cannot be read: No such file or directory"]
    kept.rename(raw)
    assert station.run("reread", "--failed").stdout.startswith("1 read anew, 0 of them failed;")
    assert [still_open for *_, still_open in station.query(FLAGS)] == [0]


@pytest.fixture
def eml_station(tmp_path: Path) -> Station:
    """One that watches a directory of .eml files."""
    (tmp_path / "station" / "incoming").mkdir(parents=True)
    return Station(tmp_path / "station", 'path = "incoming"')


def test_a_poll_that_cannot_write_says_what_the_registry_says(eml_station: Station) -> None:
    station = eml_station
    assert station.run("run", "--once").returncode == 0
    (station.directory / "incoming/1.eml").write_bytes(next(replies(1)))
    station.change("alter table messages rename column refers to refers_")
    done = station.run("run", "--once")
    assert done.returncode == 1
    assert re.search(r" error poll failed .* error=\"unexpected OperationalError at .*: .* no column", done.stderr)
    station.change("alter table messages rename column refers_ to refers")
    assert " new=1 failed=0 " in station.run("run", "--once").stderr


def test_unreadable_files_in_a_watched_directory_are_each_flagged_once(eml_station: Station) -> None:
    station, incoming = eml_station, eml_station.directory / "incoming"
    (incoming / "a.eml").mkdir()
    (incoming / "b.eml").symlink_to("nowhere")
    done = station.run("run", "--once")
    assert (done.returncode, " new=2 failed=2 " in done.stderr) == (0, True), done.stderr
    expected = [
        (1, "failed", f"{incoming}/a.eml: cannot be read: is not a regular file", 1),
        (2, "failed", f"{incoming}/b.eml: cannot be read: No such file or directory", 1),
    ]
    assert station.query(FLAGS) == expected
    (incoming / "c.eml").write_bytes(next(replies(1)))
    os.utime(incoming / "c.eml", (1, 1))
    done = station.run("run", "--once")
    assert (done.returncode, " new=1 failed=0 " in done.stderr) == (0, True), done.stderr
    assert station.query(FLAGS) == expected
