"""Another invited organisation named beside the one that answers."""

import pytest

from inbox_worker.model import Code
from inbox_worker.reading import read
from tests.reading.making import INVITATION, message


def asked(text: str) -> bool:
    found = read(message(text), INVITATION)
    doubts = [*found.doubts, *(d for c in found.claims for d in c.doubts)]
    return any(d.code is Code.ORGANISATION_UNCLEAR for d in doubts)


@pytest.mark.parametrize(
    "text",
    [
        "I will attend for Wetlands Watch.\n\nThe Lake Fishers' Union has nobody to spare and asks to be excused.\n\nAda Moreau",
        "Ada Moreau attends for Wetlands Watch. Our neighbours of the LFU asked me to say that Bo Chen will be there.",
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
    ],
)
def test_nobody_is_asked_where_no_other_answers(text: str) -> None:
    assert not asked(text)
