"""How quickly the review desk answers in a large registry: ``python -m tests.bench.desk [--messages 20000]``.

The sample mailbox ``season`` is taken in once and then multiplied: messages, what was read in them, and the
organisations they speak of, so that each organisation has as many letters as it had. Each page is asked for many times
in turn with Datasette's own page of the table ``messages``; what counts is the ratio of the medians of CPU time, and that
holds on a slow or busy machine too.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import sqlite3
import statistics
import tempfile
import time
from pathlib import Path

from datasette.app import Datasette

from tests.review.place import PEOPLE, PLEDGING, imported
from tests.review.test_permissions import serve

TABLE = "/registry/messages"
MULTIPLY = """
insert into organisations select id || '-' || :k, name || ' ' || :k, acronym, aliases, '[]', category, country, '',
  language, invited from organisations where id not like '%-copy-%' and (id in (select organisation_id from claims)
  or id in (select organisation_id from participations where partstat <> 'needs-action'));
insert into messages (id, sha256, message_id, received_at, from_name, from_address, subject, text, refers, size, source,
  taken_in_at) select id + :m, sha256 || :k, message_id, received_at, from_name, from_address, subject, text, refers,
  size, source, taken_in_at from messages where id <= :top;
insert into readings (id, message_id, reader, invited, kind, language, error, read_at) select id + :m, message_id + :m,
  reader, invited, kind, language, error, read_at from readings where message_id <= :top;
insert into claims select id + :m, message_id + :m, reading_id + :m, position, organisation_id || '-' || :k, name,
  partstat, delegates, op, people, leaves, revises, doubts, effect, confidence, evidence from claims
  where message_id <= :top;
insert into flags (id, message_id, claim_id, code, detail, opened_at, closed_at, reading_id) select id + :m,
  message_id + :m, claim_id + :m, code, detail, opened_at, case when :open then closed_at else opened_at end,
  reading_id + :m from flags where message_id <= :top;
insert into participations select organisation_id || '-' || :k, name || ' ' || :k, partstat, delegates, late,
  first_received_at, received_at, message_id + :m, case when :open then open_doubts else 0 end from participations
  where organisation_id not like '%-copy-%' and organisation_id || '-' || :k in (select id from organisations);
insert into delegates select organisation_id || '-' || :k, position, name, title, function from delegates
  where organisation_id not like '%-copy-%'
"""


def large(directory: Path, messages: int, waiting: int) -> Path:
    """A registry of so many messages, of which about so many wait. Returns its configuration."""
    config = imported(directory, PLEDGING / "season")
    db = sqlite3.connect(directory / "registry.db")
    top = db.execute("select max(id) from messages").fetchone()[0]
    per_copy = db.execute("select count(distinct message_id) from flags where closed_at is null").fetchone()[0]
    mail = directory / "registry.db.mail"
    hashes = [row[0] for row in db.execute("select sha256 from messages")]
    for number in range(1, messages // top):
        key = f"copy-{number}"
        values = {"k": key, "m": number * 10_000, "top": top, "open": number * per_copy < waiting}
        for statement in MULTIPLY.split(";\n"):
            db.execute(statement, values)
        for sha256 in hashes:
            os.link(mail / sha256[:2] / f"{sha256}.eml", mail / sha256[:2] / f"{sha256}{key}.eml")
    db.commit()
    db.execute("pragma wal_checkpoint(truncate)")
    db.close()
    return config


async def measured(datasette: Datasette, paths: list[str], rounds: int) -> dict[str, tuple[float, float, float]]:
    """Median milliseconds by the clock and of CPU time, and the ratio of that to Datasette's table page, by path."""
    await datasette.invoke_startup()
    times: dict[str, list[tuple[float, float]]] = {path: [] for path in (TABLE, *paths)}
    for turn in range(rounds + 1):
        for path, taken in times.items():
            begun, spent = time.perf_counter(), time.process_time()
            answer = await datasette.client.get(path, actor=PEOPLE["ann"])
            if turn:  # the first is to get warm
                taken.append((time.perf_counter() - begun, time.process_time() - spent))
            assert answer.status_code == 200, (path, answer.status_code)
    middle = {
        path: [1000 * statistics.median(one) for one in zip(*taken, strict=True)] for path, taken in times.items()
    }
    return {path: (clock, cpu, cpu / middle[TABLE][1]) for path, (clock, cpu) in middle.items()}


def pages(config: Path) -> list[str]:
    """What is measured: the queue, a filtered one, a message that waits, one that does not, and the overview."""
    db = sqlite3.connect(config.parent / "registry.db")
    waits = db.execute("select max(message_id) from flags where closed_at is null").fetchone()[0]
    done = db.execute("select max(message_id) from claims where message_id not in "
                      "(select message_id from flags where closed_at is null)").fetchone()[0]  # fmt: skip
    db.close()
    return ["/-/review", "/-/review?reason=conflict", "/-/review/rows", f"/-/review/m{waits}", f"/-/review/m{done}",
            "/-/overview", "/-/review/organisation/halo", "/registry/organisations/halo"]  # fmt: skip


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=20_000)
    parser.add_argument("--waiting", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=15)
    arguments = parser.parse_args()
    directory = Path(tempfile.mkdtemp(prefix="inbox-worker-bench-"))
    try:
        config = large(directory / "registry", arguments.messages, arguments.waiting)
        datasette = serve(config)
        print("| page | median ms | of CPU | ratio |\n| --- | --- | --- | --- |")
        for path, (clock, cpu, ratio) in asyncio.run(measured(datasette, pages(config), arguments.rounds)).items():
            print(f"| `{path}` | {clock:.0f} | {cpu:.0f} | {ratio:.2f} |")
        datasette.close()
    finally:
        shutil.rmtree(directory)


if __name__ == "__main__":
    main()
