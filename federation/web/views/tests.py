"""The step before the last: trying the connection out by a real sign-in, in a tab of its own."""

import uuid

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from federation.models import Connection, ConnectionTest, ConnectionTestState
from federation.selectors.connection_tests import get_test, tests_of
from federation.selectors.connections import get_connection
from federation.services.connection_test_visits import issue_ticket
from federation.services.connection_tests import cancel_test, start_test
from federation.tokens import hash_token
from federation.web.connection_view import lacking
from federation.web.stepper import WizardStep, step_url
from federation.web.test_view import view_of
from federation.web.views.common import guide_of, wizard_page
from tenants.errors import DomainError, NotFound
from tenants.http import Request
from tenants.models import Tenant
from tenants.permissions import Permission
from tenants.web.access import tenant_view

_OPENABLE = (ConnectionTestState.READY, ConnectionTestState.WAITING)


@tenant_view(Permission.CONNECTIONS_READ)
@require_safe
def connection_test(request: Request, tenant: Tenant, connection_id: uuid.UUID) -> HttpResponseBase:
    """Show the last test, or how to begin one."""
    connection = get_connection(tenant, connection_id)
    return _page(request, tenant, connection, tests_of(connection).first())


@tenant_view(Permission.CONNECTIONS_READ)
@require_safe
def connection_test_run(
    request: Request, tenant: Tenant, connection_id: uuid.UUID, test_id: uuid.UUID
) -> HttpResponseBase:
    """Show one test; the page asks for its part again while the test goes on."""
    connection = get_connection(tenant, connection_id)
    return _page(request, tenant, connection, get_test(connection, test_id))


@tenant_view(Permission.CONNECTIONS_WRITE)
@require_POST
def connection_test_start(request: Request, tenant: Tenant, connection_id: uuid.UUID) -> HttpResponseBase:
    """Begin a test."""
    connection = get_connection(tenant, connection_id)
    try:
        test = start_test(tenant, connection_id, session=_session(request), actor=request.actor)
    except NotFound:
        raise
    except DomainError as error:
        last = tests_of(connection).first()
        return _page(request, tenant, connection, last, refusal=error.message, status=error.status)
    return redirect(_run_url(tenant, test))


@tenant_view(Permission.CONNECTIONS_WRITE)
@require_safe
def connection_test_open(
    request: Request, tenant: Tenant, connection_id: uuid.UUID, test_id: uuid.UUID
) -> HttpResponseBase:
    """Lead this browser to the sign-in host, which sends it on: a form may not lead to other hosts, a link may."""
    test = get_test(get_connection(tenant, connection_id), test_id)
    ticket = issue_ticket(test, session=_session(request))
    return redirect(f"{settings.SIGNIN_URL}/federation/test/{test.pk}?ticket={ticket}")


@tenant_view(Permission.CONNECTIONS_WRITE)
@require_POST
def connection_test_cancel(
    request: Request, tenant: Tenant, connection_id: uuid.UUID, test_id: uuid.UUID
) -> HttpResponseBase:
    """End a test that is under way."""
    test = get_test(get_connection(tenant, connection_id), test_id)
    if cancel_test(test):
        messages.success(request, _("The test was canceled."))
    return redirect(_run_url(tenant, test))


def _page(
    request: Request,
    tenant: Tenant,
    connection: Connection,
    test: ConnectionTest | None,
    *,
    refusal: str = "",
    status: int = 200,
) -> HttpResponseBase:
    guide = guide_of(connection)
    may_test = request.actor.allows(Permission.CONNECTIONS_WRITE)
    is_mine = test is not None and (test.is_anybodys or test.session_hash == hash_token(_session(request)))
    context = {
        "guide": guide,
        "test": test,
        "shown": view_of(test, connection_name=connection.name, own_guide=guide) if test else None,
        "is_open": test is not None and test.is_open,
        "can_open": test is not None and may_test and is_mine and test.state in _OPENABLE,
        "is_mine": is_mine,
        "is_of_now": test is not None and test.version == connection.current.number,
        "run_url": _run_url(tenant, test) if test else "",
        "refusal": refusal,
        "may_test": may_test,
        "lacking": lacking(connection),
        "step_urls": {step.value: step_url(connection, tenant.slug, step) for step in WizardStep},
    }
    if request.htmx and not context["is_open"]:
        # The steps and the status of the connection, outside of the part that asks, have changed too.
        return HttpResponseClientRefresh()
    if request.htmx:
        shared = {"tenant": tenant, "connection": connection, **context}
        return render(request, "tenant/connections/test.html#run", shared)
    return wizard_page(request, tenant, connection, WizardStep.TEST, "test.html", context, status=status)


def _run_url(tenant: Tenant, test: ConnectionTest) -> str:
    return reverse("tenant:connection-test-run", args=[tenant.slug, test.connection_id, test.pk])


def _session(request: Request) -> str:
    return request.session.session_key or ""
