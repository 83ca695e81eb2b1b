"""The systemd units, as far as systemd itself can tell without being the init of this machine."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

CONFIG = Path(__file__).parents[1] / "config"
ANALYZE = shutil.which("systemd-analyze")
UNITS = ("inbox-worker.service", "inbox-worker-web.service")
EXPOSURE = 2.5  # of 10, by systemd-analyze security


def installable(unit: str, directory: Path) -> Path:
    """The unit with a program and a user that are there."""
    text = (CONFIG / unit).read_text()
    text = re.sub(r"^ExecStart=\S+", f"ExecStart={shutil.which('true')}", text, flags=re.M)
    path = directory / unit
    path.write_text(re.sub(r"^(User|Group)=.*", r"\1=daemon", text, flags=re.M))
    return path


@pytest.mark.skipif(ANALYZE is None, reason="needs systemd-analyze")
@pytest.mark.parametrize("unit", UNITS)
def test_a_unit_is_valid_and_well_confined(unit: str, tmp_path: Path) -> None:
    path = str(installable(unit, tmp_path))
    done = subprocess.run([str(ANALYZE), "verify", path], capture_output=True, text=True)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
    command = [str(ANALYZE), "security", "--offline=true", "--no-pager", path]
    said = subprocess.run(command, capture_output=True, text=True).stdout
    exposure = re.search(r"Overall exposure level for \S+: ([\d.]+)", said)
    assert exposure and float(exposure[1]) <= EXPOSURE, said


@pytest.mark.parametrize("unit", UNITS)
def test_a_unit_runs_a_command_that_exists(unit: str) -> None:
    from inbox_worker.cli import COMMANDS

    found = re.search(
        r"^ExecStart=\S+ --config /etc/inbox-worker/worker.toml (\w+)$", (CONFIG / unit).read_text(), re.M
    )
    assert found and found[1] in COMMANDS
