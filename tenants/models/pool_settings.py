"""What an operator set on a user pool."""

from dataclasses import fields

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from tenants.models.user_pool import UserPool
from tenants.pool_options import (
    PoolOptions,
    PoolTier,
    Recovery,
    TakeoverAction,
    ThreatMode,
    TokenTrigger,
    UserVerification,
    as_column,
    from_column,
)

_NAMES = tuple(each.name for each in fields(PoolOptions))
_ARN = 2048


class PoolSettings(models.Model):
    """The settings of one pool: `PoolOptions` as a row, which says what each means. A pool without one has defaults."""

    pool = models.OneToOneField(UserPool, on_delete=models.CASCADE, primary_key=True, related_name="settings")
    tier = models.CharField(max_length=16, choices=PoolTier, default=PoolTier.ESSENTIALS)
    deletion_protection = models.BooleanField(default=True)
    recovery = models.CharField(max_length=16, choices=Recovery, default=Recovery.EMAIL)
    password_history = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(24)])
    temporary_password_days = models.PositiveSmallIntegerField(
        default=7, validators=[MinValueValidator(1), MaxValueValidator(365)]
    )
    first_factors = models.JSONField(default=list, blank=True)
    ses_source_arn = models.CharField(max_length=_ARN, blank=True)
    mail_from = models.CharField(max_length=320, blank=True)
    mail_reply_to = models.CharField(max_length=320, blank=True)
    mail_configuration_set = models.CharField(max_length=64, blank=True)
    email_mfa = models.BooleanField(default=False)
    sms_role_arn = models.CharField(max_length=_ARN, blank=True)
    sms_external_id = models.CharField(max_length=1224, blank=True)
    sms_region = models.CharField(max_length=32, blank=True)
    remembers_devices = models.BooleanField(default=False, db_default=False)
    passkey_rp_id = models.CharField(max_length=127, blank=True)
    passkey_user_verification = models.CharField(
        max_length=16, choices=UserVerification, default=UserVerification.REQUIRED
    )
    passkey_is_mfa = models.BooleanField(default=False)
    triggers = models.JSONField(default=dict, blank=True)
    token_trigger_version = models.CharField(max_length=8, choices=TokenTrigger, default=TokenTrigger.V2_0)
    kms_key_arn = models.CharField(max_length=_ARN, blank=True)
    custom_attributes = models.JSONField(default=list, blank=True)
    threat_mode = models.CharField(max_length=16, choices=ThreatMode, default=ThreatMode.OFF)
    block_compromised = models.BooleanField(default=True)
    takeover_low = models.CharField(max_length=32, choices=TakeoverAction, default=TakeoverAction.NO_ACTION)
    takeover_medium = models.CharField(max_length=32, choices=TakeoverAction, default=TakeoverAction.MFA_IF_CONFIGURED)
    takeover_high = models.CharField(max_length=32, choices=TakeoverAction, default=TakeoverAction.BLOCK)
    allowed_ips = models.JSONField(default=list, blank=True)
    blocked_ips = models.JSONField(default=list, blank=True)
    notification_log_arn = models.CharField(max_length=_ARN, blank=True)
    activity_log_arn = models.CharField(max_length=_ARN, blank=True)
    tags = models.JSONField(default=dict, blank=True)
    removed_tags = models.JSONField(default=list, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name_plural = "pool settings"

    def __str__(self) -> str:
        return f"Settings of {self.pool}"

    @property
    def options(self) -> PoolOptions:
        """Return the settings as plain values."""
        return PoolOptions(**{name: from_column(name, getattr(self, name)) for name in _NAMES})

    def take(self, options: PoolOptions) -> None:
        """Hold other settings; the caller saves."""
        for name in _NAMES:
            setattr(self, name, as_column(getattr(options, name)))


def options_of(pool: UserPool) -> PoolOptions:
    """Return what is set on a pool; for many pools, prefetch or select `settings` with them."""
    # A pool that is in no table, as in a preview, has none.
    row = None if pool._state.adding else getattr(pool, "settings", None)  # noqa: SLF001  # Documented by Django.
    return row.options if row is not None else PoolOptions()
