"""What is looked up for each message or page, and must not cost more the more there is of it."""

from __future__ import annotations

from sqlite_utils import Database

from inbox_worker.registry.changes import _run
from inbox_worker.registry.replies import migrations

__all__ = ["migrations"]

WAITING = """
create index flags_waiting on flags(message_id) where closed_at is null;
"""

DOMAINS = """
create table organisation_domains (
  -- organisations.domains by domain; kept by the triggers below
  domain text not null,                 -- lower case
  organisation_id text not null references organisations(id),
  primary key (domain, organisation_id)
) strict, without rowid;
create index organisation_domains_organisation_id on organisation_domains(organisation_id);
insert into organisation_domains (domain, organisation_id)
  select distinct lower(value), organisations.id from organisations, json_each(organisations.domains);

create trigger organisations_have_domains after insert on organisations when new.domains <> '[]' begin
  insert or ignore into organisation_domains (domain, organisation_id)
    select lower(value), new.id from json_each(new.domains); end;

create trigger organisations_have_other_domains after update of domains on organisations
when new.domains <> old.domains begin
  delete from organisation_domains where organisation_id = new.id; insert or ignore into organisation_domains
    (domain, organisation_id) select lower(value), new.id from json_each(new.domains); end;
"""


@migrations()
def m014_waiting(db: Database) -> None:
    """What waits is found in the order in which it came, without looking at all of it."""
    _run(db, WAITING)


@migrations()
def m015_domains(db: Database) -> None:
    """Who is listed with a domain is found without looking at the whole invited list."""
    _run(db, DOMAINS)
