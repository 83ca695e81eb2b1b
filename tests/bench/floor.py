"""What a message costs beside what it must cost: the same mailbox of a real Dovecot fetched and parsed, and taken in."""

from __future__ import annotations

import contextlib
import email
import gc
import os
import tempfile
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
from tests.bench.figures import Figure
from tests.bench.letters import letters, organisations, write_list
from tests.bench.stopwatch import Stopwatch, watching
from tests.flow.station import EVENT
from tests.ground.dovecot import Dovecot

BATCH = 50  # messages fetched at once
STAGES = {
    "fetch": [(session.Session, name) for name in ("__init__", "open", "search", "sizes", "messages")],
    "decode": [(message, "decode")],
    "read": [(reading, "read")],
    "decide": [(decision, "decide")],
    "keep the raw messages, with fsync": [(RawMail, "store_all")],
    "record": [(registry.Registry, "record")],
    "project": [(projection, "project")],
    "commit": [(registry.Registry, "writing")],
    "other": [],
}
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
    event = EVENT.replace("two_readers = false", f"two_readers = {str(two_readers).lower()}")
    config.write_text(event + mailbox, encoding="utf-8")
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


class Enough:
    """Stops a poll after so many messages."""

    def __init__(self, most: int) -> None:
        self._left = most

    def is_set(self) -> bool:
        """Whether they have been seen."""
        self._left -= 1
        return self._left <= 0


def taken_in(
    server: Dovecot, rows: list[dict[str, str]], directory: Path, watch: Stopwatch, most: int | None = None
) -> int:
    """The first poll of a new registry; how many messages, and by stage what they cost."""
    os.environ["INBOX_WORKER_BENCH_PASSWORD"] = server.users["alice"]
    settings = configured(directory, rows, IMAP.format(port=server.plain, batch=BATCH))
    with watching(STAGES, watch):
        watch.begin("other")
        result = poll(settings, Stop() if most is None else Enough(most))
        watch.end()
    assert result.error is None and not result.failed, result
    return result.new


def by_mail_parser(server: Dovecot) -> int:
    """A peer: mail-parser over the same bodies, with what it gives of text and attachments."""
    import logging

    import mailparser

    logging.getLogger("mailparser").setLevel(logging.CRITICAL)  # it tells of each part that it leaves aside
    count = 0
    for content in fetched(server):
        parsed = mailparser.parse_from_bytes(content)
        count += bool(parsed.headers) and isinstance(parsed.attachments, list) and isinstance(parsed.body, str)
    return count


def by_imap_tools(server: Dovecot) -> int:
    """A peer: imap_tools fetches and parses, with what it gives of text and attachments."""
    from imap_tools import MailBoxUnencrypted

    with MailBoxUnencrypted("127.0.0.1", server.plain).login("alice", server.users["alice"]) as box:
        found = box.fetch(mark_seen=False, bulk=BATCH)
        return sum(
            bool(each.from_) and isinstance(each.text + each.html, str) and each.attachments != 0 for each in found
        )


def by_parsedmarc(server: Dovecot) -> int:
    """A peer: parsedmarc's mailbox loop, which fetches and parses each message and finds no DMARC report in any."""
    import logging

    from parsedmarc import get_dmarc_reports_from_mailbox
    from parsedmarc.mail import IMAPConnection

    logging.getLogger("parsedmarc").setLevel(logging.CRITICAL)  # it tells of each message that is no report
    box = IMAPConnection("127.0.0.1", "alice", server.users["alice"], port=server.plain, ssl=False, verify=False)
    found = get_dmarc_reports_from_mailbox(box, test=True, offline=True, create_folders=False, batch_size=0)
    return sum(map(len, found.values()))


PEERS = {
    "mail-parser, fetched as the floor": by_mail_parser,
    "imap_tools": by_imap_tools,
    "parsedmarc's mailbox loop": by_parsedmarc,
}


def measured(n: int, *, dressed: bool = True) -> tuple[list[Figure], str]:
    """The figures of a mailbox of ``n`` letters, and a table of stages."""
    with served(n, dressed=dressed) as (server, rows), tempfile.TemporaryDirectory() as scratch:
        size = sum(map(len, fetched(server))) / n
        taken_in(server, rows, Path(scratch) / "warm", Stopwatch(), most=min(n, 100))
        watch, floors = Stopwatch(), [cpu(lambda: floor(server))[0]]
        whole, count = cpu(lambda: taken_in(server, rows, Path(scratch) / "registry", watch))
        floors += [cpu(lambda: floor(server))[0] for _ in range(2)]
        peers = {}
        for name, peer in PEERS.items():
            with contextlib.suppress(ImportError):
                peers[name] = cpu(lambda peer=peer: peer(server))  # type: ignore[misc]
    assert count == n, (count, n)
    least = min(floors)
    rest = whole - watch.seconds["read"]
    figures = [
        Figure(f"the floor, {n:,} messages of {size / 1000:.0f} kB", 1000 * least / n, "ms"),
        Figure("all but the reading", 1000 * rest / n, "ms"),
        Figure("all but the reading, in floors", rest / least, "", "<= 6"),
        *(Figure(f"{name}, in floors", seconds / least) for name, (seconds, _) in peers.items()),
    ]
    stages = sorted(watch.seconds.items(), key=lambda found: -found[1])
    lines = [f"| {stage} | {1000 * seconds / n:.3f} | {seconds / least:.2f} |" for stage, seconds in stages]
    return figures, "\n".join(["| stage | ms | floors |", "| --- | --- | --- |", *lines])
