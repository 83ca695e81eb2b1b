"""What the worker asks of the registry: one message, one transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path

from sqlite_utils import Database

from inbox_worker.model import UTC, Decision, Invitation, Kind, Location, Message, RawMessage, Reading, Ruling
from inbox_worker.registry import append, flags, lessons, projection, rulings
from inbox_worker.registry.database import RegistryError, connect, writing
from inbox_worker.registry.projection import Tell
from inbox_worker.registry.rawmail import RawMail
from inbox_worker.registry.rows import moment, timestamp
from inbox_worker.registry.sync import SyncReport, fingerprint, sync


def utc_now() -> datetime:
    """The worker's clock."""
    return datetime.now(UTC)


class Registry:
    """A registry opened by its worker. Not thread-safe."""

    NOT_READ = "none"  # the reader of what could not be had, and is never read anew

    def __init__(
        self,
        db: Database,
        mail: RawMail,
        invitation: Invitation,
        tell: Tell,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self.db, self.mail, self.invitation = db, mail, invitation
        self._tell, self._now = tell, now
        self._list = fingerprint(invitation)
        self.report = SyncReport()  # what the configuration changed when it was taken in

    @classmethod
    def open(cls, path: Path, mail: Path, invitation: Invitation, tell: Tell, *, create: bool = True) -> Registry:
        """Open a registry for writing and bring it up to the configuration.

        Raises:
            RegistryError: where it cannot be opened.
        """
        registry = cls(connect(path, create=create), RawMail(mail), invitation, tell)
        registry.report = registry.sync()
        return registry

    def close(self) -> None:
        """Close the file."""
        self.db.close()

    def writing(self) -> AbstractContextManager[None]:
        """One transaction, all or nothing."""
        return writing(self.db)

    def sync(self) -> SyncReport:
        """Take in the event and the invited list; project what they change."""
        with self.writing():
            report = sync(self.db, self.invitation)
            if report.deadline_moved:
                flags.sync_late_flags(self.db, self.invitation.reply_by, self._now())
                self.rebuild()
            else:
                self.project((*report.new, *report.changed, *report.removed))
        return report

    def knows(self, sha256: str) -> bool:
        """Whether that message was taken in before."""
        return self.db.execute("select 1 from messages where sha256 = ?", [sha256]).fetchone() is not None

    def cursors(self) -> dict[str, tuple[int, int]]:
        """For each source: UIDVALIDITY and the last UID that was dealt with."""
        return {row["source"]: (row["uidvalidity"], row["last_uid"]) for row in self.db.query("select * from cursors")}

    def advance(self, source: str, uidvalidity: int, last_uid: int) -> None:
        """Move a cursor; with a message, in the message's transaction."""
        with self.writing():
            self.db.execute(
                "insert into cursors values (?, ?, ?) on conflict (source) do update set "
                "uidvalidity = excluded.uidvalidity, last_uid = excluded.last_uid",
                [source, uidvalidity, last_uid],
            )

    def record(
        self,
        raw: RawMessage,
        message: Message | None,
        reading: Reading | None,
        decision: Decision | None,
        *,
        reader: str,
        error: str | None = None,
    ) -> int:
        """Append a message with its reading, claims and flags, and project the organisations it touches.

        Where reading failed, ``error`` says how and the message is flagged ``failed``. Returns the message's id.
        """
        with self.writing():
            now = self._now()
            message_id = append.append_message(self.db, raw, message, now)
            append.append_bounces(self.db, message_id, message, reading)
            self._append_reading(message_id, reading, decision, reader=reader, error=error, first=True)
            return message_id

    def record_again(
        self,
        message_id: int,
        message: Message | None,
        reading: Reading | None,
        decision: Decision | None,
        *,
        reader: str,
        error: str | None,
    ) -> None:
        """Append another reading of a message that is in the registry; its claims take the place of the earlier
        ones. A message that somebody ruled on is left as it is."""
        with self.writing():
            self.db.execute("delete from to_read where message_id = ?", [message_id])
            if flags.is_ruled(self.db, message_id):
                return
            before = append.claims_of(self.db, message_id)
            if message is not None:
                append.complete_message(self.db, message_id, message)
                append.append_bounces(self.db, message_id, message, reading)
            flags.close_flags(self.db, message_id, self._now())
            self._append_reading(message_id, reading, decision, reader=reader, error=error)
            self.project(projection.touched_by(self.db, before))

    def _append_reading(
        self,
        message_id: int,
        reading: Reading | None,
        decision: Decision | None,
        *,
        reader: str,
        error: str | None,
        first: bool = False,
    ) -> None:
        now = self._now()
        reading_id = append.append_reading(self.db, message_id, reading, reader, self._list, error, now)
        claims = append.append_claims(self.db, message_id, reading_id, decision) if decision else []
        flags.append_flags(self.db, message_id, reading_id, claims, decision, error, now)
        if not first:  # nobody can have ruled on a message that was not there
            flags.settle_flags(self.db, message_id, now)
        self.project(projection.touched_by(self.db, claims) | projection.linked(self.db, message_id))

    def project(self, organisations: Iterable[str]) -> None:
        """Derive the state of these organisations anew."""
        with self.writing():
            if wanted := sorted(set(organisations)):
                projection.project(self.db, wanted, self._tell, self.invitation, self._now())

    def rebuild(self) -> None:
        """Throw the projection away and derive all of it from claims and rulings."""
        with self.writing():
            self.db.execute("delete from delegates")
            self.db.execute("delete from participations")
            shown = "select id from organisations"
            self.project(row["id"] for row in self.db.query(shown))

    def rule(self, ruling: Ruling) -> int:
        """Append a ruling (its ``id`` is given here), settle the flags it answers, and project what it touches.

        Raises:
            RegistryError: where what it rules on is not there, or is undone already.
        """
        return self.rule_and_tell(ruling)[0]

    def rule_and_tell(self, ruling: Ruling) -> tuple[int, set[str]]:
        """As ``rule``; also the organisations whose state it can have changed."""
        with self.writing():
            try:
                ruling_id, message_id = rulings.append_ruling(self.db, ruling)
            except sqlite3.IntegrityError:
                raise RegistryError(
                    f"the {ruling.verb} names a claim, message, flag, organisation or ruling that is not there"
                ) from None
            if message_id is not None:
                flags.settle_flags(self.db, message_id, self._now())
            lessons.learn(self.db, ruling_id, ruling, self.invitation.own_domains, self._now())
            organisations = rulings.touched(self.db, ruling_id)
            self.project(organisations)
            return ruling_id, organisations

    def now(self) -> datetime:
        """The worker's clock."""
        return self._now()

    def received(self, message_id: int) -> datetime | None:
        """When a message was received, in UTC; None where nothing tells."""
        row = self.db.execute("select received_at from messages where id = ?", [message_id]).fetchone()
        return moment(row[0]) if row else None

    def stored(self) -> list[tuple[int, str]]:
        """All messages that can be read anew: id and hash."""
        query = """
        select id, sha256 from messages
        where id not in (select message_id from readings where reader = ?) and forgotten_at is null order by id
        """
        return [(row["id"], row["sha256"]) for row in self.db.query(query, [self.NOT_READ])]

    def is_ruled(self, message_id: int) -> bool:
        """Whether somebody ruled on a message."""
        return flags.is_ruled(self.db, message_id)

    def ruled_messages(self) -> int:
        """How many messages stand as somebody ruled."""
        query = "select count(distinct message_id) from standing_rulings where verb <> 'close'"
        return int(self.db.execute(query).fetchone()[0])

    def outdated(self) -> list[tuple[int, str]]:
        """Messages last read with another invited list than today's, and not ruled on: id and hash.

        Every poll asks, so the query starts from the index of readings by list: where there are none it costs nothing.
        """
        query = """
        select messages.id, messages.sha256 from readings
        join messages on messages.id = readings.message_id
        where (readings.invited < :list or readings.invited > :list) and readings.reader <> :not_read
          and messages.forgotten_at is null
          and not exists (select 1 from readings as later
                          where later.message_id = readings.message_id and later.id > readings.id)
          and messages.id not in
            (select message_id from standing_rulings where message_id is not null and verb <> 'close')
        order by messages.id
        """
        about = {"list": self._list, "not_read": self.NOT_READ}
        return [(row["id"], row["sha256"]) for row in self.db.query(query, about)]

    def to_read(self) -> list[tuple[int, str]]:
        """Messages that a ruling, or undoing one, has read anew: id and hash."""
        query = """
        select id, sha256 from messages join to_read on to_read.message_id = messages.id
        where forgotten_at is null order by id
        """
        return [(row["id"], row["sha256"]) for row in self.db.query(query)]

    def failed(self, *, reader: str | None = None) -> list[tuple[int, str]]:
        """Messages whose last reading failed: id and hash. With ``reader``: only those another reader failed on."""
        query = """
        select messages.id, messages.sha256 from messages
        join readings on readings.id = (select max(id) from readings where message_id = messages.id)
        where messages.id in (select message_id from flags where code = 'failed' and closed_at is null)
          and readings.error is not null and readings.reader not in (?, coalesce(?, ''))
        order by messages.id
        """
        return [(row["id"], row["sha256"]) for row in self.db.query(query, [self.NOT_READ, reader])]

    def answers_followed(self) -> dict[str, tuple[int, int]]:
        """For each source: UIDVALIDITY, and up to which change of flags it was looked at for answers of ours."""
        query = "select source, uidvalidity, modseq from answers_followed"
        return {source: (uidvalidity, modseq) for source, uidvalidity, modseq in self.db.execute(query)}

    def answered(self, places: Iterable[Location], followed: Mapping[str, tuple[int, int]]) -> int:
        """Somebody of us answered the messages of these places: their questions are closed. How many were open.

        ``followed``: up to where that is known, as ``answers_followed`` gives it.
        """
        closed = 0
        with self.writing():
            for place in places:
                closed += sum(self._answered(message_id) for message_id in self._at(place))
            for source, (uidvalidity, modseq) in followed.items():
                self.db.execute(
                    "insert into answers_followed values (?, ?, ?) on conflict (source) do update set "
                    "uidvalidity = excluded.uidvalidity, modseq = excluded.modseq",
                    [source, uidvalidity, modseq],
                )
        return closed

    def _at(self, place: Location) -> list[int]:
        """The message that was first seen in a place, the latest where its number was given twice; or none."""
        query = "select max(id) from messages where uid = ? and uidvalidity = ? and source = ? having max(id)"
        return [row[0] for row in self.db.execute(query, [place.uid, place.uidvalidity, place.source])]

    def _answered(self, message_id: int) -> bool:
        """Write down that a message was answered; whether a question of it was open."""
        now = self._now()
        noted = "insert into answered (message_id, seen_at) values (?, ?) on conflict do nothing"
        if not self.db.execute(noted, [message_id, timestamp(now)]).rowcount:
            return False
        open_question = "select 1 from flags where message_id = ? and code = 'question' and closed_at is null"
        asked = self.db.execute(open_question, [message_id]).fetchone() is not None
        flags.settle_flags(self.db, message_id, now)
        return asked

    def heartbeat(self, version: str, error: str | None) -> None:
        """Write down that the worker looked at the mailbox, and how that ended."""
        now = timestamp(self._now())
        with self.writing():
            self.db.execute(
                "insert into heartbeat values (1, :polled, :now, :error, :version) on conflict (id) do update set "
                "polled_at = coalesce(excluded.polled_at, polled_at), tried_at = excluded.tried_at, "
                "error = excluded.error, version = excluded.version",
                {"polled": None if error else now, "now": now, "error": error, "version": version},
            )

    def counts(self) -> dict[str, int]:
        """How many messages there are of each kind, and how many failed."""
        query = """
        select coalesce(readings.kind, 'failed') as kind, count(*) as n from messages
        join readings on readings.id = (select max(id) from readings where message_id = messages.id) group by 1
        """
        found = {row["kind"]: row["n"] for row in self.db.query(query)}
        return {kind: found.get(kind, 0) for kind in (*(k.value for k in Kind), "failed")}
