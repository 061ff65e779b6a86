"""What every tenant-owned table has: a required tenant."""

from django.db import models


class TenantOwned(models.Model):
    """A row that belongs to exactly one tenant and goes with it."""

    tenant = models.ForeignKey("tenants.Tenant", on_delete=models.CASCADE, related_name="+")

    class Meta:
        abstract = True
