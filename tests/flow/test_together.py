"""Messages that are written in one transaction, of which one cannot be."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from inbox_worker import decision
from inbox_worker.attempts import Attempts
from inbox_worker.model import Entry, Known, Location, Participation, RawMessage, Ruling, Story
from inbox_worker.registry import Registry
from inbox_worker.settings import load
from inbox_worker.worker import Worker
from tests.flow.replies import replies
from tests.flow.station import Station

ROWS = "select partstat, delegates, message_id from participations where partstat <> 'needs-action'"
FLAGS = "select message_id, code, detail from flags where code = 'failed'"


def kept(directory: Path, culprit: int) -> tuple[Station, list[str]]:
    """Three replies kept together; where one of them counts, its organisation's story cannot be told."""
    station = Station(directory)

    def tell(organisation: str, entries: Iterable[Entry], rulings: Iterable[Ruling], reply_by: datetime, known: Known,
             start: Participation) -> Story:  # fmt: skip
        entries = list(entries)
        if culprit in [entry.message for entry in entries]:
            raise ValueError("no story")
        return decision.tell(organisation, entries, rulings, reply_by, known, start)

    settings = load(station.config)
    registry = Registry.open(station.registry, settings.registry.mail_directory, settings.invitation, tell)
    worker = Worker(registry, settings.invitation, Attempts(station.registry))
    steps = [
        worker.step(RawMessage(content, None, Location("test")), ("test", 1, uid))
        for uid, content in enumerate(replies(3), 1)
    ]
    outcomes = [str(outcome) for outcome in worker.keep(steps)]
    assert registry.cursors() == {"test": (1, 3)}
    registry.close()
    return station, outcomes


def test_only_the_message_after_which_a_story_cannot_be_told_is_set_aside(tmp_path: Path) -> None:
    station, outcomes = kept(tmp_path / "station", culprit=2)
    assert outcomes == ["recorded", "failed", "recorded"]
    assert station.query(FLAGS) == [(2, "failed", "ValueError: no story")]
    other, rest = kept(tmp_path / "undisturbed", culprit=0)
    assert rest == ["recorded"] * 3
    assert (other.query(FLAGS), len(other.query(ROWS))) == ([], len(station.query(ROWS)))
    assert station.run("reread", "--failed").returncode == 0
    assert station.query(ROWS) == other.query(ROWS)
