"""Long work is counted on a terminal, and is quiet in a pipe."""

import os
import pty

import pytest

from tests.flow.replies import replies
from tests.flow.station import Station


@pytest.mark.parametrize(
    ("command", "printing_there", "counted"),
    [("import", True, True), ("import", False, True), ("read", True, False), ("read", False, True)],
)
def test_progress_is_shown_on_a_terminal(station: Station, command: str, printing_there: bool, counted: bool) -> None:
    mail = station.write(replies(5))
    ours, theirs = pty.openpty()
    out = {"stdout": theirs} if printing_there else {}
    with station.start(command, mail, stderr=theirs, **out) as process:
        os.close(theirs)
        shown = b""
        while piece := _read(ours):
            shown += piece
    os.close(ours)
    assert process.returncode == 0
    beside = b"\n".join(line for line in shown.splitlines() if not line.startswith(b"{"))  # what was read holds paths
    assert (b"5/" in beside) is counted


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 10_000)
    except OSError:  # EIO: nobody has its other end open any more
        return b""
