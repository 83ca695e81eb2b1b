"""A registry of real mail, Datasette on it, and people who are signed in."""

from __future__ import annotations

import asyncio
import fcntl
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml
from datasette.app import Datasette

T = TypeVar("T")
ROOT = Path(__file__).parents[2]
PLEDGING = ROOT / "tests/corpus/pledging"
SECRET = "for tests only"
PASSWORD = "correct horse battery"
PEOPLE = {
    "ann": {"id": "ann", "role": "reviewer"},
    "ben": {"id": "ben", "role": "reviewer"},
    "carla": {"id": "carla", "role": "reader"},
    "dora": {"id": "dora", "role": "admin"},
    "ed": {"id": "ed"},  # signed in, without a role
}
SCANS = ("040.eml", "061.eml")  # letters that are scans, each a second of waiting in vain; a third is enough here
HOSTILE = """\
From: =?utf-8?B?Ij48c2NyaXB0PndpbmRvdy5vd25lZD0xPC9zY3JpcHQ+?= <mallory@paxforpeace.example>
To: isu@apminebanconvention.org
Subject: <img src=x onerror="window.owned=1"> Pledging conference
Date: Wed, 10 Feb 2016 10:00:00 +0100
Received: from a.example by mail.apminebanconvention.org; Wed, 10 Feb 2016 10:00:01 +0100
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=cut

--cut
Content-Type: text/html; charset=utf-8

<html><head><link rel=stylesheet href="http://elsewhere.example/x.css"><style>@import url(http://elsewhere.example/y.css);
body{background:url(http://elsewhere.example/z.png)}</style><script>window.owned=1</script></head>
<body onload="window.owned=1"><p>Dear colleagues,</p><p>PAX will attend, perhaps with two or three people.</p>
<p>&lt;script&gt;window.owned=1&lt;/script&gt; &lt;/textarea&gt;&lt;svg onload=window.owned=1&gt;</p>
<img src="http://elsewhere.example/pixel.png"><iframe src="http://elsewhere.example/"></iframe>
<a href="javascript:window.owned=1">click</a><svg><script>window.owned=1</script></svg>
<p>Could you tell us where to register?</p></body></html>
--cut
Content-Type: text/html; name="<svg onload=window.owned=1>.html"
Content-Disposition: attachment; filename="<svg onload=window.owned=1>.html"

<script>window.owned=1</script><img src="http://elsewhere.example/a.png">Names: =HYPERLINK("http://elsewhere.example","x")
--cut
Content-Type: image/svg+xml; name="p.svg"
Content-Disposition: inline; filename="p.svg"
Content-ID: <p@x>

<svg xmlns="http://www.w3.org/2000/svg" onload="window.owned=1"><script>window.owned=1</script></svg>
--cut--
"""


def password_hash() -> str:
    """PASSWORD as datasette-auth-passwords keeps it."""
    from datasette_auth_passwords.utils import hash_password

    return str(hash_password(PASSWORD, iterations=1000))


def imported(directory: Path, *mail: Path) -> Path:
    """A registry of some mail in a directory of its own. Returns the configuration."""
    directory.mkdir(parents=True, exist_ok=True)
    shutil.copy(PLEDGING / "invited.csv", directory)
    event = (PLEDGING / "event.toml").read_text(encoding="utf-8")
    event = (
        event.replace("[event]", "[event]\ncapacity = 200")
        + "\n[limits]\nocr_time = 1\n[reading]\ntwo_readers = false\n"
    )  # scans have tests elsewhere
    (directory / "worker.toml").write_text(event, encoding="utf-8")
    config = yaml.safe_load((ROOT / "config/datasette.yaml").read_text(encoding="utf-8"))
    config["plugins"]["datasette-auth-passwords"] = {
        "ann_password_hash": password_hash(),
        "actors": {"ann": PEOPLE["ann"]},
    }
    (directory / "datasette.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    (directory / "hostile").mkdir()
    (directory / "hostile/1.eml").write_text(HOSTILE, encoding="utf-8")
    take_in(directory / "worker.toml", *mail, directory / "hostile")
    return directory / "worker.toml"


def take_in(config: Path, *mail: Path) -> None:
    """Run ``import``."""
    arguments = [sys.executable, "-m", "inbox_worker", "--config", str(config), "import", *map(str, mail)]
    subprocess.run(arguments, check=True, capture_output=True, timeout=280, env=environment())


def shared(base: Path) -> Path:
    """The registry of ``season`` and ``attachments-and-noise``, made once for all test processes: a directory."""
    with (base / "season.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (base / "season-made").exists():
            noise = (path for path in (PLEDGING / "attachments-and-noise").glob("*.eml") if path.name not in SCANS)
            imported(base / "season", PLEDGING / "season", *noise)
            (base / "season-made").touch()
    return base / "season"


def copied(original: Path, directory: Path) -> Path:
    """A copy of a registry that nobody has open. Returns its configuration."""
    shutil.copytree(original, directory)
    return directory / "worker.toml"


def environment() -> dict[str, str]:
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("INBOX_WORKER_")}
    return {**inherited, "PYTHONPATH": str(ROOT), "DATASETTE_SECRET": SECRET}


def waited_for(coroutine: Coroutine[Any, Any, T]) -> T:
    """What a coroutine gives. It runs in a thread of its own, since the browser's loop runs in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result()


def cookie(name: str) -> str:
    """What signs somebody in."""
    return str(Datasette(secret=SECRET).sign({"a": PEOPLE[name]}, "actor"))


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


@dataclass
class Web:
    """A running ``inbox-worker web``."""

    url: str
    config: Path
    process: subprocess.Popen[bytes]
    log: Path

    def db(self) -> sqlite3.Connection:
        """The registry, to look at."""
        connection = sqlite3.connect(f"file:{self.config.parent / 'registry.db'}?mode=ro", uri=True)
        connection.row_factory = sqlite3.Row
        return connection

    def one(self, sql: str, *values: object) -> object:
        connection = self.db()
        try:
            row = connection.execute(sql, values).fetchone()
            return row[0] if row and len(row) == 1 else row and tuple(row)
        finally:
            connection.close()

    @property
    def link(self) -> str:
        """What was printed to sign in with."""
        return re.findall(r"http://\S+/-/auth-token\?token=\w+", self.log.read_text())[0]


@contextmanager
def serving(config: Path) -> Iterator[Web]:
    """``inbox-worker web`` on a port of its own, gone afterwards."""
    port, log = free_port(), config.parent / "web.log"
    arguments = [sys.executable, "-m", "inbox_worker", "--config", str(config), "web", "--port", str(port)]
    with log.open("wb") as out:
        process = subprocess.Popen(arguments, stdout=out, stderr=out, env=environment())
    web = Web(f"http://127.0.0.1:{port}", config, process, log)
    try:
        _wait(web)
        yield web
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(web: Web) -> None:
    for _ in range(600):
        if web.process.poll() is not None:
            break
        try:
            urllib.request.urlopen(f"{web.url}/-/login", timeout=10).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError(web.log.read_text())
