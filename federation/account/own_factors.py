"""Whom Lifeguard asks for second factors of its own, and what these are changed by. No HTTP here."""

from federation.account.context import Account, SignInAgain
from federation.levels import AMR_FEDERATED, AMR_MULTI_FACTOR
from federation.models import MfaTrust
from federation.services.own_factors import has_own_factor
from tenants.errors import NotFound
from tenants.models import MfaPolicy


def is_asked(account: Account) -> bool:
    """Say whether Lifeguard asks those who come as this person did for factors of its own."""
    by = account.session.connection
    if by is None or AMR_FEDERATED not in account.session.amr:
        return False
    return by.mfa_trust != MfaTrust.PROVIDER and account.tenant.policy.mfa != MfaPolicy.OFF


def require_proved(account: Account) -> None:
    """Ask for a sign-in of the last minutes, with a second factor where they have one.

    Raises:
        NotFound: Lifeguard asks them for none.
        SignInAgain: it was earlier, or with what an identity provider says alone.
    """
    if not is_asked(account):
        raise NotFound
    account.require_fresh()
    if has_own_factor(account.user) and AMR_MULTI_FACTOR not in account.session.amr:
        raise SignInAgain
