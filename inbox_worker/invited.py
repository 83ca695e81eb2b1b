"""The invited list: a CSV file becomes Organisations, or an error that names the file and the line."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

from inbox_worker.model import Organisation

REQUIRED = ("id", "name", "acronym", "aliases", "domains", "category", "country")
OPTIONAL = ("contact", "language")
ID_PATTERN = re.compile(r"[a-z0-9][a-z0-9._-]*\Z")


class InvitedError(Exception):
    """The invited list cannot be used."""


def read_invited(source: Path) -> tuple[Organisation, ...]:
    """Read an invited list in UTF-8, with a header line and the columns of ``REQUIRED`` and ``OPTIONAL``.

    Raises:
        InvitedError: where the file cannot be read or a line cannot be used.
    """
    try:
        text = source.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise InvitedError(f"{source}: the invited list is missing; [event] invited names it") from None
    except OSError as error:
        raise InvitedError(f"{source}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise InvitedError(f"{source}: is not UTF-8; save it as CSV UTF-8") from None
    reader = csv.DictReader(io.StringIO(text, newline=""))
    columns = [c.strip() for c in reader.fieldnames or ()]
    reader.fieldnames = columns
    if len(set(columns)) < len(columns):
        raise InvitedError(f"{source}, line 1: a column is there twice; the first line must be {','.join(REQUIRED)}")
    if missing := [c for c in REQUIRED if c not in columns]:
        separator = "; separate columns with commas, not semicolons" if ";" in "".join(columns) else ""
        raise InvitedError(
            f"{source}, line 1: no column {', '.join(missing)}; the first line must be {','.join(REQUIRED)}{separator}"
        )
    if unknown := [c for c in columns if c not in REQUIRED + OPTIONAL]:
        raise InvitedError(
            f"{source}, line 1: no such column {', '.join(unknown)}; valid are {', '.join(REQUIRED + OPTIONAL)}"
        )
    seen: dict[str, int] = {}
    organisations = []
    try:
        for row in reader:
            organisations.append(_organisation(source, reader.line_num, row, seen))
    except csv.Error as error:
        raise InvitedError(f"{source}, line {reader.line_num}: is not valid CSV: {error}") from None
    return tuple(organisations)


def _organisation(source: Path, line: int, row: dict[str, str | None], seen: dict[str, int]) -> Organisation:
    if None in row or None in row.values():
        raise InvitedError(f"{source}, line {line}: has not as many fields as the first line; quote names with commas")
    cell = {key: (value or "").strip() for key, value in row.items()}
    if not ID_PATTERN.match(cell["id"]):
        raise InvitedError(
            f"{source}, line {line}: the id {cell['id']!r} must be lower-case letters, digits, '-', '.' or '_'"
        )
    if cell["id"] in seen:
        raise InvitedError(f"{source}, line {line}: the id {cell['id']!r} stands in line {seen[cell['id']]} already")
    if not cell["name"]:
        raise InvitedError(f"{source}, line {line}: {cell['id']} has no name")
    seen[cell["id"]] = line
    return Organisation(
        id=cell["id"],
        name=cell["name"],
        acronym=cell["acronym"],
        aliases=_several(cell["aliases"]),
        domains=tuple(d.lower() for d in _several(cell["domains"])),
        category=cell["category"],
        country=cell["country"],
        contact=cell.get("contact", ""),
        language=cell.get("language", ""),
    )


def _several(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split("|") if part.strip())
