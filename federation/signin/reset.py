"""A new password by a mailed code, for whoever forgot theirs or is told to choose another. No HTTP here."""

from federation.models import AccountRequest, AccountRequestKind, AuthWay
from federation.passwords import require_passwords
from federation.services.attempt_limits import CODE, tried
from federation.services.password_reset import note_reset
from federation.signin.asking import ask_to_be_mailed
from federation.signin.cognito import client_ref, decoy_username
from federation.signin.context import Context, Refused
from federation.signin.people import user_of
from federation.signin.progress import Progress, refusals
from identity import auth
from identity.models import DirectoryUser, UserStatus
from tenants.models import Tenant
from tenants.models.pool_settings import options_of
from tenants.pool_options import Recovery


class WrongCode(Exception):
    """The code is wrong, or no longer good, or nobody has the address: which, is not told."""


def can_reset(tenant: Tenant) -> bool:
    """Say whether the tenant's pool mails codes for new passwords, instead of leaving them to administrators."""
    return options_of(tenant.pool).recovery == Recovery.EMAIL


def ask_for_code(context: Context, email: str) -> AccountRequest:
    """Have a code for a new password mailed, or what leads on for whoever has none to replace.

    Raises:
        LimitReached: too many were asked for; one answer for all addresses.
        PasswordNotUsed: the tenant does without passwords.
    """
    require_passwords(context.tenant)
    return ask_to_be_mailed(context, AccountRequestKind.PASSWORD, email)


def reset_password(context: Context, asked: AccountRequest, code: str, password: str) -> None:
    """Set a new password with the mailed code, and end what began with the one before.

    An address that nobody has, or somebody who may not, costs the same call to Cognito.

    Raises:
        WrongCode: one answer for everything that must not be told apart.
        auth.PasswordRejected: the person may choose another one; the code is still good.
        LimitReached: too many codes were tried; one answer for all addresses.
        PasswordNotUsed: the tenant does without passwords, by now.
        NotReady, auth.AuthUnavailable: not now.
    """
    require_passwords(context.tenant)
    client, user = context.client(), _who_may(context.tenant, asked.email)
    username = user.username if user else decoy_username(context.tenant, asked.email)
    caller = context.caller(asked.email)
    try:
        with (
            refusals(Progress(context, client, user, [], way=AuthWay.RESET)),
            tried(CODE, context.tenant, asked.email, caller, not_theirs=auth.AuthUnavailable),
        ):
            auth.confirm_reset(client_ref(client), username, code, password)
    except (auth.CodeMismatch, auth.TooManyAttempts, Refused) as error:
        raise WrongCode from error
    if user is None:
        # A name that nobody was given: Cognito cannot have taken a code for it.
        raise WrongCode
    note_reset(asked, user, visitor=context.visitor)


def _who_may(tenant: Tenant, email: str) -> DirectoryUser | None:
    user = user_of(tenant, email)
    return user if user is not None and user.status == UserStatus.ACTIVE and not user.is_federated else None
