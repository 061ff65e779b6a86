"""A person's account at Cognito, where signing in and invitations need it at once instead of by synchronisation."""

from identity.auth.errors import EmailTaken, PasswordProblem, PasswordRejected
from identity.auth.translation import auth_errors
from identity.cognito import errors, users
from identity.cognito.calls import Priority
from identity.cognito.endpoint import PoolRef

_PRIORITY = Priority.SIGN_IN


def create_user_with_password(pool: PoolRef, username: str, email: str, password: str, *, name: str = "") -> str:
    """Make sure that a user exists with this verified e-mail address and this permanent password; nothing is mailed.

    Safe to repeat, also after ``AuthUnavailable``. Bills the user for the month.

    Returns:
        The user's ``sub`` in the pool.

    Raises:
        PasswordRejected: the password breaks the pool's policy; the user then exists with a password nobody knows.
        EmailTaken: another user of the pool has this address as an alias.
        AuthUnavailable: Cognito cannot answer now; ``AuthMisconfigured`` when an operator must act.
    """
    with auth_errors():
        subject = _ensure_user(pool, username, email, name)
        _set_password(pool, username, password, permanent=True)
    return subject


def set_temporary_password(
    pool: PoolRef, username: str, email: str, password: str, *, name: str = "", email_verified: bool = True
) -> str:
    """Give a user a password that must be replaced at the next sign-in, and create the user where there is none.

    Returns and raises as ``create_user_with_password`` does.
    """
    with auth_errors():
        subject = _ensure_user(pool, username, email, name, email_verified=email_verified)
        _set_password(pool, username, password, permanent=False)
    return subject


def _ensure_user(pool: PoolRef, username: str, email: str, name: str, *, email_verified: bool = True) -> str:
    verified = str(email_verified).lower()
    attributes = {"email": email, "email_verified": verified, **({"name": name} if name else {})}
    try:
        return users.create_user(pool, username, attributes, priority=_PRIORITY).subject
    except errors.AlreadyExists:
        return _adopt_user(pool, username, attributes)


def _adopt_user(pool: PoolRef, username: str, attributes: dict[str, str]) -> str:
    """Bring the user that exists already to the wanted attributes, unless it is the address that is taken."""
    try:
        user = users.get_user(pool, username, priority=_PRIORITY)
        if any(user.attributes.get(name) != value for name, value in attributes.items()):
            users.update_attributes(pool, username, attributes, priority=_PRIORITY)
    except (errors.UserNotFound, errors.AlreadyExists) as cause:
        raise EmailTaken(attributes["email"]) from cause
    return user.subject


def _set_password(pool: PoolRef, username: str, password: str, *, permanent: bool) -> None:
    try:
        users.set_password(pool, username, password, permanent=permanent, priority=_PRIORITY)
    except errors.InvalidRequest as cause:
        # A password with a space at either end, or an empty or overlong one, fails the API's own pattern.
        raise PasswordRejected((PasswordProblem.NOT_ACCEPTED,)) from cause
