"""Reviewers at work while the worker writes: nobody is told that the registry is locked, and nothing is lost.

``INBOX_WORKER_SOAK_SECONDS`` (6; full: 120) is how long, ``INBOX_WORKER_SOAK_REVIEWERS`` (4) how many.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from pathlib import Path

import pytest

from tests.review.place import PEOPLE, Web, cookie, environment

SECONDS = float(os.environ.get("INBOX_WORKER_SOAK_SECONDS", "6"))
REVIEWERS = int(os.environ.get("INBOX_WORKER_SOAK_REVIEWERS", "4"))
LETTER = """\
From: Sender {n} <sender{n}@{domain}>
Subject: Pledging conference {n}
Message-ID: <soak-{n}@{domain}>
Received: from a.example by mail.apminebanconvention.org; Wed, 10 Feb 2016 11:{minute:02}:00 +0100

Dear ISU,

{words}
"""
WORDS = ("PAX will attend, perhaps with two or three people.", "HALO Trust will send four delegates.",
         "Could you tell us where the entrance is?", "Our small association would like to come with two people.")  # fmt: skip
DOMAINS = ("paxforpeace.example", "halotrust.example", "unknown.example", "freemail.example")


class Reviewer(threading.Thread):
    """Looks, rules and takes back, as fast as the server answers."""

    def __init__(self, web: Web, name: str, number: int, until: float) -> None:
        super().__init__(daemon=True)
        self.web, self.who, self.until, self.choice = web, name, until, random.Random(number)
        self.answers: Counter[int] = Counter()
        self.ruled: list[int] = []
        self.errors: list[str] = []

    def run(self) -> None:
        try:
            while time.monotonic() < self.until:
                self.work()
        except Exception as error:  # noqa: BLE001 - told by the test
            self.errors.append(repr(error))

    def work(self) -> None:
        page = self.ask("/-/review/rows")
        rows = [part.split('"')[0] for part in page.split('data-item="')[1:]]
        revisions = [part.split('"')[0] for part in page.split('data-revision="')[1:]]
        if not rows:
            time.sleep(0.1)
            return
        at = self.choice.randrange(len(rows))
        self.ask(f"/-/review/{rows[at]}")
        act = self.choice.choice(["accept", "accept", "dismiss", "close"])
        told = self.rule(act, rows[at], revisions[at])
        if told and self.choice.random() < 0.3:
            self.rule("undo", told[-1])

    def rule(self, act: str, item: str, revision: str = "") -> list[str]:
        fields = {"act": act, "item": item} | ({"revision": revision} if revision else {})
        answer = json.loads(self.ask("/-/review/rule", urllib.parse.urlencode(fields).encode()))
        rulings = [number for one in answer["done"] for number in one["rulings"]]
        self.ruled += [int(number[1:]) for number in rulings]
        self.errors += [one["error"] for one in answer["refused"] if "locked" in one["error"] or "busy" in one["error"]]
        return rulings

    def ask(self, path: str, data: bytes | None = None) -> str:
        headers = {"Cookie": f"ds_actor={cookie(self.who)}", "Accept": "application/json" if data else "text/html"}
        request = urllib.request.Request(self.web.url + path, data, headers)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                self.answers[answer.status] += 1
                return str(answer.read().decode())
        except urllib.error.HTTPError as error:
            self.answers[error.code] += 1
            raise


@pytest.mark.timeout(SECONDS + 280)
def test_nobody_waits_in_vain_while_the_worker_writes(fresh: Web, tmp_path: Path) -> None:
    until = time.monotonic() + SECONDS
    people = [Reviewer(fresh, name, at, until) for at, name in enumerate((*("ann", "ben", "dora"),) * 4)][:REVIEWERS]
    before = fresh.one("select count(*) from messages")
    for person in people:
        person.start()
    written, number = 0, 0
    while time.monotonic() < until:
        directory = tmp_path / f"batch-{number}"
        directory.mkdir()
        for at in range(20):
            n = number * 20 + at
            text = LETTER.format(n=n, domain=DOMAINS[n % 4], minute=n % 60, words=WORDS[n % 4])
            (directory / f"{at}.eml").write_text(text)
        written += _import(fresh, directory)
        number += 1
    for person in people:
        person.join(90)
    assert [error for person in people for error in person.errors] == []
    answers = sum((person.answers for person in people), Counter())
    assert set(answers) == {200}, answers
    ruled = sorted(number for person in people for number in person.ruled)
    assert len(ruled) == len(set(ruled)) > 0
    assert fresh.one("select count(*) from rulings") == len(ruled), "every ruling that was told is kept, and no other"
    assert fresh.one("select count(*) from messages") == before + written  # type: ignore[operator]
    assert written > 0
    _projection_is_what_a_rebuild_gives(fresh)
    print(f"{SECONDS:.0f} s, {REVIEWERS} reviewers: {answers[200]} answers, {len(ruled)} rulings, {written} messages")


def _import(web: Web, directory: Path) -> int:
    """Take mail in as the worker does; where a reviewer's ruling is just being followed, it is tried again."""
    arguments = [sys.executable, "-m", "inbox_worker", "--config", str(web.config), "import", str(directory)]
    for _ in range(50):
        done = subprocess.run(arguments, capture_output=True, text=True, timeout=120, env=environment())
        assert "locked (" not in done.stderr and "database is locked" not in done.stderr, done.stderr
        if done.returncode == 0:
            return 20
        assert "another worker" in done.stderr, done.stderr
        time.sleep(0.2)
    raise AssertionError(done.stderr)


def _projection_is_what_a_rebuild_gives(web: Web) -> None:
    from inbox_worker import decision
    from inbox_worker.registry import Registry
    from inbox_worker.settings import load

    settings = load(web.config)
    place = settings.registry
    registry = Registry.open(place.path, place.mail_directory, settings.invitation, decision.tell, create=False)
    query = "select * from participations order by organisation_id"
    before = list(registry.db.query(query))
    registry.rebuild()
    after = list(registry.db.query(query))
    registry.close()
    assert before == after


assert {"ann", "ben", "dora"} <= set(PEOPLE)
