"""What is taken out of a text, and found again."""

import re

import pytest

from inbox_worker.reading.language_model.privacy import pattern_of, redacted


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("Write to ann.lee+x@mail.redkite.example, please.", "Write to [e-mail address], please."),
        ("Tel. +41 (0)22 555 01-42", "Tel. [phone number]"),
        ("(540) 555-0182 or 0041225550142", "([phone number] or [phone number]"),
        ("022/555.01.42", "[phone number]"),
        ("on 2016-03-02 at 15:00-18:00, Room 25", "on 2016-03-02 at 15:00-18:00, Room 25"),
        ("02.03.2016, 29/02/2016, 19-20 April", "02.03.2016, 29/02/2016, 19-20 April"),
        ("EUR 12,450 for 34 of 36; 1,500 words", "EUR 12,450 for 34 of 36; 1,500 words"),
    ],
)
def test_addresses_and_numbers_that_are_dialled_are_taken_out_and_dates_are_not(text: str, sent: str) -> None:
    assert redacted(text).replace("([phone", "([phone") == sent
    assert re.fullmatch(pattern_of(redacted(text)), text)
