"""What cannot be used: one line on standard error that says where and what is valid, status 2, nothing written."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.flow.replies import replies
from tests.flow.station import Station

Spoil = Callable[[Station], object]


def config(old: str, new: str) -> Spoil:
    """Another text in worker.toml."""

    def spoil(station: Station) -> None:
        text = station.config.read_text(encoding="utf-8")
        assert old in text
        station.config.write_text(text.replace(old, new), encoding="utf-8")

    return spoil


def invited(change: Callable[[list[str]], list[str]]) -> Spoil:
    """Other lines in invited.csv."""

    def spoil(station: Station) -> None:
        path = station.directory / "invited.csv"
        path.write_text("\n".join(change(path.read_text(encoding="utf-8").splitlines())), encoding="utf-8")

    return spoil


CONFIGURATION: dict[str, tuple[Spoil, tuple[str, ...]]] = {
    "no configuration": (
        lambda station: station.config.unlink(),
        ("worker.toml: there is no such file; write one with 'inbox-worker init DIR'",),
    ),
    "a directory": (
        lambda station: (station.config.unlink(), station.config.mkdir()),
        ("worker.toml: cannot be read: Is a directory",),
    ),
    "no TOML": (config("[event]", "[event"), ("worker.toml: is not valid TOML: ", "line 1")),
    "no UTF-8": (
        lambda station: station.config.write_bytes(b"[event]\ntitle = '\xe9'\n"),
        ("worker.toml: is not UTF-8; save it as UTF-8",),
    ),
    "no event": (
        lambda station: station.config.write_text("[service]\n"),
        ("worker.toml: the table [event] is missing",),
    ),
    "an unknown table": (
        config("[service]", "[servce]"),
        ("worker.toml: [servce]: no such table; valid are [event], [mailbox], [oauth], [registry],",),
    ),
    "an unknown key": (
        config("[mailbox]", '[mailbox]\nhots = "mail.example.org"'),
        ("worker.toml, line 17: [mailbox] hots: no such key; valid here are host, port, tls, ca_file, user,",),
    ),
    "an impossible value": (
        config("[service]", "[service]\npoll_every = 0"),
        ("worker.toml, line 20: [service] poll_every: must be a whole number from 1 to 86400, is 0",),
    ),
    "a value of another type": (
        config("2016-02-26", '"26 February"'),
        ("worker.toml, line 7: [event] reply_by: '26 February' is not a date; write 2016-02-26 or ",),
    ),
    "a time zone that is none": (
        config("Europe/Zurich", "Europe/Geneva"),
        ('worker.toml, line 5: [event] timezone: "Europe/Geneva" is not in the time zone database',),
    ),
    "no invited list": (
        lambda station: (station.directory / "invited.csv").unlink(),
        ("invited.csv: the invited list is missing; [event] invited names it",),
    ),
    "a doubled id": (
        invited(lambda lines: [*lines[:3], *lines[1:]]),
        ("invited.csv, line 4: the id 'icbl-cmc' stands in line 2 already",),
    ),
    "missing columns": (
        invited(lambda lines: ["id,name,acronym,category", "a,A,A,ngo"]),
        (
            "invited.csv, line 1: no column aliases, domains, country; "
            "the first line must be id,name,acronym,aliases,domains,category,country",
        ),
    ),
    "a line that is too short": (
        invited(lambda lines: [*lines, "x,y"]),
        ("invited.csv, line 104: has not as many fields as the first line",),
    ),
    "an empty list": (invited(lambda lines: []), ("invited.csv, line 1: no column id, name,",)),
}


def refused(station: Station, *arguments: str | Path) -> str:
    """Run a command that must be refused and write nothing; what it said."""
    before = station.listing()
    done = station.run(*arguments)
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert line.startswith("inbox-worker: ")
    assert station.listing() == before
    return line


@pytest.mark.parametrize("case", CONFIGURATION)
def test_a_configuration_that_cannot_be_used(station: Station, case: str) -> None:
    spoil, said = CONFIGURATION[case]
    mail = station.write(replies(1))
    spoil(station)
    line = refused(station, "import", mail)
    assert line.startswith(f"inbox-worker: {station.directory}/{said[0]}"), line
    assert all(words in line for words in said)


@pytest.mark.parametrize("command", [("run",), ("read", "mail"), ("status",), ("web",)])
def test_every_command_refuses_it_alike(station: Station, command: tuple[str, ...]) -> None:
    config("[service]", "[service]\npoll_evry = 3")(station)
    assert refused(station, *command).startswith(
        f"inbox-worker: {station.config}, line 20: [service] poll_evry: no such key; valid here are poll_every, "
    )


def test_a_configuration_without_a_mailbox_cannot_be_run(station: Station) -> None:
    said = f"inbox-worker: {station.config}: [mailbox] has neither host nor path; say where the mail is"
    assert refused(station, "run", "--once").startswith(said)


PATHS: dict[str, tuple[Callable[[Path], object], str]] = {
    "not there": (lambda path: None, ": there is no such file or directory"),
    "a directory without mail": (
        Path.mkdir,
        ": holds no mail; a directory must hold .eml or .mbox files, or be a Mail",
    ),
    "a directory with other files": (
        lambda path: (path.mkdir(), (path / "notes.txt").write_text("x")),
        ": holds no mail; ",
    ),
    "empty": (Path.touch, ": is empty; there is no message in it"),
    "a pipe": (os.mkfifo, ": is neither a file nor a directory"),
    "a loop": (lambda path: path.symlink_to(path), ": cannot be read: Too many levels of symbolic links"),
    "unreadable": (lambda path: (path.write_bytes(b"x"), path.chmod(0)), ": cannot be read: Permission denied"),
}


@pytest.mark.parametrize("command", ["read", "import"])
@pytest.mark.parametrize("case", PATHS)
def test_a_path_that_cannot_be_used(station: Station, case: str, command: str) -> None:
    if case == "unreadable" and os.geteuid() == 0:
        pytest.skip("root reads everything")
    make, said = PATHS[case]
    good, bad = station.write(replies(1)), station.directory / "bad.eml"
    make(bad)
    if case == "a pipe":
        station.listing = lambda: {path.name: None for path in station.directory.iterdir()}  # type: ignore[method-assign]
    assert refused(station, command, good, bad).startswith(f"inbox-worker: {bad}{said}")


def newer(path: Path) -> None:
    """Make a registry one of a later version."""
    connection = sqlite3.connect(path)
    connection.execute(
        "insert into _sqlite_migrations (migration_set, name, applied_at) "
        "select migration_set, 'm999_from_the_future', applied_at from _sqlite_migrations limit 1"
    )
    connection.commit()
    connection.close()


def foreign(path: Path) -> None:
    """Make it another program's database."""
    path.unlink()
    connection = sqlite3.connect(path)
    connection.execute("create table recipes (id integer primary key)")
    connection.close()


REGISTRIES: dict[str, tuple[Callable[[Path], object], str]] = {
    "of a later version": (
        newer,
        ": was written by a later version of inbox-worker (it knows m999_from_the_future); install that version or "
        "restore a backup",
    ),
    "no SQLite file": (
        lambda path: path.write_text("Dear diary, " * 200),
        ": is no registry: file is not a database; name another file or restore a backup",
    ),
    "another program's database": (foreign, ": is an SQLite file, but not a registry; name another file"),
}


@pytest.mark.parametrize("case", REGISTRIES)
def test_a_registry_that_cannot_be_used(station: Station, case: str) -> None:
    spoil, said = REGISTRIES[case]
    mail = station.write(replies(2))
    station.run("import", mail / "1.eml")
    spoil(station.registry)
    for path in station.directory.glob("*.lock"):
        path.unlink()
    config("[mailbox]", '[mailbox]\npath = "mail"')(station)
    commands = (("import", mail), ("run", "--once"), ("reread",), ("status",))
    for command in commands:
        assert refused(station, *command) == f"inbox-worker: {station.registry}{said}"


def test_a_command_that_needs_a_registry_makes_none(station: Station) -> None:
    before = station.listing()
    for command in (("status",), ("explain", "halo"), ("web",), ("reread",)):
        done = station.run(*command)
        assert (done.returncode, done.stdout) == (1, "")
        said = "there is no registry yet; 'inbox-worker import' or 'inbox-worker run' makes it"
        assert done.stderr == f"inbox-worker: {station.registry}: {said}\n"
        assert station.listing() == before


def test_arguments_that_are_none(station: Station) -> None:
    assert "No such command 'imprt'" in refused(station, "imprt")
    assert "No such option '--twice'" in refused(station, "run", "--twice")
    assert "Missing argument 'PATH...'" in refused(station, "import")
