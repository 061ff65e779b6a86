"""Why an attempt did not succeed: codes for programs, and what they say to administrators. Pure.

What identity providers and Cognito answer about people who come by a connection has codes of its own
(`federation.connections.failures`), which count here as well.
"""

from collections.abc import Mapping
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from federation.connections.sign_in_words import cause_and_step
from federation.passwords import PasswordNotUsed
from federation.services.attempt_limits import LimitReached
from federation.webauthn import KeyCopied, KeyRejected
from identity import auth


class Reason(StrEnum):
    """Why it did not succeed; at most 48 characters."""

    WRONG_PASSWORD = "wrong_password"
    UNKNOWN_USER = "unknown_user"
    WRONG_CODE = "wrong_code"
    WRONG_KEY = "wrong_key"
    KEY_COPIED = "key_copied"
    NOT_THEIRS = "not_theirs"
    DISABLED_IN_COGNITO = "disabled_in_cognito"
    TEMPORARY_PASSWORD_EXPIRED = "temporary_password_expired"
    PASSWORD_NOT_ACCEPTED = "password_not_accepted"
    PASSWORD_NOT_USED = "password_not_used"
    LOCKED_BY_COGNITO = "locked_by_cognito"
    TOO_MANY = "too_many"
    CODE_NOT_GOOD = "code_not_good"
    CODE_USED_TWICE = "code_used_twice"
    TOKEN_NOT_GOOD = "token_not_good"
    TOKEN_USED_TWICE = "token_used_twice"
    NOT_ENTITLED = "not_entitled"


_WORDS: Mapping[str, Promise] = {
    Reason.WRONG_PASSWORD: _("The password was wrong."),
    Reason.UNKNOWN_USER: _("Nobody here has that address."),
    Reason.WRONG_CODE: _("The code was wrong or too old."),
    Reason.WRONG_KEY: _("The security key or passkey was not accepted."),
    Reason.KEY_COPIED: _("There seems to be a copy of the security key: its counter went back."),
    Reason.NOT_THEIRS: _("The account may not sign in here."),
    Reason.DISABLED_IN_COGNITO: _("The account is disabled in Cognito."),
    Reason.TEMPORARY_PASSWORD_EXPIRED: _("The temporary password has expired."),
    Reason.PASSWORD_NOT_ACCEPTED: _("The new password was not accepted."),
    Reason.PASSWORD_NOT_USED: _("The organization does without passwords."),
    Reason.LOCKED_BY_COGNITO: _("Cognito has locked the account for a while."),
    Reason.TOO_MANY: _("There were too many attempts before."),
    Reason.CODE_NOT_GOOD: _("The application's code was not good, or not any more."),
    Reason.CODE_USED_TWICE: _("The application's code was used before. What its first use gave has ended."),
    Reason.TOKEN_NOT_GOOD: _("The refresh token was not good, or not any more."),
    Reason.TOKEN_USED_TWICE: _("The refresh token was used before. All tokens that belong to it have ended."),
    Reason.NOT_ENTITLED: _("The session, the user or the application is not allowed any more."),
}


def in_words(code: str) -> str:
    """Return what a code says; empty for none."""
    if not code:
        return ""
    known = _WORDS.get(code)
    return str(known) if known is not None else cause_and_step(code)[0]


# What says all by its kind; what another one is a kind of comes later.
_PLAIN: tuple[tuple[type[Exception], Reason], ...] = (
    (auth.TooManyAttempts, Reason.LOCKED_BY_COGNITO),
    (KeyCopied, Reason.KEY_COPIED),
    (PasswordNotUsed, Reason.PASSWORD_NOT_USED),
    (auth.TemporaryPasswordExpired, Reason.TEMPORARY_PASSWORD_EXPIRED),
    (auth.UserDisabled, Reason.DISABLED_IN_COGNITO),
)


def reason_of(error: Exception, *, is_known: bool) -> tuple[Reason, str]:
    """Return why somebody was not let in, and what only people who look into it can use.

    Args:
        error: what signing in raised.
        is_known: whether somebody here has the address.
    """
    for kind, reason in _PLAIN:
        if isinstance(error, kind):
            return reason, ""
    match error:
        case LimitReached():
            return Reason.TOO_MANY, error.by
        case KeyRejected():
            return Reason.WRONG_KEY, str(error)
        case auth.CodeMismatch():
            return Reason.WRONG_CODE, ""
        case auth.PasswordRejected():
            return Reason.PASSWORD_NOT_ACCEPTED, str(error)
        case auth.InvalidCredentials():
            return Reason.WRONG_PASSWORD if is_known else Reason.UNKNOWN_USER, ""
    return Reason.NOT_THEIRS, str(error)
