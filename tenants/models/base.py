"""What every tenant-owned table has: a required tenant, and reads that start from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models

if TYPE_CHECKING:
    from tenants.models.tenant import Tenant


class TenantQuerySet(models.QuerySet["TenantOwned"]):
    """Reads that begin with the tenant, so that an unscoped one stands out."""

    def for_tenant(self, tenant: Tenant) -> Self:
        """Return the rows of one tenant alone."""
        return self.filter(tenant=tenant)


class TenantOwned(models.Model):
    """A row that belongs to exactly one tenant and goes with it."""

    tenant = models.ForeignKey("tenants.Tenant", on_delete=models.CASCADE, related_name="+")

    class Meta:
        abstract = True
