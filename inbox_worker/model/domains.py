"""Domains that say nothing of whom a sender works for."""

from __future__ import annotations

FREE_MAIL = frozenset(
    """
    gmail googlemail yahoo ymail hotmail outlook live msn icloud me aol gmx web mail proton protonmail pm yandex
    ya rambler inbox list bk qq 163 126 sina foxmail aliyun naver daum hanmail rediffmail orange wanadoo laposte
    free sfr libero tiscali virgilio terra uol bol ig t-online bluewin zoho fastmail tutanota rocketmail 139
    yeah ukr i
    """.split()  # noqa: SIM905 - a list this long reads better so
)


def is_free_mail(domain: str) -> bool:
    """Whether a domain is that of a provider of private mailboxes."""
    return domain.split(".", maxsplit=1)[0] in FREE_MAIL
