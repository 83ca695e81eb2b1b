"""A registry of real mail, Datasette on it, and Debian's chromium."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.review.place import Web, cookie, copied, serving, shared

CHROMIUM = "/usr/bin/chromium"
Opens = Callable[..., Page]


@pytest.fixture(scope="session")
def season(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of the registry that tests copy."""
    base = tmp_path_factory.getbasetemp()
    return shared(base.parent if base.name.startswith("popen-") else base)


@pytest.fixture(scope="session")
def web(season: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """A copy of it, served. Tests rule on messages of their own in it."""
    with serving(copied(season, tmp_path_factory.mktemp("web") / "copy")) as running:
        yield running


@pytest.fixture
def fresh(season: Path, tmp_path: Path) -> Iterator[Web]:
    """A copy of it, served, that nobody has ruled in."""
    with serving(copied(season, tmp_path / "copy")) as running:
        yield running


@pytest.fixture(scope="package")  # while it runs there is an event loop, which tests of other packages cannot do with
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def opens(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Opens]:
    """Opens a page as somebody, each in a browser profile of its own."""
    contexts = []
    web: Web = request.getfixturevalue("fresh" if "fresh" in request.fixturenames else "web")

    def opening(path: str, who: str = "ann", **options: object) -> Page:
        context = chromium.new_context(viewport={"width": 1280, "height": 900}, **options)  # type: ignore[arg-type]
        context.set_default_timeout(20_000)
        contexts.append(context)
        context.add_cookies([{"name": "ds_actor", "value": cookie(who), "url": web.url}])
        page = context.new_page()
        page.goto(web.url + path)
        return page

    yield opening
    for context in contexts:
        context.close()
