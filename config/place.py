"""The frame around a page: the fleet's for operators, one tenant's for members and for operators on a visit.

It depends on who looks, never on the address alone: what answers a foreign tenant's address shows the visitor's own
place.
"""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from config.frame import Account, Frame, MenuItem, SupportBanner, SwitcherItem, SyncPill
from config.navigation import FLEET, TENANT, navigation
from identity.models import ResourceState
from identity.selectors.fleet import FleetSync, fleet_sync
from identity.selectors.own import own_resources
from identity.sync.views import summarise
from tenants.actor import ANONYMOUS, Actor, ActorKind
from tenants.counting import in_digits
from tenants.http import Request
from tenants.models import Tenant
from tenants.permissions import OperatorRole, Permission, TenantRole

_SWITCHER_LENGTH = 8


def frame_of(request: Request) -> Frame | None:
    """Return the frame of a request; None for nobody, and on the sign-in host, whose pages wear the tenant's brand."""
    actor: Actor = getattr(request, "actor", ANONYMOUS)
    if not settings.IS_DASHBOARD or actor.kind not in {ActorKind.OPERATOR, ActorKind.MEMBER}:
        return None
    if actor.tenant_id is None:
        return _fleet_frame(request, actor)
    tenant = Tenant.objects.select_related("pool__cell", "policy").get(pk=actor.tenant_id)
    return _tenant_frame(request, actor, tenant)


def fleet_pill() -> SyncPill:
    """Return the fleet's sync pill."""
    sync = fleet_sync()
    return SyncPill(
        state=sync.state, url=reverse("fleet:sync"), poll_url=reverse("fleet:sync-pill"), label=_pill_label(sync)
    )


def tenant_pill(tenant: Tenant) -> SyncPill:
    """Return one tenant's sync pill."""
    return SyncPill(
        state=summarise(own_resources(tenant)).state,
        url=reverse("tenant:sync", kwargs={"slug": tenant.slug}),
        poll_url=reverse("tenant:sync-pill", kwargs={"slug": tenant.slug}),
    )


def _pill_label(sync: FleetSync) -> str:
    if sync.state == ResourceState.BLOCKED:
        return _("%(count)s blocked") % {"count": in_digits(sync.blocked)}
    if sync.state == ResourceState.FAILING:
        return _("%(count)s failing") % {"count": in_digits(sync.failing)}
    if sync.state == ResourceState.SYNCING:
        return _("Syncing %(count)s") % {"count": in_digits(sync.owed)}
    return ""


def _fleet_frame(request: Request, actor: Actor) -> Frame:
    home = reverse("fleet:overview")
    return Frame(
        product_name=settings.PRODUCT_NAME,
        place="fleet",
        title=_("Fleet"),
        home_url=home,
        nav=navigation(FLEET, actor=actor, path=request.path),
        account=_account(actor),
        switcher=(SwitcherItem(label=_("Fleet"), url=home, detail=_("All tenants"), current=True), *_tenants()),
        switcher_all_url=reverse("fleet:tenants"),
        sync=fleet_pill() if actor.allows(Permission.FLEET_SYNC_READ) else None,
    )


def _tenant_frame(request: Request, actor: Actor, tenant: Tenant) -> Frame:
    visiting = actor.kind is ActorKind.OPERATOR
    home = reverse("tenant:overview", kwargs={"slug": tenant.slug})
    here = SwitcherItem(label=tenant.name, url=home, detail=tenant.slug, current=True)
    fleet = SwitcherItem(label=_("Fleet"), url=reverse("fleet:overview"), detail=_("All tenants"))
    return Frame(
        product_name=settings.PRODUCT_NAME,
        place="tenant",
        title=tenant.name,
        home_url=home,
        nav=navigation(TENANT, actor=actor, path=request.path, slug=tenant.slug),
        account=_account(actor, tenant.slug),
        switcher=(fleet, here) if visiting else (here,),
        switcher_all_url=reverse("fleet:tenants") if visiting else "",
        sync=tenant_pill(tenant) if actor.allows(Permission.SYNC_READ) else None,
        support=_banner(actor, tenant) if visiting else None,
    )


def _banner(actor: Actor, tenant: Tenant) -> SupportBanner:
    return SupportBanner(
        text=_("You are working inside %(tenant)s.") % {"tenant": tenant.name},
        reason=actor.reason,
        end_url=reverse("fleet:support-leave", kwargs={"tenant_id": tenant.pk}),
    )


def _tenants() -> tuple[SwitcherItem, ...]:
    newest = Tenant.objects.order_by("-created_at")[:_SWITCHER_LENGTH]
    return tuple(
        SwitcherItem(
            label=tenant.name, url=reverse("fleet:tenant", kwargs={"tenant_id": tenant.pk}), detail=tenant.slug
        )
        for tenant in newest
    )


def _account(actor: Actor, slug: str = "") -> Account:
    sign_out = MenuItem(
        label=_("Sign out"), url=reverse("account_logout"), icon="arrow-left-start-on-rectangle", method="post"
    )
    if actor.kind is ActorKind.MEMBER:
        # On the sign-in host, which knows them by a session of its own, or asks them to sign in.
        own = MenuItem(label=_("Your account"), url=f"{settings.SIGNIN_URL}/{slug}/account", icon="user-circle")
        return Account(label=actor.label, detail=TenantRole(actor.role).label, items=(own, sign_out))
    security = MenuItem(label=_("Password and second factors"), url=reverse("mfa_index"), icon="shield-check")
    password = MenuItem(label=_("Change password"), url=reverse("account_change_password"), icon="key")
    return Account(label=actor.label, detail=OperatorRole(actor.role).label, items=(security, password, sign_out))
