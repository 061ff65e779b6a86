"""What Cognito asks an identity provider, as a browser would carry it."""

import httpx

from identity.authorities import public_authorities

_TIMEOUT = httpx.Timeout(5.0, connect=2.0)


def next_address(address: str) -> str:
    """Return where an authorization request is sent on to, without going there; empty where Cognito sends it nowhere.

    The sign-in that begins so is never finished, and runs out by itself.
    """
    try:
        response = httpx.get(address, timeout=_TIMEOUT, follow_redirects=False, verify=public_authorities())
    except httpx.HTTPError:
        # It is only to be shown: the test itself says what is wrong.
        return ""
    return response.headers.get("location", "") if response.is_redirect else ""
