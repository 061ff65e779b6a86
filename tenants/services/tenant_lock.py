"""Taking hold of a tenant's row for a change."""

import uuid

from django.utils.translation import gettext as _

from tenants.errors import Conflict, NotFound
from tenants.models import Tenant


def lock_tenant(tenant_id: uuid.UUID) -> Tenant:
    """Return a tenant whose row is this transaction's until it ends.

    Raises:
        NotFound: no such tenant.
    """
    tenant = Tenant.objects.select_for_update().filter(pk=tenant_id).first()
    if tenant is None:
        raise NotFound
    return tenant


def lock_staying_tenant(tenant_id: uuid.UUID) -> Tenant:
    """Return a tenant as `lock_tenant` does, unless it is on its way out.

    Raises:
        NotFound: no such tenant.
        Conflict: it is being removed for good.
    """
    tenant = lock_tenant(tenant_id)
    if tenant.is_due_for_removal():
        raise Conflict(_("The tenant is being removed for good. Nothing of it can be changed any more."))
    return tenant
