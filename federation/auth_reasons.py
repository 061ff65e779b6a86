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
from federation.services.sessions import SignedOutMeanwhile
from federation.webauthn import KeyCopied, KeyRejected
from identity import auth
from identity.token_keys import KeysUnavailable


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
    RESET_REQUIRED = "reset_required"
    LOCKED_BY_COGNITO = "locked_by_cognito"
    SESSION_EXPIRED = "session_expired"
    UNAVAILABLE = "unavailable"
    MISCONFIGURED = "misconfigured"
    TOO_MANY = "too_many"
    CODE_NOT_GOOD = "code_not_good"
    CODE_USED_TWICE = "code_used_twice"
    TOKEN_NOT_GOOD = "token_not_good"
    TOKEN_USED_TWICE = "token_used_twice"
    NOT_ENTITLED = "not_entitled"
    ADDRESS_NOT_TAKEN = "address_not_taken"
    ACCOUNT_EXISTS = "account_exists"
    LINK_NOT_GOOD = "link_not_good"
    DECLINED = "declined"


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
    Reason.RESET_REQUIRED: _("The password was reset: another one has to be chosen first."),
    Reason.LOCKED_BY_COGNITO: _("Cognito has locked the account for a while."),
    Reason.SESSION_EXPIRED: _("It took too long, or what it began with had ended meanwhile."),
    Reason.UNAVAILABLE: _("Cognito could not be asked."),
    Reason.MISCONFIGURED: _("Cognito does not let Lifeguard ask. An operator has to act."),
    Reason.TOO_MANY: _("There were too many attempts before."),
    Reason.CODE_NOT_GOOD: _("The application's code was not good, or not any more."),
    Reason.CODE_USED_TWICE: _("The application's code was used before. What its first use gave has ended."),
    Reason.TOKEN_NOT_GOOD: _("The refresh token was not good, or not any more."),
    Reason.TOKEN_USED_TWICE: _("The refresh token was used before. All tokens that belong to it have ended."),
    Reason.NOT_ENTITLED: _("The session, the user or the application is not allowed any more."),
    Reason.ADDRESS_NOT_TAKEN: _("Nobody makes an account with such an address here."),
    Reason.ACCOUNT_EXISTS: _("There was an account for the address already."),
    Reason.LINK_NOT_GOOD: _("The link was not good, or not any more."),
    Reason.DECLINED: _("The person did not let the device in."),
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
    (auth.PasswordResetRequired, Reason.RESET_REQUIRED),
    (auth.SessionExpired, Reason.SESSION_EXPIRED),
    (SignedOutMeanwhile, Reason.SESSION_EXPIRED),
    (auth.AuthMisconfigured, Reason.MISCONFIGURED),
    (auth.AuthUnavailable, Reason.UNAVAILABLE),
    (KeysUnavailable, Reason.UNAVAILABLE),
)


def is_limit(error: Exception) -> bool:
    """Say whether somebody was kept waiting, and what they brought was not looked at."""
    return isinstance(error, LimitReached | auth.TooManyAttempts)


def needs_line(error: Exception) -> bool:
    """Say whether a refusal is a line: of a limit once a window, so that a flood of tries is no flood of rows."""
    return not isinstance(error, LimitReached) or error.first


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
