"""What answers to challenges must say, whatever the challenge."""

import re
import time
from datetime import UTC, datetime

from local.cognito.errors import invalid, not_authorized
from local.cognito.model import Doc
from local.cognito.sessions import AuthSession
from local.cognito.users import fold

_TIMESTAMP = re.compile(r"[A-Z][a-z]{2} [A-Z][a-z]{2} ([1-9]|[12][0-9]|3[01]) \d\d:\d\d:\d\d UTC \d{4}")
_TIMESTAMP_SECONDS = 300


def required(responses: Doc, name: str) -> str:
    """A challenge response that must be there."""
    value = responses.get(name)
    if not value:
        raise invalid(f"Missing required parameter {name}")
    return str(value)


def check_named(pool: Doc, session: AuthSession, username: str) -> None:
    """Raise unless the answer names the session's user.

    Responses name the user by USER_ID_FOR_SRP, never by an alias (B:AdminRespondToAuthChallengeRequest).
    """
    if fold(pool, username) != session.username:
        raise not_authorized("Invalid session for the user.")


def check_timestamp(text: str) -> None:
    """Raise unless TIMESTAMP is now, as in ``Tue Sep 5 00:09:40 UTC 2018``: the day without a leading zero.

    Now is real time, the caller's, even where a test has moved the service's clock.
    """
    problem = invalid("TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in english.")
    if _TIMESTAMP.fullmatch(text) is None:
        raise problem
    try:
        moment = datetime.strptime(text, "%a %b %d %H:%M:%S UTC %Y").replace(tzinfo=UTC)
    except ValueError as error:
        raise problem from error
    if abs(moment.timestamp() - time.time()) > _TIMESTAMP_SECONDS:
        raise not_authorized("TIMESTAMP is too far from the present.")
