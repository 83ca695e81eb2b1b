"""Where output goes: a reader that stops reading, a locale without accents, no output at all."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.flow.replies import replies
from tests.flow.station import Station

ROOT = Path(__file__).parents[2]


def command(station: Station, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "inbox_worker", "--config", str(station.config), *arguments]


def test_whoever_reads_may_stop_reading(tmp_path: Path) -> None:
    station = Station(tmp_path / "a")
    mail = station.write(replies(60))
    with subprocess.Popen(
        command(station, "read", str(mail)), stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT
    ) as process:
        assert process.stdout
        assert process.stderr
        first = json.loads(process.stdout.readline())
        process.stdout.close()
        assert (process.stderr.read(), process.wait()) == (b"", 0)
    assert first["file"].endswith(".eml")


def test_names_are_written_whatever_the_locale_says(tmp_path: Path) -> None:
    station = Station(tmp_path / "a")
    mail = station.write([b"From: a@b.example\nSubject: =?utf-8?q?=C3=89t=C3=A9_=D8=B9?=\n\nBonjour\n"])
    done = subprocess.run(
        command(station, "read", str(mail)),
        env={**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        capture_output=True,
        cwd=ROOT,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout.decode("utf-8"))["subject"] == "Été ع"


def test_an_import_makes_the_directory_of_its_registry(tmp_path: Path) -> None:
    station = Station(tmp_path / "a")
    mail = station.write(replies(1))
    place = tmp_path / "new" / "sub" / "r.db"
    done = subprocess.run(
        command(station, "import", str(mail), "--registry", str(place)), capture_output=True, text=True, cwd=ROOT
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert place.exists()


def test_a_longer_invited_list_finds_who_answered_before(tmp_path: Path) -> None:
    station = Station(tmp_path / "a")
    text = station.config.read_text(encoding="utf-8")
    invited = tmp_path / "a" / "few.csv"
    rows = "id,name,acronym,aliases,domains,category,country\nred,Red Kite Trust,,,redkite.example,ngo,GB\n"
    invited.write_text(rows, encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("invited")]
    at = next(i for i, line in enumerate(lines) if line.strip() == "[event]")
    lines.insert(at + 1, 'invited = "few.csv"')
    station.config.write_text("\n".join(lines) + "\n", encoding="utf-8")
    mail = station.write(
        [
            b"Received: from a by b; Fri, 5 Feb 2016 10:00:00 +0100\nFrom: Bo Berg <bo@bluefin.example>\n"
            b"Subject: Re: Invitation\n\nBlue Fin Society will attend with two people.\n\nBo Berg\nBlue Fin Society\n"
        ]
    )
    assert station.run("import", mail).returncode == 0
    assert station.query("select organisation_id from participations") == [("red",)]
    invited.write_text(rows + "blue,Blue Fin Society,,,bluefin.example,ngo,GB\n", encoding="utf-8")
    assert station.run("import", mail).returncode == 0
    found = station.query("select organisation_id, partstat, delegates, open_doubts from participations order by 1")
    assert found == [("blue", "accepted", 2, 0), ("red", "needs-action", None, 0)]
