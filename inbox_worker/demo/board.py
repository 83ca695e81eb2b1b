"""What the demo shows on the terminal: the registry as it fills."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text
from sqlite_utils import Database

STATES = ("accepted", "tentative", "declined", "needs-action")


def board(db: Database, news: str) -> RenderableType:
    """Counts by state, what waits, and the latest answers."""
    return Group(Text(news, style="bold"), _states(db), _flags(db), _answers(db))


def _states(db: Database) -> Table:
    query = "select partstat, count(*), sum(delegates), sum(late) from participations group by partstat"
    found = {row[0]: row[1:] for row in db.execute(query)}
    table = Table(title="Organisations", title_justify="left")
    for column in ("", "organisations", "delegates", "late"):
        table.add_column(column, justify="left" if not column else "right")
    for state in STATES:
        number, delegates, late = found.get(state, (0, None, 0))
        table.add_row(state, str(number), "" if delegates is None else str(delegates), str(late or ""))
    return table


def _flags(db: Database) -> Table:
    table = Table(title="Waiting for a person", title_justify="left")
    table.add_column("flag")
    table.add_column("open", justify="right")
    query = "select code, count(*) from flags where closed_at is null group by code order by 2 desc, 1"
    for code, number in db.execute(query):
        table.add_row(code, str(number))
    return table


def _answers(db: Database) -> Table:
    table = Table(title="Latest answers", title_justify="left")
    table.add_column("organisation", no_wrap=True, max_width=30)
    table.add_column("answer", no_wrap=True)
    table.add_column("people", justify="right")
    table.add_column("names", min_width=16)
    query = """
    select name, partstat || case when late then ' (late)' else '' end, coalesce(delegates, ''), coalesce(people, '')
    from registry where partstat <> 'needs-action' order by received_at desc limit 8
    """
    for row in db.execute(query):
        table.add_row(*(Text(str(cell)) for cell in row))
    return table
