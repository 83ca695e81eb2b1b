"""Backups, made while the registry is in use, verified, rotated and brought back."""

from __future__ import annotations

import shutil
import sqlite3
import stat
from pathlib import Path

import pytest

from tests.flow.replies import replies
from tests.flow.station import Station


@pytest.fixture
def station(tmp_path: Path) -> Station:
    found = Station(tmp_path / "station", service="\n[backup]\ndirectory = 'backup'\nkeep = 2")
    assert found.run("import", found.write(replies(6))).returncode == 0
    return found


def copies(station: Station) -> list[Path]:
    return sorted((station.directory / "backup").glob("registry-*.db"))


def back_up(station: Station) -> Path:
    done = station.run("backup")
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("; verified\n")
    return copies(station)[-1]


def test_a_backup_is_brought_back_and_what_was_there_is_kept(station: Station) -> None:
    before = station.state()
    copy = back_up(station)
    more = station.write(list(replies(9))[6:], "more")
    assert station.run("import", more).returncode == 0
    after = station.state()
    for path in station.mail.glob("*/*"):
        path.unlink()

    done = station.run("restore", copy)
    assert (done.returncode, done.stderr) == (0, "")
    assert "6 messages restored; the earlier one is " in done.stdout
    assert station.state() == before
    assert station.sound()
    assert len(station.raw_mail()) == 6
    aside = Path(done.stdout.rsplit("the earlier one is ", 1)[1].strip())
    assert sqlite3.connect(aside).execute("select count(*) from messages").fetchone() == (9,)

    assert station.run("import", more).returncode == 0
    assert station.state() == after


def test_it_is_made_while_somebody_writes_and_holds_what_was_committed(station: Station) -> None:
    writer = sqlite3.connect(station.registry, isolation_level=None)
    writer.execute("begin immediate")
    writer.execute("update messages set subject = 'not committed'")
    copy = back_up(station)
    writer.execute("rollback")
    writer.close()
    db = sqlite3.connect(copy)
    assert sorted(row[0] for row in db.execute("select subject from messages")) == sorted(station.subjects())
    db.close()
    assert not copy.with_name(copy.name + "-wal").exists()


def test_only_the_owner_reads_it(station: Station) -> None:
    copy = back_up(station)
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in [copy.parent, copy, *copy.parent.rglob("*")]}
    assert not {str(path): oct(mode) for path, mode in modes.items() if mode & 0o077}


def test_old_copies_go_and_mail_that_no_copy_mentions(station: Station) -> None:
    backup = station.directory / "backup"
    stray = backup / "mail/ab" / ("ab" * 32 + ".eml")
    back_up(station)
    stray.parent.mkdir(exist_ok=True)
    stray.write_bytes(b"of a copy that is gone")
    for day in range(1, 4):
        shutil.copy(copies(station)[-1], backup / f"registry-2016020{day}T020000Z.db")
    newest = back_up(station)
    assert len(copies(station)) == 2
    assert copies(station)[-1] == newest
    assert not stray.exists()
    assert len(list((backup / "mail").glob("*/*.eml"))) == 6


def test_a_damaged_copy_is_refused_and_nothing_changes(station: Station) -> None:
    copy = back_up(station)
    before = station.listing()
    content = bytearray(copy.read_bytes())
    content[4096 * 3 : 4096 * 4] = b"\xff" * 4096
    copy.write_bytes(content)
    done = station.run("restore", copy)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "use another backup" in done.stderr
    lost = next((copy.parent / "mail").glob("*/*.eml"))
    copy.write_bytes(before[str(copy.relative_to(station.directory))] or b"")
    lost.write_bytes(b"something else")
    done = station.run("restore", copy)
    assert "1 messages missing or damaged" in done.stderr
    lost.write_bytes(before[str(lost.relative_to(station.directory))] or b"")
    assert station.listing() == {**before, "registry.db.lock": station.listing()["registry.db.lock"]}


def test_a_backup_of_a_registry_that_lacks_mail_fails_aloud(station: Station) -> None:
    next(station.mail.glob("*/*.eml")).unlink()
    done = station.run("backup")
    assert (done.returncode, copies(station)) == (1, [])
    assert "is missing; bring it back from an earlier backup" in done.stderr


@pytest.mark.parametrize("arguments", [("backup",), ("restore", "nowhere.db"), ("restore", "worker.toml")])
def test_what_cannot_be_done_is_one_line(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    station = Station(tmp_path / "station")
    done = station.run(*arguments)
    assert done.returncode in (1, 2)
    assert (done.stdout, done.stderr.count("\n")) == ("", 1)


def test_a_damaged_registry_is_not_worked_on(station: Station) -> None:
    copy = back_up(station)
    content = bytearray(station.registry.read_bytes())
    content[-4096 * 10 :] = b"\xff" * 4096 * 10
    station.registry.write_bytes(content)
    (station.directory / "mail").rename(station.directory / "incoming")
    config = station.config.read_text()
    station.config.write_text(config.replace("[mailbox]", '[mailbox]\npath = "incoming"'))
    done = station.run("run", "--once")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1), done.stderr
    assert "is damaged" in done.stderr
    assert "inbox-worker restore" in done.stderr
    assert station.run("restore", copy).returncode == 0
    assert station.run("run", "--once").returncode == 0
