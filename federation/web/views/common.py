"""What the pages of one connection have in common."""

from collections.abc import Mapping

from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from federation.guides import Guide, known_guide
from federation.models import Connection
from federation.services.connection_values import configuring_refused
from federation.services.connections import set_step
from federation.web.catalogue import is_generic
from federation.web.stepper import WizardStep, is_further, steps_of
from tenants.http import Request
from tenants.models import Tenant
from tenants.permissions import Permission

REFUSED = 422


def guide_of(connection: Connection) -> Guide | None:
    """Return the guide of a connection; None where this installation does not have it any more."""
    return known_guide(connection.guide)


def name_of(connection: Connection) -> str:
    """Return what the identity provider is called in sentences: by its product, or as the tenant calls it."""
    found = guide_of(connection)
    if found is None or is_generic(found):
        return connection.name
    return found.name


def connection_url(connection: Connection, tenant: Tenant) -> str:
    """Return where the connection's own page is."""
    return reverse("tenant:connection", args=[tenant.slug, connection.pk])


def advance(tenant: Tenant, connection: Connection, step: WizardStep) -> None:
    """Remember that the wizard came to a step, unless it has been further."""
    if is_further(connection, step):
        set_step(tenant, connection.pk, step)


def wizard_page(
    request: Request,
    tenant: Tenant,
    connection: Connection,
    current: WizardStep,
    template: str,
    context: Mapping[str, object],
    *,
    status: int = 200,
) -> HttpResponseBase:
    """Render a page of the wizard."""
    name = name_of(connection)
    may_write = request.actor.allows(Permission.CONNECTIONS_WRITE)
    locked = configuring_refused(connection, actor=request.actor) if may_write else ""
    shared = {
        "tenant": tenant,
        "connection": connection,
        "guide_name": name,
        "steps": steps_of(connection, tenant.slug, name, current),
        "locked": locked,
        "may_write": may_write and not locked,
    }
    return render(request, f"tenant/connections/{template}", {**shared, **context}, status=status)
