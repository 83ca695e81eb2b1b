"""What changed in the schema since the first release, a migration each. New ones are added at the end."""

from __future__ import annotations

from sqlite_utils import Database

from inbox_worker.registry.schema import _statements, migrations

__all__ = ["migrations"]

RULINGS = """
drop view waiting;
drop view readings_in_force;
drop view standing_rulings;

create table rulings_since (
  -- what a person decided; appended, undone only by another ruling
  id integer primary key,
  verb text not null check (verb in
    ('accept', 'correct', 'dismiss', 'admit', 'refuse', 'merge', 'add', 'enter', 'close', 'undo')),
  message_id integer references messages(id),
  claim_id integer references claims(id),    -- null with a message: about the message as a whole
  flag_id integer references flags(id),      -- the flag that was closed by hand, for close
  organisation_id text references organisations(id),  -- whose state it touches
  claim text,                           -- JSON: what holds instead, for correct, merge, add and enter
  undoes integer unique references rulings_since(id),  -- an undoing itself is not undone: rule anew
  made_at text not null,                -- UTC
  made_by text not null,
  why text not null,
  revision text not null default '',    -- what they saw when they ruled; '' where nobody asked
  told_by text not null default '',     -- for enter: who told it,
  told_to text not null default '',     --   whom,
  told_at text                          --   and when, in UTC
) strict;
insert into rulings_since (id, verb, message_id, claim_id, organisation_id, claim, undoes, made_at, made_by, why)
  select id, verb, message_id, claim_id, organisation_id, claim, undoes, made_at, made_by, why from rulings;
drop table rulings;
alter table rulings_since rename to rulings;
create index rulings_claim_id on rulings(claim_id);
create index rulings_message_id on rulings(message_id);
create index rulings_organisation_id on rulings(organisation_id);

alter table flags add column reading_id integer references readings(id) /* the reading that raised it */;
update flags set reading_id = coalesce(
  (select reading_id from claims where claims.id = flags.claim_id),
  (select max(readings.id) from readings where readings.message_id = flags.message_id
    and readings.read_at <= flags.opened_at),
  (select min(readings.id) from readings where readings.message_id = flags.message_id));

create view standing_rulings as
  -- the rulings that hold: neither undone nor undoings
  select * from rulings where verb <> 'undo' and id not in (select undoes from rulings where undoes is not null);

create view readings_in_force as
  -- the reading of each message that counts: the one a person ruled on, else the latest
  select messages.id as message_id, coalesce(
    (select max(claims.reading_id) from claims join standing_rulings on standing_rulings.claim_id = claims.id
      where claims.message_id = messages.id),
    (select max(readings.id) from readings where readings.message_id = messages.id)) as reading_id
  from messages;

create view waiting as
  select flags.id as flag_id, flags.code, flags.detail, messages.received_at, messages.from_address, messages.subject,
    coalesce(claims.name, '') as organisation, flags.message_id, flags.claim_id
  from flags join messages on messages.id = flags.message_id left join claims on claims.id = flags.claim_id
  where flags.closed_at is null;
"""

DELIVERY = """
create table bounces (
  -- addresses that delivery reports say our mail did not reach
  message_id integer not null references messages(id),
  address text not null,                -- lower case
  for_good integer not null check (for_good in (0, 1)),  -- 0: the server was still trying
  primary key (message_id, address)
) strict;
create index bounces_address on bounces(address);

create table answered (
  -- messages that the mailbox showed as answered by one of us (RFC 3501, section 2.3.2)
  message_id integer primary key references messages(id),
  seen_at text not null                 -- UTC clock of the worker
) strict;

create view not_delivered as
  -- organisations that our mail did not reach, and that have not answered since; an address is an organisation's if it
  -- is its contact, or if it alone is listed with that domain
  select organisations.id as organisation_id, organisations.name, bounces.address, messages.received_at,
    bounces.message_id
  from bounces join messages on messages.id = bounces.message_id
  join organisations on lower(organisations.contact) = bounces.address
    or (substr(bounces.address, instr(bounces.address, '@') + 1) in
          (select value from json_each(organisations.domains))
        and not exists (select 1 from organisations as other where lower(other.contact) = bounces.address)
        and not exists (select 1 from organisations as other, json_each(other.domains) as shared
          where shared.value = substr(bounces.address, instr(bounces.address, '@') + 1)
            and other.id <> organisations.id))
  left join participations on participations.organisation_id = organisations.id
  where bounces.for_good and (participations.received_at is null
    or participations.received_at < messages.received_at);

create view not_delivered_to_nobody_listed as
  -- addresses that our mail did not reach and that no organisation of the list is known by
  select bounces.address, messages.received_at, bounces.message_id
  from bounces join messages on messages.id = bounces.message_id
  where bounces.for_good and not exists (select 1 from organisations where lower(contact) = bounces.address
    or substr(bounces.address, instr(bounces.address, '@') + 1) in (select value from json_each(domains)));
"""

LESSONS = """
create table lessons (
  -- by whom and how an organisation is known since a person said so; appended, and forgotten with the ruling
  id integer primary key,
  ruling_id integer not null references rulings(id),
  kind text not null check (kind in ('address', 'domain', 'alias')),
  value text not null,
  organisation_id text not null references organisations(id)
) strict;
create index lessons_organisation_id on lessons(organisation_id);
create index lessons_ruling_id on lessons(ruling_id);

create table to_read (
  -- messages that a lesson learnt or taken back may change the reading of, until they are read anew
  message_id integer primary key references messages(id),
  asked_at text not null                -- UTC
) strict;

create view standing_lessons as
  -- the lessons of the rulings that hold
  select lessons.* from lessons join standing_rulings on standing_rulings.id = lessons.ruling_id;
"""

EXPORTS = """
create table exports (
  -- when lists were written out
  id integer primary key,
  made_at text not null,                -- UTC
  made_by text not null
) strict;

create table exported (
  -- what the last export held, to tell what is new since
  export_id integer not null references exports(id),
  kind text not null,
  key text not null,                    -- fingerprint of what names the row
  label text not null,                  -- its name, to tell what is gone
  fingerprint text not null,            -- of what it said
  primary key (kind, key)
) strict;
"""

INTENTS = """
create table drafts (
  -- acknowledgements put into the mailbox's drafts, or meant to be; at most one a message
  message_id integer primary key references messages(id),
  organisation_id text not null references organisations(id),
  key text not null unique,             -- in the draft's header X-Inbox-Worker-Draft, by which it is found again
  state text not null check (state in ('planned', 'begun', 'done', 'unknown', 'not wanted')),
  planned_at text not null,             -- UTC
  ended_at text,                        -- UTC
  note text not null default ''         -- why it is not wanted, or not known
) strict;
create index drafts_state on drafts(state);

create table marks (
  -- what messages were marked with in the mailbox: the keyword they have, or the folder they were moved to
  message_id integer primary key references messages(id),
  mark text not null,
  made_at text not null,                -- UTC
  note text not null default ''         -- '' where the server said that it is done
) strict;
"""

FORGETTING = """
alter table messages add column forgotten_at text /* UTC; its words, names and addresses are gone since */;

create table settled (
  -- where an organisation stood when messages about it were forgotten: its story is told on from there
  organisation_id text primary key references organisations(id),
  partstat text not null,
  delegates integer,
  people text not null,                 -- JSON list of {name, title, function}; name '' where it was forgotten
  late integer not null,
  first_received_at text,
  received_at text,
  message_id integer references messages(id),
  claims_up_to integer not null,        -- claims and rulings up to these ids are in it
  rulings_up_to integer not null,
  settled_at text not null,             -- UTC
  settled_by text not null,
  why text not null
) strict;
"""


LANGUAGE_MODEL = """
create table model_questions (
  -- what a language model was asked and what came; appended, and emptied with the message it is about
  id integer primary key,
  message_id integer not null references messages(id),
  prompt text not null,                 -- SHA-256 of the whole question
  model text not null,                  -- as configured
  asked_at text not null,               -- UTC
  seconds real not null,
  outcome text not null check (outcome in
    ('answered', 'unreachable', 'timeout', 'refused', 'broken', 'nonsense')),
  answered_by text not null,            -- the model that the endpoint says it is
  answer text not null,                 -- JSON; '' where none came
  error text not null                   -- why there is none
) strict;
create index model_questions_prompt on model_questions(prompt, model);
create index model_questions_message_id on model_questions(message_id);
create index model_questions_asked_at on model_questions(asked_at);

create table model_to_ask (
  -- messages about which a language model is to be asked yet
  message_id integer primary key references messages(id),
  attempts integer not null default 0,
  next_at text not null                 -- UTC; not before
) strict;
"""

OPINIONS = """
alter table readings add column opinions text not null default '[]' /* JSON list of {reader, kind, claims, dropped}:
  where several readers were heard, what each made of the message */;
alter table flags add column evidence text not null default '[]' /* JSON list of {field, part, start, end, text}: the
  words in doubt */;
"""


def _run(db: Database, script: str) -> None:
    for statement in _statements(script):
        db.execute(statement)


@migrations()
def m002_reviews(db: Database) -> None:
    """Rulings merge, add and close; they keep the revision seen and who told what came by telephone."""
    _run(db, RULINGS)


@migrations()
def m003_messages_by_sender(db: Database) -> None:
    """An index: what the same sender wrote for."""
    db.execute("create index messages_from_address on messages(from_address)")


@migrations()
def m004_delivery(db: Database) -> None:
    """What delivery reports say, and which messages somebody of us has answered."""
    _run(db, DELIVERY)


@migrations()
def m005_lessons(db: Database) -> None:
    """What rulings teach: addresses, domains and names by which organisations are known."""
    _run(db, LESSONS)


@migrations()
def m006_exports(db: Database) -> None:
    """What the last export held."""
    _run(db, EXPORTS)


@migrations()
def m007_intents(db: Database) -> None:
    """What is meant to be done in the mailbox, and what was."""
    _run(db, INTENTS)


@migrations()
def m008_forgetting(db: Database) -> None:
    """Messages can be forgotten while what they led to stays."""
    _run(db, FORGETTING)


@migrations()
def m009_language_model(db: Database) -> None:
    """What a language model was asked and answered, and what it is to be asked yet."""
    _run(db, LANGUAGE_MODEL)


@migrations()
def m010_opinions(db: Database) -> None:
    """What each of several readers made of a message, and the words that a flag doubts."""
    _run(db, OPINIONS)
