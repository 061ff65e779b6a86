"""Sessions of browsers that came from a SAML provider, and single logouts under way.

A session is here for single logout alone: each sign-in goes to the provider again, whether or not there is one.
"""

import secrets
from dataclasses import asdict, dataclass

from starlette.requests import Request
from starlette.responses import Response

from local.cognito.hosted.flows import FLOW_SECONDS, digest, forget_expired
from local.cognito.hosted.people import RemoteSession
from local.cognito.store import Store

# Fixed, of the classic pages as of managed login (reference 7, "Cookie hazard").
SESSION_SECONDS = 3600
_BYTES = 32


@dataclass(frozen=True)
class BrowserSession:
    """Who signed in: at which provider of which pool, and what the provider calls it."""

    pool_id: str
    provider: str
    remote: RemoteSession


@dataclass(frozen=True)
class Logout:
    """A browser was sent to a provider to be signed out and is not back yet; `target` is where it goes then."""

    pool_id: str
    provider: str
    request_id: str
    target: str


def _cookie(pool_id: str) -> str:
    # At AWS the cookie is that of the pool's own domain; here all pools share one.
    return f"cognito-{pool_id}"


def begin_session(store: Store, session: BrowserSession, now: float) -> str:
    """Remember a session; the answer is the cookie's value."""
    forget_expired(store, "browser_sessions", now)
    value = secrets.token_urlsafe(_BYTES)
    doc = {"id": digest(value), "expires": now + SESSION_SECONDS, **asdict(session)}
    store.insert("browser_sessions", doc, id=digest(value), pool_id=session.pool_id)
    return value


def keep_cookie(response: Response, pool_id: str, value: str, *, secure: bool) -> None:
    """Give the browser its session."""
    response.set_cookie(
        _cookie(pool_id), value, max_age=SESSION_SECONDS, path="/", httponly=True, secure=secure, samesite="lax"
    )


def take_session(store: Store, request: Request, pool_id: str, now: float) -> BrowserSession | None:
    """The browser's session in a pool, which then has ended; None where it has none."""
    value = request.cookies.get(_cookie(pool_id), "")
    doc = store.get("browser_sessions", id=digest(value), pool_id=pool_id)
    if doc is None:
        return None
    store.delete("browser_sessions", id=digest(value))
    if doc["expires"] <= now:
        return None
    return BrowserSession(pool_id, str(doc["provider"]), RemoteSession(**doc["remote"]))


def open_logout(store: Store, logout: Logout, now: float) -> str:
    """Remember a logout; the answer is its relay state, which nobody can guess."""
    forget_expired(store, "logouts", now)
    relay_state = secrets.token_urlsafe(_BYTES)
    doc = {"id": digest(relay_state), "expires": now + FLOW_SECONDS, **asdict(logout)}
    store.insert("logouts", doc, id=digest(relay_state), pool_id=logout.pool_id)
    return relay_state


def take_logout(store: Store, relay_state: str, now: float) -> Logout | None:
    """The logout of a relay state, which then is used up; None for one that is unknown, used or too old."""
    doc = store.get("logouts", id=digest(relay_state))
    if doc is None:
        return None
    store.delete("logouts", id=digest(relay_state))
    if doc["expires"] <= now:
        return None
    return Logout(**{name: str(doc[name]) for name in ("pool_id", "provider", "request_id", "target")})
