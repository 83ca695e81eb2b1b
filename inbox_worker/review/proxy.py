"""Signing in by a proxy that knows who somebody is, and says so in a header.

The header is believed only with the secret that the proxy sends beside it, for anybody who reaches the server can send
headers; an address proves nothing where there are more proxies than one.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import Any

USER, SECRET = "x-remote-user", "x-proxy-secret"  # default names of the two headers


def actor(config: Mapping[str, Any], headers: Mapping[str, str]) -> dict[str, str] | None:
    """Whom the proxy says it is, as a Datasette actor; None where it says nobody, or is not ours.

    ``config`` is the ``proxy`` of the plugin's configuration: ``secret``, and the names of both headers if they are
    others. ``headers``: of the request, names in lower case.
    """
    expected = str(config.get("secret") or "")
    user = headers.get(str(config.get("user_header", USER)).lower(), "").strip()
    given = headers.get(str(config.get("secret_header", SECRET)).lower(), "")
    if not expected or not user or not hmac.compare_digest(expected.encode(), given.encode()):
        return None
    return {"id": user}
