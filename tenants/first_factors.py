"""Ways in beside the password: which of them a tenant can let its users begin with, and what is in the way. Pure.

Sources: Amazon Cognito developer guide, "Authentication flows" (choice-based authentication), "Adding MFA to a user
pool", "User pool feature plans"; WebAuthn level 3, section 5.1.2, for the host that a passkey belongs to.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from tenants.models.policy import MfaPolicy
from tenants.pool_options import FirstFactor, PoolOptions, PoolTier
from tenants.pool_rules import policy_fault


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a tenant's users sign in.

    Args:
        options: what is set on their user pool.
        shared: whether other tenants are in it, so that its settings are nobody's to change but the provider's.
        host: the host name of the sign-in pages, without a port.
    """

    options: PoolOptions
    shared: bool
    host: str


def in_order(ways: Iterable[str]) -> list[str]:
    """Return ways in the order in which pages show them, each once; unknown ones stay, at the end."""
    given = set(ways)
    known = [way.value for way in FirstFactor if way.value in given]
    return [*known, *sorted(given - set(known))]


def pool_obstacle(way: str, place: Place) -> str:
    """Return why the pool cannot have a way in, which only the provider can change; empty where it can.

    Args:
        way: one of `FirstFactor`.
        place: where.
    """
    options = place.options
    if options.tier == PoolTier.LITE:
        return _("The plan of your user pool has passwords only.")
    if place.shared and way not in options.first_factors:
        return _("Your provider has not switched it on for the user pool that you share.")
    if way == FirstFactor.SMS_OTP and not options.sms_role_arn:
        return _("Your provider has not set up text messages for your user pool.")
    if way == FirstFactor.WEB_AUTHN and not options.passkey_rp_id:
        return _("Your provider has not said yet which host passkeys belong to.")
    if way == FirstFactor.WEB_AUTHN and not belongs(options.passkey_rp_id, place.host):
        return _("Passkeys of your user pool belong to %(theirs)s, and your users sign in at %(ours)s.") % {
            "theirs": options.passkey_rp_id,
            "ours": place.host,
        }
    return ""


def policy_obstacle(way: str, mfa: str, place: Place) -> str:
    """Return why a way in does not go with a tenant's second factor; empty where it does.

    Cognito refuses it in a pool that requires one; in a shared pool, which leaves it to its tenants, the same holds.

    Args:
        way: one of `FirstFactor`.
        mfa: one of `MfaPolicy`.
        place: where the users sign in.
    """
    if way == FirstFactor.SMS_OTP and mfa == MfaPolicy.OFF and not place.shared:
        # SetUserPoolMfaConfig has the role for both, and refuses it beside OFF.
        return _("Text messages are set up together with second factors, which are off.")
    return policy_fault(replace(place.options, first_factors=(way,)), mfa)


def usable(ways: Collection[str], mfa: str, place: Place) -> tuple[str, ...]:
    """Return those of a policy's ways that nothing is in the way of, in order.

    Args:
        ways: what the policy allows.
        mfa: its second factor.
        place: where the users sign in.
    """
    return tuple(
        way for way in in_order(ways) if not pool_obstacle(way, place) and not policy_obstacle(way, mfa, place)
    )


def belongs(rp_id: str, host: str) -> bool:
    """Say whether passkeys of `rp_id` can be used on pages at `host`: there, or anywhere below it."""
    return host == rp_id or host.endswith(f".{rp_id}")
