"""What a message costs beside what it must cost: the same mailbox of a real Dovecot fetched and parsed, and taken in."""

from __future__ import annotations

import email
import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from imapclient import IMAPClient

from inbox_worker import decision, message, reading
from inbox_worker.child import Stop
from inbox_worker.mailbox import session
from inbox_worker.poll import poll
from inbox_worker.registry import projection, registry
from inbox_worker.registry.rawmail import RawMail
from inbox_worker.settings import Settings, load
from tests.bench.letters import letters, organisations, write_list
from tests.bench.stopwatch import Stopwatch, watching
from tests.ground.dovecot import Dovecot

BATCH = 50  # messages fetched at once
STAGES = {
    "fetch": [(session.Session, name) for name in ("__init__", "open", "search", "sizes", "messages")],
    "decode": [(message, "decode")],
    "read": [(reading, "read")],
    "decide": [(decision, "decide")],
    "keep the raw message, with fsync": [(RawMail, "store")],
    "record": [(registry.Registry, "record")],
    "project": [(projection, "project")],
    "commit": [(registry.Registry, "writing")],
    "other": [],
}
CONFIG = """\
[event]
title    = "First International Pledging Conference"
starts   = 2016-03-02T15:00:00
ends     = 2016-03-02T18:00:00
timezone = "Europe/Zurich"
mailbox  = "isu@apminebanconvention.org"
reply_by = 2016-02-26
invited  = "invited.csv"

[reading]
two_readers = {two_readers}

[registry]
path = "registry.db"
"""
IMAP = """
[mailbox]
host = "127.0.0.1"
port = {port}
tls = "none"
user = "alice"
password_env = "INBOX_WORKER_BENCH_PASSWORD"
batch = {batch}
"""


def configured(directory: Path, rows: list[dict[str, str]], mailbox: str = "", two_readers: bool = False) -> Settings:
    """A configuration in a directory."""
    directory.mkdir(parents=True, exist_ok=True)
    write_list(directory / "invited.csv", rows)
    config = directory / "worker.toml"
    config.write_text(CONFIG.format(two_readers=str(two_readers).lower()) + mailbox, encoding="utf-8")
    return load(config)


@contextmanager
def served(n: int, *, dressed: bool = True) -> Iterator[tuple[Dovecot, list[dict[str, str]]]]:
    """A Dovecot with ``n`` letters, and the invited list of the organisations that wrote them."""
    rows = organisations(102)
    with Dovecot() as server:
        for received, content in letters(n, rows, dressed=dressed):
            server.deliver([content], received=received)
        yield server, rows


def fetched(server: Dovecot) -> Iterator[bytes]:
    """All messages, as the floor takes them."""
    client = IMAPClient("127.0.0.1", server.plain, ssl=False, timeout=60)
    client._imap.debug = 0
    client.normalise_times = False
    client.login("alice", server.users["alice"])
    client.select_folder("INBOX", readonly=True)
    uids = client.search(["ALL"])
    for at in range(0, len(uids), BATCH):
        answer = client.fetch(uids[at : at + BATCH], ["INTERNALDATE", "BODY.PEEK[]"])
        yield from (items[b"BODY[]"] for items in answer.values())
    client.logout()


def cpu(function: Callable[[], int]) -> tuple[float, int]:
    """CPU seconds of this process in a function, and what it gave."""
    gc.collect()
    start = time.process_time()
    found = function()
    return time.process_time() - start, found


def floor(server: Dovecot) -> int:
    """Fetch and parse by the standard library; how many messages."""
    return sum(email.message_from_bytes(content) is not None for content in fetched(server))


def taken_in(server: Dovecot, rows: list[dict[str, str]], directory: Path, watch: Stopwatch) -> int:
    """The first poll of a new registry; how many messages, and by stage what they cost."""
    settings = configured(directory, rows, IMAP.format(port=server.plain, batch=BATCH))
    with watching(STAGES, watch):
        watch.begin("other")
        result = poll(settings, Stop())
        watch.end()
    assert result.error is None and not result.failed, result
    return result.new
