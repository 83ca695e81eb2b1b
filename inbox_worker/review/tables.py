"""Tables and views under names that people understand, and which of them a reader may see."""

from __future__ import annotations

import importlib.resources
import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from datasette.resources import QueryResource

if TYPE_CHECKING:
    from datasette.app import Datasette


@dataclass(frozen=True)
class Shown:
    """How a table or view is called."""

    title: str
    description: str
    reader: bool = False  # whether who may only read sees it
    columns: dict[str, str] = field(default_factory=dict)


def _load() -> dict[str, Shown]:
    text = (importlib.resources.files("inbox_worker.review") / "tables.toml").read_text(encoding="utf-8")
    return {name: Shown(**values) for name, values in tomllib.loads(text).items()}


TABLES = _load()
READER_TABLES = tuple(name for name, shown in TABLES.items() if shown.reader)
READER_QUERIES = (  # of config/datasette.yaml: those that tell nothing of what people wrote
    "who_comes", "how_many", "not_answered", "late", "undelivered", "by_category", "by_country",
    "who_is_coming_by_name", "number_or_name_missing", "tentative",
)  # fmt: skip
GROUPS = (  # as the registry's page shows them
    ("Who comes", READER_TABLES),
    ("Mail and rulings", tuple(name for name in TABLES if name not in READER_TABLES)),
)


async def questions(datasette: Datasette, database: str, actor: dict[str, Any] | None) -> list[dict[str, str]]:
    """The questions of the configuration that somebody may ask, in its order: ``title`` and ``href``."""
    config = (datasette.config or {}).get("databases", {}).get(database) or {}
    return [
        {"title": query.get("title") or name, "href": datasette.urls.query(database, name)}
        for name, query in (config.get("queries") or {}).items()
        if await datasette.allowed(action="view-query", resource=QueryResource(database, name), actor=actor)
    ]


async def describe(datasette: Datasette, database: str) -> None:
    """Put titles and descriptions where Datasette's pages look for them."""
    for table, shown in TABLES.items():
        await datasette.set_resource_metadata(database, table, "title", shown.title)
        await datasette.set_resource_metadata(database, table, "description", shown.description)
        for column, words in shown.columns.items():
            await datasette.set_column_metadata(database, table, column, "description", words)
