"""What holds for the whole fleet unless a tenant says otherwise."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from tenants.models.tenant import DriftMode


class FleetSettings(models.Model):
    """The one row of fleet-wide settings; read it with `FleetSettings.current()`."""

    ONLY = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY, editable=False)
    drift_mode = models.CharField(
        max_length=16,
        choices=[(mode.value, mode.label) for mode in (DriftMode.REPORT, DriftMode.REPAIR)],
        default=DriftMode.REPAIR,
    )
    # How often each tenant and pool is compared with Cognito. The reads are spread over the whole time.
    compare_hours = models.PositiveSmallIntegerField(
        default=24, validators=[MinValueValidator(1), MaxValueValidator(168)]
    )
    # How long a deleted tenant can be brought back, and how long plans are kept.
    retention_days = models.PositiveSmallIntegerField(
        default=30, validators=[MinValueValidator(1), MaxValueValidator(365)]
    )

    # How long it is kept who tried to sign in, from where, and what came of it.
    sign_in_days = models.PositiveSmallIntegerField(
        default=90, db_default=90, validators=[MinValueValidator(1), MaxValueValidator(400)]
    )

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="fleet_settings_only_one")]

    def __str__(self) -> str:
        return "Fleet settings"

    @classmethod
    def current(cls) -> "FleetSettings":
        """Return the settings; the defaults where nobody has changed any."""
        return cls.objects.first() or cls()
