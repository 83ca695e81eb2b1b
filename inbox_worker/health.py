"""How the worker and the registry are doing: what ``status`` and the pages tell."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlite_utils import Database

from inbox_worker.registry import model_answers
from inbox_worker.service_settings import ServiceSettings
from inbox_worker.settings import ModelSettings, Settings

MISSED_POLLS = 3  # after so many polls without a success, somebody should know


@dataclass(frozen=True)
class ModelHealth:
    """How asking a language model goes. It never makes the worker unhealthy: what it does not answer stays flagged."""

    model: str
    role: str
    asked_today: int
    daily_budget: int
    waiting: int  # messages it is to be asked about yet
    last_asked: str | None  # UTC
    last_outcome: str | None  # "answered", or why not
    last_error: str | None
    well: bool  # the last question was answered, and the budget lasts
    sentence: str


@dataclass(frozen=True)
class Health:
    """Figures for the operator. Times in UTC, sizes in bytes."""

    healthy: bool
    sentence: str
    last_success: str | None
    last_try: str | None
    last_error: str | None
    messages: int
    newest_message: str | None
    failed: int
    open_flags: dict[str, int]
    participations: dict[str, int]
    delegates: int
    late: int
    registry_bytes: int
    language_model: ModelHealth | None  # None where none is configured
    log_bytes: int  # SQLite's write-ahead log; grows while somebody reads for a long time


def health(
    db: Database,
    path: Path,
    service: ServiceSettings,
    *,
    polls: bool,
    now: datetime,
    language_model: ModelSettings | None = None,
) -> Health:
    """Look at a registry. ``polls``: whether a mailbox is configured, so that somebody should be looking at it."""
    beat = next(iter(db.query("select * from heartbeat")), None) or {}
    healthy, sentence = _verdict(beat, service, polls=polls, now=now)
    return Health(
        healthy=healthy,
        sentence=sentence,
        last_success=beat.get("polled_at"),
        last_try=beat.get("tried_at"),
        last_error=beat.get("error"),
        messages=db.execute("select count(*) from messages").fetchone()[0],
        newest_message=db.execute("select max(received_at) from messages").fetchone()[0],
        failed=db.execute("select count(*) from flags where code = 'failed' and closed_at is null").fetchone()[0],
        open_flags=_counts(db, "select code, count(*) from flags where closed_at is null group by code order by code"),
        participations=_counts(db, "select partstat, count(*) from participations group by partstat order by partstat"),
        delegates=db.execute(
            "select coalesce(sum(delegates), 0) from participations where partstat = 'accepted'"
        ).fetchone()[0],
        late=db.execute("select count(*) from participations where late").fetchone()[0],
        language_model=_model(db, language_model, now) if language_model else None,
        registry_bytes=_size(path),
        log_bytes=_size(path.with_name(path.name + "-wal")),
    )


def health_of(db: Database, settings: Settings, now: datetime) -> Health:
    """The same, of the registry that a configuration names."""
    return health(
        db,
        settings.registry.path,
        settings.service,
        polls=settings.mailbox.configured,
        now=now,
        language_model=settings.language_model,
    )


def _model(db: Database, settings: ModelSettings, now: datetime) -> ModelHealth:
    last = model_answers.last(db) or {}
    asked, waiting = model_answers.asked_today(db, now), model_answers.waiting(db)
    spent = bool(waiting) and asked >= settings.daily_budget
    answers = last.get("outcome") in (None, "answered")
    return ModelHealth(
        settings.model,
        settings.role,
        asked,
        settings.daily_budget,
        waiting,
        last.get("asked_at"),
        last.get("outcome"),
        last.get("error") or None,
        well=answers and not spent,
        sentence=_asking(last, settings.daily_budget if spent else None, waiting),
    )


def _asking(last: dict[str, str], spent: int | None, waiting: int) -> str:
    """How asking goes. ``spent``: the day's budget, where it is used up."""
    wait = f"{waiting} message{' waits' if waiting == 1 else 's wait'} for it" if waiting else "nothing waits for it"
    if last.get("outcome") not in (None, "answered"):
        return f"gave no answer when it was last asked: {last['error'] or last['outcome']}; {wait}"
    if spent is not None:
        return f"today's {spent} questions are spent; {wait} until midnight UTC"
    return f"{'answers' if last else 'was not asked yet'}; {wait}"


def _verdict(beat: dict[str, str], service: ServiceSettings, *, polls: bool, now: datetime) -> tuple[bool, str]:
    if not polls:
        return True, "no mailbox is configured; messages come by 'inbox-worker import'"
    if not beat.get("tried_at"):
        return False, "nobody has looked at the mailbox yet; start 'inbox-worker run'"
    if beat.get("error"):
        return False, f"could not look at the mailbox: {beat['error']}"
    age = (now - datetime.fromisoformat(beat["polled_at"])).total_seconds()
    if age < -60:
        return False, f"the last look at the mailbox is said to be {int(-age // 60)} minutes ahead; is the clock right?"
    patience = MISSED_POLLS * service.poll_every + service.poll_deadline
    if age > patience:
        return False, f"the last look at the mailbox was {int(age // 60)} minutes ago; is 'inbox-worker run' running?"
    return True, f"looked at the mailbox {max(0, int(age))} seconds ago, all well"


def _counts(db: Database, query: str) -> dict[str, int]:
    return dict(db.execute(query).fetchall())


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
