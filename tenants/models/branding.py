"""How a tenant's own pages look."""

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.models.tenant import Tenant

colour_validator = RegexValidator(r"^#[0-9a-f]{6}$", _("Use a color such as #3b5bdb."))


class Branding(models.Model):
    """The brand of one tenant: sign-in pages, account pages and e-mails wear it."""

    tenant = models.OneToOneField(Tenant, on_delete=models.CASCADE, primary_key=True, related_name="branding")
    display_name = models.CharField(max_length=100)
    accent = models.CharField(max_length=7, default="#3b5bdb", validators=[colour_validator])
    accent_dark = models.CharField(max_length=7, default="#91a7ff", validators=[colour_validator])
    background = models.CharField(max_length=7, default="#f6f7f9", validators=[colour_validator])
    background_dark = models.CharField(max_length=7, default="#101216", validators=[colour_validator])
    # The logo after it was checked and, if it is a bitmap, encoded again by us; kept in PostgreSQL so that any web
    # process can serve it.
    logo = models.BinaryField(blank=True, default=b"")
    logo_type = models.CharField(max_length=32, blank=True)
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.display_name

    @property
    def has_logo(self) -> bool:
        """Say whether a logo was uploaded."""
        return bool(self.logo_type)
