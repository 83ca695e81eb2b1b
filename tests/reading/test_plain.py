"""Plain replies, which are most of the mail: each line of plain/*.tsv is a whole message, which the grammar must read
right. The second reader may doubt it, and says how often below; both together must read none wrongly without a doubt.

Columns: partstat ("none": no claim), op, number, people and leaves (separated by ";"), doubts, text ("\\n" is a line
end). Some tables add what kind of message it is and the needs ("question", "assistance"). Plain
senders write so: add to it, and keep every line right.
"""

import csv
from datetime import datetime, timezone
from pathlib import Path

import pytest

from inbox_worker import message, reading
from inbox_worker.model import Invitation, Location, Message, Organisation, RawMessage
from inbox_worker.reading.rules import RuleReader
from inbox_worker.reading.whole import read_whole

ROWS = [
    pytest.param(row, id=f"{file.stem}-{number}")
    for file in sorted((Path(__file__).parent / "plain").glob("*.tsv"))
    for number, row in enumerate(csv.DictReader(file.open(encoding="utf-8"), delimiter="\t", quoting=csv.QUOTE_NONE), 2)
]
EVENT = Invitation(
    title="Conference on Meadows",
    starts=datetime(2031, 5, 20, 10, tzinfo=timezone.utc),
    ends=datetime(2031, 5, 20, 17, tzinfo=timezone.utc),
    reply_by=datetime(2031, 5, 10, tzinfo=timezone.utc),
    mailbox="meadows@host.example",
    organisations=(
        Organisation("red", "Red Kite Trust", "RKT", (), ("redkite.example",)),
        Organisation("a36", "Article 36", "A36", (), ("article36.example",)),
    ),
    own_domains=("host.example",),
)


def letter(row: dict[str, str]) -> Message:
    """A row as the message that somebody sent."""
    text = row["text"].replace("\\n", "\n")
    domain = "article36.example" if "Article 36" in text else "redkite.example"
    raw = f"From: Bo Berg <bo.berg@{domain}>\nSubject: Re: Invitation\nContent-Type: text/plain; charset=utf-8\n\n{text}\n"
    return message.decode(RawMessage(raw.encode(), datetime(2031, 5, 1, tzinfo=timezone.utc), Location("test")))


@pytest.mark.parametrize("row", ROWS)
def test_the_grammar_reads_a_plain_reply_right(row: dict[str, str]) -> None:
    found = read_whole(letter(row), EVENT, RuleReader())
    claims = [
        (
            claim.partstat.value,
            claim.op.value,
            "" if claim.delegates is None else str(claim.delegates),
            ";".join(sorted(person.name for person in claim.people)),
            ";".join(sorted(claim.leaves)) if claim.op.value == "add" else "",
            ";".join(sorted({doubt.code.value for doubt in claim.doubts})),
        )
        for claim in found.claims
    ]
    if row.get("kind"):
        needs = ";".join(sorted({need.code.value for need in found.needs}))
        assert (found.kind.value, needs) == (row["kind"], row["needs"])
    if row["partstat"] == "none":
        assert claims == []
        return
    names = [";".join(sorted(filter(None, row[column].split(";")))) for column in ("people", "leaves", "doubts")]
    assert claims == [(row["partstat"], row["op"], row["number"], *names)]
    assert not found.doubts


@pytest.mark.parametrize("language", ["ar", "de", "en", "es", "fr", "it", "nl", "pt", "ru", "zh"])
def test_both_readers_together_write_down_nothing_wrong(language: str) -> None:
    rows = [p.values[0] for p in ROWS if str(p.id).startswith(language) and p.values[0]["partstat"] != "none"][::5]
    wrong = []
    for row in rows:
        found = reading.read(letter(row), EVENT)
        for claim in found.claims:
            doubted = claim.doubts or found.doubts or row["doubts"]
            told = (claim.partstat.value, "" if claim.delegates is None else str(claim.delegates))
            if not doubted and told != (row["partstat"], row["number"]):
                wrong.append((row["text"], told))
    assert wrong == []
