"""What people do on the pages: save a form, try one, and rule from the queue."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from datasette.utils.asgi import Request, Response
from sqlite_utils import Database

from inbox_worker.follow import follow_apart
from inbox_worker.registry.corrections import RulingError
from inbox_worker.registry.database import RegistryError
from inbox_worker.registry.desk import Desk, MeanwhileError, Outcome
from inbox_worker.registry.review import Target, item
from inbox_worker.review.answering import html, page, posted, wants_json, who
from inbox_worker.review.entries import entries
from inbox_worker.review.form import Fields, Saved, accept, kept_words, save
from inbox_worker.review.pages import message_context, standing, standing_of
from inbox_worker.review.place import Place
from inbox_worker.review.queue import next_after
from inbox_worker.review.roles import RULE

if TYPE_CHECKING:
    from datasette.app import Datasette

MOST = 500  # rulings at once
_following: set[asyncio.Task[int]] = set()


def _desk_acts() -> dict[str, Callable[..., Outcome]]:
    return {"accept": accept, "dismiss": Desk.dismiss, "close": Desk.close, "admit": Desk.admit,
            "refuse": Desk.refuse, "undo": Desk.reopen}  # fmt: skip


@page(RULE)
async def save_message(datasette: Datasette, request: Request, place: Place) -> Response:
    """Rule what the form says; where somebody else ruled meanwhile, show both and change nothing."""
    message, fields = int(request.url_vars["message"]), await posted(request)
    revision = (fields.get("revision") or [""])[0]
    following = await place.look(lambda db: next_after(db, message))
    try:
        saved = await place.rule(who(request), lambda desk: save(desk, message, fields, revision))
    except RulingError as error:
        return await _form_again(datasette, request, place, message, fields, error)
    _follow(place)
    ruled = ",".join(f"r{number}" for number in saved.rulings)
    target = datasette.urls.path(f"/-/review?done=m{message}&ruled={ruled}#m{following or message}")
    return Response.redirect(target, status=303)  # RFC 9110, section 15.4.4


async def _form_again(
    datasette: Datasette, request: Request, place: Place, message: int, fields: Fields, error: RulingError
) -> Response:
    """The form with what somebody wrote into it, and what holds beside it."""
    context = await message_context(place, message)

    def kept(db: Database) -> dict[str, Any]:
        found = {entry.key: kept_words(db, entry, fields) for entry in entries(item(db, Target("message", message)))}
        return {key: wrote for key, wrote in found.items() if wrote is not None}

    context |= {"error": str(error), "wrote": await place.look(kept), "fields": fields,
                "meanwhile": isinstance(error, MeanwhileError)}  # fmt: skip
    return await html(datasette, request, "desk_message.html", context, 409 if context["meanwhile"] else 400)


@page(RULE)
async def try_message(datasette: Datasette, request: Request, place: Place) -> Response:
    """What the registry would hold after saving. Nothing is changed: the same rulings are made and taken back."""
    message, fields = int(request.url_vars["message"]), await posted(request)

    def rehearse(desk: Desk) -> tuple[Saved, dict[str, list[Mapping[str, Any]]]]:
        saved = save(desk, message, fields, (fields.get("revision") or [""])[0])
        return saved, {at: standing(desk.db, at) for at in saved.organisations}

    sentence, changes = "", []
    try:
        saved, after = await place.rule(who(request), rehearse, keep=False)
        for at, rows in after.items():
            before = await place.look(lambda db, at=at: standing(db, at))  # type: ignore[misc]
            changes.append((before[0] if before else None, rows[0] if rows else None))
        open_ones = [flag for flag in saved.still_open if flag["message_id"] == message]
    except RegistryError as error:
        sentence, open_ones = str(error), []
        changes = [(row, row) for row in await place.look(lambda db: standing_of(db, message))]
    return await html(datasette, request, "desk_change.html",
                      {"changes": changes, "sentence": sentence, "open_ones": open_ones})  # fmt: skip


@page(RULE)
async def rule(datasette: Datasette, request: Request, place: Place) -> Response:
    """Rule from the queue or the history: ``act``, ``item`` (m12, r3) and ``revision``, both repeated for many.

    Each is a ruling of its own: of those that cannot be made the reason is told, the others stand.
    """
    fields = await posted(request)
    name = (fields.get("act") or [""])[0]
    act, items = _desk_acts().get(name), fields.get("item") or []
    revisions = fields.get("revision") or []
    if act is None or not items or len(items) > MOST or len(revisions) not in (0, len(items)):
        raise RulingError(f"name an act ({', '.join(_desk_acts())}), up to {MOST} items, and a revision for each")
    done: list[dict[str, Any]] = []
    refused: list[dict[str, str]] = []
    for at, words in enumerate(items):
        revision = (revisions[at] or None) if revisions else None
        try:
            target = Target.parse(words)
            outcome = await place.rule(who(request), lambda desk: act(desk, target, revision=revision))  # noqa: B023
            waits = sorted({str(flag["code"]) for flag in outcome.still_open})
            done.append({"item": words, "rulings": [f"r{number}" for number in outcome.rulings], "waits": waits})
        except RegistryError as error:
            refused.append({"item": words, "error": str(error)})
    _follow(place)
    if wants_json(request):
        return Response.json({"ok": not refused, "done": done, "refused": refused})
    words = f"{name}: {len(done)} done" + "".join(f"; {one['item']}: {one['error']}" for one in refused)
    datasette.add_message(request, words, datasette.ERROR if refused else datasette.INFO)
    back = (fields.get("back") or [""])[0]
    safe = back if back.startswith("/-/review") else "/-/review"
    return Response.redirect(datasette.urls.path(safe), status=303)


def _follow(place: Place) -> None:
    """Read anew, in a process of its own, what the ruling bears on; nobody waits for it."""
    if any(not task.done() for task in _following):
        return  # it stays on the list, and the next ruling or the worker's next look does it
    task = asyncio.get_running_loop().create_task(follow_apart(place.config, Path(str(place.source.path))))
    _following.add(task)
    task.add_done_callback(_following.discard)
