"""What is looked up for each message or page, and must not cost more the more there is of it."""

from __future__ import annotations

from sqlite_utils import Database

from inbox_worker.registry.changes import _run
from inbox_worker.registry.replies import migrations

__all__ = ["migrations"]

WAITING = """
create index flags_waiting on flags(message_id, code) where closed_at is null;
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

# As in m013, where the domains and contacts of all organisations were put together anew each time. An index on an
# expression, which has no affinity, is used beside what has none either: hence the +.
DELIVERY = """
create index organisations_contact on organisations(lower(contact));

drop view not_delivered;
create view not_delivered as
  -- organisations that our mail did not reach, and that have not answered since; an address is an organisation's if it
  -- is its contact, or if it alone is listed with that domain
  with failed as (
    select +address as address, substr(address, instr(address, '@') + 1) as domain, message_id from bounces
    where for_good),
  missed as (
    select organisations.id, failed.address, failed.message_id
    from failed cross join organisations on lower(organisations.contact) = failed.address
    union all
    select alone.organisation_id, failed.address, failed.message_id
    from failed cross join organisation_domains as alone on alone.domain = failed.domain
    where not exists (select 1 from organisations where lower(contact) = failed.address)
      and not exists (select 1 from organisation_domains as other
        where other.domain = alone.domain and other.organisation_id <> alone.organisation_id))
  select organisations.id as organisation_id, organisations.name, missed.address, messages.received_at,
    missed.message_id
  from missed join messages on messages.id = missed.message_id join organisations on organisations.id = missed.id
  left join participations on participations.organisation_id = organisations.id
  where participations.received_at is null or participations.received_at < messages.received_at;

drop view not_delivered_to_nobody_listed;
create view not_delivered_to_nobody_listed as
  -- addresses that our mail did not reach and that no organisation of the list is known by
  select bounces.address, messages.received_at, bounces.message_id
  from bounces join messages on messages.id = bounces.message_id
  where bounces.for_good and not exists (select 1 from organisations where lower(contact) = +bounces.address)
    and not exists (select 1 from organisation_domains
      where domain = substr(bounces.address, instr(bounces.address, '@') + 1));
"""


@migrations()
def m014_waiting(db: Database) -> None:
    """What waits is found in the order in which it came, without looking at all of it."""
    _run(db, WAITING)


@migrations()
def m015_domains(db: Database) -> None:
    """Who is listed with a domain is found without looking at the whole invited list."""
    _run(db, DOMAINS)


@migrations()
def m016_delivery(db: Database) -> None:
    """Whom our mail did not reach is found without looking at the whole invited list."""
    _run(db, DELIVERY)
