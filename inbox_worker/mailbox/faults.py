"""What goes wrong between us and an IMAP server, in words for the operator."""

from __future__ import annotations

import imaplib
import re
import socket
import ssl

from inbox_worker.mailbox.base import MailboxError
from inbox_worker.settings import MailboxSettings

# What IMAPClient and imaplib let through when a server or a network misbehaves: ValueError is their parsers' word for
# an answer they cannot make sense of.
FAULTS = (OSError, imaplib.IMAP4.error, ValueError)

# RFC 5530 response codes that pass by themselves, and how Dovecot, Gmail and Exchange say the same without them.
_PASSING = re.compile(
    r"\[(UNAVAILABLE|INUSE|LIMIT|OVERQUOTA)\]|temporar|too many|try again|unavailable|throttl|server busy"
    r"|bandwidth limit|rate limit|system error \(failure\)",
    re.IGNORECASE,
)


# Hosts that stopped taking passwords, and how others that run their software say it.
_TOKENS_ONLY = (".office365.com", ".outlook.com", ".office.com")
_NO_PASSWORDS = re.compile(
    r"BasicAuth|basic auth|LOGIN is disabled|AUTHENTICATE failed\. Basic|WEBALERT", re.IGNORECASE
)


def connecting(settings: MailboxSettings, error: BaseException) -> MailboxError:
    """Why no connection came about, up to the point where the user would log in."""
    where = f"{settings.host}:{settings.port}"
    if isinstance(error, ssl.SSLCertVerificationError):
        return MailboxError(
            f"the certificate of {where} is not accepted: {error.verify_message.rstrip('.')}; connect by the name that"
            " the certificate was made for, or set [mailbox] ca_file to the authority that signed it",
            retry=False,
        )
    if isinstance(error, ssl.SSLError) and error.reason in {"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "UNKNOWN_PROTOCOL"}:
        return MailboxError(
            f'{where} does not speak TLS from the start; set [mailbox] tls = "starttls", or correct the port',
            retry=False,
        )
    if isinstance(error, socket.gaierror):
        return MailboxError(
            f"the host name {settings.host} cannot be resolved: {error.strerror}; check [mailbox] host and the network",
            retry=True,
        )
    if isinstance(error, TimeoutError):
        return MailboxError(
            f"{where} did not answer within {settings.timeout} s; is it up, and the port open?", retry=True
        )
    return MailboxError(f"cannot connect to {where}: {said(error)}; is the server up, and the port right?", retry=True)


def logging_in(settings: MailboxSettings, error: BaseException, password: str) -> MailboxError:
    """Why the server did not let us in. The password is in no text, even where the server repeats it."""
    words = said(error).replace(password, "***") if password else said(error)
    cause = error.__context__ or error  # IMAPClient makes a LoginError of a lost connection, too
    refused = isinstance(cause, imaplib.IMAP4.error) and not isinstance(cause, imaplib.IMAP4.abort)
    if not refused or "[SERVERBUG]" in words or _PASSING.search(words):
        return MailboxError(f"login at {settings.host} failed for now: {words}", retry=True)
    if _passwords_over(settings.host, words):
        return MailboxError(
            f"{settings.host} takes no passwords (basic authentication) for {settings.user}: {words};"
            " fill in [oauth] and run 'inbox-worker authorize'",
            retry=False,
        )
    origin = (
        f"the environment variable {settings.password_env}"
        if settings.password_env
        else f"the file {settings.password_file}"
    )
    return MailboxError(
        f"{settings.host} refuses the login of {settings.user}: {words}; the password came from {origin}, correct it"
        " there; some providers want a password made for the application",
        retry=False,
    )


def token_refused(settings: MailboxSettings, error: BaseException, token: str, told: str) -> MailboxError:
    """Why the server did not let us in with a token, which is in no text. ``told``: its reasons within the exchange."""
    words = f"{said(error)} {' '.join(told.split())[:200]}".replace(token, "***").strip()
    refused = isinstance(error, imaplib.IMAP4.error) and not isinstance(
        error.__context__, (imaplib.IMAP4.abort, OSError)
    )
    if not refused or "[SERVERBUG]" in words or _PASSING.search(words):
        return MailboxError(f"login at {settings.host} failed for now: {words}", retry=True)
    return MailboxError(
        f"{settings.host} refuses the token for {settings.user}: {words}; see that [mailbox] user is the mailbox"
        " that the consent is for and that it may be read over IMAP, then run 'inbox-worker authorize'",
        retry=False,
    )


def _passwords_over(host: str, words: str) -> bool:
    """Whether it is not this password that is refused but any."""
    return bool(_NO_PASSWORDS.search(words)) or host.lower().rstrip(".").endswith(_TOKENS_ONLY)


def reading(source: str, error: BaseException) -> str:
    """Why reading stopped over a connection that was open until then."""
    if isinstance(error, TimeoutError):
        return f"{source}: the server stopped answering"
    return f"{source}: the connection broke: {said(error)}"


def passes(error: BaseException) -> bool:
    """Whether the server's refusal says of itself that it is a passing one."""
    return bool(_PASSING.search(said(error)))


def said(error: BaseException) -> str:
    """An exception's own words, on one line and not without end; servers' answers come as bytes literals."""
    words = getattr(error, "strerror", None) or str(error) or type(error).__name__
    words = re.sub(r"\bb(['\"])(.*?)\1", r"\2", str(words))
    return " ".join(words.split())[:300]
