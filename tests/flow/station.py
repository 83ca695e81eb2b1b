"""A configuration, a registry and mail in one directory, and the commands that work on them."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PASSWORD = "pw-of-alice-5301"
EVENT = """\
[event]
title    = "Pledging conference"
starts   = 2016-03-02T15:00:00
ends     = 2016-03-02T18:00:00
timezone = "Europe/Zurich"
mailbox  = "isu@apminebanconvention.org"
reply_by = 2016-02-26
invited  = "invited.csv"

[reading]
two_readers = false

[registry]
path = "registry.db"
"""
TABLES = "select name from sqlite_master where type = 'table' and name not like 'sqlite_%' and sql not like '%fts5%'"
# The shadow tables of the full-text index hold no facts of their own; changes of flags are counted by the server.
NO_FACTS = ("messages_fts", "answers_followed")
# Columns that only tell what the worker's clock showed. Of the second kind it matters whether there is a time at all.
CLOCKS = {"taken_in_at", "read_at", "opened_at", "applied_at", "polled_at", "tried_at"}
MAYBE = {"closed_at"}


class Station:
    """A directory with ``worker.toml``, ``invited.csv`` and whatever comes of running commands there."""

    def __init__(self, directory: Path, mailbox: str = "", service: str = "") -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self.directory = directory
        self.config = directory / "worker.toml"
        self.registry = directory / "registry.db"
        self.mail = directory / "registry.db.mail"
        self.config.write_text(f"{EVENT}\n[mailbox]\n{mailbox}\n\n[service]\n{service}\n", encoding="utf-8")
        shutil.copy(ROOT / "config/invited.csv", directory / "invited.csv")

    def start(self, *arguments: str | Path, **options: Any) -> subprocess.Popen[str]:
        """A command as a process, its streams as text."""
        settings: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, **options}
        return subprocess.Popen(
            [sys.executable, "-m", "inbox_worker", "--config", str(self.config), *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            cwd=self.directory,
            env={**os.environ, "PYTHONPATH": str(ROOT), "IW_TEST_PASSWORD": PASSWORD, "PYTHONUTF8": "1"},
            **settings,
        )

    def run(self, *arguments: str | Path, seconds: float = 120) -> subprocess.CompletedProcess[str]:
        """A command run to its end."""
        with self.start(*arguments) as process:
            try:
                out, err = process.communicate(timeout=seconds)
            except subprocess.TimeoutExpired:
                process.kill()
                raise
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def query(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Rows of the registry, asked for in SQL."""
        connection = sqlite3.connect(self.registry, timeout=10)
        try:
            return connection.execute(sql, values).fetchall()
        finally:
            connection.close()

    def change(self, sql: str, *values: object) -> None:
        """Write into the registry behind the worker's back."""
        connection = sqlite3.connect(self.registry, timeout=10)
        with connection:
            connection.execute(sql, values)
        connection.close()

    def subjects(self) -> list[str]:
        """Subjects of all messages, in the order they were taken in."""
        return [subject for (subject,) in self.query("select subject from messages order by id")]

    def heartbeat(self) -> dict[str, Any]:
        """The heartbeat row."""
        names = ("polled_at", "tried_at", "error", "version")
        (row,) = self.query(f"select {', '.join(names)} from heartbeat")
        return dict(zip(names, row, strict=True))

    def state(self) -> dict[str, list[dict[str, Any]]]:
        """All rows of all tables, clock columns aside."""
        tables = [name for (name,) in self.query(TABLES) if not name.startswith((*NO_FACTS, "_sqlite"))]
        assert {"messages", "readings", "claims", "flags", "rulings", "participations", "delegates"} <= set(tables)
        return {name: self._rows(name) for name in tables}

    def _rows(self, table: str) -> list[dict[str, Any]]:
        connection = sqlite3.connect(self.registry, timeout=10)
        connection.row_factory = sqlite3.Row
        rows = [dict(row) for row in connection.execute(f"select * from {table} order by 1, 2")]
        connection.close()
        return [
            {name: value is None if name in MAYBE else value for name, value in row.items() if name not in CLOCKS}
            for row in rows
        ]

    def raw_mail(self) -> dict[str, bytes]:
        """The raw messages that are kept, by the name of their file."""
        return {path.name: path.read_bytes() for path in sorted(self.mail.glob("*/*.eml"))}

    def sound(self) -> bool:
        """Whether SQLite finds nothing to complain of, the full-text index included."""
        self.change("insert into messages_fts(messages_fts) values ('integrity-check')")
        return self.query("pragma integrity_check") == [("ok",)] and not self.query("pragma foreign_key_check")

    def listing(self) -> dict[str, bytes | None]:
        """Everything below the directory: names, and what is in the files."""
        return {
            str(path.relative_to(self.directory)): path.read_bytes()
            if path.is_file() and os.access(path, os.R_OK)
            else None
            for path in sorted(self.directory.rglob("*"))
        }

    def write(self, messages: Iterable[bytes], name: str = "mail") -> Path:
        """A directory of .eml files."""
        directory = self.directory / name
        directory.mkdir()
        for number, content in enumerate(messages, 1):
            (directory / f"{number}.eml").write_bytes(content)
        return directory


def wait_for(condition: Callable[[], object], seconds: float = 20) -> None:
    """Until something is so, or fail."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it does not come about"
        time.sleep(0.02)
