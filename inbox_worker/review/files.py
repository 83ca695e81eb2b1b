"""Raw messages, attachments and pictures, for reviewers only: as downloads that no browser opens as a page."""

from __future__ import annotations

import asyncio
import re
import urllib.parse
from typing import TYPE_CHECKING

from datasette.utils.asgi import NotFound, Request, Response

from inbox_worker.message.pages import drawn, has_pages
from inbox_worker.registry.review import Target, item
from inbox_worker.review.answering import html, page
from inbox_worker.review.letter import part_bytes, picture_type, read_letter, stored
from inbox_worker.review.place import Place
from inbox_worker.review.roles import RULE

if TYPE_CHECKING:
    from datasette.app import Datasette

SANDBOX = "sandbox; default-src 'none'; frame-ancestors 'none'"
UNSAFE = re.compile(r'[\x00-\x1f\x7f"\\/\u202a-\u202e\u2066-\u2069\u200b-\u200f]')
LONGEST = 120  # characters of a file name


async def _raw(request: Request, place: Place) -> bytes:
    message = int(request.url_vars["message"])
    about = await place.look(lambda db: item(db, Target("message", message)))
    try:
        return await asyncio.to_thread(stored, place.settings().registry.mail_directory, about.message["sha256"])
    except OSError as error:
        raise NotFound(f"the raw message cannot be read: {error.strerror}") from None


@page(RULE)
async def raw(datasette: Datasette, request: Request, place: Place) -> Response:
    """The message as it came."""
    name = f"m{request.url_vars['message']}.eml"
    return _download(await _raw(request, place), name)


@page(RULE)
async def part(datasette: Datasette, request: Request, place: Place) -> Response:
    """An attachment as it came."""
    data, _, name = await _part(request, place)
    return _download(data, name or f"m{request.url_vars['message']}-{request.url_vars['section']}.bin")


@page(RULE)
async def picture(datasette: Datasette, request: Request, place: Place) -> Response:
    """A picture, where its first bytes say that it is one that browsers show."""
    data, _, _ = await _part(request, place)
    kind = picture_type(data)
    if kind is None:
        raise NotFound("that is no picture that can be shown; download it")
    headers = {"content-security-policy": SANDBOX, "content-disposition": "inline"}
    return Response(data, headers=headers, content_type=kind)


@page(RULE)
async def page_picture(datasette: Datasette, request: Request, place: Place) -> Response:
    """A page of a PDF or TIFF, drawn as PNG by a process that may break without harm."""
    data, _, _ = await _part(request, place)
    if not has_pages(data):
        raise NotFound("that has no pages that can be shown; download it")
    drawing = await asyncio.to_thread(drawn, data, int(request.url_vars["number"]), place.settings().limits)
    if not drawing.png:
        raise NotFound(f"the page cannot be shown: {drawing.problem or 'there is no such page'}")
    headers = {"content-security-policy": SANDBOX, "content-disposition": "inline"}
    return Response(drawing.png, headers=headers, content_type="image/png")


@page(RULE)
async def attachments(datasette: Datasette, request: Request, place: Place) -> Response:
    """The attachments with their text, which takes its time to read: the page of a message fetches them."""
    content = await _raw(request, place)
    message = int(request.url_vars["message"])
    about = await place.look(lambda db: item(db, Target("message", message)))
    limits = place.settings().limits
    letter = await asyncio.to_thread(read_letter, content, about, limits, attachments=True)
    return await html(datasette, request, "desk_attachments.html", {"letter": letter, "item": about, "read": True})


async def _part(request: Request, place: Place) -> tuple[bytes, str, str]:
    content = await _raw(request, place)
    try:
        return await asyncio.to_thread(part_bytes, content, request.url_vars["section"], place.settings().limits)
    except KeyError:
        raise NotFound("there is no such part") from None


def _download(data: bytes, name: str) -> Response:
    """A file that is saved and never shown (RFC 6266)."""
    plain = UNSAFE.sub("_", name).strip(" .")[-LONGEST:] or "file"
    ascii_name = plain.encode("ascii", "replace").decode().replace("?", "_")
    disposition = f"attachment; filename=\"{ascii_name}\"; filename*=UTF-8''{urllib.parse.quote(plain)}"
    headers = {"content-disposition": disposition, "content-security-policy": SANDBOX}
    return Response(data, headers=headers, content_type="application/octet-stream")
