"""Who may have recovery codes on the account page, and what making them takes. No HTTP here."""

from typing import Any

from django.utils.translation import gettext as _

from federation.account.context import Account, NeedsOwnFactor
from federation.account.own_factors import is_asked, require_proved
from federation.passwords import require_passwords
from federation.services.own_factors import has_own_factor
from federation.services.recovery_codes import HOW_MANY, codes_left
from tenants.errors import Conflict


class NoFactorYet(Conflict):
    """They have no second factor that a code could take the place of."""

    def __init__(self) -> None:
        super().__init__(_("Set up a second factor first."))


def recovery_codes_section(account: Account) -> dict[str, Any] | None:
    """Return how many codes are good; nothing for somebody who has no second factors here, and can have none."""
    is_theirs = account.tenant.policy.takes_passwords if account.has_own_factors else is_asked(account)
    if not is_theirs:
        return None
    return {"left": codes_left(account.user), "how_many": HOW_MANY, "has_factor": _has_factor(account)}


def recovery_codes_offer(account: Account) -> dict[str, Any] | None:
    """Return the same where somebody has a second factor and no codes; pages that add factors show it below them."""
    section = recovery_codes_section(account)
    return section if section is not None and section["has_factor"] and not section["left"] else None


def require_may_make(account: Account) -> None:
    """Ask for a second factor, and for a sign-in of the last minutes with what a code stands for.

    Who has factors at Cognito shows these, also where they come by a connection: codes take both kinds away. Who has
    one of ours alone shows that, by the connection at which it is asked for.

    Nobody makes any before there is a factor: who had their account for an hour then would come back by them later.

    Raises:
        SignInAgain, NeedsOwnFactor, PasswordNotUsed: it was not.
        NoFactorYet: they have none.
    """
    if account.has_own_factors and not _has_ours_alone(account):
        require_passwords(account.tenant)
        account.require_own_sign_in()
    elif is_asked(account):
        require_proved(account)
    else:
        raise NeedsOwnFactor
    if not _has_factor(account):
        raise NoFactorYet


def _has_factor(account: Account) -> bool:
    if account.has_own_factors:
        return account.user.has_second_factor or _has_ours_alone(account)
    return has_own_factor(account.user)


def _has_ours_alone(account: Account) -> bool:
    """Say whether somebody with a password has a factor of Lifeguard's alone, and came where it counts."""
    return not account.user.has_second_factor and is_asked(account) and has_own_factor(account.user)
