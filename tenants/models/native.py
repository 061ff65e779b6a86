"""Native mode: an application that must have Cognito's own tokens gets an app client in its tenants' own pools."""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from tenants.models.application import Application


def default_scopes() -> list[str]:
    """Return the scopes of OpenID Connect that nearly every application asks for."""
    return ["openid", "email", "profile"]


def default_readable() -> list[str]:
    """Return the attributes that those scopes hand out."""
    return ["email", "email_verified", "name"]


class NativeMode(models.Model):
    """How the app clients of an application in native mode are set. Bounds are Cognito's (botocore's model)."""

    application = models.OneToOneField(Application, on_delete=models.CASCADE, primary_key=True, related_name="native")
    # A browser or mobile application can keep no secret. Cognito fixes this when the client is created.
    public_client = models.BooleanField(default=False)
    standard_scopes = ArrayField(models.CharField(max_length=64), default=default_scopes)
    readable = ArrayField(models.CharField(max_length=64), default=default_readable)
    writable = ArrayField(models.CharField(max_length=64), default=list, blank=True)
    access_minutes = models.PositiveSmallIntegerField(
        default=60, validators=[MinValueValidator(5), MaxValueValidator(1440)]
    )
    id_minutes = models.PositiveSmallIntegerField(
        default=60, validators=[MinValueValidator(5), MaxValueValidator(1440)]
    )
    refresh_days = models.PositiveSmallIntegerField(
        default=30, validators=[MinValueValidator(1), MaxValueValidator(3650)]
    )
    rotate_refresh = models.BooleanField(default=True)
    rotation_grace_seconds = models.PositiveSmallIntegerField(default=10, validators=[MaxValueValidator(60)])

    def __str__(self) -> str:
        return f"{self.application}: native mode"


class ApiScope(models.Model):
    """A scope of an application's own API; its resource server is the application's audience."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="scopes")
    name = models.CharField(max_length=64)
    description = models.CharField(max_length=256)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["application", "name"], name="api_scope_once")]

    def __str__(self) -> str:
        return f"{self.application.audience}/{self.name}"
