"""Which messages answer which, looked up by what they answer; and how far answers of ours were looked for."""

from __future__ import annotations

from sqlite_utils import Database

from inbox_worker.registry.changes import _run, migrations

__all__ = ["migrations"]

REPLIES = """
create table replies (
  -- messages.refers by what is referred to; kept by the triggers below
  header text not null,                 -- the Message-ID of what is answered
  message_id integer not null references messages(id),
  primary key (header, message_id)
) strict, without rowid;
create index replies_message_id on replies(message_id);
insert into replies (header, message_id)
  select distinct value, messages.id from messages, json_each(messages.refers) where value <> '';

create trigger messages_refer after insert on messages when new.refers <> '[]' begin
  insert or ignore into replies (header, message_id)
    select value, new.id from json_each(new.refers) where value <> ''; end;

create trigger messages_refer_no_longer after update of refers on messages begin
  delete from replies where message_id = new.id; end;

create trigger messages_refer_anew after update of refers on messages when new.refers <> '[]' begin
  insert or ignore into replies (header, message_id)
    select value, new.id from json_each(new.refers) where value <> ''; end;
"""


@migrations()
def m011_replies(db: Database) -> None:
    """What a message answers is found without looking at all messages."""
    _run(db, REPLIES)


ANSWERS = """
create table answers_followed (
  -- up to which change of its flags each folder was looked at for answers of ours (RFC 7162, HIGHESTMODSEQ)
  source text primary key,
  uidvalidity integer not null,
  modseq integer not null
) strict;
create index messages_uid on messages(uid);
"""

# As in m004, where each delivery report was compared with each organisation, and that with each other.
DELIVERY = """
drop view not_delivered;
create view not_delivered as
  -- organisations that our mail did not reach, and that have not answered since; an address is an organisation's if it
  -- is its contact, or if it alone is listed with that domain
  with failed as materialized (
    select address, substr(address, instr(address, '@') + 1) as domain, message_id from bounces where for_good),
  contacts as materialized (select id, lower(contact) as address from organisations),
  alone as materialized (
    select value as domain, min(organisations.id) as id from organisations, json_each(domains) group by value
    having count(distinct organisations.id) = 1),
  missed as (
    select contacts.id, failed.address, failed.message_id from failed join contacts on contacts.address = failed.address
    union all
    select alone.id, failed.address, failed.message_id from failed join alone on alone.domain = failed.domain
      where failed.address not in (select address from contacts))
  select organisations.id as organisation_id, organisations.name, missed.address, messages.received_at,
    missed.message_id
  from missed join messages on messages.id = missed.message_id join organisations on organisations.id = missed.id
  left join participations on participations.organisation_id = organisations.id
  where participations.received_at is null or participations.received_at < messages.received_at;

drop view not_delivered_to_nobody_listed;
create view not_delivered_to_nobody_listed as
  -- addresses that our mail did not reach and that no organisation of the list is known by
  with contacts as materialized (select lower(contact) as address from organisations),
  listed as materialized (select distinct value as domain from organisations, json_each(domains))
  select bounces.address, messages.received_at, bounces.message_id
  from bounces join messages on messages.id = bounces.message_id
  where bounces.for_good and bounces.address not in (select address from contacts)
    and substr(bounces.address, instr(bounces.address, '@') + 1) not in (select domain from listed);
"""


@migrations()
def m012_answers_followed(db: Database) -> None:
    """Which messages somebody of us has answered is found without looking at all that ask something."""
    _run(db, ANSWERS)


@migrations()
def m013_delivery(db: Database) -> None:
    """Whom our mail did not reach is found at once, however many reports and organisations there are."""
    _run(db, DELIVERY)
