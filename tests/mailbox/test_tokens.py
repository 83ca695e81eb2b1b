"""Logging in by token: a real Dovecot that checks them, and a token service on this machine that issues them."""

from __future__ import annotations

import json
import stat
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from inbox_worker.mailbox import MailboxError
from inbox_worker.mailbox.imap import ImapMailbox
from inbox_worker.mailbox.tokens import REDIRECT, access_token, authorize
from inbox_worker.oauth_settings import OAuthSettings
from inbox_worker.settings import MailboxSettings
from tests.ground.dovecot import Dovecot
from tests.ground.tokens import CLIENT, SECRET, TokenService
from tests.mailbox.polling import Keeper, mail

MakeSettings = Callable[..., MailboxSettings]


@pytest.fixture
def service(dovecot: Dovecot) -> Iterator[TokenService]:
    with TokenService(dovecot) as found:
        yield found


@pytest.fixture
def by_token(
    dovecot: Dovecot, service: TokenService, folder: str, settings_for: MakeSettings, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> MakeSettings:  # fmt: skip
    monkeypatch.setenv("TEST_CLIENT_SECRET", SECRET)

    def settings(**changes: object) -> MailboxSettings:
        values: dict[str, object] = {
            "provider": "microsoft", "client_id": CLIENT, "token_file": tmp_path / "tokens/token.json", "way": "app",
            "tenant": "our.example", "client_secret_env": "TEST_CLIENT_SECRET", "authority": service.url,
            "authority_ca": dovecot.ca_file,
        }  # fmt: skip
        oauth = OAuthSettings(**{**values, **changes})  # type: ignore[arg-type]
        return settings_for(dovecot, folder, password_env="", oauth=oauth)

    return settings


USER = {"way": "user", "tenant": "organizations", "client_secret_env": ""}
GOOGLE = {"provider": "google", "way": "user"}


def polls(settings: MailboxSettings, dovecot: Dovecot, number: int) -> bool:
    dovecot.deliver([mail(number)], folder=settings.folders[0])
    return mail(number) in Keeper(settings).poll()


def refused(settings: MailboxSettings) -> MailboxError:
    with pytest.raises(MailboxError) as caught:
        Keeper(settings).poll()
    return caught.value


def no_answer(prompt: str) -> str:
    raise AssertionError(prompt)


@pytest.mark.parametrize("mechanism", ["XOAUTH2", "OAUTHBEARER"])
def test_client_credentials(dovecot: Dovecot, service: TokenService, by_token: MakeSettings, mechanism: str) -> None:
    settings = by_token(mechanism=mechanism)
    assert polls(settings, dovecot, 1)
    assert polls(settings, dovecot, 2)
    assert [asked["grant_type"] for asked in service.asked] == ["client_credentials"], "one token for both"
    assert service.asked[0]["scope"] == "https://outlook.office365.com/.default"
    assert settings.oauth is not None
    file = settings.oauth.token_file
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert SECRET not in file.read_text()
    assert not list(file.parent.glob(".*"))


def test_a_token_is_renewed_before_it_ends(dovecot: Dovecot, service: TokenService, by_token: MakeSettings) -> None:
    service.seconds = 200  # less than the five minutes that a token must have left
    settings = by_token()
    assert polls(settings, dovecot, 1)
    assert polls(settings, dovecot, 2)
    assert len(service.given) == 2


def test_a_token_that_the_server_does_not_take_any_more_is_renewed_at_once(
    dovecot: Dovecot, service: TokenService, by_token: MakeSettings
) -> None:
    settings = by_token()
    service.user = "nobody-here"  # a token for somebody else, which stands for one that was withdrawn
    error = refused(settings)
    assert len(service.given) == 2
    assert not error.retry
    assert "localhost refuses the token for alice" in str(error)
    assert "run 'inbox-worker authorize'" in str(error)
    assert not any(given in str(error) for given in service.given)
    service.user = "alice"
    assert polls(settings, dovecot, 1)
    assert len(service.given) == 3


def test_device_code(dovecot: Dovecot, service: TokenService, by_token: MakeSettings) -> None:
    settings = by_token(**USER)
    assert str(refused(settings)) == "nobody has consented yet that the mailbox is read; run 'inbox-worker authorize'"
    assert settings.oauth is not None
    shown: list[str] = []
    authorize(settings.oauth, "alice", shown.append, no_answer)
    assert "enter the code ABCD-1234" in shown[0]
    assert stat.S_IMODE(settings.oauth.token_file.stat().st_mode) == 0o600
    assert polls(settings, dovecot, 1)
    before = len(service.given)
    assert access_token(settings.oauth) == service.given[-1]
    assert access_token(settings.oauth, anew=True) == service.given[-1]
    assert len(service.given) == before + 1
    assert service.asked[-1]["grant_type"] == "refresh_token"
    assert polls(settings, dovecot, 2)


def test_consent_that_was_withdrawn(dovecot: Dovecot, service: TokenService, by_token: MakeSettings) -> None:
    settings = by_token(**USER)
    assert settings.oauth is not None
    service.seconds = 100
    authorize(settings.oauth, "alice", str, no_answer)
    service.refuses = "invalid_grant"
    error = refused(settings)
    assert str(error) == (
        "Microsoft gives no token (invalid_grant: AADSTS0: as the test wants it.); run 'inbox-worker authorize'"
    )
    assert not error.retry


def test_google(dovecot: Dovecot, service: TokenService, by_token: MakeSettings) -> None:
    settings = by_token(**GOOGLE)
    assert "run 'inbox-worker authorize'" in str(refused(settings))
    assert settings.oauth is not None
    shown: list[str] = []

    def browser(prompt: str) -> str:
        url = next(line for line in shown[0].splitlines() if line.startswith("https://"))
        asked = {key: values[0] for key, values in parse_qs(urlsplit(url).query).items()}
        assert asked["scope"] == "https://mail.google.com/"
        assert (asked["access_type"], asked["code_challenge_method"], asked["login_hint"]) == (
            "offline",
            "S256",
            "alice",
        )
        return f"{REDIRECT}?state={asked['state']}&code={service.code}"

    authorize(settings.oauth, "alice", shown.append, browser)
    file = settings.oauth.token_file
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert json.loads(file.read_text())["refresh_token"] == "refresh-1"
    assert polls(settings, dovecot, 1)
    assert len(service.given) == 1
    kept = json.loads(file.read_text())
    file.write_text(json.dumps({**kept, "expires_at": time.time() + 200}))
    assert polls(settings, dovecot, 2)
    assert len(service.given) == 2
    assert service.asked[-1]["grant_type"] == "refresh_token"
    service.refuses = "invalid_grant"
    assert str(refused_anew(settings)).startswith("Google gives no token (invalid_grant")


def refused_anew(settings: MailboxSettings) -> MailboxError:
    assert settings.oauth is not None
    with pytest.raises(MailboxError) as caught:
        access_token(settings.oauth, anew=True)
    return caught.value


def test_an_answer_of_the_browser_that_is_not_ours_is_refused(service: TokenService, by_token: MakeSettings) -> None:
    settings = by_token(**GOOGLE)
    assert settings.oauth is not None
    with pytest.raises(MailboxError) as caught:
        authorize(settings.oauth, "alice", str, lambda _: f"{REDIRECT}?state=forged&code={service.code}")
    assert "Google gives no token" in str(caught.value)
    assert not service.given


@pytest.mark.parametrize(
    ("changes", "said", "retry"),
    [
        ({"client_secret_env": "NOT_SET"}, "the environment variable NOT_SET is empty", False),
        ({"tenant": "nowhere"}, "Microsoft knows no directory nowhere; correct [oauth] tenant", False),
        ({"authority": "https://localhost:1"}, "the token service of microsoft cannot be reached", True),
        ({"authority_ca": None}, "the certificate of the token service is not accepted", False),
    ],
)
def test_what_the_operator_can_mend(by_token: MakeSettings, changes: dict[str, object], said: str, retry: bool) -> None:
    error = refused(by_token(**changes))
    assert said in str(error)
    assert error.retry == retry


def test_a_wrong_secret_is_in_no_text(by_token: MakeSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = by_token()
    monkeypatch.setenv("TEST_CLIENT_SECRET", "wrong-secret-99")
    error = refused(settings)
    assert "invalid_client" in str(error)
    assert "correct [oauth] client_id and the client's secret" in str(error)
    assert "wrong-secret-99" not in str(error)


def test_a_token_service_in_trouble_is_asked_again(service: TokenService, by_token: MakeSettings) -> None:
    service.refuses, service.status = "temporarily_unavailable", 400
    assert refused(by_token()).retry


def test_a_damaged_token_file(by_token: MakeSettings) -> None:
    settings = by_token(**GOOGLE)
    assert settings.oauth is not None
    settings.oauth.token_file.parent.mkdir()
    settings.oauth.token_file.write_text("{")
    assert "is damaged; run 'inbox-worker authorize'" in str(refused(settings))


def test_the_mailbox_is_closed_alike(dovecot: Dovecot, by_token: MakeSettings) -> None:
    with ImapMailbox(by_token()) as mailbox:
        assert [finding.sound for finding in mailbox.check()] == [True, True]
