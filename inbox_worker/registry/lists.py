"""Lists for people: who is still to be asked, who comes, and the figures of one page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

Row = dict[str, Any]

# Whom to write to: the contact of the list, else whoever wrote last from outside for that organisation.
CONTACT = """
coalesce(nullif(organisations.contact, ''), (
  select messages.from_address from claims join messages on messages.id = claims.message_id
  where claims.organisation_id = organisations.id order by messages.received_at desc, messages.id desc limit 1), '')
"""
LANGUAGE = """
coalesce(nullif(organisations.language, ''), (
  select readings.language from claims join readings on readings.id = claims.reading_id
  where claims.organisation_id = organisations.id order by readings.id desc limit 1), '')
"""
OUTSTANDING = f"""
select organisations.id, organisations.name, organisations.country,
  case when participations.partstat = 'needs-action' then 'not answered'
    when participations.partstat = 'tentative' then 'tentative' else 'no number' end as missing,
  {CONTACT} as contact, {LANGUAGE} as language, participations.open_doubts,
  coalesce((select group_concat(address, ', ') from not_delivered where organisation_id = organisations.id), '')
    as not_delivered
from participations join organisations on organisations.id = participations.organisation_id
where participations.partstat in ('needs-action', 'tentative')
  or (participations.partstat = 'accepted' and participations.delegates is null)
order by case participations.partstat when 'needs-action' then 0 when 'accepted' then 1 else 2 end, organisations.name
"""  # noqa: S608 - our own words
PARTICIPANTS = """
select organisations.id, organisations.name, organisations.acronym, organisations.category, organisations.country,
  organisations.invited, participations.partstat, participations.delegates, participations.late,
  participations.open_doubts, participations.first_received_at, participations.received_at
from participations join organisations on organisations.id = participations.organisation_id order by organisations.name
"""
DELEGATES = """
select delegates.organisation_id, participations.name as organisation, delegates.name, coalesce(delegates.title, '')
  as title, coalesce(delegates.function, '') as function, participations.partstat, organisations.country
from delegates join participations using (organisation_id) join organisations on organisations.id = organisation_id
order by participations.name, delegates.position
"""
FIGURES = """
select count(*) as organisations, sum(organisations.invited) as invited,
  coalesce(sum(partstat = 'accepted'), 0) as accepted, coalesce(sum(partstat = 'declined'), 0) as declined,
  coalesce(sum(partstat = 'tentative'), 0) as tentative, coalesce(sum(partstat = 'needs-action'), 0) as silent,
  coalesce(sum(case when partstat = 'accepted' then delegates end), 0) as delegates,
  coalesce(sum(partstat = 'accepted' and delegates is null), 0) as without_number,
  coalesce(sum(case when partstat = 'tentative' then delegates end), 0) as perhaps,
  coalesce(sum(late and partstat = 'accepted'), 0) as late_accepted,
  coalesce(sum(case when late and partstat = 'accepted' then delegates end), 0) as late_delegates,
  coalesce(sum(late and partstat <> 'accepted'), 0) as late_others,
  coalesce(sum(open_doubts > 0), 0) as doubtful
from participations join organisations on organisations.id = participations.organisation_id
"""


@dataclass(frozen=True)
class Figures:
    """The head's page. ``waiting``: open flags by code."""

    event: Row
    figures: dict[str, int]
    waiting: dict[str, int]
    not_delivered: int
    unknown_drafts: int = 0  # of which nobody knows whether they came to the mailbox


def outstanding(db: Database) -> list[Row]:
    """Who has not answered, who has no number, who is tentative: in that order, with whom to ask."""
    return list(db.query(OUTSTANDING))


def participants(db: Database) -> list[Row]:
    """Every organisation of the registry, with where it stands."""
    return list(db.query(PARTICIPANTS))


def delegates(db: Database) -> list[Row]:
    """Everybody who comes or may come, by name."""
    return list(db.query(DELEGATES))


def figures(db: Database) -> Figures:
    """How many come, and what waits."""
    waiting = "select code, count(*) from flags where closed_at is null group by code order by code"
    return Figures(
        event=next(iter(db.query("select * from event")), {}),
        figures=next(iter(db.query(FIGURES))),
        waiting=dict(db.execute(waiting).fetchall()),
        not_delivered=db.execute("select count(distinct organisation_id) from not_delivered").fetchone()[0],
        unknown_drafts=db.execute("select count(*) from drafts where state = 'unknown'").fetchone()[0],
    )
