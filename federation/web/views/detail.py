"""One connection: what it is, how far Cognito has followed, and what was changed."""

import uuid

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from federation.connections.mapping import Mapping
from federation.connections.settings import SamlSettings, settings_from_json
from federation.models import Connection
from federation.selectors.connection_sync import identity_providers_of, is_moving
from federation.selectors.connection_tests import tests_of
from federation.selectors.connections import get_connection, get_version, versions_of
from federation.selectors.domain_rules import domains_leading_to
from federation.selectors.metadata_watch import watched
from federation.selectors.sign_in_log import health_of
from federation.services.connection_values import understood_metadata
from federation.services.connections import rename_connection
from federation.web.connection_view import described, mapped, source_words
from federation.web.forms.activation import NameForm
from federation.web.stepper import WizardStep, furthest, step_url
from federation.web.test_view import view_of
from federation.web.views.common import REFUSED, connection_url, name_of
from federation.web.watch_view import published
from tenants.addresses import sign_in_page
from tenants.errors import ValidationFailed
from tenants.http import Request
from tenants.models import Tenant
from tenants.permissions import Permission
from tenants.web.access import tenant_view
from tenants.web.forms import show_faults

_SHOWN_VERSIONS = 20
_SHOWN_TESTS = 5


@tenant_view(Permission.CONNECTIONS_READ)
@require_safe
def connection_page(request: Request, tenant: Tenant, connection_id: uuid.UUID) -> HttpResponseBase:
    """Show a connection."""
    connection = get_connection(tenant, connection_id)
    sync = identity_providers_of(tenant).get(connection.provider_name) if connection.is_in_cognito else None
    settings = connection.settings
    versions = versions_of(connection)
    watch = watched([connection]).get(connection.pk)
    context = {
        "tenant": tenant,
        "connection": connection,
        "guide_name": name_of(connection),
        "understood": understood_metadata(settings) if isinstance(settings, SamlSettings) else None,
        "source": source_words(settings),
        "described": described(settings, has_secret=connection.current.has_secret),
        "watch": watch,
        "published": published(connection, watch, tenant.slug),
        "mapped": mapped(connection.mapping),
        "versions": versions[:_SHOWN_VERSIONS],
        "tests": [
            {"test": test, "shown": view_of(test, connection_name=connection.name, own_guide=None)}
            for test in tests_of(connection).select_related("connection")[:_SHOWN_TESTS]
        ],
        "domains": ", ".join(domain.name for domain in domains_leading_to(connection)),
        "sync": sync,
        "moving": sync is not None and is_moving(sync),
        "sign_in_url": sign_in_page(tenant.slug),
        "health": health_of([connection]).get(connection.pk),
        "step_urls": {step.value: step_url(connection, tenant.slug, step) for step in WizardStep},
        "next_url": step_url(connection, tenant.slug, furthest(connection)),
        "may_write": request.actor.allows(Permission.CONNECTIONS_WRITE),
    }
    page = "tenant/connections/detail.html"
    return render(request, f"{page}#state" if request.htmx else page, context)


@tenant_view(Permission.CONNECTIONS_READ)
@require_safe
def connection_version(request: Request, tenant: Tenant, connection_id: uuid.UUID, number: int) -> HttpResponseBase:
    """Show what was configured at one time."""
    connection = get_connection(tenant, connection_id)
    version = get_version(connection, number)
    settings = settings_from_json(connection.kind, version.settings)
    context = {
        "tenant": tenant,
        "connection": connection,
        "version": version,
        "described": described(settings, has_secret=version.has_secret),
        "mapped": mapped(Mapping.from_json(version.mapping)),
        "arrivals": Connection(**version.arrivals) if version.arrivals else None,
        "metadata": settings.metadata if isinstance(settings, SamlSettings) else "",
    }
    return render(request, "tenant/connections/version.html", context)


@tenant_view(Permission.CONNECTIONS_WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def connection_rename(request: Request, tenant: Tenant, connection_id: uuid.UUID) -> HttpResponseBase:
    """Call a connection otherwise."""
    connection = get_connection(tenant, connection_id)
    form = NameForm(request.POST or None, initial={"name": connection.name})
    if request.method == "POST" and form.is_valid():
        try:
            rename_connection(tenant, connection_id, **form.cleaned_data, actor=request.actor)
        except ValidationFailed as error:
            show_faults(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect(connection_url(connection, tenant))
    status = REFUSED if form.errors else 200
    context = {"tenant": tenant, "connection": connection, "form": form, "url": connection_url(connection, tenant)}
    return render(request, "tenant/connections/rename.html", context, status=status)
