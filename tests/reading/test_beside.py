"""Another invited organisation named beside the one that answers."""

from dataclasses import replace

import pytest

from inbox_worker.model import Code
from inbox_worker.reading import read
from tests.reading.making import INVITATION as PLAIN
from tests.reading.making import message

CANAL = next(o for o in PLAIN.organisations if o.id == "canal")
INVITATION = replace(
    PLAIN,
    organisations=(
        *(o for o in PLAIN.organisations if o is not CANAL),
        replace(CANAL, aliases=(*CANAL.aliases, "Canalvivo", "Protection")),
    ),
)


def asked(text: str) -> bool:
    found = read(message(text), INVITATION)
    doubts = [*found.doubts, *(d for c in found.claims for d in c.doubts)]
    return any(d.code is Code.ORGANISATION_UNCLEAR for d in doubts)


@pytest.mark.parametrize(
    "text",
    [
        "I will attend for Wetlands Watch.\n\nThe Lake Fishers' Union cannot come and asks to be excused.\n\nAda Moreau",
        "Ada Moreau attends for Wetlands Watch. Our neighbours of the LFU asked me to say that Bo Chen will be there.",
        "Ada Moreau (Wetlands Watch) and Bo Chen (Canalvivo) will attend.",
        "I will attend for Wetlands Watch. Bo Chen, Canalvivo, joins me.\n\nAda Moreau",
        "I will attend for Wetlands Watch. For Canalvivo Bo Chen will attend.\n\nAda Moreau",
        "Two of us will attend for Wetlands Watch. LFU 2 people.\n\nAda Moreau",
        "Je participerai pour la Vigie des zones humides. De la Fundación Canal Vivo vient Inés Paz.\n\nAda Moreau",
    ],
)
def test_a_clerk_is_asked_whether_it_is_answered_for_as_well(text: str) -> None:
    assert asked(text)


@pytest.mark.parametrize(
    "text",
    [
        "I will attend for Wetlands Watch.\n\nAda Moreau",
        "I will attend for Wetlands Watch. Do you know whether LFU comes?\n\nAda Moreau",
        "I will attend for Wetlands Watch, on flight LFU 956.\n\nAda Moreau",
        "I will attend for Wetlands Watch. There is a dinner with the Canalvivo crowd in town.\n\nAda Moreau",
        "Ms Birgit Falk, our Senior Protection Officer, will attend for Wetlands Watch.",
    ],
)
def test_nobody_is_asked_where_no_other_answers(text: str) -> None:
    assert not asked(text)


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("Apologies - we are not able to attend", True),
        ("Re: Apologies - we are not able to attend", False),
        ("Forum on River Basins", False),
    ],
)
def test_a_clerk_is_asked_where_the_subject_declines_and_the_message_does_not(subject: str, expected: bool) -> None:
    found = read(message("Ms Jun Halloran will attend the forum.\n\nRegards,\nAda Moreau", subject=subject), INVITATION)
    assert any(d.code is Code.PARTSTAT_UNCLEAR for d in found.doubts) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One of us can no longer attend the forum.", True),
        ("Einer von uns kann nicht mehr zum Forum kommen.", True),
        ("Один из нас не сможет приехать на форум.", True),
        ("None of us can attend the forum.", False),
        ("We cannot attend the forum.", False),
    ],
)
def test_the_refusal_of_one_of_them_is_not_that_of_all(text: str, expected: bool) -> None:
    found = read(message(f"{text}\n\nRegards,\nAda Moreau"), INVITATION)
    told = [*found.doubts, *(d for c in found.claims for d in c.doubts)]
    assert any(d.code is Code.PARTSTAT_UNCLEAR for d in told) is expected
