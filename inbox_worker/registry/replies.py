"""Which messages answer which, looked up by what they answer."""

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
