"""Telling an application's server that somebody was signed out (OpenID Connect Back-Channel Logout 1.0)."""

import time
import uuid
from typing import Any

import structlog
from django.conf import settings

from federation.fetching import FetchError
from federation.fetching.posting import post_form
from federation.models import LogoutNotice
from federation.provider.mint import sign
from federation.services.back_channel import note_failed, note_told, take_attempt

# Section 2.4 has it "preferably at most two minutes in the future".
_SECONDS = 120
_EVENT = "http://schemas.openid.net/event/backchannel-logout"

logger = structlog.get_logger(__name__)


def tell_logout(notice_id: int) -> None:
    """Make one attempt to tell an application; nothing where none is due.

    Any answer of the 200s is taken for a yes, because frameworks make 204 of an empty one (section 2.8). Whatever else
    comes is tried again: 400 is the answer both to a token that is refused and to a sign-out that failed.
    """
    notice = take_attempt(notice_id)
    if notice is None:
        return
    try:
        uri = notice.application.backchannel_logout_uri
        status = post_form(uri, {"logout_token": _token(notice)}) if uri else 0
    except FetchError as error:
        failure = error.code
    else:
        if 200 <= status < 300:
            note_told(notice)
            return
        failure = f"status {status}" if status else "no address"
    note_failed(notice, failure)
    if notice.next_attempt_at is None:
        logger.warning("logout.given_up", application=notice.application.name, sid=str(notice.sid), why=failure)


def logout_token_claims(notice: LogoutNotice, *, now: int) -> dict[str, Any]:
    """Claims of a logout token (section 2.4). There is never a nonce, so that it passes for no ID token.

    Args:
        notice: whom and what it is about.
        now: seconds since 1970.
    """
    return {
        "iss": settings.SIGNIN_URL,
        "sub": str(notice.subject),
        "aud": notice.application.client_id,
        "iat": now,
        "exp": now + _SECONDS,
        "jti": uuid.uuid4().hex,
        "sid": str(notice.sid),
        "events": {_EVENT: {}},
    }


def _token(notice: LogoutNotice) -> str:
    """Sign a fresh one for each attempt, because each lives for two minutes and works once."""
    return sign(logout_token_claims(notice, now=int(time.time())), media_type="logout+jwt")
