"""Letters that are pictures, with the extra that reads them and without it."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

import inbox_worker
from tests.message.formats.making import scan
from tests.message.formats.test_hostile import read, with_attachment

LETTER = (
    "Dear colleagues,",
    "We will attend the forum with two people:",
    "Ada Moreau and Bo Lindqvist.",
    "Yours sincerely, Carla Diaz",
)
SECONDS = 120  # on a machine that is busy
WITHOUT = """
from inbox_worker.message.formats.content import Content, NotReadableError
from inbox_worker.message.formats.scans import available, read_scan
from tests.message.formats.making import scan
assert not available()
try:
    read_scan(Content(scan(["We come."]), "image/png", filename="letter.png"))
except NotReadableError as error:
    print(error)
"""


@pytest.mark.parametrize("kind", ["PNG", "PDF"])
def test_the_words_of_a_scanned_letter_are_read(kind: str) -> None:
    message, _ = read(with_attachment(scan(LETTER, kind), f"letter.{kind.lower()}"), ocr_time=SECONDS)
    (part,) = [p for p in message.parts if p.filename]
    assert "two people" in part.text
    assert "Bo Lindqvist" in part.text
    assert part.problem is None


def test_without_the_extra_it_is_told_why_a_scan_is_not_read(tmp_path: Path) -> None:
    """In an environment whose packages are this one's, but for the extra."""
    for entry in Path(sysconfig.get_path("purelib")).iterdir():
        if not entry.name.startswith("rapidocr"):
            (tmp_path / entry.name).symlink_to(entry)
    root = Path(inbox_worker.__file__).parents[1]
    path = os.pathsep.join(map(str, (root, tmp_path)))
    ran = subprocess.run(
        [sys.executable, "-S", "-c", WITHOUT], capture_output=True, text=True, env={**os.environ, "PYTHONPATH": path}
    )
    assert "the extra that reads pictures is missing" in ran.stdout, ran.stderr
