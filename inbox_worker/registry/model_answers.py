"""What a language model was asked, what it answered, and what it is to be asked yet."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlite_utils import Database

from inbox_worker.model import UTC
from inbox_worker.registry.rows import timestamp

FIRST_WAIT = timedelta(minutes=5)  # before a question that got no answer is asked again; then twice as long, and so on
LONGEST_WAIT = timedelta(hours=6)
MOST_ATTEMPTS = 5  # at a question that the endpoint itself does not answer well


@dataclass(frozen=True)
class Asked:
    """One question and what came of it. ``outcome`` is "answered" or why not; ``prompt`` is the question's hash."""

    message_id: int
    prompt: str
    model: str
    seconds: float
    outcome: str
    answered_by: str = ""
    answer: str = ""
    error: str = ""


def answer_of(db: Database, prompt: str, model: str) -> str | None:
    """The answer that a model gave to a question; None where it was not asked or gave none."""
    query = (
        "select answer from model_questions where prompt = ? and model = ? and answer <> '' order by id desc limit 1"
    )
    row = db.execute(query, [prompt, model]).fetchone()
    return str(row[0]) if row else None


def want(db: Database, message_id: int, now: datetime) -> None:
    """A model is to be asked about a message; if it is already, when it is stays."""
    db.execute(
        "insert into model_to_ask (message_id, next_at) values (?, ?) on conflict do nothing",
        [message_id, timestamp(now)],
    )


def settle(db: Database, message_id: int) -> None:
    """Nothing is to be asked about a message any more."""
    db.execute("delete from model_to_ask where message_id = ?", [message_id])


def to_ask(db: Database, now: datetime) -> list[tuple[int, str]]:
    """Messages whose time has come, the newest first: id and hash."""
    query = """
    select messages.id, messages.sha256 from model_to_ask join messages on messages.id = model_to_ask.message_id
    where next_at <= ? and forgotten_at is null order by attempts, messages.id desc
    """
    return [(row["id"], row["sha256"]) for row in db.query(query, [timestamp(now)])]


def append(db: Database, asked: Asked, now: datetime, *, down: bool = False) -> None:
    """Keep a question. One without an answer is asked again later; but not for ever, unless the endpoint was ``down``,
    for which the question cannot be blamed."""
    db.execute(
        "insert into model_questions "
        "(message_id, prompt, model, asked_at, seconds, outcome, answered_by, answer, error) values "
        "(:message_id, :prompt, :model, :asked_at, :seconds, :outcome, :answered_by, :answer, :error)",
        {**asdict(asked), "asked_at": timestamp(now)},
    )
    if asked.outcome == "answered":
        settle(db, asked.message_id)
        return
    row = db.execute("select attempts from model_to_ask where message_id = ?", [asked.message_id]).fetchone()
    attempts = (row[0] if row else 0) + 1
    if attempts >= MOST_ATTEMPTS and not down:
        settle(db, asked.message_id)
        return
    later = timestamp(now + min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(attempts - 1, 10)))
    db.execute(
        "update model_to_ask set attempts = ?, next_at = ? where message_id = ?", [attempts, later, asked.message_id]
    )


def asked_today(db: Database, now: datetime) -> int:
    """How many questions were asked since midnight, UTC."""
    midnight = timestamp(now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0))
    row = db.execute("select count(*) from model_questions where asked_at >= ?", [midnight]).fetchone()
    return int(row[0])


def waiting(db: Database) -> int:
    """About how many messages a model is to be asked yet."""
    return int(db.execute("select count(*) from model_to_ask").fetchone()[0])


def last(db: Database) -> dict[str, str] | None:
    """The last question: when, how long it took, and what came; None where none was asked."""
    return next(iter(db.query("select * from model_questions order by id desc limit 1")), None)
