"""Headquarters and its offices, where both are invited and write from one domain."""

from datetime import datetime, timezone

import pytest

from inbox_worker.model import Address, Code, Invitation, Message, Organisation, Part, Role, Span, Zone
from inbox_worker.reading.organisations import continues
from inbox_worker.reading.rules import RuleReader
from inbox_worker.reading.whole import read_whole

STARTS = datetime(2030, 5, 14, 9, tzinfo=timezone.utc)
WHOLE = Organisation("whole", "World Orchard Fund", "WOF", domains=("wof.example",))
OFFICE = Organisation("office", "World Orchard Fund Armenia", "WOF Armenia", domains=("wof.example",))
BUREAU = Organisation("bureau", "Bureau for Orchards of the South", "WOF Quito", domains=("wof.example",))
SECTION = Organisation("section", "World Orchard Fund - Far East", "WOF Far East", domains=("wof-east.example",))
INVITED = (WHOLE, OFFICE, BUREAU, SECTION)
INVITATION = Invitation("Forum on Orchards", STARTS, STARTS, STARTS, "forum@orchards.example", INVITED)


def read(text: str, domain: str = "wof.example") -> tuple[str | None, bool]:
    address = f"ann.lee@{domain}"
    headers = (("from", f"Ann Lee <{address}>"), ("to", "forum@orchards.example"), ("in-reply-to", "<0@x>"))
    body = Part("1", "text/plain", Role.BODY, text, (Span(0, len(text), Zone.NEW),))
    sender = Address("Ann Lee", address)
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
        ("I will attend for WOF Quito.", ("bureau", False)),
    ],
)
def test_a_clerk_is_asked_where_an_office_may_be_meant(text: str, told: tuple[str, bool]) -> None:
    assert read(text) == told


def test_a_section_is_asked_whether_it_answers_for_the_headquarters_that_it_names() -> None:
    text = "I am told that the World Orchard Fund will not attend this year."
    assert read(text, "wof-east.example") == ("section", True)


def test_a_name_continues_another_only_by_whole_words() -> None:
    niger, nigeria = Organisation("ne", "Niger", ""), Organisation("ng", "Nigeria", "")
    assert not continues(nigeria, niger)
    assert continues(OFFICE, WHOLE) and continues(BUREAU, WHOLE)
