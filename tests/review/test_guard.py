"""What every answer carries: a policy, safe cookies, safe CSV; and that guessing passwords takes long."""

from __future__ import annotations

import asyncio
import base64
import csv
import io
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from datasette.app import Datasette

from inbox_worker.review.safe_csv import SafeCsv
from inbox_worker.review.throttle import FREE, LONGEST
from tests.review.place import PASSWORD, PEOPLE, copied, waited_for
from tests.review.test_permissions import serve


@pytest.fixture(scope="module")
def config(season: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = copied(season, tmp_path_factory.mktemp("guard") / "copy")
    connection = sqlite3.connect(found.parent / "registry.db")
    connection.execute("update organisations set name = '=HYPERLINK(\"http://x.example\")' where id = 'halo'")
    connection.execute("update organisations set acronym = '@SUM(1)', contact = char(9) || '=1' where id = 'hi'")
    connection.commit()
    connection.close()
    return found


@pytest.fixture
def datasette(config: Path) -> Iterator[Datasette]:
    served = serve(config)
    yield served
    served.close()


def get(datasette: Datasette, path: str, **more: object):  # type: ignore[no-untyped-def]
    async def asking():  # type: ignore[no-untyped-def]
        await datasette.invoke_startup()
        return await datasette.client.get(path, actor=PEOPLE["ann"], **more)

    return waited_for(asking())


@pytest.mark.parametrize(
    "path",
    ["/", "/-/review", "/-/overview", "/-/login", "/registry/registry", "/registry/who_comes", "/nowhere",
     "/registry/registry.json", "/registry/-/query?sql=select+1"],
)  # fmt: skip
def test_no_page_may_run_scripts_of_its_own_be_framed_or_load_from_elsewhere(datasette: Datasette, path: str) -> None:
    answer = get(datasette, path)
    policy = dict(part.split(" ", 1) for part in answer.headers["content-security-policy"].split("; "))
    assert (policy["default-src"], policy["script-src"], policy["frame-ancestors"], policy["connect-src"]) == (
        "'none'", "'self'", "'none'", "'self'",
    )  # fmt: skip
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "no-store" in answer.headers["cache-control"]
    if path.startswith("/-/"):
        assert policy["style-src"] == "'self'"
        assert "<script>" not in answer.text and "style=" not in answer.text and "onclick" not in answer.text


@pytest.mark.parametrize("path", ["/registry/organisations.csv?_size=max", "/registry/organisations.csv?_stream=1",
                                  "/registry/-/query.csv?sql=select+*+from+organisations"])  # fmt: skip
def test_no_cell_of_a_csv_starts_a_formula_and_nothing_else_changes(
    datasette: Datasette, path: str, config: Path
) -> None:
    answer = get(datasette, path)
    rows = {row["id"]: row for row in csv.DictReader(io.StringIO(answer.text, newline=""))}
    assert rows["halo"]["name"] == '\'=HYPERLINK("http://x.example")'
    assert (rows["hi"]["acronym"], rows["hi"]["contact"]) == ("'@SUM(1)", "'\t=1")
    connection = sqlite3.connect(config.parent / "registry.db")
    names = {row[0]: row[1] for row in connection.execute("select id, domains from organisations")}
    connection.close()
    assert {key: row["domains"] for key, row in rows.items()} == names


@pytest.mark.parametrize("cut", [1, 2, 3, 7, 100_000])
def test_csv_is_made_safe_however_it_is_cut_into_pieces(cut: int) -> None:
    out = io.StringIO()
    rows = [["a", "=1+1", 'said "no"\nand left'], ["-5", "-x", "é，=日本"], ["", "@a", "\r\n=b"], ["+1", "%", "-2.5"]]
    csv.writer(out).writerows(rows)
    data, safe, got = out.getvalue().encode(), SafeCsv(), b""
    for at in range(0, len(data), cut):
        got += safe.feed(data[at : at + cut], last=at + cut >= len(data))
    assert list(csv.reader(io.StringIO(got.decode(), newline=""))) == [
        ["a", "'=1+1", 'said "no"\nand left'], ["-5", "'-x", "é，=日本"], ["", "'@a", "'\r\n=b"], ["'+1", "'%", "-2.5"],
    ]  # fmt: skip


def test_a_workbook_holds_texts_and_no_formulas(datasette: Datasette) -> None:
    answer = get(datasette, "/registry/organisations.xlsx?_size=max")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    cells = {cell.value: cell.data_type for row in sheet.iter_rows() for cell in row}
    assert cells['\'=HYPERLINK("http://x.example")'] == "s"
    assert "f" not in cells.values()
    assert sheet.max_row == 103


def attempt(datasette: Datasette, password: str, **more: object):  # type: ignore[no-untyped-def]
    async def asking():  # type: ignore[no-untyped-def]
        await datasette.invoke_startup()
        return await datasette.client.post("/-/login", data={"username": "ann", "password": password}, **more)

    return waited_for(asking())


def test_after_some_failures_even_the_right_password_must_wait(datasette: Datasette) -> None:
    for _ in range(FREE):
        assert attempt(datasette, "wrong").status_code == 200
    answer = attempt(datasette, PASSWORD)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["retry-after"]) <= LONGEST


def test_many_attempts_at_once_do_not_slip_through(datasette: Datasette) -> None:
    async def asking() -> list[int]:
        await datasette.invoke_startup()
        app = datasette.client  # one application, as one server has
        form = {"username": "ann", "password": "wrong"}
        return [
            answer.status_code for answer in await asyncio.gather(*(app.post("/-/login", data=form) for _ in range(30)))
        ]

    found = waited_for(asking())
    assert found.count(200) <= FREE and found.count(429) == 30 - found.count(200)


def test_naming_somebody_else_first_makes_no_more_attempts(datasette: Datasette) -> None:
    async def asking(at: int) -> int:
        await datasette.invoke_startup()
        form = f"username=somebody{at}&username=ann&password=wrong"  # of a name given twice the sign-in reads the last
        headers = {"content-type": "application/x-www-form-urlencoded"}
        return int((await datasette.client.post("/-/login", content=form, headers=headers)).status_code)

    assert [waited_for(asking(at)) for at in range(FREE + 1)] == [200] * FREE + [429]


@pytest.mark.parametrize("scheme", ["Basic", "basic"])
def test_nobody_signs_in_past_the_form_and_its_throttle(datasette: Datasette, scheme: str) -> None:
    credentials = base64.b64encode(f"ann:{PASSWORD}".encode()).decode()

    async def asking() -> int:
        await datasette.invoke_startup()
        headers = {"authorization": f"{scheme} {credentials}"}
        return int((await datasette.client.get("/-/review", headers=headers)).status_code)

    assert waited_for(asking()) == 403


def test_a_form_from_another_site_is_refused(datasette: Datasette) -> None:
    async def asking() -> int:
        await datasette.invoke_startup()
        answer = await datasette.client.post(
            "/-/review/rule", data={"act": "accept", "item": "m1"}, actor=PEOPLE["ann"],
            headers={"sec-fetch-site": "cross-site", "origin": "https://evil.example"},
        )  # fmt: skip
        return int(answer.status_code)

    assert waited_for(asking()) == 403


@pytest.mark.parametrize(("host", "secure"), [("localhost", False), ("127.0.0.1:8001", False), ("desk.example", True)])
def test_the_cookie_is_kept_from_scripts_and_travels_encrypted_but_on_this_machine(
    datasette: Datasette, host: str, secure: bool
) -> None:
    answer = attempt(datasette, PASSWORD, headers={"host": host})
    assert (answer.status_code, answer.headers["location"]) == (302, "/-/start")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie and ("Secure" in cookie) is secure


@pytest.mark.parametrize(
    ("headers", "who"),
    [
        ({"x-remote-user": "ann", "x-proxy-secret": "between us"}, {"id": "ann"}),
        ({"x-remote-user": "ann", "x-proxy-secret": "guessed"}, None),
        ({"x-remote-user": "ann"}, None),
        ({"x-proxy-secret": "between us"}, None),
    ],
)
def test_a_proxy_is_believed_only_with_its_secret(config: Path, headers: dict[str, str], who: object) -> None:
    datasette = serve(config, plugin={"proxy": {"secret": "between us"}, "roles": {"reviewer": {"id": "ann"}}})

    async def asking() -> tuple[object, int]:
        await datasette.invoke_startup()
        actor = await datasette.client.get("/-/actor.json", headers=headers)
        queue = await datasette.client.get("/-/review", headers=headers)
        return actor.json()["actor"], queue.status_code

    assert waited_for(asking()) == (who, 200 if who else 403)
    datasette.close()


def test_a_proxy_without_a_secret_is_never_believed(config: Path) -> None:
    datasette = serve(config, plugin={"proxy": {"secret": ""}, "roles": {"reviewer": {"id": "ann"}}})

    async def asking() -> int:
        await datasette.invoke_startup()
        answer = await datasette.client.get("/-/review", headers={"x-remote-user": "ann", "x-proxy-secret": ""})
        return int(answer.status_code)

    assert waited_for(asking()) == 403
    datasette.close()
