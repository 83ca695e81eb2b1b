"""The README is run: its commands, its SQL, its tables."""

from __future__ import annotations

import re
import shlex
import sqlite3
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import click
import pytest
import yaml

from inbox_worker.cli import COMMANDS, cli
from inbox_worker.decision.policy import HOLDS
from inbox_worker.decision.rules import LARGEST_DELEGATION
from inbox_worker.demo.sample import samples, write_configuration
from inbox_worker.model import Code, Effect
from tests.commands.conftest import Run, run  # noqa: F401 - a fixture

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
DATASETTE = yaml.safe_load((ROOT / "config/datasette.yaml").read_text(encoding="utf-8"))
CANNED = DATASETTE["databases"]["registry"]["queries"]
QUESTION = re.compile(
    r"^\*\*(?P<title>[^*\n]+)\*\* gives (?P<columns>[^\n]+)\.\n\n```sql\n(?P<sql>.*?)\n```$", re.M | re.S
)
QUESTIONS = {found["title"]: found for found in QUESTION.finditer(README)}

# Commands that need a mail server or go on for ever are not run here; the demo has its own test.
NOT_RUN = ("demo", "run", "web")
STATUS = {"check": 1, "status": 1}  # no mail server here, and nobody has looked at the mailbox


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.M | re.S)


def commands() -> list[list[str]]:
    """Every inbox-worker command of an sh block, in order, as its arguments."""
    lines = [line for block in blocks(README + CONTRIBUTING, "sh") for line in block.splitlines()]
    parts = [shlex.split(part) for line in lines for part in line.split("&&")]
    return [part[1:] for part in parts if part and part[0].endswith("inbox-worker")]


def table(header: str) -> list[list[str]]:
    """The rows of a table of the README below its header row."""
    rows = README.partition(f"| {header} |")[2].split("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    """The demo's sample mail in a registry."""
    from inbox_worker.commands.take_in import command

    directory = tmp_path_factory.mktemp("registry")
    config = write_configuration(directory, date.today(), 1143)
    mail(directory / "mail")
    parent = click.Context(cli, obj=config)
    with parent, command.make_context("import", [str(directory / "mail")], parent=parent) as context:
        command.invoke(context)
    db = sqlite3.connect(directory / "registry.db")
    yield db
    db.close()


def mail(directory: Path) -> None:
    directory.mkdir()
    for sample in samples(date.today()):
        (directory / f"{sample.name}.eml").write_bytes(sample.content)


def test_the_readme_has_the_canned_queries_and_no_other() -> None:
    assert {title: found["sql"] for title, found in QUESTIONS.items()} == {
        query["title"]: query["sql"] for query in CANNED.values()
    }
    assert len(blocks(README, "sql")) == len(QUESTIONS) >= 10


@pytest.mark.parametrize("title", QUESTIONS)
def test_a_query_runs_and_gives_the_columns_the_readme_says(registry: sqlite3.Connection, title: str) -> None:
    cursor = registry.execute(QUESTIONS[title]["sql"])
    columns = [column[0] for column in cursor.description]
    assert columns == re.findall(r"`(\w+)`", QUESTIONS[title]["columns"])
    assert cursor.fetchall(), "the sample mail shows nothing for it"


def test_the_figures_agree_with_each_other(registry: sqlite3.Connection) -> None:
    def answer(name: str) -> list[tuple[object, ...]]:
        return registry.execute(CANNED[name]["sql"]).fetchall()

    ((organisations, delegates, without, left),) = answer("how_many")
    assert isinstance(delegates, int)
    comes = answer("who_comes")
    assert len(comes) == organisations
    assert sum(row[1] or 0 for row in comes) == delegates  # type: ignore[misc]
    assert [row[1] for row in comes].count(None) == without
    assert left == 200 - delegates
    assert sum(row[6] or 0 for row in answer("by_category")) == delegates  # type: ignore[misc]
    assert sum(row[2] or 0 for row in answer("by_country")) == delegates  # type: ignore[misc]


@pytest.mark.parametrize("arguments", commands(), ids=" ".join)
def test_a_command_of_the_documentation_exists_with_its_options(arguments: list[str]) -> None:
    name, *rest = arguments
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    command.make_context(name, rest).close()


def test_the_commands_run_in_order_in_a_new_directory(run: Run, tmp_path: Path) -> None:  # noqa: F811
    mail(tmp_path / "mail")
    ran = []
    for arguments in commands():
        name = arguments[0]
        if name in NOT_RUN:
            continue
        result = run(*arguments)
        assert result.returncode == STATUS.get(name, 0), (arguments, result.stderr)
        assert "Traceback" not in result.stderr
        ran.append(name)
    assert {"init", "check", "read", "import", "status", "explain"} <= set(ran)
    assert len(list((tmp_path / "backup").glob("registry-*.db"))) == 1


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(run: Run, name: str) -> None:  # noqa: F811
    result = run(name, "--help")
    assert (result.returncode, result.stderr) == (0, "")
    words = " ".join(result.stdout.split())
    assert f"Usage: inbox-worker {name}" in words
    command = cli.get_command(click.Context(cli), name)
    assert command is not None and command.help
    assert COMMANDS[name] in run("--help").stdout
    for parameter in command.params:
        assert not isinstance(parameter, click.Option) or parameter.help, f"{name} {parameter.name} has no help"


def test_the_table_of_commands_is_that_of_the_program() -> None:
    assert [row[0].strip("`") for row in table("command | does")] == list(COMMANDS)


def test_the_table_of_flags_is_the_policy() -> None:
    rows = {code.strip("`"): holds for code, _, holds in table("flag | when | holds back")}
    assert set(rows) == {code.value for code in Code}
    words = {None: "nothing", Effect.WITHOUT_NUMBER: "the number", Effect.WAIT: "the claim"}
    for code in set(Code) - {Code.CONFLICT}:  # told by the story, not by the table
        assert rows[code.value] == words[HOLDS.get(code)], code
    assert f"above {LARGEST_DELEGATION} or" in README


def test_links_within_the_repository_lead_somewhere() -> None:
    for target in re.findall(r"\]\((?!https?://)([^)#]+)\)", README + CONTRIBUTING):
        assert (ROOT / target).exists(), target
