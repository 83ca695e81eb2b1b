"""The flow is the architecture: a stage knows the shared types and nothing of its neighbours."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "inbox_worker"
STAGES = {
    "mailbox": {"model", "settings"},
    "message": {"model"},
    "reading": {"model"},
    "decision": {"model"},
    "registry": {"model"},
}


def imports(file: Path) -> set[str]:
    """Modules of ours that a file imports, wherever in it: "reading" for inbox_worker.reading.people."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: relative import"
            names = [
                f"{node.module}.{alias.name}" if node.module == "inbox_worker" else str(node.module)
                for alias in node.names
            ]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        found |= {name.split(".")[1] for name in names if name.startswith("inbox_worker.")}
    return found


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_knows_only_the_shared_types_and_itself(stage):
    strangers = {
        f"{file.relative_to(PACKAGE)} imports {name}"
        for file in (PACKAGE / stage).rglob("*.py")
        for name in imports(file) - STAGES[stage] - {stage}
    }
    assert strangers == set()


@pytest.mark.parametrize("stage", ["reading", "decision"])
def test_reading_and_deciding_see_no_clock_network_or_database(stage):
    forbidden = {"time", "socket", "sqlite3", "sqlite_utils", "imapclient", "os", "subprocess", "random", "urllib"}
    for file in (PACKAGE / stage).rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [str(node.module)] if isinstance(node, ast.ImportFrom) else []
            assert not {name.split(".")[0] for name in names} & forbidden, file
            called = isinstance(node, ast.Attribute) and node.attr in {"now", "today", "utcnow"}
            assert not called, f"{file} asks for the time"


def test_nothing_of_any_event_or_listed_organisation_is_in_the_code():
    words = ("apmine", "icbl", "gichd", "palais des nations", "isu@", "halo trust")
    allowed = {"demo"}
    found = {
        f"{file.relative_to(PACKAGE)}: {word}"
        for file in PACKAGE.rglob("*")
        if file.suffix in {".py", ".toml"} and file.relative_to(PACKAGE).parts[0] not in allowed
        for word in words
        if word in file.read_text(encoding="utf-8").lower()
    }
    assert found == set()
