"""What somebody sees who calls it without knowing what to say."""

import subprocess
import sys

import pytest

from inbox_worker.cli import COMMANDS


def said(*arguments: str) -> tuple[int, str, str]:
    done = subprocess.run([sys.executable, "-m", "inbox_worker", *arguments], capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


def test_without_arguments_it_shows_its_help():
    status, out, err = said()
    assert (status, err) == (2, "")
    assert out.startswith("Usage: inbox-worker [OPTIONS] COMMAND [ARGS]...\n")
    assert [line.split()[0] for line in out.split("Commands:\n")[1].splitlines()[: len(COMMANDS)]] == list(COMMANDS)


@pytest.mark.parametrize("arguments", [("frobnicate",), ("read",), ("status", "--frobnicate"), ("--config",)])
def test_a_call_that_cannot_be_meant_is_one_line(arguments):
    status, out, err = said(*arguments)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert err.startswith("inbox-worker: ")
    assert "--help" in err


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command):
    status, out, err = said(command, "--help")
    assert (status, err) == (0, "")
    assert len(out.splitlines()) > 4
