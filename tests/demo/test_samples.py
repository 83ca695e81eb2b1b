"""The sample mailbox: fictional, varied, and dated around tonight's deadline."""

from __future__ import annotations

import re
from datetime import date
from email import message_from_bytes
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest

from inbox_worker.demo.sample import Sample, samples, write_configuration
from inbox_worker.settings import load

TODAY = date(2031, 5, 10)


@pytest.fixture(scope="module")
def mail() -> list[Sample]:
    return list(samples(TODAY))


def test_the_deadline_is_the_end_of_the_day_and_the_event_comes_after_it(tmp_path: Path) -> None:
    event = load(write_configuration(tmp_path, TODAY, 1143)).invitation
    assert event.reply_by.isoformat() == "2031-05-11T00:00:00+02:00"
    assert event.starts > event.reply_by


def test_they_come_in_order_some_before_the_deadline_and_some_after(mail: list[Sample], tmp_path: Path) -> None:
    deadline = load(write_configuration(tmp_path, TODAY, 1143)).invitation.reply_by
    assert [sample.received for sample in mail] == sorted(sample.received for sample in mail)
    assert {sample.received >= deadline for sample in mail} == {True, False}


def test_each_was_written_shortly_before_it_came_and_bears_an_identity_of_its_own(mail: list[Sample]) -> None:
    headers = [message_from_bytes(sample.content) for sample in mail]
    assert len({header["Message-ID"] for header in headers}) == len(mail)
    for sample, header in zip(mail, headers, strict=True):
        assert 0 < (sample.received - parsedate_to_datetime(header["Date"])).total_seconds() < 120
        assert header["X-Arrives"] is None


def test_no_address_in_them_can_belong_to_anybody(mail: list[Sample]) -> None:
    for sample in mail:
        hosts = re.findall(rb"(?:@|https?://)([\w.-]+\w)", sample.content)
        assert {host for host in hosts if not host.endswith(b".example")} <= {
            b"apminebanconvention.org",
            b"mail.apminebanconvention.org",
        }, sample.name


def test_days_in_quoted_letters_are_shifted_too(mail: list[Sample]) -> None:
    assert not [sample.name for sample in mail if re.search(rb"@-?\d+@|2016", sample.content)]
    assert b"On 15/04/2031 at 09:00, ISU" in next(s.content for s in mail if s.name == "25-quno")
