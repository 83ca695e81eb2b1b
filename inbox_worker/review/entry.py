"""An organisation at the desk: its story, and the form for an answer that came by telephone or on paper."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from datasette.utils.asgi import NotFound, Request, Response
from sqlite_utils import Database

from inbox_worker.model import Claim, Op, Partstat
from inbox_worker.registry.corrections import Correction, RulingError, corrected
from inbox_worker.registry.desk import Desk, Outcome, Told
from inbox_worker.registry.review import Target, organisation_revision
from inbox_worker.review.answering import html, page, posted, who
from inbox_worker.review.entries import NEW, Answer, Entry
from inbox_worker.review.form import Fields, Written, written
from inbox_worker.review.pages import ANSWERS, standing
from inbox_worker.review.place import Place
from inbox_worker.review.registry_pages import linked, story_lines
from inbox_worker.review.roles import RULE

if TYPE_CHECKING:
    from datasette.app import Datasette


@page(RULE)
async def organisation_page(datasette: Datasette, request: Request, place: Place) -> Response:
    """Show it, or enter what somebody told."""
    organisation = request.url_vars["organisation"]
    error, fields = "", {}
    if request.method == "POST":
        fields = dict(await posted(request))
        try:
            await place.rule(who(request), lambda desk: _enter(desk, organisation, fields))
        except RulingError as refused:
            error = str(refused)
        else:
            datasette.add_message(request, "Entered.", datasette.INFO)
            return Response.redirect(datasette.urls.path(f"/-/review/organisation/{organisation}"), status=303)
    zone = place.settings().invitation.reply_by.tzinfo
    found = await place.look(lambda db: _found(db, organisation, zone))
    if not found:
        raise NotFound(f"there is no organisation {organisation}")
    path = datasette.urls.path("/-/review/m")
    context = {**found, "lines": [linked(line, path) for line in found["lines"]], "answers": ANSWERS,
               "error": error, "fields": fields}  # fmt: skip
    return await html(datasette, request, "desk_organisation.html", context, 400 if error else 200)


def _found(db: Database, organisation: str, zone: Any) -> dict[str, Any]:
    row = next(iter(db.query("select * from organisations where id = ?", [organisation])), None)
    if row is None:
        return {}
    return {
        "organisation": row,
        "standing": standing(db, organisation),
        "lines": story_lines(db, organisation, zone),
        "revision": organisation_revision(db, organisation),
        "entry": Entry(NEW, Target("message", 0), Answer(organisation, row["name"]), False, False, ()),
    }


def _enter(desk: Desk, organisation: str, fields: Fields) -> Outcome:
    name = desk.db.execute("select name from organisations where id = ?", [organisation]).fetchone()
    if name is None:
        raise RulingError("there is no such organisation")
    blank = Entry(NEW, Target("message", 0), Answer(organisation, name[0]), False, False, ())
    said: Written = written(desk.db, blank, {**fields, f"{NEW}-organisation": [name[0]]})

    def one(key: str) -> str:
        return (fields.get(key) or [""])[0].strip()

    answer = said.answer
    if answer.answer not in (Partstat.ACCEPTED, Partstat.DECLINED, Partstat.TENTATIVE):
        raise RulingError("say what they answer: accepted, declined or tentative")
    correction = Correction(
        organisation, Partstat(answer.answer), answer.number, answer.people, Op(answer.op), answer.number is None
    )
    claim = corrected(Claim(organisation, name[0], Partstat.NEEDS_ACTION), correction)
    at = _when(one("told_at"), desk)
    return desk.enter(claim, Told(one("told_by"), one("told_to"), at), why=one("why"), revision=one("revision") or None)


def _when(words: str, desk: Desk) -> datetime | None:
    """A time of the event's clock."""
    if not words:
        return None
    try:
        return datetime.fromisoformat(words).replace(tzinfo=desk.zone)
    except ValueError:
        raise RulingError(f'"{words}" is no time; write it as 2016-02-26T15:00') from None
