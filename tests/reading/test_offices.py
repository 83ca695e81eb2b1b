"""Headquarters and its offices, where both are invited and write from one domain."""

from datetime import datetime, timezone

import pytest

from inbox_worker.model import Address, Code, Invitation, Message, Organisation, Part, Role, Span, Zone
from inbox_worker.reading.rules import RuleReader
from inbox_worker.reading.whole import read_whole

STARTS = datetime(2030, 5, 14, 9, tzinfo=timezone.utc)
WHOLE = Organisation("whole", "World Orchard Fund", "WOF", domains=("wof.example",))
OFFICE = Organisation("office", "World Orchard Fund Armenia", "WOF Armenia", domains=("wof.example",))
INVITATION = Invitation("Forum on Orchards", STARTS, STARTS, STARTS, "forum@orchards.example", (WHOLE, OFFICE))


def read(text: str) -> tuple[str | None, bool]:
    headers = (("from", "Ann Lee <ann.lee@wof.example>"), ("to", "forum@orchards.example"), ("in-reply-to", "<0@x>"))
    body = Part("1", "text/plain", Role.BODY, text, (Span(0, len(text), Zone.NEW),))
    sender = Address("Ann Lee", "ann.lee@wof.example")
    message = Message("", sender, "Re: Forum on Orchards", STARTS, headers, (body,))
    (claim,) = read_whole(message, INVITATION, RuleReader()).claims
    return claim.organisation, any(d.code is Code.ORGANISATION_UNCLEAR for d in claim.doubts)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("I will attend for WOF.", ("whole", True)),
        ("I will attend for WOF, from its office in Armenia.", ("whole", True)),
        ("I will attend for WOF headquarters. Armenia will answer itself.", ("whole", False)),
        ("I will attend for the World Orchard Fund.", ("whole", False)),
        ("I will attend for WOF Armenia.", ("office", False)),
    ],
)
def test_a_clerk_is_asked_where_an_office_may_be_meant(text: str, told: tuple[str, bool]) -> None:
    assert read(text) == told
