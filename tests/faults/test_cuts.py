"""The connection breaks, at each step of the protocol and in each manner, and at random.

INBOX_WORKER_FAULTS=all runs every step in every manner, INBOX_WORKER_CUTS=200 that many random cuts in a row.
"""

from __future__ import annotations

import os
import random
import time

import pytest

from tests.faults.conftest import ALL, Held, MakeRunning
from tests.faults.proxy import MANNERS, CuttingProxy, Step
from tests.faults.running import Running, wait_until
from tests.ground.dovecot import Dovecot

CUTS = int(os.environ.get("INBOX_WORKER_CUTS", "4"))
WITHIN = 15.0  # seconds in which it must have recovered, with time-outs and waits as in conftest

READING = (
    Step("greeting", None, rb"", 0),
    Step("greeting, inside", None, rb"", 5),
    Step("login", rb" (LOGIN|AUTHENTICATE) "),
    Step("select", rb" EXAMINE "),
    Step("search", rb" UID SEARCH "),
    Step("fetch, before the reply", rb" UID FETCH [^\r]*BODY"),
    Step("fetch, before the literal", rb" UID FETCH [^\r]*BODY", rb"\{\d+\}\r\n", 0),
    Step("fetch, inside the literal", rb" UID FETCH [^\r]*BODY", rb"\{\d+\}\r\n", 400),
    Step("fetch, after the literal", rb" UID FETCH [^\r]*BODY", rb"\)\r\n(?=\w+ OK)", 0),
    Step("idle, begun", rb" IDLE\r\n"),
    Step("idle, under way", rb" IDLE\r\n", rb"\+ [^\r]*\r\n", 0),
    Step("idle, renewed", rb"DONE\r\n"),
    Step("logout", rb" LOGOUT\r\n"),
)
CHANGING = (
    Step("store, not heard", rb" UID STORE ", heard=False),
    Step("store, reply lost", rb" UID STORE "),
    Step("append, not heard", rb" APPEND ", heard=False),
    Step("append, inside the literal", rb" APPEND [^\r]*\r\n[^\0]{200}", heard=False),
    Step("append, reply lost", rb" APPEND [^\r]*\r\n[^\0]{200}"),
)


def sample(steps: tuple[Step, ...], manner: str) -> tuple[Step, ...]:
    """All steps, or one or two of them, others for each manner."""
    return steps if ALL else steps[MANNERS.index(manner) :: 7]


def recover(running: Running, proxy: CuttingProxy, step: Step, manner: str) -> float:
    """One fault; the seconds from its striking until all was well again and a message sent meanwhile was there."""
    hits = proxy.hits
    proxy.arm(step, manner)
    running.senders.send(size=2000)
    wait_until(lambda: proxy.hits > hits, f"{step.name} struck\n{running.log()[-3000:]}")
    struck = time.monotonic()
    running.caught_up(WITHIN)
    running.well(WITHIN)
    return time.monotonic() - struck


@pytest.mark.parametrize("manner", MANNERS)
def test_a_connection_that_breaks_at_any_step_of_reading(
    server: Dovecot, proxy: CuttingProxy, make_running: MakeRunning, held: Held, manner: str
) -> None:
    running = make_running(server, proxy.port)
    running.well()
    took = {step.name: recover(running, proxy, step, manner) for step in sample(READING, manner)}
    running.once_each()
    for name, seconds in took.items():
        held(f"connection ends by {manner}", name, f"recovers alone within {WITHIN:.0f} s, each message once",
             f"yes, {seconds:.1f} s")  # fmt: skip


@pytest.mark.parametrize("manner", MANNERS if ALL else ("rst", "stall"))
def test_a_connection_that_breaks_while_the_mailbox_is_changed(
    server: Dovecot, proxy: CuttingProxy, make_running: MakeRunning, held: Held, manner: str
) -> None:
    tables = '[drafts]\nacknowledge = true\n[marks]\nrecorded = "Recorded"\nwaiting = "Waiting"'
    running = make_running(server, proxy.port, tables=tables, more="marks = true")
    running.well()
    for step in sample(CHANGING, manner):
        seconds = recover(running, proxy, step, manner)
        held(f"connection ends by {manner}", step.name, f"recovers alone within {WITHIN:.0f} s, at most one draft",
             f"yes, {seconds:.1f} s")  # fmt: skip
    running.once_each()
    states = running.station.query("select message_id, state, key from drafts")
    client = server.client()
    client.select_folder("Drafts", readonly=True)
    found = {key: len(client.search(["HEADER", "X-Inbox-Worker-Draft", key])) for _, _, key in states}
    client.logout()
    assert states
    for _, state, key in states:
        assert found[key] == 1 if state == "done" else found[key] <= 1, (state, found[key])


def test_random_cuts_in_a_row(server: Dovecot, proxy: CuttingProxy, make_running: MakeRunning, held: Held) -> None:
    running = make_running(server, proxy.port)
    running.well()
    rng = random.Random(CUTS)
    hits = proxy.hits
    for number in range(CUTS):
        running.senders.send(size=rng.choice((200, 5000)))
        sent = time.monotonic()
        proxy.arm_after(rng.randint(0, rng.choice((100, 2000, 8000))), rng.choice(MANNERS))
        while proxy.hits == hits + number:  # more mail, until there were so many bytes
            time.sleep(0.05)
            if time.monotonic() > sent + 1.5:
                running.senders.send(size=5000)
                sent = time.monotonic()
    slowest = running.caught_up(WITHIN)
    running.well(WITHIN)
    running.once_each()
    held("connection cut at random", f"{CUTS} times in a row, after 0 to 8,000 bytes, in all five manners",
         f"each message once, well again within {WITHIN:.0f} s of the last", f"yes, {slowest:.1f} s")  # fmt: skip
