"""Signing in without a password: by a code that Cognito sends, or by a passkey (USER_AUTH).

Cognito names its flow choice-based. The choice is made before Cognito is asked, and what cannot be had comes back as a
list of what could: that is `NotOffered`, and so is whatever Cognito makes up for somebody whom it does not know.
"""

import json
from dataclasses import dataclass, field
from secrets import token_urlsafe
from typing import Any

from identity.auth.challenges import initiate, respond
from identity.auth.errors import (
    AuthMisconfigured,
    CodeMismatch,
    InvalidCredentials,
    PasswordResetRequired,
    SessionExpired,
)
from identity.auth.translation import auth_errors
from identity.auth.types import AppClientRef, SignInResult

EMAIL_CODE, SMS_CODE, PASSKEY = "EMAIL_OTP", "SMS_OTP", "WEB_AUTHN"
# About as long as Cognito's own.
_SESSION_BYTES = 600


@dataclass(frozen=True, slots=True)
class CodeSent:
    """A code is on its way, or Cognito says so of somebody who is not there. Whoever has `session` can answer."""

    session: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class PasskeyAsked:
    """A passkey is asked for: `options` are PublicKeyCredentialRequestOptionsJSON (WebAuthn level 3)."""

    session: str = field(repr=False)
    options: dict[str, Any]


@dataclass(frozen=True, slots=True)
class NotOffered:
    """The user cannot begin so: no such user, no address for a code, no passkey, or a second factor that forbids it.

    ``session`` is of whatever Cognito asked instead, so that an answer costs what it costs for anybody.
    """

    session: str = field(repr=False)


def begin_code(client: AppClientRef, username: str, factor: str) -> CodeSent | NotOffered:
    """Have Cognito send a code.

    Arguments:
        factor: ``EMAIL_CODE`` or ``SMS_CODE``.

    Raises:
        TooManyAttempts: Cognito refuses more for a while.
        AuthUnavailable: Cognito cannot answer now; ``AuthMisconfigured`` when an operator must act.
    """
    answer = _begin(client, username, factor)
    session = str(answer.get("Session", ""))
    return CodeSent(session) if answer.get("ChallengeName") == factor else NotOffered(session)


def answer_code(client: AppClientRef, username: str, factor: str, session: str, code: str) -> SignInResult:
    """Answer ``CodeSent`` with the code, or ``NotOffered``, which no code is right for.

    Raises:
        CodeMismatch: the code is wrong, or none was sent, or it was tried too often.
        UserDisabled: an administrator disabled the user meanwhile.
        TooManyAttempts: Cognito refuses more attempts for a while.
        AuthUnavailable: Cognito cannot answer now; ``AuthMisconfigured`` when an operator must act.
    """
    try:
        return _answer(client, factor, username, {f"{factor}_CODE": code}, session)
    except SessionExpired as error:
        raise CodeMismatch("The code is not accepted.") from error
    except InvalidCredentials as error:
        if type(error) is not InvalidCredentials:
            raise
        # What the session is good for, or that it is good for nothing any more, is said as "not authorized".
        raise CodeMismatch("The code is not accepted.") from error


def begin_passkey(client: AppClientRef, username: str) -> PasskeyAsked | NotOffered:
    """Ask Cognito for what a browser needs to use a passkey of the user's.

    Raises:
        TooManyAttempts, AuthUnavailable, AuthMisconfigured: as ``begin_code``.
    """
    answer = _begin(client, username, PASSKEY)
    session = str(answer.get("Session", ""))
    options = answer.get("ChallengeParameters", {}).get("CREDENTIAL_REQUEST_OPTIONS")
    if answer.get("ChallengeName") != PASSKEY or not options:
        return NotOffered(session)
    return PasskeyAsked(session, json.loads(options))


def answer_passkey(client: AppClientRef, username: str, session: str, credential: str) -> SignInResult:
    """Answer ``PasskeyAsked`` with what the browser made of it.

    Arguments:
        credential: AuthenticationResponseJSON (WebAuthn level 3, section 5.1.8), as text.

    Raises:
        InvalidCredentials: it does not hold, or nothing was asked; begin again.
        SessionExpired, TooManyAttempts, AuthUnavailable, AuthMisconfigured: as elsewhere.
    """
    return _answer(client, PASSKEY, username, {"CREDENTIAL": credential}, session)


def _answer(
    client: AppClientRef, challenge: str, username: str, responses: dict[str, str], session: str
) -> SignInResult:
    """Answer Cognito; where there is no session, with one that it never gave out.

    It costs a call then as well: who was asked nothing, because a code could not be sent, is there, and must not be
    known by an answer that comes sooner, or by other words than those for a wrong one.
    """
    try:
        with auth_errors():
            return respond(client, challenge, username, responses, session=session or token_urlsafe(_SESSION_BYTES))
    except (AuthMisconfigured, CodeMismatch, SessionExpired) as error:
        if session:
            raise
        raise InvalidCredentials("Nothing was asked.") from error


def _begin(client: AppClientRef, username: str, factor: str) -> dict[str, Any]:
    """Cognito's answer to the choice of a factor; of a user whom it may not name, its refusal as an empty one."""
    try:
        with auth_errors():
            return initiate(client, "USER_AUTH", username, {"PREFERRED_CHALLENGE": factor})
    except (InvalidCredentials, PasswordResetRequired):
        return {}
