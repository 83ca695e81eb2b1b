"""Pages of Datasette and its plugins that ask nobody who they are, for admins only: they tell nothing of the registry,
but let a stranger try allow blocks and keep the server busy hashing passwords."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import datasette_auth_passwords
from datasette.utils.asgi import Request, Response
from datasette.views.special import AllowDebugView

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
