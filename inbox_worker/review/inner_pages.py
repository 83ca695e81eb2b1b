"""Pages of Datasette and its plugins about the server itself, for admins only.

Some ask nobody who they are: they tell nothing of the registry, but let a stranger try allow blocks and keep the server
busy hashing passwords. Others would show its configuration, versions and files to whoever may see any page.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import datasette_auth_passwords
from datasette.utils.asgi import Request, Response
from datasette.views.special import AllowDebugView, JsonDataView

from inbox_worker.review.place import place_of

if TYPE_CHECKING:
    from datasette.app import Datasette

View = Callable[["Datasette", Request], Awaitable[Response]]


def for_admins(view: View) -> View:
    """The same page, where there is a registry, only for who may see how permissions come about."""

    async def guarded(datasette: Datasette, request: Request) -> Response:
        if place_of(datasette) is not None:
            await datasette.ensure_permission(action="permissions-debug", actor=request.actor)
        return await view(datasette, request)

    return guarded


def about_server(name: str, ask: Callable[[Datasette], Callable[..., Any]], *, needs_request: bool = False) -> View:
    """One of Datasette's own pages of JSON. ``ask``: the method of Datasette that gives what it shows."""

    async def view(datasette: Datasette, request: Request) -> Response:
        shown = JsonDataView(datasette, f"{name}.json", ask(datasette), needs_request=needs_request)
        answer: Response = await shown.get(request)
        return answer

    view.__name__ = name
    return for_admins(view)


ABOUT_SERVER = {  # Datasette hides what stands in its configuration under keys that speak of secrets
    "config": about_server("config", lambda datasette: datasette._config),
    "databases": about_server("databases", lambda datasette: datasette._databases_data, needs_request=True),
    "plugins": about_server("plugins", lambda datasette: datasette._plugins, needs_request=True),
    "settings": about_server("settings", lambda datasette: lambda: datasette._settings),
    "versions": about_server("versions", lambda datasette: datasette._versions),
}


@for_admins
async def allow_debug(datasette: Datasette, request: Request) -> Response:
    """Datasette's form that tries an allow block on an actor."""
    answer: Any = await AllowDebugView(datasette).get(request)
    return answer


@for_admins
async def password_tool(datasette: Datasette, request: Request) -> Response:
    """The form that makes a password's hash, as ``datasette hash-password`` does."""
    answer: Any = await datasette_auth_passwords.password_tool(request, datasette)
    return answer
