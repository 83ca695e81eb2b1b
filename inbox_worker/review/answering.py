"""What every page of ours does: find the registry, check the permission, tell errors to a person."""

from __future__ import annotations

import sqlite3
import urllib.parse
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

from datasette.resources import DatabaseResource
from datasette.utils.asgi import Base400, Forbidden, NotFound, Request, Response

from inbox_worker.registry.database import RegistryError
from inbox_worker.registry.desk import MeanwhileError
from inbox_worker.review.form import Fields
from inbox_worker.review.place import Place, place_of
from inbox_worker.settings import SettingsError

if TYPE_CHECKING:
    from datasette.app import Datasette

Page = Callable[["Datasette", Request, Place], Awaitable[Response]]
View = Callable[["Datasette", Request], Awaitable[Response]]
LARGEST = 1_000_000  # bytes of a posted form


def page(action: str) -> Callable[[Page], View]:
    """A view of the registry for whoever is allowed ``action``."""

    def made(function: Page) -> View:
        async def view(datasette: Datasette, request: Request) -> Response:
            place = place_of(datasette)
            if place is None:
                raise NotFound("Datasette serves no registry of inbox-worker")
            resource = DatabaseResource(place.database)
            if not await datasette.allowed(action=action, resource=resource, actor=request.actor):
                raise Forbidden(f"{action} is not allowed")
            try:
                return await function(datasette, request, place)
            except MeanwhileError as error:
                return await problem(datasette, request, str(error), 409)
            except RegistryError as error:
                return await problem(datasette, request, str(error), 404 if "there is no" in str(error) else 400)
            except SettingsError as error:
                return await problem(datasette, request, f"worker.toml cannot be used: {error}", 500)
            except sqlite3.OperationalError as error:
                return await problem(datasette, request, f"the registry is busy ({error}); try again", 503)

        view.__name__, view.__doc__ = function.__name__, function.__doc__  # not its signature: Datasette looks at that
        return view

    return made


def not_found(datasette: Datasette, request: Request, exception: Exception) -> Callable[[], Awaitable[Response]] | None:
    """A page for what is not there or was asked wrongly; everything else is Datasette's to tell."""
    formats = (".json", ".csv", ".xlsx")
    if place_of(datasette) is None or not isinstance(exception, Base400) or request.path.endswith(formats):
        return None

    async def telling() -> Response:
        return await problem(datasette, request, str(exception) or "That was asked wrongly", exception.status)

    return telling


async def problem(datasette: Datasette, request: Request, sentence: str, status: int) -> Response:
    """An error, as a page or for a script."""
    if wants_json(request):
        return Response.json({"ok": False, "error": sentence}, status=status)
    return await html(datasette, request, "desk_problem.html", {"sentence": sentence}, status)


async def html(
    datasette: Datasette, request: Request, template: str, context: Mapping[str, Any], status: int = 200
) -> Response:
    """A page made of a template."""
    return Response.html(await datasette.render_template(template, dict(context), request=request), status=status)


def wants_json(request: Request) -> bool:
    """Whether a script asks, not a person."""
    return "application/json" in (request.headers.get("accept") or "")


async def posted(request: Request) -> Fields:
    """The fields of a posted form, each with all its values.

    Raises:
        RegistryError: where it was not posted, or is too large.
    """
    if request.method != "POST":
        raise RegistryError("that is done by a form; there is no such page to look at")
    length = request.headers.get("content-length") or "0"
    if not length.isdecimal() or int(length) > LARGEST:
        raise RegistryError("that form is too large")
    body = await request.post_body()
    return urllib.parse.parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=5_000)


def who(request: Request) -> str:
    """Who rules: the actor's id, with the name it is displayed by."""
    actor = request.actor or {}
    return str(actor.get("id") or actor.get("name") or actor.get("email") or "")
