"""The address without a path: everybody's way to their own place."""

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from tenants.actor import ActorKind
from tenants.http import Request
from tenants.models import Tenant


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Send operators to the fleet, members to their tenant, and nobody to the operator's sign-in."""
    actor = cast(Request, request).actor
    if actor.kind is ActorKind.OPERATOR:
        return redirect("fleet:overview")
    if actor.tenant_id is not None:
        return redirect("tenant:overview", slug=Tenant.objects.get(pk=actor.tenant_id).slug)
    return redirect("account_login")
