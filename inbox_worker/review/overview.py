"""The overview: one page for whoever asks how many come, and whether all is well."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from datasette.resources import DatabaseResource
from datasette.utils.asgi import Request, Response
from sqlite_utils import Database

from inbox_worker.commands.showing import when
from inbox_worker.health import health_of
from inbox_worker.model import SERVICE_CODES
from inbox_worker.registry.desk import SERVICES
from inbox_worker.registry.lists import figures
from inbox_worker.review.answering import html, page
from inbox_worker.review.chart import answers_over_time
from inbox_worker.review.place import Place
from inbox_worker.review.queue import REASONS
from inbox_worker.review.roles import RULE, SEE
from inbox_worker.review.words import until
from inbox_worker.settings import Settings

if TYPE_CHECKING:
    from datasette.app import Datasette

BY = """
select {column} as label, count(*) as organisations, sum(partstat = 'accepted') as accepted,
  sum(partstat = 'declined') as declined, sum(partstat = 'tentative') as tentative,
  sum(partstat = 'needs-action') as silent,
  coalesce(sum(case when partstat = 'accepted' then delegates end), 0) as delegates
from participations join organisations on organisations.id = organisation_id
group by 1 having {having} order by delegates desc, accepted desc, label
"""
LISTED = "select name, delegates, open_doubts from participations where {where} order by name limit {most}"
LISTS = {
    "late": "late",
    "tentative": "partstat = 'tentative'",
    "no_number": "partstat = 'accepted' and delegates is null",
    "silent": "partstat = 'needs-action'",
}
ANSWERS = """
select coalesce(first_received_at, received_at) as at, partstat from participations
where partstat <> 'needs-action' and coalesce(first_received_at, received_at) is not null order by 1
"""
MOST = 14  # rows of a list; the rest is counted


@page(SEE)
async def overview_page(datasette: Datasette, request: Request, place: Place) -> Response:
    """The page."""
    settings = place.settings()
    found = await place.look(lambda db: _found(db, settings))
    may_rule = await datasette.allowed(action=RULE, resource=DatabaseResource(place.database), actor=request.actor)
    return await html(datasette, request, "desk_overview.html", {**found, "may_rule": may_rule})


def _found(db: Database, settings: Settings) -> dict[str, Any]:
    zone = settings.invitation.reply_by.tzinfo
    now = datetime.now(timezone.utc)
    found = figures(db)
    state = health_of(db, settings, now)
    dated = [(datetime.fromisoformat(row["at"]), row["partstat"]) for row in db.query(ANSWERS)]
    return {
        "event": found.event,
        "at": found.figures,
        "doubts": {code: n for code, n in found.waiting.items() if code not in SERVICE_CODES},
        "services": {code: n for code, n in found.waiting.items() if code in SERVICES},
        "reasons": REASONS,
        "not_delivered": found.not_delivered,
        "categories": list(db.query(BY.format(column="coalesce(nullif(category, ''), 'no category')", having="1"))),
        "countries": list(db.query(BY.format(column="coalesce(nullif(country, ''), '?')", having="accepted > 0"))),
        **{name: list(db.query(LISTED.format(where=where, most=MOST))) for name, where in LISTS.items()},
        "chart": answers_over_time(dated, settings.invitation.reply_by, min(now, settings.invitation.ends),
                                   found.figures["invited"] or found.figures["organisations"]),
        "health": state,
        "until": until(settings.invitation.reply_by),
        "now": when(now.isoformat(), zone),
        "zone": zone,
        "when": when,
    }  # fmt: skip
