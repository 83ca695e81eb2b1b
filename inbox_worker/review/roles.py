"""Who may what: three roles, each with all that the one before it may.

A reader sees who comes; a reviewer also the mail, and rules on it; an admin also the inner tables and how permissions
come about. Nobody writes through Datasette's own pages or API: the registry is only ever appended to, by us.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from datasette.permissions import Action, PermissionSQL
from datasette.resources import DatabaseResource
from datasette.utils import actor_matches_allow

from inbox_worker.review.place import Place
from inbox_worker.review.tables import READER_QUERIES, READER_TABLES, TABLES

if TYPE_CHECKING:
    from datasette.app import Datasette

Actor = Mapping[str, Any] | None
SEE, RULE = "see-overview", "review-mail"  # our own actions, on the registry's database


class Role(IntEnum):
    """What somebody is to the registry."""

    NOBODY = 0
    READER = 1
    REVIEWER = 2
    ADMIN = 3


WHOLE = {  # action on the whole database -> who may
    "view-database": Role.READER,
    "execute-sql": Role.REVIEWER,  # whoever may ask in SQL sees every table
    SEE: Role.READER,
    RULE: Role.REVIEWER,
}
INSTANCE = {"view-instance": Role.READER, "permissions-debug": Role.ADMIN, "debug-menu": Role.ADMIN}
NOBODYS = frozenset({
    "view-database-download", "execute-write-sql", "create-table", "create-view", "store-query", "insert-row",
    "delete-row", "update-row", "alter-table", "set-column-type", "drop-table", "drop-view", "update-query",
    "delete-query",
})  # fmt: skip


def actions() -> list[Action]:
    """The actions that Datasette does not know of itself."""
    return [
        Action(name=SEE, description="See the overview", resource_class=DatabaseResource),
        Action(name=RULE, description="Read mail and rule on it", resource_class=DatabaseResource),
    ]


def role_of(datasette: Datasette, place: Place, actor: Actor) -> Role:
    """The highest role whose allow block (as in Datasette's own configuration) the actor matches."""
    if actor is None:
        return Role.NOBODY
    if actor.get("id") == "root" and datasette.root_enabled:
        return Role.ADMIN
    for role in (Role.ADMIN, Role.REVIEWER, Role.READER):
        block = place.roles.get(role.name.lower(), False)
        if block is not None and actor_matches_allow(dict(actor), block):
            return role
    return Role.NOBODY


def permissions(datasette: Datasette, place: Place, actor: Actor, action: str) -> PermissionSQL | None:
    """What the role says of an action, as the rows that Datasette asks for."""
    rows = list(_rows(datasette, place, role_of(datasette, place, actor), action))
    if not rows:
        return None
    values = {f"desk_{at}_{name}": row[name] for at, row in enumerate(rows) for name in row}
    selects = (
        f"select :desk_{at}_parent as parent, :desk_{at}_child as child, :desk_{at}_allow as allow,"
        f" :desk_{at}_reason as reason"
        for at in range(len(rows))
    )
    return PermissionSQL(sql=" union all ".join(selects), params=values)


def _rows(datasette: Datasette, place: Place, role: Role, action: str) -> Iterator[dict[str, Any]]:
    """What a role may: whole first, then what is more particular and so outweighs it."""

    def row(parent: str | None, child: str | None, allow: bool) -> dict[str, Any]:
        return {"parent": parent, "child": child, "allow": int(allow), "reason": f"{role.name.lower()}: {action}"}

    if action in INSTANCE:
        if role >= INSTANCE[action]:
            yield row(None, None, True)
    elif action in NOBODYS:
        yield row(place.database, None, False)
    elif action in WHOLE and role >= WHOLE[action]:
        yield row(place.database, None, True)
    elif action in ("view-table", "view-query") and role >= Role.READER:
        wide = role is Role.ADMIN or (action == "view-query" and role is Role.REVIEWER)
        if wide:
            yield row(place.database, None, True)
            return
        narrow = READER_QUERIES if action == "view-query" else READER_TABLES
        yield from (row(place.database, name, True) for name in (TABLES if role is Role.REVIEWER else narrow))
    elif (action in WHOLE or action in ("view-table", "view-query")) and not datasette.default_deny:
        yield row(place.database, None, False)  # Datasette would show it to everybody
