"""Configuration: what is valid, and errors that say where and what to do."""

from datetime import datetime, timezone
from zoneinfo import ZoneInfo

import pytest

from inbox_worker.settings import MailboxSettings, ModelSettings, SettingsError, load

EVENT = """\
[event]
title    = "Meeting"
starts   = 2031-05-20T10:00:00
ends     = 2031-05-20T17:00:00
timezone = "Europe/Zurich"
mailbox  = "meadows@Host.example"
reply_by = 2031-05-10
"""


@pytest.fixture
def config(tmp_path):
    def write(text: str):
        path = tmp_path / "worker.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def problem(path) -> str:
    with pytest.raises(SettingsError) as caught:
        load(path)
    return str(caught.value).replace(str(path), "FILE")


def test_an_event_alone_is_enough(config):
    settings = load(config(EVENT))
    zone = ZoneInfo("Europe/Zurich")
    assert settings.invitation.reply_by == datetime(2031, 5, 11, tzinfo=zone)
    assert settings.invitation.starts == datetime(2031, 5, 20, 10, tzinfo=zone)
    assert settings.invitation.own_domains == ("host.example",)
    assert settings.mailbox == MailboxSettings()
    assert settings.registry.path.name == "registry.db"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2031-05-10", datetime(2031, 5, 11, 0, 0)),
        ("2031-05-10T18:00:00", datetime(2031, 5, 10, 18, 0)),
        ("2031-05-10T18:00:00Z", datetime(2031, 5, 10, 20, 0)),
        ("2031-03-29", datetime(2031, 3, 30, 0, 0)),
    ],
)
def test_the_deadline_is_in_the_time_zone_of_the_event(config, written, meant):
    settings = load(config(EVENT.replace("2031-05-10", written)))
    assert settings.invitation.reply_by == meant.replace(tzinfo=ZoneInfo("Europe/Zurich"))


@pytest.mark.parametrize(
    ("written", "zone", "meant"),
    [
        ("2016-10-30T02:30:00", "Europe/Zurich", "2016-10-30T01:30+00:00"),  # comes twice: the second
        ("2016-10-30T02:30:00+02:00", "Europe/Zurich", "2016-10-30T00:30+00:00"),  # the first, where that is said
        ("2016-03-27T02:30:00", "Europe/Zurich", "2016-03-27T01:30+00:00"),  # is skipped: half an hour after the change
        ("2016-10-29", "Europe/Zurich", "2016-10-29T22:00+00:00"),
        ("2016-10-30", "Europe/Zurich", "2016-10-30T23:00+00:00"),
        ("2016-03-26", "Asia/Beirut", "2016-03-26T22:00+00:00"),  # the midnight after it is skipped
        ("2016-10-29", "Asia/Beirut", "2016-10-29T22:00+00:00"),  # its last hour comes twice
        ("2016-11-05", "America/Havana", "2016-11-06T04:00+00:00"),  # midnight comes twice, but the day is over once
    ],
)
def test_a_deadline_near_a_change_of_the_clocks(config, written, zone, meant):
    event = EVENT.replace("2031-05-10", written).replace("Europe/Zurich", zone)
    reply_by = load(config(event)).invitation.reply_by
    assert reply_by.astimezone(timezone.utc) == datetime.fromisoformat(meant)
    assert reply_by.tzinfo == ZoneInfo(zone)


def test_an_event_within_an_hour_that_comes_twice(config):
    event = EVENT.replace("2031-05-20T10:00:00", "2016-10-30T02:45:00+02:00").replace(
        "2031-05-20T17:00:00", "2016-10-30T02:15:00+01:00"
    )
    assert load(config(event)).invitation.ends.astimezone(timezone.utc).hour == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "FILE: the table [event] is missing; see 'inbox-worker init DIR' for an example"),
        ("[event\n", "FILE: is not valid TOML: Expected ']' at the end of a table declaration (at line 1, column 7)"),
        (EVENT + "\n[evnt]\n", "FILE: [evnt]: no such table; valid are [event], [mailbox], [oauth], [registry]"),
        (EVENT + "[mailbox]\nhots = 'a'\n", "FILE, line 9: [mailbox] hots: no such key; valid here are host, port, "),
        (EVENT + "[mailbox]\nhost = 'a'\n", "FILE: [mailbox] user: is missing; give the name to log in with"),
        (EVENT + "[mailbox]\nfolders = []\n", "FILE, line 9: [mailbox] folders: must name at least one folder, and each once"),
        (EVENT + "[mailbox]\nfolders = ['A', 'A']\n", "FILE, line 9: [mailbox] folders: must name at least one folder, and each once"),
        (EVENT + "[mailbox]\npath = '~nobody-of-that-name/x'\n", "FILE, line 9: [mailbox] path: nobody has the home directory"),
        (EVENT.replace("2031-05-10", "9999-12-31"), "FILE, line 7: [event] reply_by: 9999-12-31 is too far away"),
        (EVENT.replace("2031-05-10", "9999-12-31T23:00:00-11:00"), "FILE, line 7: [event] reply_by: 9999-12-31 23:00:00-11:00 is too far away"),
        (EVENT.replace("2031-05-10", "15:00:00"), "FILE, line 7: [event] reply_by: '15:00:00' is not a date"),
        ("event = 3\n", "FILE: event must be a table; write it once, as [event] on a line of its own"),
        (EVENT + "[mailbox]\ntls = 'yes'\n", "FILE, line 9: [mailbox] tls: must be one of implicit, starttls, none, is 'yes'"),
        (EVENT + "[mailbox]\nport = 0\n", "FILE, line 9: [mailbox] port: must be a whole number from 1 to 65535, is 0"),
        (EVENT + "[mailbox]\nmarks = 1\n", "FILE, line 9: [mailbox] marks: must be true or false"),
        (EVENT + "[mailbox]\nfolders = 'INBOX'\n", 'FILE, line 9: [mailbox] folders: must be a list of texts in quotes, such as ["one", "two"]'),
        (EVENT + "[service]\npoll_every = 0\n", "FILE, line 9: [service] poll_every: must be a whole number from 1 to 86400, is 0"),
        (EVENT.replace("Europe/Zurich", "Zurich"), 'FILE, line 5: [event] timezone: "Zurich" is not in the time zone database; e.g. "Europe/Zurich"'),
        (EVENT.replace("Europe/Zurich", "../etc/passwd"), "FILE, line 5: [event] timezone: "),
        (EVENT.replace('"Meeting"', '""'), "FILE, line 2: [event] title: must be a text in quotes"),
        (EVENT.replace("title", "titel"), "FILE, line 2: [event] titel: no such key; valid here are title, "),
        (EVENT.replace("2031-05-20T17", "2031-05-19T17"), "FILE, line 4: [event] ends: lies before starts"),
        (EVENT.replace("2031-05-10", "'soon'"), "FILE, line 7: [event] reply_by: 'soon' is not a date; write 2016-02-26 or 2016-02-26T18:00:00, without quotes"),
        (EVENT + "invited = 'nobody.csv'\n", "nobody.csv: the invited list is missing; [event] invited names it"),
    ],
)  # fmt: skip
def test_an_error_names_the_file_the_key_and_what_is_valid(config, text, said):
    assert said in problem(config(text))


def test_a_byte_order_mark_is_no_part_of_the_configuration(config):
    assert load(config("\ufeff" + EVENT)).invitation.title == "Meeting"


def test_a_missing_file_says_how_to_make_one(tmp_path):
    assert "there is no such file; write one with 'inbox-worker init DIR'" in problem(tmp_path / "worker.toml")


def test_the_password_comes_from_the_environment_or_a_file(config, tmp_path, monkeypatch):
    account = EVENT + "[mailbox]\nhost = 'a'\nuser = 'u'\n"
    monkeypatch.setenv("TEST_PASSWORD", "from environment")
    assert load(config(account + "password_env = 'TEST_PASSWORD'\n")).mailbox.password() == "from environment"
    (tmp_path / "secret").write_text("from file \n")
    assert load(config(account + "password_file = 'secret'\n")).mailbox.password() == "from file "
    assert "[mailbox] password_env: is missing" in problem(config(account))
    for text, said in (
        ("password_env = 'NOT_SET'\n", "NOT_SET named by [mailbox] password_env is not set"),
        ("password_file = 'gone'\n", "cannot be read"),
    ):
        with pytest.raises(SettingsError) as caught:
            load(config(account + text)).mailbox.password()
        assert said in str(caught.value)


HEADER = "id,name,acronym,aliases,domains,category,country\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "id,name\n",
            "line 1: no column acronym, aliases, domains, category, country; the first line must be id,name,",
        ),
        (HEADER.replace(",", ";"), "separate columns with commas, not semicolons"),
        (HEADER.replace("acronym", "name"), "line 1: a column is there twice; the first line must be id,name,"),
        (HEADER.replace("country", "country,colour"), "line 1: no such column colour; valid are id, name,"),
        (HEADER + "a,A,,,,,\na,B,,,,,\n", "line 3: the id 'a' stands in line 2 already"),
        (HEADER + "A b,A,,,,,\n", "line 2: the id 'A b' must be lower-case letters, digits, '-', '.' or '_'"),
        (HEADER + "a,,,,,,\n", "line 2: a has no name"),
        (HEADER + "a,A, Inc,,,,,\n", "line 2: has not as many fields as the first line; quote names with commas"),
    ],
)
def test_an_invited_list_that_cannot_be_used_says_where(config, tmp_path, text, said):
    (tmp_path / "invited.csv").write_text(text, encoding="utf-8")
    assert said in problem(config(EVENT + "invited = 'invited.csv'\n"))


def test_an_invited_list_with_all_columns(config, tmp_path):
    text = (
        HEADER.strip() + ",contact,language\n" + 'a,"A, Inc",AI,Alpha|Aleph,A.example|b.example,ngo,CH,x@a.example,fr\n'
    )
    (tmp_path / "invited.csv").write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    (organisation,) = load(config(EVENT + "invited = 'invited.csv'\n")).invitation.organisations
    assert (organisation.name, organisation.aliases, organisation.domains) == (
        "A, Inc", ("Alpha", "Aleph"), ("a.example", "b.example"),
    )  # fmt: skip
    assert (organisation.contact, organisation.language) == ("x@a.example", "fr")


MODEL = '\n[reading.model]\nendpoint = "http://127.0.0.1:11434/v1"\nmodel = "m"\n'


def test_a_language_model_is_asked_only_where_it_is_named(config):
    assert load(config(EVENT)).language_model is None
    assert load(config(EVENT + "\n[reading.model]\ntimeout = 20\n")).language_model is None
    assert load(config(EVENT + MODEL)).language_model == ModelSettings("http://127.0.0.1:11434/v1", "m")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[reading.model]\nmodel = "m"\n', "[reading.model] endpoint: is missing; give a text"),
        (MODEL + 'role = "boss"\n', "[reading.model] role: must be one of second, agree, is 'boss'"),
        (MODEL + "timeout = 500\n", "timeout: must be at most a third of [service] poll_deadline, that is 300"),
        (MODEL + 'key_env = "A"\nkey_file = "a"\n', "key_file: give either key_env or key_file, not both"),
        (MODEL + 'temperature = "hot"\n', "temperature: no such key; valid here are endpoint, model, role,"),
        (MODEL.replace("http:", "ftp:"), '[reading.model] endpoint: must be an address such as "http://127.0.0.1'),
        (MODEL.replace("11434/v1", "11434/v1/chat/completions"), "endpoint: leave out /chat/completions"),
        (MODEL.replace("127", "key:secret@127"), "with nothing after the path; the key goes into key_env"),
        ('[reading]\nmodel = "m"\n', "[reading] model: must be a table; write it as [reading.model]"),
        ('[reading]\nvoice = "m"\n', "[reading] voice: no such key; valid here are model"),
    ],
)
def test_an_error_in_the_language_models_table_says_what_is_valid(config, text, said):
    told = problem(config(f"{EVENT}\n{text}"))
    assert said in told
    assert "secret" not in told
