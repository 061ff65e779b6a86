"""The list of a tenant's connections, and choosing the identity provider of a new one."""

from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from federation.connections.from_guide import kind_of, recommended_mapping
from federation.guides import Guide, UnknownGuide, guide
from federation.selectors.connection_names import free_name
from federation.selectors.connection_sync import identity_providers_of, is_moving
from federation.selectors.connections import connections_of
from federation.selectors.metadata_watch import watched
from federation.selectors.sign_in_log import health_of
from federation.services.connections import LONGEST_NAME, NewConnection, create_connection
from federation.web.catalogue import is_generic, sections
from federation.web.views.common import name_of
from federation.web.watch_view import notices
from tenants.errors import ValidationFailed
from tenants.http import Request
from tenants.models import Tenant
from tenants.permissions import Permission
from tenants.web.access import tenant_view
from tenants.web.forms.filters import SearchForm


@tenant_view(Permission.CONNECTIONS_READ)
@require_safe
def connection_list(request: Request, tenant: Tenant) -> HttpResponseBase:
    """Show the tenant's connections, and how far Cognito has followed."""
    connections = list(connections_of(tenant))
    states = identity_providers_of(tenant) if connections else {}
    health = health_of(connections)
    watches, now = watched(connections), timezone.now()
    rows = [
        {
            "connection": each,
            "guide_name": name_of(each),
            "sync": states.get(each.provider_name),
            "health": health.get(each.pk),
            "notices": notices(each, watches.get(each.pk), tenant.slug, now=now),
        }
        for each in connections
    ]
    context = {
        "tenant": tenant,
        "connections": rows,
        "moving": any(is_moving(state) for state in states.values()),
        "may_write": request.actor.allows(Permission.CONNECTIONS_WRITE),
    }
    return render(request, "tenant/connections/list.html", context)


@tenant_view(Permission.CONNECTIONS_WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def connection_new(request: Request, tenant: Tenant) -> HttpResponseBase:
    """Choose the identity provider; a POST begins the draft."""
    if request.method == "POST":
        return _create(request, tenant)
    form = SearchForm(request.GET, label=_("Search guides"), placeholder=_("Okta, Entra ID, Google …"))
    found = sections(form.text(), shared=tenant.pool.is_shared)
    context = {
        "tenant": tenant,
        "form": form,
        "sections": found,
        "nothing": not any(section.items for section in found if section.key != "generic"),
        "clear_url": request.path if form.chosen() else "",
    }
    page = "tenant/connections/choose.html"
    return render(request, f"{page}#chooser" if request.htmx else page, context)


def _create(request: Request, tenant: Tenant) -> HttpResponseBase:
    try:
        chosen = guide(request.POST.get("guide", ""))
    except UnknownGuide as error:
        raise ValidationFailed(_("Choose one of the guides.")) from error
    new = NewConnection(
        name=free_name(tenant, _name(request, chosen)),
        kind=kind_of(chosen),
        guide=chosen.slug,
        word=chosen.word,
        mapping=recommended_mapping(chosen),
    )
    connection = create_connection(tenant, new, actor=request.actor)
    return redirect("tenant:connection-guide", slug=tenant.slug, connection_id=connection.pk)


def _name(request: Request, chosen: Guide) -> str:
    """Return the product's name; for one that has no guide of its own, what the admin calls it."""
    typed = request.POST.get("name", "").strip()[:LONGEST_NAME]
    return (typed or _("Company account")) if is_generic(chosen) else chosen.name
