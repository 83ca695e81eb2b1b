"""Access tokens (RFC 6749) instead of passwords: from Microsoft through msal, from Google through Authlib.

Tokens lie in one file that only the worker can read; whoever asks for one holds its lock, so that two processes do not
refresh at once. Neither tokens nor secrets are in any error.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from inbox_worker.mailbox.base import MailboxError
from inbox_worker.settings import OAuthSettings, SettingsError

TIMEOUT = 60  # seconds for each answer of the token service
EARLY = 300  # seconds before its end that a token is renewed
MICROSOFT = "https://login.microsoftonline.com"
GOOGLE_TOKEN = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address
GOOGLE_CONSENT = "https://accounts.google.com/o/oauth2/v2/auth"
USER_SCOPE = "https://outlook.office.com/IMAP.AccessAsUser.All"
APP_SCOPE = "https://outlook.office365.com/.default"
GOOGLE_SCOPE = "https://mail.google.com/"
REDIRECT = "http://127.0.0.1:8765/"
AUTHORIZE = "run 'inbox-worker authorize'"

Show = Callable[[str], object]


def access_token(settings: OAuthSettings, *, anew: bool = False) -> str:
    """A token that lasts for some minutes yet; with ``anew`` one that the server has not seen.

    Raises:
        MailboxError: where none can be had.
    """
    with _speaking(settings), _kept(settings.token_file) as kept:
        return _microsoft(settings, kept, anew) if settings.provider == "microsoft" else _google(settings, kept, anew)


def authorize(settings: OAuthSettings, user: str, show: Show, ask: Callable[[str], str]) -> None:
    """Have somebody consent that ``user``'s mailbox is read, and keep what comes of it.

    ``show`` shows a text to whoever sits there, ``ask`` asks them for a line.

    Raises:
        MailboxError: where it does not come about.
    """
    with _speaking(settings):
        fresh = Kept("")  # the file is not locked while somebody makes up their mind: the worker may need it
        if settings.provider == "google":
            _google_consent(settings, user, fresh, show, ask)
        elif settings.way == "app":
            _microsoft(settings, fresh, anew=True)
        else:
            _microsoft_consent(settings, fresh, show)
        with _kept(settings.token_file) as kept:
            kept.text = fresh.text


def consented(settings: OAuthSettings, text: str) -> bool:
    """Whether the text of a token file holds what ``access_token`` needs from it. Nobody is asked."""
    kept = _entries(text)
    if kept is None or settings.provider == "google":
        return bool(kept and kept.get("refresh_token"))
    whole = all(isinstance(entries, dict) for entries in kept.values())
    return whole and (settings.way == "app" or bool(kept.get("RefreshToken") and kept.get("Account")))


def _entries(text: str) -> dict[str, Any] | None:
    """The JSON object that a token file holds; None where it is damaged."""
    try:
        kept = json.loads(text or "{}")
    except ValueError:
        return None
    return kept if isinstance(kept, dict) else None


class Kept:
    """What the token file holds."""

    def __init__(self, text: str) -> None:
        self.text = text


@contextlib.contextmanager
def _kept(path: Path) -> Iterator[Kept]:
    """The file's text, to be changed; written whole, with mode 0600, where it was changed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = os.open(path.with_name(path.name + ".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        kept = Kept(before)
        yield kept
        if kept.text != before:
            _write(path, kept.text)
    finally:
        os.close(lock)


def _write(path: Path, text: str) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        os.fchmod(file.fileno(), 0o600)
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


@contextlib.contextmanager
def _speaking(settings: OAuthSettings) -> Iterator[None]:
    """Tell what goes wrong on the way to the token service as a MailboxError."""
    try:
        import authlib  # noqa: F401 - told once, here
        import msal  # noqa: F401
        import requests
    except ImportError as error:
        raise MailboxError(
            f"[oauth] needs {error.name}, which is not installed; pip install 'inbox-worker[oauth]'", retry=False
        ) from None
    try:
        yield
    except SettingsError as error:
        raise MailboxError(str(error), retry=False) from None
    except requests.exceptions.SSLError:
        raise MailboxError(
            "the certificate of the token service is not accepted; see [oauth] authority and authority_ca", retry=False
        ) from None
    except requests.exceptions.RequestException as error:
        raise MailboxError(
            f"the token service of {settings.provider} cannot be reached: {type(error).__name__}", retry=True
        ) from None
    except OSError as error:
        raise MailboxError(
            f"[oauth] token_file {settings.token_file} cannot be used: {error.strerror}", retry=False
        ) from None


def _http(settings: OAuthSettings) -> Any:
    """A session that trusts ``authority_ca`` whatever $REQUESTS_CA_BUNDLE says; proxies are followed."""
    import requests

    class Session(requests.Session):
        def request(self, *arguments: Any, **options: Any) -> Any:
            return super().request(*arguments, **{**options, **_options(settings)})

    return Session()


def _options(settings: OAuthSettings) -> dict[str, Any]:
    trusted = {"verify": str(settings.authority_ca)} if settings.authority_ca else {}
    return {"timeout": TIMEOUT, **trusted}


def _application(settings: OAuthSettings, cache: Any) -> Any:
    import msal

    options: dict[str, Any] = {
        "authority": f"{settings.authority or MICROSOFT}/{settings.tenant}",
        "token_cache": cache,
        "http_client": _http(settings),
        "instance_discovery": not settings.authority,
    }
    try:
        if settings.way == "app":
            secret = settings.client_secret()
            return msal.ConfidentialClientApplication(settings.client_id, client_credential=secret, **options)
        return msal.PublicClientApplication(settings.client_id, **options)
    except ValueError:
        raise MailboxError(
            f"Microsoft knows no directory {settings.tenant}; correct [oauth] tenant", retry=False
        ) from None


def _microsoft(settings: OAuthSettings, kept: Kept, anew: bool) -> str:
    import msal

    cache = msal.SerializableTokenCache()
    _load(cache, kept, settings)
    application = _application(settings, cache)
    if settings.way == "app":
        if anew:
            application.remove_tokens_for_client()
        answer = application.acquire_token_for_client([APP_SCOPE])
    else:
        accounts = application.get_accounts()
        if not accounts:
            raise MailboxError(f"nobody has consented yet that the mailbox is read; {AUTHORIZE}", retry=False)
        answer = application.acquire_token_silent_with_error([USER_SCOPE], accounts[0], force_refresh=anew)
    return _taken(answer or {}, cache, kept)


def _load(cache: Any, kept: Kept, settings: OAuthSettings) -> None:
    entries = _entries(kept.text)
    if entries is None or not all(isinstance(each, dict) for each in entries.values()):
        raise MailboxError(f"{settings.token_file} is damaged; {AUTHORIZE}", retry=False)
    cache.deserialize(kept.text or None)


def _taken(answer: dict[str, Any], cache: Any, kept: Kept) -> str:
    """The token of an answer of Microsoft's, kept for next time."""
    if "access_token" not in answer:
        raise _refused("Microsoft", answer)
    if cache.has_state_changed:
        kept.text = cache.serialize()
    return str(answer["access_token"])


def _microsoft_consent(settings: OAuthSettings, kept: Kept, show: Show) -> None:
    import msal

    cache = msal.SerializableTokenCache()
    application = _application(settings, cache)
    flow = application.initiate_device_flow(scopes=[USER_SCOPE])
    if "user_code" not in flow:
        raise _refused("Microsoft", flow)
    show(f"{flow['message']}\nSign in as whoever may read the mailbox. Waiting...")
    _taken(application.acquire_token_by_device_flow(flow), cache, kept)


def _google_session(settings: OAuthSettings, token: dict[str, Any] | None) -> Any:
    from authlib.integrations.requests_client import OAuth2Session

    return OAuth2Session(
        settings.client_id,
        settings.client_secret(),
        scope=GOOGLE_SCOPE,
        redirect_uri=REDIRECT,
        code_challenge_method="S256",
        token=token,
        token_endpoint_auth_method="client_secret_post",  # noqa: S106 - a name
    )


def _google(settings: OAuthSettings, kept: Kept, anew: bool) -> str:
    token = _entries(kept.text)
    if token is None:
        raise MailboxError(f"{settings.token_file} is damaged; {AUTHORIZE}", retry=False)
    refresh_token = str(token.get("refresh_token") or "")
    if not refresh_token:
        raise MailboxError(f"nobody has consented yet that the mailbox is read; {AUTHORIZE}", retry=False)
    if anew or not token.get("access_token") or token.get("expires_at", 0) < time.time() + EARLY:
        with _google_session(settings, token) as session, _google_errors():
            answer = session.refresh_token(_google_at(settings), refresh_token, **_options(settings))
        token = {"refresh_token": refresh_token, **answer}
        kept.text = json.dumps(token)
    return str(token["access_token"])


def _google_consent(settings: OAuthSettings, user: str, kept: Kept, show: Show, ask: Callable[[str], str]) -> None:
    from authlib.common.security import generate_token

    verifier = generate_token(48)
    base = f"{settings.authority}/o/oauth2/v2/auth" if settings.authority else GOOGLE_CONSENT
    with _google_session(settings, None) as session, _google_errors():
        url, state = session.create_authorization_url(
            base, code_verifier=verifier, access_type="offline", prompt="consent", login_hint=user
        )
        show(
            f"Open this page, sign in as {user} and consent:\n{url}\nYour browser is then sent to an address that"
            f" begins with {REDIRECT} and that it cannot open. Copy that address from its address bar."
        )
        answer = session.fetch_token(
            _google_at(settings), authorization_response=ask("The address"), state=state, code_verifier=verifier,
            **_options(settings),
        )  # fmt: skip
    if not answer.get("refresh_token"):
        raise MailboxError(f"Google gave no lasting consent; withdraw ours in the account and {AUTHORIZE}", retry=False)
    kept.text = json.dumps(dict(answer))


def _google_at(settings: OAuthSettings) -> str:
    return f"{settings.authority}/token" if settings.authority else GOOGLE_TOKEN


@contextlib.contextmanager
def _google_errors() -> Iterator[None]:
    from authlib.common.errors import AuthlibBaseError

    try:
        yield
    except AuthlibBaseError as error:
        raise _refused("Google", {"error": error.error, "error_description": error.description}) from None


def _refused(provider: str, answer: dict[str, Any]) -> MailboxError:
    """Why there is no token, by the codes of RFC 6749, section 5.2, and RFC 8628, section 3.5."""
    code = str(answer.get("error") or "no token")
    said = " ".join(str(answer.get("error_description") or "").split()).partition(" Trace ID:")[0][:200]
    told = f"{provider} gives no token ({code}{': ' + said if said else ''})"
    if code in {"temporarily_unavailable", "server_error", "slow_down"} or code.startswith("http_5"):
        return MailboxError(told, retry=True)
    if code in {"invalid_client", "unauthorized_client"}:
        return MailboxError(f"{told}; correct [oauth] client_id and the client's secret", retry=False)
    return MailboxError(f"{told}; {AUTHORIZE}", retry=False)
