"""Listed organisations that a message calls nearly so."""

import pytest

from inbox_worker.reading.organisations import index_of, resemble
from tests.reading.making import INVITATION

INDEX = index_of(INVITATION.organisations)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Wetland Watch", "wetlands"),
        ("Water Office of United Nations", "water-un"),
        ("UN Environment Office", None),  # no acronym stands for any listed name that it fits
        ("WHO Water Office", None),
        ("Fundacion Canal Viva", "canal"),
    ],
)
def test_a_name_that_is_nearly_one_of_the_list_is_told(written: str, meant: str | None) -> None:
    found = resemble(written, INDEX)
    assert (found[0] if found else None) == meant
