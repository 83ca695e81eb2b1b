"""The review desk: a Datasette plugin. It does nothing in a Datasette that serves no registry.

Reads and writes through the same functions as the command line; everything here is how it looks and who may.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from datasette import hookimpl
from datasette.resources import DatabaseResource

from inbox_worker.review.guard import Guard
from inbox_worker.review.place import find_place, keep_mail_out_of_the_log, place_of, prepare
from inbox_worker.review.roles import RULE, SEE, actions, permissions, role_of
from inbox_worker.review.tables import GROUPS, TABLES, describe, questions

if TYPE_CHECKING:
    from datasette.app import Datasette

__all__: list[str] = []


@hookimpl
def startup(datasette: Datasette) -> Callable[[], Awaitable[None]]:
    """Find the registry, and call its tables what people understand."""

    async def starting() -> None:
        place = find_place(datasette)
        if place is not None:
            keep_mail_out_of_the_log()
            await describe(datasette, place.database)

    return starting


@hookimpl
def prepare_connection(conn: Any, database: str, datasette: Datasette) -> None:
    """Connections to the registry wait for others, keep foreign keys, and write through to the disk."""
    place = place_of(datasette)
    if place is not None and database == place.database:
        prepare(conn)


@hookimpl
def asgi_wrapper(datasette: Datasette) -> Callable[[Any], Any]:
    """Safe headers, cookies and CSV."""
    return lambda app: Guard(app, datasette)


@hookimpl
def register_actions(datasette: Datasette) -> list[Any]:
    """What roles may do beyond looking at tables."""
    return actions()


@hookimpl
def actor_from_request(datasette: Datasette, request: Any) -> dict[str, str] | None:
    """Whoever a trusted proxy says it is."""
    from inbox_worker.review.place import PLUGIN
    from inbox_worker.review.proxy import actor

    config = (datasette.plugin_config(PLUGIN) or {}).get("proxy")
    return actor(config, request.headers) if config else None


@hookimpl
def permission_resources_sql(datasette: Datasette, actor: dict[str, Any] | None, action: str) -> Any:
    """What each role may."""
    place = place_of(datasette)
    return None if place is None else permissions(datasette, place, actor, action)


@hookimpl(tryfirst=True)  # before the pages of others that we close
def register_routes() -> list[tuple[str, Any]]:
    """Our pages. Their modules are imported here, so that other Datasettes start as quickly as ever."""
    from inbox_worker.review import acts, entry, files, inner_pages, overview, pages, registry_pages

    message = r"^/-/review/m(?P<message>[1-9][0-9]{0,17})"
    return [
        (r"^/-/start$", registry_pages.start),
        (r"^/-/overview$", overview.overview_page),
        (r"^/-/review$", pages.queue_page),
        (r"^/-/review/rows$", pages.queue_rows),
        (r"^/-/review/rule$", acts.rule),
        (r"^/-/review/organisations$", registry_pages.organisations),
        (r"^/-/review/organisation/(?P<organisation>[^/]+)$", entry.organisation_page),
        (rf"{message}$", pages.message_page),
        (rf"{message}/save$", acts.save_message),
        (rf"{message}/try$", acts.try_message),
        (rf"{message}/attachments$", files.attachments),
        (rf"{message}/raw$", files.raw),
        (rf"{message}/part/(?P<section>[0-9.]{{1,60}})$", files.part),
        (rf"{message}/picture/(?P<section>[0-9.]{{1,60}})$", files.picture),
        (rf"{message}/page/(?P<section>[0-9.]{{1,60}})/(?P<number>[1-9][0-9]{{0,3}})$", files.page_picture),
        (r"^/-/allow-debug$", inner_pages.allow_debug),
        (r"^/-/password-tool$", inner_pages.password_tool),
        *((rf"^/-/{name}(\.(?P<format>json))?$", view) for name, view in inner_pages.ABOUT_SERVER.items()),
    ]


@hookimpl
def menu_links(datasette: Datasette, actor: dict[str, Any] | None) -> Callable[[], Awaitable[list[dict[str, str]]]]:
    """The pages in Datasette's menu, for those who may see them."""

    async def links() -> list[dict[str, str]]:
        return [{"href": link["href"], "label": link["label"]} for link in await _links(datasette, actor)]

    return links


@hookimpl
def prepare_jinja2_environment(env: Any) -> None:
    """Filters of our templates."""
    from inbox_worker.review.words import plain, sentence

    env.filters |= {"plain": plain, "sentence": sentence}


@hookimpl
def extra_template_vars(
    datasette: Datasette, request: Any, view_name: str | None
) -> Callable[[], Awaitable[dict[str, Any]]]:
    """What the frame around every page shows."""

    async def variables() -> dict[str, Any]:
        place = place_of(datasette)
        if place is None:
            return {"desk": None}
        actor = request.actor if request else None
        path = request.path if request else ""
        role = role_of(datasette, place, actor).name.lower()
        links = [{**link, "here": path.startswith(link["href"])} for link in await _links(datasette, actor)]
        frame: dict[str, Any] = {"links": links, "role": role, "path": path, "database": place.database}
        if view_name == "database":
            frame |= {"shown": TABLES, "groups": GROUPS}
            frame["questions"] = await questions(datasette, place.database, actor)
        return {"desk": frame}

    return variables


async def _links(datasette: Datasette, actor: dict[str, Any] | None) -> list[dict[str, str]]:
    place = place_of(datasette)
    if place is None:
        return []
    wanted = [("/-/review", "Review", RULE), ("/-/overview", "Overview", SEE)]
    resource = DatabaseResource(place.database)
    links = [
        {"href": datasette.urls.path(path), "label": label}
        for path, label, action in wanted
        if await datasette.allowed(action=action, resource=resource, actor=actor)
    ]
    if await datasette.allowed(action="view-database", resource=resource, actor=actor):
        links.append({"href": datasette.urls.database(place.database), "label": "Registry"})
    return links


@hookimpl
def top_row(datasette: Datasette, request: Any, database: str, table: str, row: Any) -> Any:
    """An organisation's story, or the way to the desk, above its row."""
    from inbox_worker.review.registry_pages import above_row

    return above_row(datasette, request, database, table, row)


@hookimpl
def render_cell(
    row: Any, value: Any, column: str, table: str | None, database: str, datasette: Datasette, request: Any
) -> Any:
    """Links from messages and organisations to their pages."""
    from inbox_worker.review.registry_pages import cell

    place = place_of(datasette)
    if place is None or database != place.database:
        return None
    return cell(datasette, place, table, column, value, row)


@hookimpl
def register_output_renderer(datasette: Datasette) -> dict[str, Any]:
    """Every table and question as a workbook."""
    from inbox_worker.review.workbook import can_render, render

    return {"extension": "xlsx", "render": render, "can_render": can_render}


@hookimpl
def handle_exception(datasette: Datasette, request: Any, exception: Exception) -> Any:
    """What is not there, or was asked wrongly, told on a page like the others."""
    from inbox_worker.review.answering import not_found

    return not_found(datasette, request, exception)


@hookimpl
def forbidden(datasette: Datasette, request: Any, message: str) -> Any:
    """Ask those to sign in who have not; tell the others that it is not for them."""
    from inbox_worker.review.registry_pages import not_allowed

    return not_allowed(datasette, request, message)
