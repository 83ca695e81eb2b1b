"""What we add to Datasette's own pages of the registry: stories, links, and a way in."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from datasette.resources import DatabaseResource
from datasette.utils.asgi import Request, Response
from markupsafe import Markup, escape
from sqlite_utils import Database

from inbox_worker.commands.telling import tell
from inbox_worker.registry.dossier import dossier
from inbox_worker.review.answering import html, page, wants_json
from inbox_worker.review.place import Place, place_of
from inbox_worker.review.roles import RULE, SEE

if TYPE_CHECKING:
    from datasette.app import Datasette

ABOUT_ORGANISATION = {"organisations": "id", "participations": "organisation_id", "registry": "id",
                      "delegates": "organisation_id"}  # fmt: skip
VIEWS = ("registry", "waiting", "not_delivered", "not_delivered_to_nobody_listed", "standing_lessons")
MOST = 12  # suggestions
SEARCH = """
select id, name from organisations
where instr(lower(name || ' ' || acronym || ' ' || id || ' ' || aliases), lower(?))
order by instr(lower(name), lower(?)) = 0, name limit ?
"""
MENTION = re.compile(r"\(m(\d{1,18})\)")


async def start(datasette: Datasette, request: Request) -> Response:
    """Where somebody goes who just signed in: to the queue, the overview, or Datasette's list of databases."""
    place = place_of(datasette)
    target = "/"
    if place is not None:
        resource = DatabaseResource(place.database)
        for action, path in ((SEE, "/-/overview"), (RULE, "/-/review")):
            if await datasette.allowed(action=action, resource=resource, actor=request.actor):
                target = path
    return Response.redirect(datasette.urls.path(target))


@page(RULE)
async def organisations(datasette: Datasette, request: Request, place: Place) -> Response:
    """Organisations whose name, acronym or alias holds ``q``, for the field that searches them."""
    words = (request.args.get("q") or "").strip()[:100]
    rows = await place.look(lambda db: list(db.query(SEARCH, [words, words, MOST])))
    return Response.json([f"{row['name']} ({row['id']})" for row in rows])


def story_lines(db: Database, organisation: str, zone: Any) -> list[str]:
    """An organisation's story, a line each; none where there is no such organisation."""
    found = dossier(db, organisation)
    return list(tell(found, zone)) if found.organisation else []


def linked(line: str, path: str) -> Markup:
    """A line of a story with its messages as links. ``path``: of the pages of messages, "/-/review/m"."""
    parts, last = [], 0
    for found in MENTION.finditer(line):
        parts += [
            escape(line[last : found.start()]),
            Markup('(<a href="{}{}">m{}</a>)').format(path, found[1], found[1]),
        ]
        last = found.end()
    return Markup("").join([*parts, escape(line[last:])])


def above_row(
    datasette: Datasette, request: Request, database: str, table: str, row: Any
) -> Callable[[], Awaitable[str]] | None:
    """An organisation's story above its row, and the way to the desk above what belongs to a message."""
    place = place_of(datasette)
    if place is None or database != place.database:
        return None

    async def above() -> str:
        resource = DatabaseResource(place.database)
        if not await datasette.allowed(action=RULE, resource=resource, actor=request.actor):
            return ""
        names = set(row.keys())
        if table in ABOUT_ORGANISATION and ABOUT_ORGANISATION[table] in names:
            zone = place.settings().invitation.reply_by.tzinfo
            at = row[ABOUT_ORGANISATION[table]]
            lines = await place.look(lambda db: story_lines(db, at, zone))
            path = datasette.urls.path("/-/review/m")
            context = {"lines": [linked(line, path) for line in lines], "organisation": at}
            return str(await datasette.render_template("desk_story.html", context, request=request))
        message = row["id"] if table == "messages" else row["message_id"] if "message_id" in names else None
        if message is None:
            return ""
        path = datasette.urls.path("/-/review/m")
        return str(
            Markup('<p class="desk-open"><a href="{}{}">Open m{} at the desk</a></p>').format(path, message, message)
        )

    return above


def cell(datasette: Datasette, place: Place, table: str | None, column: str, value: Any, row: Any) -> Markup | None:
    """A link in a view, where Datasette has no foreign key to make it of."""
    if value is None or table not in VIEWS:
        return None
    if column == "message_id" and isinstance(value, int):
        return Markup('<a href="{}{}">m{}</a>').format(datasette.urls.path("/-/review/m"), value, value)
    names = set(row.keys())
    key = "id" if table == "registry" else "organisation_id"
    if column in ("name", key) and key in names and row[key]:
        path = f"{datasette.urls.table(place.database, 'organisations')}/{quote(str(row[key]), safe='')}"
        return Markup('<a href="{}">{}</a>').format(path, value)
    return None


def not_allowed(datasette: Datasette, request: Request, message: str) -> Callable[[], Awaitable[Response]] | None:
    """A page that asks to sign in, or says whom to ask. Scripts get Datasette's own answer."""
    path = request.path
    if place_of(datasette) is None or wants_json(request) or path.endswith((".json", ".csv", ".xlsx")):
        return None
    if request.headers.get("content-type") == "application/json":
        return None

    async def asking() -> Response:
        accounts: Mapping[str, Any] = datasette.plugin_config("datasette-auth-passwords") or {}
        context = {"signed_in": request.actor is not None, "accounts": any("_password_hash" in key for key in accounts)}
        return await html(datasette, request, "desk_forbidden.html", context, 403)

    return asking
