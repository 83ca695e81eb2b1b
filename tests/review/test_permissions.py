"""Who may what: every page, table, question, format and act, for everybody who may come."""

from __future__ import annotations

import html
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
import yaml
from datasette.app import Datasette

from inbox_worker.model import identity
from inbox_worker.registry import RegistryError
from inbox_worker.review.inner_pages import ABOUT_SERVER
from inbox_worker.review.roles import NOBODYS
from inbox_worker.review.tables import READER_QUERIES, READER_TABLES, TABLES
from tests.review.place import PEOPLE, PLEDGING, ROOT, SECRET, cookie, copied, waited_for

WHO = {"anonymous": None, "stranger": "ed", "reader": "carla", "reviewer": "ann", "admin": "dora"}
EVERYBODY = frozenset(WHO)
READERS = frozenset({"reader", "reviewer", "admin"})
REVIEWERS = frozenset({"reviewer", "admin"})
ADMINS = frozenset({"admin"})
NONE: frozenset[str] = frozenset()
QUERIES = tuple(yaml.safe_load((ROOT / "config/datasette.yaml").read_text())["databases"]["registry"]["queries"])
# Datasette asks the same of all formats of a table or question: two of each are tried in all, the others as JSON.
FORMATS = dict.fromkeys(("registry", "messages", "who_comes", "waiting_for_review"), ("", ".json", ".csv", ".xlsx"))
SQL = "select+text+from+messages"

GETS = {  # path -> who sees it
    "/-/login": EVERYBODY,
    "/-/static-plugins/inbox-worker/desk.css": EVERYBODY,
    "/": READERS,
    "/-/overview": READERS,
    "/-/review": REVIEWERS,
    "/-/review/rows": REVIEWERS,
    "/-/review/m1": REVIEWERS,
    "/-/review/m1/attachments": REVIEWERS,
    "/-/review/m1/raw": REVIEWERS,
    "/-/review/m2/part/1": REVIEWERS,
    "/-/review/organisations?q=a": REVIEWERS,
    "/-/review/organisation/halo": REVIEWERS,
    "/registry": READERS,
    "/registry.json": READERS,
    "/registry/-/schema": READERS,
    f"/registry/-/query?sql={SQL}": REVIEWERS,
    f"/registry/-/query.json?sql={SQL}": REVIEWERS,
    f"/registry/-/query.csv?sql={SQL}": REVIEWERS,
    "/registry/registry?_where=1=(select+count(text)+from+messages)": REVIEWERS,
    "/registry/registry?_extra=render_cell&_where=1": REVIEWERS,
    "/registry.db": NONE,
    **{f"/-/{name}{kind}": ADMINS for name in ABOUT_SERVER for kind in ("", ".json")},
    "/-/permissions": ADMINS,
    "/-/allow-debug": ADMINS,
    "/-/password-tool": ADMINS,
    "/-/actor.json": EVERYBODY,  # whoever asks
    "/-/jump.json": EVERYBODY,  # names what the asker may see
    "/-/start": EVERYBODY,  # leads on to what the asker may see
    "/-/": READERS,
    "/-/queries.json": EVERYBODY,  # those that the asker may see
    "/-/schema.json": EVERYBODY,  # of databases and tables that the asker may see
    "/-/allowed.json?action=view-table": READERS,
    "/-/check.json?action=view-instance": ADMINS,
    "/-/api": READERS,
    "/-/messages": READERS,  # Datasette's pages for who writes plugins; they show nothing
    "/-/patterns": READERS,
    "/-/debug/autocomplete": READERS,
    "/-/auth-token": NONE,  # without the token
    "/-/logout": EVERYBODY,
    "/favicon.ico": EVERYBODY,
    "/-/static/app.css": EVERYBODY,
    "/-/tasks.json": ADMINS,
    "/-/actions.json": ADMINS,
    "/-/threads.json": ADMINS,
    "/-/rules": ADMINS,
    "/-/create-token": NONE,
    "/registry/organisations/halo": READERS,
    "/registry/organisations/halo.json": READERS,
    "/registry/-/queries.json": EVERYBODY,  # as above
    "/registry/-/query/parameters?sql=select+:a": REVIEWERS,
    "/registry/-/queries/analyze?sql=select+1": NONE,
    "/registry/-/execute-write/analyze?sql=select+1": NONE,
    "/registry/-/foreign-key-targets": NONE,
    "/registry/who_comes/-/definition": READERS,
    "/registry/questions/-/definition": REVIEWERS,
    "/registry/who_comes/-/edit": NONE,
    "/registry/organisations/-/foreign-key-suggestions": NONE,
    **{f"/registry/{name}/-/{what}": who for name, who in (("organisations", READERS), ("messages", REVIEWERS))
       for what in ("autocomplete?q=a", "schema.json", f"fragment?_row={'halo' if who is READERS else '1'}")},
    "/registry/messages/1": REVIEWERS,
    "/registry/messages/1.json": REVIEWERS,
    "/registry/messages/1.csv": REVIEWERS,
    **{f"/registry/{name}{kind}": (READERS if name in READER_TABLES else REVIEWERS)
       for name in TABLES for kind in FORMATS.get(name, (".json",))},
    **{f"/registry/{name}{kind}": (READERS if name in READER_QUERIES else REVIEWERS)
       for name in QUERIES for kind in FORMATS.get(name, (".json",))},
}  # fmt: skip
ELSEWHERE = (  # redirects, another name of our static files, and pages that have tests of their own below
    "/-$", "/:memory:", "/-/static-plugins/inbox_worker/", "^/-/review/m(?P<message>[1-9][0-9]{0,17})/picture",
    "^/-/review/m(?P<message>[1-9][0-9]{0,17})/page",
)  # fmt: skip
FORM = {"revision": "0.0", "act": "accept", "item": "m1"}
POSTS: dict[str, tuple[frozenset[str], dict[str, Any]]] = {  # path -> who may, and how it is sent
    "/-/review/m1/save": (REVIEWERS, {"data": FORM}),
    "/-/review/m1/try": (REVIEWERS, {"data": FORM}),
    "/-/review/rule": (REVIEWERS, {"data": FORM}),
    "/-/review/organisation/halo": (REVIEWERS, {"data": FORM}),
    "/registry/organisations/-/insert": (NONE, {"json": {"row": {"id": "x", "name": "x"}}}),
    "/registry/organisations/-/upsert": (NONE, {"json": {"rows": [{"id": "halo", "name": "x"}]}}),
    "/registry/organisations/halo/-/update": (NONE, {"json": {"update": {"name": "x"}}}),
    "/registry/organisations/halo/-/delete": (NONE, {"json": {}}),
    "/registry/rulings/-/drop": (NONE, {"json": {"confirm": True}}),
    "/registry/rulings/-/alter": (NONE, {"json": {"operations": []}}),
    "/registry/-/create": (NONE, {"json": {"table": "x", "rows": [{"a": 1}]}}),
    "/registry/-/execute-write": (NONE, {"json": {"sql": "delete from rulings"}}),
    "/registry/messages/-/set-column-type": (NONE, {"json": {"column": "id", "column_type": None}}),
    "/registry/messages/-/count": (REVIEWERS, {"json": {}}),
    "/registry/who_comes/-/update": (NONE, {"json": {"update": {"title": "x"}}}),
    "/registry/who_comes/-/delete": (NONE, {"json": {}}),
    "/registry/-/queries/store": (NONE, {"json": {"query": {"name": "x", "sql": "select 1"}}}),
}


@pytest.fixture(scope="module")
def datasette(season: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Datasette]:
    """Datasette as ``datasette registry.db --config datasette.yaml --default-deny`` makes it."""
    config = copied(season, tmp_path_factory.mktemp("permissions") / "copy")
    served = serve(config)
    yield served
    served.close()


def serve(config: Path, plugin: dict[str, Any] | None = None, **options: Any) -> Datasette:
    settings = yaml.safe_load((config.parent / "datasette.yaml").read_text())
    settings["plugins"]["inbox-worker"] |= {"config": str(config), **(plugin or {})}
    files = [str(config.parent / "registry.db")]
    return Datasette(files, config=settings, secret=SECRET, **{"default_deny": True, **options})


def seen(
    datasette: Datasette,
    paths: list[str],
    posts: dict[str, dict[str, Any]] | None = None,
    whom: Iterable[str] = tuple(WHO),
) -> dict[str, set[str]]:
    """Who is let in, by path. A redirect to sign in or a 403 is no; a 404 is yes only to who may see that."""

    async def asking() -> dict[str, set[str]]:
        await datasette.invoke_startup()
        found: dict[str, set[str]] = {}
        transport = httpx2.ASGITransport(datasette.app())  # one for all, which datasette.client makes anew each time
        async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as client:
            for who in whom:
                client.cookies = httpx2.Cookies({"ds_actor": cookie(WHO[who])} if WHO[who] else {})
                for path in paths:
                    answer = await (client.get(path) if posts is None else client.post(path, **posts[path]))
                    assert answer.status_code < 500, (path, who, answer.text)
                    if answer.status_code not in ((403, 404, 405) if posts is None else (403, 404)):
                        found.setdefault(path, set()).add(who)
        return found

    return waited_for(asking())


def test_who_sees_what(datasette: Datasette) -> None:
    found = seen(datasette, list(GETS))
    assert {path: found.get(path, set()) for path in GETS} == {path: set(who) for path, who in GETS.items()}


def test_who_may_post_what_and_nobody_writes_but_the_desk(datasette: Datasette) -> None:
    path = next(iter(datasette.databases.values())).path
    before = dump(path)
    found = seen(datasette, list(POSTS), {path: how for path, (_, how) in POSTS.items()})
    expected = {path: set(who) for path, (who, _) in POSTS.items()}
    assert {path: found.get(path, set()) for path in POSTS} == expected
    assert dump(path) == before, "the forms were stale or empty, so that nothing was ruled"


def test_pictures_are_for_reviewers_and_can_do_nothing(datasette: Datasette) -> None:
    connection = sqlite3.connect(f"file:{next(iter(datasette.databases.values())).path}?mode=ro", uri=True)

    def message(name: str) -> int:
        raw = (PLEDGING / "attachments-and-noise" / name).read_bytes()
        found = connection.execute("select id from messages where sha256 = ?", [identity(raw)]).fetchone()
        return int(found[0])

    page = f"/-/review/m{message('014.eml')}/page/2/1"  # of a PDF
    picture = f"/-/review/m{message('036.eml')}/picture/1.2"
    connection.close()
    assert seen(datasette, [page, picture]) == {page: set(REVIEWERS), picture: set(REVIEWERS)}

    async def asking() -> None:
        for path in (page, picture):
            answer = await datasette.client.get(path, actor=PEOPLE["ann"])
            assert answer.headers["content-type"] == "image/png"
            assert answer.content.startswith(b"\x89PNG")
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["content-security-policy"].startswith("sandbox")
        assert (await datasette.client.get(page[:-1] + "99", actor=PEOPLE["ann"])).status_code == 404
        assert (
            await datasette.client.get(picture.replace("picture/1.2", "page/1.2/1"), actor=PEOPLE["ann"])
        ).status_code == 404
        shown = await datasette.client.get(page.partition("/page")[0] + "/attachments", actor=PEOPLE["ann"])
        assert f'<img src="{page}" alt="Page 1 of ' in shown.text

    waited_for(asking())


def test_no_page_of_datasette_or_ours_is_missing_from_the_tables(datasette: Datasette) -> None:
    waited_for(datasette.invoke_startup())
    tried = [path.partition("?")[0] for path in (*GETS, *POSTS)]
    routes = [route for route, _ in datasette._routes() if not route.pattern.startswith(ELSEWHERE)]
    assert {route.pattern for route in routes if not any(route.match(path) for path in tried)} == set()


def test_the_configuration_that_admins_see_holds_no_secret(season: Path, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv("INBOX_WORKER_TEST_HASH", "pbkdf2_sha256$1$from-the-environment")
    config = copied(season, tmp_path / "copy")
    settings = yaml.safe_load((config.parent / "datasette.yaml").read_text())
    settings["plugins"]["datasette-auth-passwords"] = {
        "ann_password_hash": {"$env": "INBOX_WORKER_TEST_HASH"},
        "ben_password_hash": "pbkdf2_sha256$1$as-it-stands",
    }
    (config.parent / "datasette.yaml").write_text(yaml.safe_dump(settings))
    datasette = serve(config, plugin={"proxy": {"secret": "known to the proxy"}})

    async def asking() -> str:
        await datasette.invoke_startup()
        answers = [await datasette.client.get(path, actor=PEOPLE["dora"]) for path in GETS if path.startswith("/-/")]
        return html.unescape("".join(answer.text for answer in answers if answer.status_code == 200))

    shown = waited_for(asking())
    assert '"datasette-auth-passwords": "***"' in shown and '"secret": "***"' in shown
    assert not [one for one in ("as-it-stands", "from-the-environment", "known to the proxy", SECRET) if one in shown]
    datasette.close()


def dump(path: str) -> list[str]:
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    lines = list(connection.iterdump())
    connection.close()
    return lines


def test_without_default_deny_strangers_still_see_nothing_of_the_registry(season: Path, tmp_path: Path) -> None:
    datasette = serve(copied(season, tmp_path / "copy"), default_deny=False)
    paths = [path for path, who in GETS.items() if who in (READERS, REVIEWERS) and path.startswith("/registry")]
    assert seen(datasette, paths, whom=("anonymous", "stranger")) == {}
    datasette.close()


def test_what_the_operator_opens_is_seen_by_everybody_and_nothing_else(season: Path, tmp_path: Path) -> None:
    config = copied(season, tmp_path / "copy")
    settings = yaml.safe_load((config.parent / "datasette.yaml").read_text())
    settings["databases"]["registry"]["tables"]["registry"]["permissions"] = {"view-table": True}
    (config.parent / "datasette.yaml").write_text(yaml.safe_dump(settings))
    datasette = serve(config)
    found = seen(datasette, list(GETS), whom=["anonymous"])
    assert [path for path in found if GETS[path] != EVERYBODY] == [
        "/registry/registry", "/registry/registry.json", "/registry/registry.csv", "/registry/registry.xlsx",
    ]  # fmt: skip
    datasette.close()


def test_a_datasette_without_a_registry_is_left_alone(tmp_path: Path) -> None:
    sqlite3.connect(tmp_path / "other.db").execute("create table t (a)").connection.close()
    datasette = Datasette([str(tmp_path / "other.db")])

    async def asking() -> tuple[int, int, bool]:
        await datasette.invoke_startup()
        page = await datasette.client.get("/other/t")
        desk = await datasette.client.get("/-/review")
        return page.status_code, desk.status_code, "content-security-policy" in page.headers

    assert waited_for(asking()) == (200, 404, False)
    datasette.close()


def test_every_action_that_writes_is_nobodys(datasette: Datasette) -> None:
    waited_for(datasette.invoke_startup())
    reads = {"view-instance", "view-database", "view-table", "view-query", "execute-sql", "permissions-debug",
             "debug-menu", "see-overview", "review-mail"}  # fmt: skip
    assert set(datasette.actions) == reads | NOBODYS


def test_every_table_and_view_has_a_name_or_is_an_inner_one(season: Path) -> None:
    connection = sqlite3.connect(season / "registry.db")
    names = {row[0] for row in connection.execute("select name from sqlite_master where type in ('table', 'view')")}
    connection.close()
    inner = {
        "cursors",
        "answers_followed",
        "exported",
        "to_read",
        "model_to_ask",
        "replies",
        "model_questions",
        "organisation_domains",
        "_sqlite_migrations",
        "standing_rulings",
        "readings_in_force",
    }
    inner |= {name for name in names if name.startswith(("messages_fts", "sqlite_"))}
    assert names - inner == set(TABLES)


def test_a_registry_that_cannot_be_used_is_not_served_at_all(season: Path, tmp_path: Path) -> None:
    config = copied(season, tmp_path / "copy")
    connection = sqlite3.connect(config.parent / "registry.db")
    connection.execute("delete from _sqlite_migrations where name like 'm008%'")
    connection.commit()
    connection.close()
    datasette = serve(config, default_deny=False)
    with pytest.raises(RegistryError, match="earlier version"):
        waited_for(datasette.invoke_startup())
    datasette.close()


def test_without_a_configuration_pages_say_what_is_missing(season: Path, tmp_path: Path) -> None:
    config = copied(season, tmp_path / "copy")
    datasette = serve(config, plugin={"config": str(tmp_path / "nowhere.toml")})

    async def asking() -> tuple[int, str]:
        await datasette.invoke_startup()
        answer = await datasette.client.get("/-/review", actor=PEOPLE["ann"])
        return answer.status_code, answer.text

    status, text = waited_for(asking())
    assert status == 500 and "nowhere.toml: there is no such file" in text
    datasette.close()
