"""What a tenant asks of those who sign in."""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.factors import POLICY_FACTORS, authenticator_app_alone
from tenants.models.tenant import Tenant
from tenants.pool_options import FirstFactor

# Cognito's own bounds for a password policy are 6 to 99; ours begin where NIST SP 800-63B and the pool default do.
SHORTEST_PASSWORD = 12


class MfaPolicy(models.TextChoices):
    """Whether a second factor is asked for."""

    OFF = "off", _("Off")
    OPTIONAL = "optional", _("Optional")
    REQUIRED = "required", _("Required")


class SignUpPolicy(models.TextChoices):
    """Who may make an account without being invited; everybody proves their address first."""

    OFF = "off", _("Nobody")
    DOMAINS = "domains", _("People with an address of a proved domain")
    ANYONE = "anyone", _("Anybody")


class SignInPolicy(models.Model):
    """The sign-in policy of one tenant. In a shared pool sign-in enforces what the pool itself cannot."""

    tenant = models.OneToOneField(Tenant, on_delete=models.CASCADE, primary_key=True, related_name="policy")
    # Whether a sign-in may begin with a password. Cognito has no user pool without; what is not to be, Lifeguard
    # does not take (`tenants.passwordless`).
    password_allowed = models.BooleanField(default=True, db_default=True)
    # What a sign-in may begin with beside the password.
    first_factors = ArrayField(
        models.CharField(max_length=16, choices=FirstFactor), default=list, db_default=[], blank=True
    )
    # Those of them that Cognito was seen to have since they are allowed; workers write it (`identity.sync.ready_ways`).
    ready_factors = ArrayField(
        models.CharField(max_length=16, choices=FirstFactor), default=list, db_default=[], blank=True
    )
    mfa = models.CharField(max_length=16, choices=MfaPolicy, default=MfaPolicy.OPTIONAL)
    # Which second factors count. The authenticator app always does, because it needs neither mail nor telephone.
    second_factors = ArrayField(
        models.CharField(max_length=8, choices=[(factor.value, factor.label) for factor in POLICY_FACTORS]),
        default=authenticator_app_alone,
        db_default=authenticator_app_alone(),
    )
    # For how many days the second factor is not asked for again in a browser that somebody had remembered; 0 is never.
    # It is in force where the pool remembers devices (`tenants.factor_rules.days_remembered`).
    remember_days = models.PositiveSmallIntegerField(default=0, db_default=0, validators=[MaxValueValidator(90)])
    # A browser that was remembered before does not count, whatever the days are by now: there were fewer, or none.
    remembered_since = models.DateTimeField(null=True, blank=True)
    password_min_length = models.PositiveSmallIntegerField(
        default=SHORTEST_PASSWORD, validators=[MinValueValidator(SHORTEST_PASSWORD), MaxValueValidator(99)]
    )
    session_idle_minutes = models.PositiveIntegerField(
        default=8 * 60, validators=[MinValueValidator(5), MaxValueValidator(30 * 24 * 60)]
    )
    session_absolute_minutes = models.PositiveIntegerField(
        default=24 * 60, validators=[MinValueValidator(5), MaxValueValidator(90 * 24 * 60)]
    )
    sign_up = models.CharField(
        max_length=8, choices=SignUpPolicy, default=SignUpPolicy.OFF, db_default=SignUpPolicy.OFF
    )
    # What people may do with their own details (`tenants.own_details`); one that is not named, they may change.
    own_details = models.JSONField(default=dict, db_default={}, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.tenant}: MFA {self.mfa}"

    @property
    def takes_passwords(self) -> bool:
        """Say whether a sign-in may begin with a password now.

        Where a tenant gives them up, they are good until Cognito sends the codes that everybody comes by then, and
        not again: a policy without passwords keeps these codes.
        """
        return self.password_allowed or FirstFactor.EMAIL_OTP not in self.ready_factors
