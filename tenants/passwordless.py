"""Sign-ins without passwords: what a tenant's policy has to be for it, and what is in the way. Pure.

Cognito has no user pool without passwords. But people of a tenant sign in through Lifeguard alone, which holds the
secret of the tenant's app client: a password that Lifeguard does not take is good for nothing there. What remains is
what Cognito forbids (developer guide, "Adding MFA to a user pool"): who has a second factor begins with a password.
And everybody must have a way: each user has an e-mail address, of nobody is a telephone or a passkey known for certain.
"""

from collections.abc import Collection

from django.utils.translation import gettext as _

from tenants.first_factors import Place, pool_obstacle
from tenants.models.policy import MfaPolicy
from tenants.pool_options import FirstFactor
from tenants.remarks import Remark

# What everybody can come by.
_EVERYBODYS = FirstFactor.EMAIL_OTP


def obstacles(ways: Collection[str], mfa: str, place: Place) -> list[Remark]:
    """Return what of a policy is in the way of doing without passwords; empty when nothing is.

    Args:
        ways: what a sign-in may begin with, `FirstFactor`s.
        mfa: the second factor, one of `MfaPolicy`.
        place: where the users sign in.
    """
    found = []
    if because := pool_obstacle(_EVERYBODYS, place):
        text = _("Your users cannot get codes by e-mail, the way that everybody has. %(because)s")
        found.append(Remark("email_codes_unavailable", text % {"because": because}))
    elif _EVERYBODYS not in ways:
        text = _("Let people begin with a code by e-mail first: it is the way that everybody has.")
        found.append(Remark("email_codes_not_allowed", text))
    if mfa != MfaPolicy.OFF:
        text = _("Switch second factors off first: Cognito asks for one after a password alone.")
        found.append(Remark("second_factors_on", text))
    return found


def faults(ways: Collection[str], mfa: str) -> dict[str, str]:
    """Return what a tenant without passwords cannot set its policy to, by field; empty when all is well."""
    found = {}
    if _EVERYBODYS not in ways:
        found["first_factors"] = _(
            "Your users have no passwords, so that the code by e-mail has to stay. Allow passwords first."
        )
    if mfa != MfaPolicy.OFF:
        found["mfa"] = _("A second factor follows a password, which your users do not have. Allow passwords first.")
    return found
