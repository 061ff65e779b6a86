"""Second factors: what they are called, and which of them a user pool has. Pure."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.pool_options import PoolOptions


class SecondFactor(models.TextChoices):
    """What can be asked for after the first factor."""

    TOTP = "totp", _("Authenticator app")
    EMAIL = "email", _("Code by e-mail")
    SMS = "sms", _("Code by SMS")
    KEY = "key", _("Security key or passkey")


# What a tenant's policy chooses among: what Cognito asks for. A key is asked for by Lifeguard, of those whom Cognito
# never asks for anything.
POLICY_FACTORS = (SecondFactor.TOTP, SecondFactor.EMAIL, SecondFactor.SMS)


def factors_of_pool(options: PoolOptions) -> frozenset[SecondFactor]:
    """Return the second factors that a pool with these settings can ask for, where its MFA is not off."""
    found = {SecondFactor.TOTP}
    if options.email_mfa:
        found.add(SecondFactor.EMAIL)
    if options.sms_role_arn:
        found.add(SecondFactor.SMS)
    return frozenset(found)


def authenticator_app_alone() -> list[str]:
    """Return what a tenant allows that never chose."""
    return [SecondFactor.TOTP.value]
