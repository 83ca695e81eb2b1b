"""The registry's tables, as migrations that run forward only. Comments stay in the schema: people write SQL against it.

A migration that has been released never changes; a new one is added below it.
"""

from __future__ import annotations

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

migrations = Migrations("inbox-worker")

FIRST_SCHEMA = """
create table event (
  -- the one event this registry is about, as the configuration had it when the worker last started
  id integer primary key check (id = 1),
  title text not null,
  subtitle text not null,
  venue text not null,
  starts text not null,          -- local time with offset, ISO 8601
  ends text not null,
  reply_by text not null,        -- the first moment that is late
  mailbox text not null,
  capacity integer               -- people the room holds
) strict;

create table organisations (
  -- who was invited, and who was admitted later; never deleted
  id text primary key,
  name text not null,
  acronym text not null default '',
  aliases text not null default '[]',   -- JSON list
  domains text not null default '[]',   -- JSON list
  category text not null default '',
  country text not null default '',     -- ISO 3166-1 alpha-2
  contact text not null default '',
  language text not null default '',    -- ISO 639-1
  invited integer not null default 1 check (invited in (0, 1))  -- 0: not, or no longer, on the list
) strict;

create table messages (
  -- every message ever taken in, once; appended, never changed (but by "forget")
  id integer primary key,
  sha256 text not null unique,          -- identity, whatever its line ends; names its raw file
  message_id text not null,             -- as its sender wrote it; proves nothing
  received_at text,                     -- UTC, when our server took it in; null where nothing tells
  from_name text not null,
  from_address text not null,
  subject text not null,
  text text not null,                   -- the words the sender wrote now
  refers text not null,                 -- JSON list of the Message-IDs it answers (In-Reply-To, References)
  size integer not null,                -- bytes
  source text not null,                 -- where it was first seen
  uidvalidity integer,
  uid integer,
  taken_in_at text not null             -- UTC clock of the worker
) strict;
create index messages_received_at on messages(received_at);
create index messages_message_id on messages(message_id);

create table readings (
  -- what a reader made of a message; appended, the latest of a message holds
  id integer primary key,
  message_id integer not null references messages(id),
  reader text not null,                 -- name and version
  invited text not null,                -- fingerprint of the invited list it was read with
  kind text check (kind in ('reply', 'auto-reply', 'bounce', 'other')),  -- null where reading failed
  language text,                        -- ISO 639-1
  error text,                           -- what failed, or null
  read_at text not null                 -- UTC clock of the worker
) strict;
create index readings_message_id on readings(message_id);
create index readings_invited on readings(invited);

create table claims (
  -- what one message says of one organisation, as read; appended
  id integer primary key,
  message_id integer not null references messages(id),
  reading_id integer not null references readings(id),
  position integer not null,            -- among the claims of its reading
  organisation_id text references organisations(id),  -- null: not on the list, or not clear which
  name text not null,                   -- the organisation as listed, or as written
  partstat text not null check (partstat in ('needs-action', 'accepted', 'declined', 'tentative')),
  delegates integer,                    -- null: not said
  op text not null check (op in ('set', 'add', 'remove')),
  people text not null,                 -- JSON list of {name, title, function}
  leaves text not null,                 -- JSON list of names taken out
  revises integer not null check (revises in (0, 1)),  -- says in words that it changes an earlier answer
  doubts text not null,                 -- JSON list of {code, detail}
  effect text not null check (effect in ('apply', 'without-number', 'wait')),
  confidence real not null,
  evidence text not null                -- JSON list of {field, part, start, end, text}
) strict;
create index claims_organisation_id on claims(organisation_id);
create index claims_message_id on claims(message_id);
create index claims_reading_id on claims(reading_id);

create table rulings (
  -- what a person decided; appended, undone only by another ruling
  id integer primary key,
  verb text not null check (verb in ('accept', 'correct', 'dismiss', 'admit', 'refuse', 'enter', 'undo')),
  message_id integer references messages(id),
  claim_id integer references claims(id),
  organisation_id text references organisations(id),  -- whose state it touches
  claim text,                           -- JSON: what holds instead, for correct and enter
  undoes integer unique references rulings(id),  -- an undoing itself is not undone: rule anew
  made_at text not null,                -- UTC
  made_by text not null,
  why text not null
) strict;
create index rulings_claim_id on rulings(claim_id);
create index rulings_organisation_id on rulings(organisation_id);

create table flags (
  -- reasons for a person to look
  id integer primary key,
  message_id integer not null references messages(id),
  claim_id integer references claims(id),  -- null: about the whole message
  code text not null,
  detail text not null,
  opened_at text not null,              -- UTC
  closed_at text                        -- null: still open
) strict;
create index flags_message_id on flags(message_id);
create index flags_claim_id on flags(claim_id);
create index flags_open on flags(code) where closed_at is null;

create table participations (
  -- where each organisation stands: derived from claims and rulings, can be rebuilt at any time
  organisation_id text primary key references organisations(id),
  name text not null,
  partstat text not null check (partstat in ('needs-action', 'accepted', 'declined', 'tentative')),
  delegates integer,                    -- null: not known
  late integer not null check (late in (0, 1)),  -- its first answer came after the deadline
  first_received_at text,
  received_at text,                     -- of the latest answer applied
  message_id integer references messages(id),   -- the latest answer applied
  open_doubts integer not null          -- flags that doubt what we know of it and wait for a person
) strict;
create index participations_partstat on participations(partstat);

create table delegates (
  -- who comes, as the state stands
  organisation_id text not null references organisations(id),
  position integer not null,
  name text not null,
  title text,
  function text,
  primary key (organisation_id, position)
) strict;

create table cursors (
  -- how far each folder has been read; a cursor, never an identity
  source text primary key,
  uidvalidity integer not null,
  last_uid integer not null
) strict;

create table heartbeat (
  -- what the worker last did, and when
  id integer primary key check (id = 1),
  polled_at text,                       -- UTC, the last look at the mailbox that ended well
  tried_at text,                        -- UTC, the last look, however it ended
  error text,                           -- why the last look failed, or null
  version text not null
) strict;
"""

VIEWS = """
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

create view registry as
  select organisations.id, organisations.name, organisations.acronym, organisations.category, organisations.country,
    participations.partstat, participations.delegates, participations.late, participations.open_doubts,
    participations.received_at, participations.message_id,
    (select group_concat(name, '; ') from (select name from delegates
       where delegates.organisation_id = organisations.id order by position)) as people
  from organisations join participations on participations.organisation_id = organisations.id;
"""


@migrations()
def m001_first_schema(db: Database) -> None:
    """All tables, full-text search over subjects and texts, and the views people start from."""
    for statement in _statements(FIRST_SCHEMA):
        db.execute(statement)
    db.table("messages").enable_fts(["subject", "text", "from_name"], create_triggers=True, tokenize="unicode61")
    for statement in _statements(VIEWS):
        db.execute(statement)


def _statements(script: str) -> list[str]:
    """The statements of a script; none of ours holds a semicolon before a line end but at its own."""
    return [statement.strip() for statement in script.split(";\n") if statement.strip()]
