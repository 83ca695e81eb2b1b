"""Spoilt mail is read in a process of its own, whose memory is then that of the reading alone."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.fuzz.spoiling import SECONDS


@pytest.mark.timeout(SECONDS + 120)
def test_nothing_that_is_sent_breaks_or_holds_up_the_reader() -> None:
    result = subprocess.run(
        [sys.executable, "-m", "tests.fuzz.spoiling"], capture_output=True, text=True, timeout=SECONDS + 100
    )
    print(result.stdout)
    assert result.returncode == 0, result.stderr
    assert " messages, " in result.stdout
