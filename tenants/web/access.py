"""The two decorators through which every dashboard view goes: they name the permission and make the fetch the check."""

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Concatenate, ParamSpec

import structlog
from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django_htmx.http import HttpResponseClientRefresh

from tenants.actor import Actor, ActorKind
from tenants.errors import NotFound
from tenants.http import Request
from tenants.models import SupportSession, Tenant
from tenants.permissions import SUPPORT_PERMISSIONS, OperatorRole, Permission

P = ParamSpec("P")
# The names under which a view carries its guard; the tests that walk the URL map read them.
PERMISSION, TENANT_VIEW = "permission", "is_tenant_view"
FleetView = Callable[Concatenate[Request, P], HttpResponseBase]
TenantView = Callable[Concatenate[Request, Tenant, P], HttpResponseBase]


def fleet_view(permission: Permission) -> Callable[[FleetView[P]], Callable[..., HttpResponseBase]]:
    """Make a view one of the operator's: 404 for members, the sign-in page for nobody, 403 without `permission`."""

    def decorate(view: FleetView[P]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def guarded(request: Request, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            actor = request.actor
            if actor.kind is ActorKind.ANONYMOUS:
                return _reload(request) or redirect_to_login(request.get_full_path())
            if actor.kind is not ActorKind.OPERATOR:
                raise NotFound
            actor.require(permission)
            return view(request, *args, **kwargs)

        setattr(guarded, PERMISSION, permission)
        return guarded

    return decorate


def tenant_view(permission: Permission) -> Callable[[TenantView[P]], Callable[..., HttpResponseBase]]:
    """Make a view one of a tenant's: it gets the tenant that `slug` names, if that is the actor's to enter.

    A foreign tenant answers exactly as one that does not exist. Whoever is not signed in is sent to that tenant's own
    sign-in, an operator without a support session to the page that asks for the reason.
    """

    def decorate(view: TenantView[P]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def guarded(request: Request, slug: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            actor = request.actor
            if actor.kind is ActorKind.ANONYMOUS:
                return _reload(request) or _to_sign_in(request, slug)
            tenant = Tenant.objects.select_related("pool", "pool__cell").filter(slug=slug).first()
            inside = enter_tenant(actor, tenant) if tenant else None
            if tenant is None or (inside is None and actor.kind is not ActorKind.OPERATOR):
                raise NotFound
            if inside is None:
                actor.require(Permission.FLEET_READ)
                return redirect("fleet:support-enter", tenant_id=tenant.pk)
            structlog.contextvars.bind_contextvars(tenant=tenant.key)
            inside.require(permission)
            request.actor = inside
            return view(request, tenant, *args, **kwargs)

        setattr(guarded, PERMISSION, permission)
        setattr(guarded, TENANT_VIEW, True)
        return guarded

    return decorate


def _reload(request: Request) -> HttpResponseBase | None:
    """Have a page that asks for a part of itself load all of it anew, and so come to the sign-in.

    A redirect would be followed within the page, where it ends: the sign-in is on another host.
    """
    return HttpResponseClientRefresh() if request.htmx else None


def _to_sign_in(request: Request, slug: str) -> HttpResponseBase:
    """Send whoever is not signed in to the tenant's sign-in, and from there back to the page that they asked for.

    The answer is the same for a slug that nobody has; the sign-in host says the rest.
    """
    if request.method not in ("GET", "HEAD"):
        return redirect("tenant-sign-in", slug=slug)
    return redirect_to_login(request.get_full_path(), reverse("tenant-sign-in", args=[slug]))


def enter_tenant(actor: Actor, tenant: Tenant) -> Actor | None:
    """Return the actor as they stand inside `tenant`, or None where it is not theirs to see.

    A member is in their own tenant alone. An operator needs a support session that is still running; its reason goes
    with every change they make.
    """
    if actor.kind is ActorKind.MEMBER:
        return actor if actor.tenant_id == tenant.pk else None
    if actor.kind is not ActorKind.OPERATOR:
        return None
    session = (
        SupportSession.objects.filter(
            account_id=actor.id, tenant=tenant, ended_at__isnull=True, expires_at__gt=timezone.now()
        )
        .order_by("-expires_at")
        .first()
    )
    if session is None:
        return None
    return replace(
        actor,
        tenant_id=tenant.pk,
        permissions=SUPPORT_PERMISSIONS[OperatorRole(actor.role)],
        reason=session.reason,
    )
