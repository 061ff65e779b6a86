"""The operator's applications: list, register, look at, change, new secret."""

import uuid
from collections.abc import Iterator
from operator import attrgetter

from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tenants import selectors
from tenants.client_keys import PrivateKeyGiven
from tenants.errors import Conflict, ValidationFailed
from tenants.http import Request
from tenants.models import Application, ApplicationRole
from tenants.paging import keyset_page
from tenants.permissions import Permission
from tenants.services import applications
from tenants.services.applications import IssuedSecret
from tenants.services.resource_servers import resources_of
from tenants.web.access import fleet_view
from tenants.web.csv_export import csv_response
from tenants.web.forms import show_faults
from tenants.web.forms.applications import ApplicationForm
from tenants.web.forms.filters import SearchForm
from tenants.web.tables import CURSOR, PAGE_SIZE, chosen_sort, order_by, pager, sort_links, with_query

_SORTS = ("name", "tenant_count", "-created_at")
_TENANTS_SHOWN = 20
# What `selectors.find_applications` annotates.
_tenant_count = attrgetter("tenant_count")


@require_safe
@fleet_view(Permission.FLEET_APPLICATIONS_READ)
def application_list(request: Request) -> HttpResponse:
    """List the applications that users sign in to: search, sort, page."""
    form, sort = _search(request), chosen_sort(request, _SORTS)
    found = selectors.find_applications(form.text())
    page = keyset_page(found, order=order_by(sort), cursor=request.GET.get(CURSOR, ""), size=PAGE_SIZE)
    context = {
        "form": form,
        "applications": page.rows,
        "total": found.count(),
        "pager": pager(request, page),
        "sorts": sort_links(request, _SORTS, sort),
        "clear_url": reverse("fleet:applications") if form.chosen() else "",
        "export_url": f"{reverse('fleet:applications-export')}{with_query(request, cursor='')}",
        "may_write": request.actor.allows(Permission.FLEET_APPLICATIONS_WRITE),
    }
    template = "fleet/applications/list.html#table" if request.htmx else "fleet/applications/list.html"
    return render(request, template, context)


@require_safe
@fleet_view(Permission.FLEET_APPLICATIONS_READ)
def application_export(request: Request) -> HttpResponseBase:
    """Download the list that the search leaves, as CSV."""
    found = selectors.find_applications(_search(request).text()).order_by(*order_by(chosen_sort(request, _SORTS)))
    head = ("name", "client id", "built in", "redirect URIs", "tenants", "registered")
    return csv_response("applications.csv", head, _lines(found))


def _search(request: Request) -> SearchForm:
    label, placeholder = _("Search applications"), _("Name or client id")
    return SearchForm(request.GET, label=label, placeholder=placeholder)


def _lines(found: QuerySet[Application]) -> Iterator[tuple[object, ...]]:
    for row in found.iterator(chunk_size=500):
        # Every tenant may use the built-in one, and is granted it by nobody.
        tenants = "all" if row.is_builtin else _tenant_count(row)
        addresses = " ".join(row.redirect_uris)
        yield (row.name, row.client_id, row.is_builtin, addresses, tenants, row.created_at.isoformat())


@require_http_methods(["GET", "HEAD", "POST"])
@fleet_view(Permission.FLEET_APPLICATIONS_WRITE)
def application_register(request: Request) -> HttpResponse:
    """Register an application. The answer shows the secret, this once, and is kept by no cache."""
    form = ApplicationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            issued = applications.register_application(form.settings(), actor=request.actor)
        except ValidationFailed as error:
            _tell(form, error)
        else:
            if not issued.secret or issued.application.public_keys:
                messages.success(request, _("The application is registered"))
                return redirect("fleet:application", application_id=issued.application.pk)
            return _show_secret(request, issued, _("The application is registered"))
    return render(request, "fleet/applications/form.html", {"form": form}, status=_status(form))


@require_safe
@fleet_view(Permission.FLEET_APPLICATIONS_READ)
def application_detail(request: Request, application_id: uuid.UUID) -> HttpResponse:
    """Show an application, how to configure its client, and who may use it."""
    application = selectors.get_application(application_id)
    may_write = request.actor.allows(Permission.FLEET_APPLICATIONS_WRITE) and not application.is_builtin
    # The built-in one is every tenant's, and nobody is granted it.
    granted = selectors.find_tenants(selectors.TenantFilter(application=application.pk))
    context = {
        "application": application,
        "tenants": granted.order_by("name", "pk")[:_TENANTS_SHOWN],
        "tenant_count": granted.count(),
        "apis": resources_of(application),
        "roles": ApplicationRole.objects.filter(application=application),
        "may_write": may_write,
        **_client_configuration(application, secret=None),
    }
    return render(request, "fleet/applications/detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@fleet_view(Permission.FLEET_APPLICATIONS_WRITE)
def application_edit(request: Request, application_id: uuid.UUID) -> HttpResponse:
    """Change an application's settings."""
    application = editable(selectors.get_application(application_id))
    form = ApplicationForm(request.POST or None, registered=True, initial=ApplicationForm.initial_of(application))
    if request.method == "POST" and form.is_valid():
        try:
            applications.update_application(application_id, form.settings(), actor=request.actor)
        except ValidationFailed as error:
            _tell(form, error)
        else:
            messages.success(request, _("Saved. It holds for sign-ins from now on."))
            return redirect("fleet:application", application_id=application_id)
    context = {"form": form, "application": application}
    return render(request, "fleet/applications/form.html", context, status=_status(form))


@require_http_methods(["GET", "HEAD", "POST"])
@fleet_view(Permission.FLEET_APPLICATIONS_WRITE)
def application_rotate(request: Request, application_id: uuid.UUID) -> HttpResponse:
    """Give the application a new client secret; the one before is taken for some days more."""
    application = editable(selectors.get_application(application_id))
    if request.method == "POST":
        mark = request.POST.get("in_place_of", "")
        issued = applications.rotate_application_secret(application_id, in_place_of=mark, actor=request.actor)
        return _show_secret(request, issued, _("The new secret"))
    context = {"application": application, "days": applications.OVERLAP.days}
    return render(request, "fleet/applications/rotate.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@fleet_view(Permission.FLEET_APPLICATIONS_WRITE)
def application_secret_end(request: Request, application_id: uuid.UUID) -> HttpResponse:
    """End the secret before the present one, once the application's name was typed."""
    application, fault = editable(selectors.get_application(application_id)), ""
    if request.method == "POST":
        typed = request.POST.get("confirm_name", "")
        try:
            applications.end_previous_secret(application_id, confirm_name=typed, actor=request.actor)
        except ValidationFailed as error:
            fault = error.fields["confirm_name"]
        else:
            messages.success(request, _("The old secret is taken no more."))
            return redirect("fleet:application", application_id=application_id)
    context = {"application": application, "fault": fault}
    return render(request, "fleet/applications/end_secret.html", context, status=422 if fault else 200)


def _tell(form: ApplicationForm, error: ValidationFailed) -> None:
    show_faults(form, error)
    if isinstance(error, PrivateKeyGiven):
        form.forget_keys()


def editable(application: Application) -> Application:
    """Return an application that may be changed.

    Raises:
        Conflict: it is Lifeguard's own.
    """
    if application.is_builtin:
        raise Conflict(_("This is the dashboard itself. It is set up by the product and cannot be changed."))
    return application


def _show_secret(request: Request, issued: IssuedSecret, title: str) -> HttpResponse:
    context = {
        "application": issued.application,
        "secret": issued.secret,
        "title": title,
        **_client_configuration(issued.application, secret=issued.secret),
    }
    return render(request, "fleet/applications/secret.html", context)


def _client_configuration(application: Application, *, secret: str | None) -> dict[str, str]:
    """Return what a client is configured with; the names are those that most OpenID Connect libraries document."""
    lines = [
        f"OIDC_ISSUER={settings.SIGNIN_URL}",
        f"OIDC_CLIENT_ID={application.client_id}",
        # Who signs, or is public, has no secret to configure.
        *([] if application.public_keys or application.is_public else [f"OIDC_CLIENT_SECRET={secret or '…'}"]),
        *(f"OIDC_REDIRECT_URI={uri}" for uri in application.redirect_uris[:1]),
        "OIDC_SCOPES=openid email profile",
    ]
    return {
        "issuer": settings.SIGNIN_URL,
        "discovery_url": f"{settings.SIGNIN_URL}/.well-known/openid-configuration",
        "configuration": "\n".join(lines),
        "device_url": f"{settings.SIGNIN_URL}/device" if application.device_flow else "",
    }


def _status(form: ApplicationForm) -> int:
    return 422 if form.errors else 200
