"""``status``, ``explain`` and ``web`` on a registry that replies filled."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.cookiejar import CookieJar
from urllib.parse import urlencode

import pytest

from tests.flow.station import Station
from tests.ground.dovecot import free_port

RECEIVED = "Received: from a by b; Mon, 01 Feb 2016 1%d:00:00 +0100\n"
HEAD = "From: Fiona <fiona@halotrust.example>\nSubject: Re: Invitation\nMessage-ID: <%d@halotrust.example>\n\n"
TWO = "Dear all,\n\nThe HALO Trust will attend with two people.\n\nBest regards,\nFiona\n"
THREE = "Dear all,\n\nCould you send us the programme? A change: there will be three of us.\n\nBest regards,\nFiona\n"


@pytest.fixture
def filled(station: Station) -> Station:
    letters = [(RECEIVED % n + HEAD % n + text).encode() for n, text in enumerate((TWO, THREE))]
    assert station.run("import", station.write([*letters, b""])).returncode == 0
    return station


def test_status_of_a_registry_filled_from_files(filled: Station) -> None:
    done = filled.run("status")
    assert (done.returncode, done.stderr) == (0, "")
    first, *others = done.stdout.splitlines()
    assert first == "healthy: no mailbox is configured; messages come by 'inbox-worker import'"
    assert others[0] == "organisations: 1 accepted, 101 needs-action; 3 delegates accepted, 0 answered late"
    assert others[1] == "messages: 3, the newest received 2016-02-01T10:00:00+00:00; 1 failed"
    figures = json.loads(filled.run("status", "--json").stdout)
    assert figures["healthy"] is True
    assert (figures["messages"], figures["failed"], figures["open_flags"]["failed"]) == (3, 1, 1)


def test_status_of_a_service_that_never_looked_or_stopped(filled: Station) -> None:
    text = filled.config.read_text().replace("[mailbox]", '[mailbox]\npath = "mail"')
    filled.config.write_text(text)
    done = filled.run("status")
    assert done.returncode == 1
    assert done.stdout.startswith("UNHEALTHY: nobody has looked at the mailbox yet; start 'inbox-worker run'")
    assert filled.run("run", "--once").returncode == 0
    assert filled.run("status", "--json").returncode == 0
    filled.change("update heartbeat set polled_at = '2020-01-01T00:00:00+00:00'")
    done = filled.run("status", "--json")
    figures = json.loads(done.stdout)
    assert (done.returncode, figures["healthy"]) == (1, False)
    assert re.fullmatch(
        r"the last look at the mailbox was \d+ minutes ago; is 'inbox-worker run' running\?", figures["sentence"]
    )


def test_explain_leads_back_to_the_words(filled: Station) -> None:
    for name in ("halo", "HALO", "The HALO Trust", "halo tr"):
        done = filled.run("explain", name)
        assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0].startswith("The HALO Trust (halo) comes with three people")
    assert [line for line in lines if " wrote " in line] == [
        '1 February 2016, 10:00, Fiona <fiona@halotrust.example> wrote "Re: Invitation" (m1).',
        '1 February 2016, 11:00, Fiona <fiona@halotrust.example> wrote "Re: Invitation" (m2).',
    ]
    assert any(line.startswith("  In their words: ") and "two people" in line for line in lines)
    assert any(line.startswith("  Flagged question, which waits for a person: ") for line in lines)
    done = filled.run("explain", "Nobody at all")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == 'inbox-worker: no organisation is called "Nobody at all"; try a part of its name\n'


class Browser:
    """Asks a web server; remembers cookies; knows no redirect that is not its own host's."""

    def __init__(self, base: str) -> None:
        self.base = base
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def ask(self, path: str, data: object = None) -> tuple[int, str]:
        """Status and body. Data that is a dict goes as a form, anything else as JSON."""
        headers, body = {"Accept": "text/html", "Origin": self.base, "Sec-Fetch-Site": "same-origin"}, None
        if isinstance(data, dict) and path.endswith("?form"):
            body = urlencode(data).encode()
        elif data is not None:
            headers["Content-Type"], body = "application/json", json.dumps(data).encode()
        request = urllib.request.Request(self.base + path, body, headers)
        try:
            with self._opener.open(request, timeout=20) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()


@pytest.fixture
def web(filled: Station) -> Iterator[tuple[Browser, str]]:
    """A browser, and the path of the link that signs in."""
    port = free_port()
    with filled.start("web", "--port", str(port), stderr=subprocess.STDOUT) as process:
        try:
            link = ""
            assert process.stdout
            for line in process.stdout:
                link = link or "".join(re.findall(rf"http://127\.0\.0\.1:{port}(/-/auth-token\?token=\w+)", line))
                if "Uvicorn running" in line:
                    break
            yield Browser(f"http://127.0.0.1:{port}"), link
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0


PAGES = (
    "/", "/registry", "/registry.json", "/registry/participations", "/registry/participations.json",
    "/registry/messages.csv", "/registry/registry.json", "/registry/who_comes", "/registry/messages/1.json",
    "/registry/-/query.json?sql=select+1", "/registry.db", "/-/databases.json", "/-/config.json", "/-/plugins.json",
    "/registry/messages_fts.json", "/registry/-/schema.json",
)  # fmt: skip
READABLE = (
    "/", "/registry", "/registry/participations", "/registry/participations.json", "/registry/registry.json",
    "/registry/who_comes", "/registry/how_many.json", "/registry/messages/1.json", "/registry/waiting",
    "/registry/-/query.json?sql=select+name+from+participations",
)  # fmt: skip
WRITES: tuple[tuple[str, object], ...] = (
    ("/registry/rulings/-/insert", {"row": {"verb": "accept", "made_at": "x", "made_by": "x", "why": "x"}}),
    ("/registry/participations/-/upsert", {"rows": [{"organisation_id": "halo", "delegates": 99}]}),
    ("/registry/participations/halo/-/update", {"update": {"delegates": 99}}),
    ("/registry/participations/halo/-/delete", {}),
    ("/registry/flags/-/drop", {"confirm": True}),
    ("/registry/-/create", {"table": "mine", "row": {"a": 1}}),
    ("/registry/flags/-/alter", {"operations": [{"op": "add_column", "args": {"name": "a", "type": "text"}}]}),
    ("/registry/-/execute-write", {"sql": "update participations set delegates = 99"}),
    ("/registry/-/execute-write?form", {"sql": "delete from flags"}),
    ("/registry/-/query?form", {"sql": "delete from flags"}),
)


def test_nobody_sees_anything_without_signing_in(web: tuple[Browser, str]) -> None:
    browser, _ = web
    assert {page: browser.ask(page)[0] for page in PAGES} == dict.fromkeys(PAGES, 403)
    assert browser.ask("/-/auth-token?token=0123456789abcdef")[0] == 403
    for path, data in WRITES:
        assert browser.ask(path, data)[0] >= 400, path


def test_whoever_signs_in_sees_everything_and_changes_nothing(web: tuple[Browser, str], filled: Station) -> None:
    browser, link = web
    before = filled.state()
    assert browser.ask(link)[0] == 200
    assert {page: browser.ask(page)[0] for page in READABLE} == dict.fromkeys(READABLE, 200)
    assert "The HALO Trust" in browser.ask("/registry/who_comes")[1]
    rows = json.loads(browser.ask("/registry/-/query.json?sql=select+delegates+from+participations+where+delegates")[1])
    assert rows["rows"] == [{"delegates": 3}]
    refused = {path: browser.ask(path, data)[0] for path, data in WRITES}
    unasked = {"/registry/-/query?form"}  # Datasette's own error page, 500: a form is not what that page takes
    assert {path: status for path, status in refused.items() if status != 403 and path not in unasked} == {}
    assert browser.ask("/registry/-/query.json?sql=delete+from+flags")[0] in (400, 403)
    assert browser.ask("/registry.db")[0] in (403, 404)
    assert filled.state() == before
    assert Browser(browser.base).ask(link)[0] == 403, "the link works a second time"


def test_mail_that_comes_while_the_web_runs_is_seen(web: tuple[Browser, str], filled: Station) -> None:
    browser, link = web
    browser.ask(link)
    (filled.directory / "late.eml").write_text(
        "Received: from a by b; Tue, 02 Feb 2016 10:00:00 +0100\n" + HEAD % 9 + TWO.replace("two", "five")
    )
    assert filled.run("import", filled.directory / "late.eml").returncode == 0
    rows = json.loads(browser.ask("/registry/messages.json?_shape=objects")[1])["rows"]
    assert len(rows) == 4
