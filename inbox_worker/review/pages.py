"""The pages to look at: queue and message."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Mapping
from datetime import tzinfo
from textwrap import shorten
from typing import TYPE_CHECKING, Any

from datasette.utils.asgi import Request, Response
from sqlite_utils import Database

from inbox_worker.commands.opinions import dropped_lines, opinions_of
from inbox_worker.commands.showing import OPS, STATES, sender, when
from inbox_worker.commands.telling import RULED, said, tell
from inbox_worker.registry.corrections import RulingError
from inbox_worker.registry.dossier import dossier
from inbox_worker.registry.review import Item, Target, item
from inbox_worker.review.answering import html, page
from inbox_worker.review.entries import NEW, NOTHING, entries, in_time, shown
from inbox_worker.review.form import meant
from inbox_worker.review.letter import Letter, read_letter, stored
from inbox_worker.review.place import Place
from inbox_worker.review.queue import REASONS, Wanted, next_after, queue, version
from inbox_worker.review.roles import RULE
from inbox_worker.review.words import day, until

if TYPE_CHECKING:
    from datasette.app import Datasette

Row = Mapping[str, Any]
QUOTED = 160  # characters of the words in doubt that are shown beside a flag
ANSWERS = {"accepted": "Comes", "declined": "Does not come", "tentative": "May come", NOTHING: "Says nothing"}


@page(RULE)
async def queue_page(datasette: Datasette, request: Request, place: Place) -> Response:
    """What waits, with filters; new items appear by themselves."""
    return await html(datasette, request, "desk_queue.html", await _queue(request, place))


@page(RULE)
async def queue_rows(datasette: Datasette, request: Request, place: Place) -> Response:
    """The rows alone, for the page that keeps itself up to date; 304 (RFC 9110) where nothing is new."""
    about = hashlib.sha256(request.query_string.encode()).hexdigest()[:8]
    tag = f'"{await place.look(version)}-{about}"'
    if request.headers.get("if-none-match") == tag:
        return Response("", status=304, headers={"etag": tag})
    answer = await html(datasette, request, "desk_rows.html", await _queue(request, place))
    answer.headers["etag"] = tag
    return answer


async def _queue(request: Request, place: Place) -> dict[str, Any]:
    reason, language, words = (request.args.get(name) or "" for name in ("reason", "language", "organisation"))

    def look(db: Database) -> dict[str, Any]:
        wanted = Wanted(reason, language, _organisation(db, words))
        name = db.execute("select name from organisations where id = ?", [wanted.organisation]).fetchone()
        return {
            "queue": queue(db, wanted),
            "wanted": wanted,
            "event": next(iter(db.query("select * from event")), {}),
            "about": name[0] if name else wanted.organisation,
            "doubtful": db.execute("select count(*) from participations where open_doubts > 0").fetchone()[0],
        }

    found = await place.look(look)
    invitation = place.settings().invitation
    return {
        **found,
        "until": until(invitation.reply_by),
        "zone": invitation.reply_by.tzinfo,
        "reasons": REASONS,
        "when": when,
        "day": day,
        "sender": sender,
    }


def _organisation(db: Database, words: str) -> str:
    """The id of the organisation that somebody filters by; what names none is looked for as it is, and not found."""
    try:
        return meant(db, words) if words.strip() else ""
    except RulingError:
        return words


@page(RULE)
async def message_page(datasette: Datasette, request: Request, place: Place) -> Response:
    """One message: the mail on the left, on the right what was read, to be put right and saved."""
    context = await message_context(place, int(request.url_vars["message"]))
    return await html(datasette, request, "desk_message.html", context)


async def message_context(place: Place, message: int) -> dict[str, Any]:
    """All that the page of a message shows.

    Raises:
        RegistryError: where there is no such message, or it was forgotten.
    """
    settings = place.settings()
    zone = settings.invitation.reply_by.tzinfo
    found = await place.look(lambda db: _about(db, message, zone))
    about = found["item"]
    letter, missing = Letter((), (), (), ()), ""
    try:
        raw = await asyncio.to_thread(stored, settings.registry.mail_directory, about.message["sha256"])
        letter = await asyncio.to_thread(read_letter, raw, about, settings.limits, attachments=False)
    except OSError as error:
        missing = f"its raw form cannot be read ({error.strerror}); below is what the registry holds"
    return {
        **found, "letter": letter, "missing": missing, "zone": zone, "when": when, "sender": sender, "said": said,
        "answers": ANSWERS, "states": STATES, "ops": OPS, "ruled": RULED, "reasons": REASONS, "shown": shown,
        "new": NEW,
    }  # fmt: skip


def _about(db: Database, message: int, zone: tzinfo | None) -> dict[str, Any]:
    about = item(db, Target("message", message))
    organisations, opinions = _organisations(about), opinions_of(about.opinions)
    return {
        "item": about,
        "entries": entries(about),
        "in_time": in_time(about),
        "names": {claim["id"]: claim["name"] for claim in about.all_claims},
        "open_flags": [{**flag, "words": _words(flag)} for flag in about.flags if flag["closed_at"] is None],
        "opinions": opinions,
        "dropped": list(dropped_lines(opinions)) if opinions else [],
        "closed_flags": [flag for flag in about.flags if flag["closed_at"] is not None],
        "is_late": any(flag["code"] == "late" for flag in about.flags),
        "history": history(db, message),
        "standing": standing_of(db, message),
        "stories": [(at, list(tell(dossier(db, at), zone))) for at in organisations[:6]],
        "categories": [row[0] for row in db.execute(CATEGORIES).fetchall()],
        "next": next_after(db, message),
    }


def _words(flag: Row) -> str:
    """The words that a flag doubts, as one quotes them."""
    texts = dict.fromkeys(" ".join(one["text"].split()) for one in json.loads(flag["evidence"]))
    return shorten(" … ".join(text for text in texts if text), QUOTED, placeholder=" …")


def _organisations(about: Item) -> list[str]:
    """Whom a message speaks of, as it was read or ruled."""
    rows = (*about.all_claims, *about.rulings)
    return list(dict.fromkeys(row["organisation_id"] for row in rows if row["organisation_id"]))


def standing_of(db: Database, message: int) -> list[Row]:
    """Where the organisations stand that a message speaks of."""
    about = item(db, Target("message", message))
    return [row for at in _organisations(about) for row in standing(db, at)]


CATEGORIES = "select distinct category from organisations where category <> '' order by category"


def history(db: Database, message: int) -> list[Row]:
    """All rulings on a message, those that were taken back too, in order; ``words``: what holds by it instead."""
    query = """
    select rulings.*, exists (select 1 from standing_rulings where id = rulings.id) as holds from rulings
    where message_id = ? order by id
    """
    return [
        {**row, "words": said(json.loads(row["claim"])) if row["claim"] else ""} for row in db.query(query, [message])
    ]


def standing(db: Database, organisation: str) -> list[Row]:
    """Where an organisation stands, as a row of the view ``registry``; none where it is not in it."""
    return list(db.query("select * from registry where id = ?", [organisation]))
