"""``demo`` as a newcomer runs it: a real process, real IMAP, SMTP and HTTP."""

from __future__ import annotations

import http.cookiejar
import json
import os
import re
import signal
import smtplib
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import psutil
import pytest

from inbox_worker.demo.sample import samples

ROOT = Path(__file__).parents[2]
LETTER = (
    "From: Joost Visser <joost@paxforpeace.example>\r\nSubject: Re: Invitation\r\n\r\nDear colleagues,\r\n\r\n"
    "PAX will be represented by two people: Sanne Bakker and Milan Okafor.\r\n\r\nBest regards,\r\nJoost Visser\r\n"
)


def environment(directory: Path) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(directory)}


def browser(link: str) -> urllib.request.OpenerDirector:
    """Signed in by the link."""
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    opener.open(link, timeout=10).close()
    return opener


class Demo:
    """A running demo."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.errors = directory.with_name("stderr")
        with self.errors.open("w") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "inbox_worker", "demo"],
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                env=environment(directory),
            )
        self.said = self.read_until("Ctrl-C ends the demo")

    def read_until(self, words: str) -> str:
        said = ""
        assert self.process.stdout
        for line in self.process.stdout:
            said += line
            if words in line:
                return said
        raise AssertionError(f"it ended without saying {words!r}: {said}{self.errors.read_text()}")

    @property
    def link(self) -> str:
        return re.findall(r"http://127\.0\.0\.1:\d+/-/auth-token\?token=\w+", self.said)[0]

    @property
    def smtp_port(self) -> int:
        return int(re.findall(r"SMTP\('127\.0\.0\.1', (\d+)\)", self.said)[0])

    def end(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        return self.process.wait(30)


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    directory = tmp_path / "tmp"
    directory.mkdir()
    running = Demo(directory)
    yield running
    if running.process.poll() is None:
        for child in psutil.Process(running.process.pid).children(recursive=True):
            child.kill()
    running.process.kill()
    running.process.wait()
    assert running.process.stdout
    running.process.stdout.close()


def test_once_in_a_pipe_says_the_final_counts_and_no_more(tmp_path: Path) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "inbox_worker", "demo", "--once"],
        capture_output=True,
        text=True,
        env=environment(tmp_path),
        timeout=120,
    )
    number = len(list(samples(date(2031, 5, 10))))
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.startswith(f"All {number} messages read; the deadline is ")
    assert "\x1b" not in result.stdout
    assert result.stdout.endswith("\n")
    for state in ("accepted", "tentative", "declined", "needs-action"):
        assert re.search(rf"^│ {state} +│ +\d+ │", result.stdout, re.MULTILINE), state
    assert re.search(r"^│ late +│ +\d+ │", result.stdout, re.MULTILINE)
    assert list(tmp_path.iterdir()) == []


def test_a_mail_sent_to_it_shows_up_and_ctrl_c_leaves_nothing(demo: Demo) -> None:
    page = browser(demo.link)
    question = demo.link.partition("/-/")[0] + "/registry/registry.json?id=pax&_shape=array"

    def pax() -> dict[str, Any]:
        with page.open(question, timeout=10) as answer:
            rows: list[dict[str, Any]] = json.load(answer)
        return rows[0]

    assert pax()["partstat"] == "needs-action"
    with smtplib.SMTP("127.0.0.1", demo.smtp_port) as client:
        client.sendmail("joost@paxforpeace.example", "isu@apminebanconvention.org", LETTER)
    assert "1 new message(s) taken in" in demo.read_until("taken in")
    row = pax()
    assert (row["partstat"], row["delegates"], row["late"]) == ("accepted", 2, 0)

    children = psutil.Process(demo.process.pid).children(recursive=True)
    assert len(children) == 1
    assert demo.end(signal.SIGINT) == 0
    assert not any(child.is_running() for child in children)
    assert list(demo.directory.iterdir()) == []
    assert demo.errors.read_text() == ""


def test_nobody_sees_anything_without_the_link(demo: Demo) -> None:
    base = demo.link.partition("/-/")[0]
    for path in ("/registry", "/registry/registry.json", "/registry.json?sql=select+1"):
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(base + path, timeout=10)
        assert caught.value.code == 403
        caught.value.close()
    assert demo.end(signal.SIGTERM) == 0
    assert list(demo.directory.iterdir()) == []


def test_it_ends_when_datasette_does_and_says_so(demo: Demo) -> None:
    (datasette,) = psutil.Process(demo.process.pid).children(recursive=True)
    datasette.kill()
    assert demo.process.wait(30) == 1
    assert demo.errors.read_text().startswith("inbox-worker: Datasette ended by itself")
    assert list(demo.directory.iterdir()) == []


@pytest.mark.parametrize("after", [0.1, 0.5, 1.0, 1.5, 2.5])
def test_it_can_be_stopped_at_any_moment(tmp_path: Path, after: float) -> None:
    with subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import inbox_worker.commands.demo, inbox_worker.cli as c; print(flush=True); c.main()",
            "demo",
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(tmp_path),
    ) as process:
        assert process.stdout and process.stderr
        process.stdout.readline()
        time.sleep(after)
        process.send_signal(signal.SIGTERM)
        errors = process.stderr.read()
        process.stdout.read()
        status = process.wait(30)
    assert (status, errors) in ((0, ""), (-signal.SIGTERM, ""))
    assert list(tmp_path.iterdir()) == []


def test_without_its_extra_it_says_what_to_install(tmp_path: Path) -> None:
    missing = "import sys; sys.modules['pymap'] = None; from inbox_worker.cli import main; main()"
    result = subprocess.run(
        [sys.executable, "-c", missing, "demo", "--once"], capture_output=True, text=True, env=environment(tmp_path)
    )
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith("inbox-worker: the demo needs pymap, which is not installed; install")
    assert result.stderr.count("\n") == 1
