"""Which second factors a tenant can allow, what is in the way of the others, and when none is asked for. Pure.

Sources: Amazon Cognito developer guide, "Adding MFA to a user pool" and "User pool feature plans".
"""

from collections.abc import Collection, Iterable

from django.utils.translation import gettext as _

from tenants.factors import POLICY_FACTORS, SecondFactor, factors_of_pool
from tenants.pool_options import PoolOptions, PoolTier, Recovery


def in_order(factors: Iterable[str]) -> list[str]:
    """Return second factors in the order in which pages show them, each once."""
    given = set(factors)
    return [factor.value for factor in SecondFactor if factor.value in given]


def obstacle(factor: SecondFactor, options: PoolOptions) -> str:
    """Return why a pool cannot ask for a second factor, which only the provider can change; empty where it can.

    Args:
        factor: which.
        options: what is set on the pool.
    """
    if factor in factors_of_pool(options):
        return ""
    if factor is SecondFactor.SMS:
        return _("Your provider has not set up text messages for your user pool.")
    if options.tier == PoolTier.LITE:
        return _("The plan of your user pool does not have this.")
    if not options.uses_ses:
        return _("Your provider has not set up Amazon SES for your user pool, which alone can send these codes.")
    if options.recovery == Recovery.EMAIL:
        return _(
            "Your user pool sends the code for a forgotten password by e-mail. Nobody may get both that and a second "
            "factor the same way, so your provider would have to switch that off first."
        )
    return _("Your provider has not switched it on for your user pool.")


def faults(factors: Collection[str], before: Collection[str], options: PoolOptions) -> str:
    """Return why a tenant cannot allow just these second factors; empty where they can.

    One that was allowed before may stay, whatever the provider has switched off since: it is only not asked for.

    Args:
        factors: what is wanted.
        before: what was allowed until now.
        options: what is set on the pool.
    """
    unknown = set(factors) - {factor.value for factor in POLICY_FACTORS}
    if unknown:
        return _("There is no second factor %(name)s.") % {"name": min(unknown)}
    if SecondFactor.TOTP not in factors:
        return _("The authenticator app is always allowed: it needs neither mail nor telephone.")
    added = [SecondFactor(name) for name in in_order(set(factors) - set(before))]
    return next((found for factor in added if (found := obstacle(factor, options))), "")


def usable(factors: Collection[str], options: PoolOptions) -> tuple[SecondFactor, ...]:
    """Return those of a policy's second factors that the pool can ask for, in order."""
    return tuple(SecondFactor(name) for name in in_order(set(factors) & set(factors_of_pool(options))))


def remembering_obstacle(options: PoolOptions) -> str:
    """Return why no browser can be remembered, which only the provider can change; empty where they can.

    Args:
        options: what is set on the pool.
    """
    if options.remembers_devices:
        return ""
    return _("Your user pool does not remember browsers. Ask your provider to switch that on in the pool's settings.")


def days_remembered(days: int, options: PoolOptions) -> int:
    """Return for how many days a browser is remembered; 0 where none is.

    A provider can switch it off while policies have days: none of them is in force then.

    Args:
        days: what the policy says.
        options: what is set on the pool.
    """
    return days if options.remembers_devices else 0
