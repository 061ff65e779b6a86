"""The tenant's log of sign-ins: every attempt, a chart of them, and a download."""

from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from federation.auth_reasons import in_words
from federation.devices import device_of
from federation.models import AuthEvent
from federation.selectors.auth_events import auth_events, figures
from federation.web.forms.auth_events import AuthEventFilterForm
from federation.web.sign_in_chart import sign_in_chart
from tenants.http import Request
from tenants.models import FleetSettings, Tenant
from tenants.paging import keyset_page
from tenants.permissions import Permission
from tenants.web.access import tenant_view
from tenants.web.csv_export import csv_response
from tenants.web.tables import CURSOR, PAGE_SIZE, pager, with_query

_ORDER = ("-created_at", "-pk")
_COLUMNS = (
    "time", "outcome", "way", "reason", "reason in words", "user", "user id", "application", "connection", "amr", "ip",
    "known browser", "browser", "detail", "request id",
)  # fmt: skip


@tenant_view(Permission.AUDIT_READ)
@require_safe
def sign_in_log(request: Request, tenant: Tenant) -> HttpResponseBase:
    """Show every attempt to sign in, the newest first, under a chart of those that the filters leave."""
    form = AuthEventFilterForm(request.GET, tenant=tenant)
    wanted = form.wanted()
    page = keyset_page(auth_events(tenant, wanted), order=_ORDER, cursor=request.GET.get(CURSOR, ""), size=PAGE_SIZE)
    found = figures(tenant, wanted)
    context = {
        "tenant": tenant,
        "filters": form,
        "clear_url": request.path if form.chosen() else "",
        "days_kept": FleetSettings.current().sign_in_days,
        "figures": found,
        "total": found.total,
        "chart": sign_in_chart(found.days),
        "reasons": [
            (in_words(code), times, with_query(request, reason=code, cursor="")) for code, times in found.reasons
        ],
        "networks": [(network, times, with_query(request, q=network, cursor="")) for network, times in found.networks],
        "narrowed": _narrowed(request, form),
        "lines": [(event, in_words(event.reason), device_of(event.user_agent)) for event in page.rows],
        "pager": pager(request, page),
        "export_url": reverse("tenant:sign-ins-export", args=[tenant.slug]) + with_query(request, cursor=""),
    }
    template = "tenant/sign_ins.html"
    return render(request, f"{template}#results" if request.htmx else template, context)


@tenant_view(Permission.AUDIT_READ)
@require_safe
def sign_in_export(request: Request, tenant: Tenant) -> HttpResponseBase:
    """Download the attempts that the filters leave, as CSV, the newest first."""
    events = auth_events(tenant, AuthEventFilterForm(request.GET, tenant=tenant).wanted()).order_by(*_ORDER)
    return csv_response(
        f"{tenant.slug}-sign-ins.csv", _COLUMNS, (_row(event) for event in events.iterator(chunk_size=500))
    )


def _row(event: AuthEvent) -> tuple[object, ...]:
    return (
        event.created_at.isoformat(),
        event.outcome,
        event.way,
        event.reason,
        in_words(event.reason),
        event.user or "",
        event.user_id or "",
        event.application.name if event.application else "",
        event.connection.name if event.connection else "",
        " ".join(event.amr),
        event.ip,
        "yes" if event.known_device else "no",
        device_of(event.user_agent),
        event.detail,
        event.request_id,
    )


def _narrowed(request: Request, form: AuthEventFilterForm) -> list[tuple[str, str]]:
    """Return what no visible field says of the filter, each with the address without it."""
    chosen = form.chosen()
    said = []
    if reason := chosen.get("reason"):
        said.append((in_words(reason), with_query(request, reason="", cursor="")))
    if chosen.get("user"):
        said.append((str(chosen["user"]), with_query(request, user="", cursor="")))
    return said
