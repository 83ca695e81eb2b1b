"""config/worker.toml tells the truth: every key is there, and what it calls a default is one."""

from __future__ import annotations

import re
import shutil
import tomllib
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from inbox_worker.event_settings import KEYS
from inbox_worker.model import Limits
from inbox_worker.settings import (
    AlertSettings,
    BackupSettings,
    DraftSettings,
    LogSettings,
    MailboxSettings,
    MailSettings,
    MarkSettings,
    MetricsSettings,
    ModelSettings,
    OAuthSettings,
    RegistrySettings,
    ServiceSettings,
    Settings,
    SummarySettings,
    WebSettings,
    load,
)

ROOT = Path(__file__).parents[1]
EXAMPLE = (ROOT / "config/worker.toml").read_text(encoding="utf-8")
COMMENTED = re.compile(r"^# (?=\w+ = )", re.M)
SECTIONS: dict[str, Any] = {
    "mailbox": MailboxSettings,
    "registry": RegistrySettings,
    "service": ServiceSettings,
    "web": WebSettings,
    "drafts": DraftSettings,
    "marks": MarkSettings,
    "limits": Limits,
    "reading.model": ModelSettings,
    "oauth": OAuthSettings,
    "backup": BackupSettings,
    "alerts": AlertSettings,
    "summary": SummarySettings,
    "mail": MailSettings,
    "metrics": MetricsSettings,
    "logs": LogSettings,
}
KEYS = {name: tuple(f.name for f in fields(section)) for name, section in SECTIONS.items()} | {
    "event": KEYS,
    "reading": ("two_readers",),
}
KEYS["mailbox"] = tuple(key for key in KEYS["mailbox"] if key != "oauth")  # a table of its own


def uncommented(*without: str) -> str:
    """The example with every key set, but for those named."""
    return re.sub(rf"^(?:{'|'.join(without)})\s*=", "# \\g<0>", COMMENTED.sub("", EXAMPLE), flags=re.M)


def loaded(directory: Path, text: str) -> Settings:
    shutil.copy(ROOT / "config/invited.csv", directory)
    (directory / "worker.toml").write_text(text, encoding="utf-8")
    return load(directory / "worker.toml")


def lines(*, examples: bool) -> dict[tuple[str, str], str]:
    """The commented keys that are marked as examples, or the others, by table and key."""
    found, table = {}, ""
    for line in EXAMPLE.splitlines():
        if line.startswith("["):
            table = line.strip("[]")
        elif COMMENTED.match(line) and ("# example" in line) is examples:
            found[table, line.split()[1]] = line.removeprefix("# ")
    return found


def test_every_key_stands_in_it_once_and_no_other() -> None:
    table, found = "", []
    for line in EXAMPLE.splitlines():
        if line.startswith("["):
            table = line.strip("[]")
        elif key := re.match(r"(?:# )?(\w+)\s+=\s|# (\w+) = ", line):
            found.append((table, key[1] or key[2]))
    assert sorted(found) == sorted((table, key) for table, keys in KEYS.items() for key in keys)


def test_it_loads_as_it_is(tmp_path: Path) -> None:
    assert len(loaded(tmp_path, EXAMPLE).invitation.organisations) == 102


@pytest.mark.parametrize(
    "without",
    [
        ("path", "password_file", "key_file", *KEYS["oauth"]),
        ("host", "password_env", "key_env", *KEYS["oauth"]),
        ("path", "password_env", "password_file", "client_secret_file", "key_file"),
    ],
)
def test_it_loads_with_every_key_set(tmp_path: Path, without: tuple[str, ...]) -> None:
    loaded(tmp_path, uncommented(*without))


def test_setting_what_it_calls_a_default_changes_nothing(tmp_path: Path) -> None:
    text = EXAMPLE
    for line in lines(examples=False).values():
        text = text.replace(f"# {line}", line)
    assert text != EXAMPLE
    text = re.sub(r"^\[oauth\].*?(?=^\[)", "", text, flags=re.M | re.S)  # it is not there, or whole
    assert loaded(tmp_path, text) == loaded(tmp_path, EXAMPLE)


def test_the_defaults_of_the_types_are_those_of_a_file_that_sets_nothing(tmp_path: Path) -> None:
    bare = loaded(tmp_path, re.sub(r"^\[mailbox\].*", "", EXAMPLE, flags=re.M | re.S))
    assert bare.service == ServiceSettings()
    assert bare.web == WebSettings()
    assert bare.mailbox == MailboxSettings(port=993)
    assert (bare.backup, bare.alerts, bare.summary) == (BackupSettings(), AlertSettings(), SummarySettings())
    assert (bare.mail, bare.metrics, bare.logs) == (MailSettings(), MetricsSettings(), LogSettings())


def test_examples_are_of_keys_whose_default_is_nothing(tmp_path: Path) -> None:
    settings = loaded(tmp_path, EXAMPLE)
    holders = {
        "event": settings.invitation,
        "mailbox": settings.mailbox,
        "registry": settings.registry,
        "drafts": settings.drafts,
        "reading.model": settings.language_model or ModelSettings("", ""),
        "backup": settings.backup,
        "alerts": settings.alerts,
        "mail": settings.mail,
        "metrics": settings.metrics,
    }
    assert settings.mailbox.oauth is None
    for table, key in lines(examples=True):
        if table == "oauth":
            continue
        assert not getattr(holders[table], key), f"[{table}] {key} has a default; show that"


def test_every_key_that_the_readme_names_exists() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for table, key in re.findall(r"`\[([\w.]+)\] (\w+)`", readme):
        assert key in KEYS[table], f"[{table}] {key}"
    for block in re.findall(r"^```toml\n(.*?)^```$", readme, re.M | re.S):
        document = tomllib.loads(block)
        document |= {f"reading.{name}": values for name, values in document.pop("reading", {}).items()}
        for table, values in document.items():
            assert set(values) <= set(KEYS[table])
