"""The role catalogue of an application: what its tokens call those whom a tenant calls otherwise."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models

from tenants.models.application import Application
from tenants.permissions import TenantRole


class ApplicationRole(models.Model):
    """A role that an application knows, and who has it in each tenant: by role, by group, or everybody.

    Groups are a tenant's own. Of each tenant the group counts that has the name, where it has one.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="roles")
    # What the claim `roles` says.
    name = models.CharField(max_length=64)
    description = models.CharField(max_length=256, blank=True)
    # Values of `TenantRole`.
    tenant_roles = ArrayField(models.CharField(max_length=16), default=list, blank=True)
    group_names = ArrayField(models.CharField(max_length=64), default=list, blank=True)
    everybody = models.BooleanField(default=False)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["application", "name"], name="application_role_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def tenant_role_names(self) -> list[str]:
        """What pages call the roles in the tenant."""
        return [str(TenantRole(value).label) for value in self.tenant_roles]
