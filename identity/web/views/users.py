"""The list of users, and one user's page."""

import uuid
from dataclasses import replace

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from identity.models import DirectoryUser
from identity.selectors import (
    USER_ORDERS,
    SyncView,
    count_users,
    discreet,
    events_about,
    find_users,
    get_user,
    latest_invitation,
    ordered_users,
    reconcile_state,
    reconcile_states,
)
from identity.selectors.pull import conflicts_of
from identity.selectors.users import NO_ROLE
from identity.web.forms import RoleForm, UserFilterForm
from identity.web.user_facts import cognito_status_words, conflict_rows
from identity.web.user_rows import UserRow, list_url, user_row
from tenants.errors import NotFound
from tenants.http import Request
from tenants.models import SyncKind, Tenant
from tenants.paging import keyset_page
from tenants.permissions import Permission
from tenants.web.access import tenant_view
from tenants.web.csv_export import csv_response
from tenants.web.tables import CURSOR, PAGE_SIZE, chosen_sort, pager, sort_links, with_query

_SORTS = ("email", "name", "-last_sign_in", "-created")
_EVENTS = 10
# htmx stops polling when an answer has this status.
_STOP_POLLING = 286
_COLUMNS = ("id", "email", "name", "status", "role", "second_factor", "last_sign_in", "created")


@tenant_view(Permission.USERS_READ)
def user_list(request: Request, tenant: Tenant) -> HttpResponseBase:
    """The tenant's users: search, filters, sort and pages, all of them in the address."""
    form = UserFilterForm(request.GET)
    sort = chosen_sort(request, _SORTS)
    users = ordered_users(find_users(tenant, form.wanted()))
    page = keyset_page(users, order=USER_ORDERS[sort], cursor=request.GET.get(CURSOR, ""), size=PAGE_SIZE)
    filtered = any(request.GET.get(name) for name in form.fields)
    context = {
        "tenant": tenant,
        "filters": form,
        "filtered": filtered,
        "clear_url": list_url(tenant) if filtered else "",
        "rows": _rows(request, page.rows),
        "pager": pager(request, page),
        "sorts": sort_links(request, _SORTS, sort),
        "counts": count_users(tenant),
        "export_url": reverse("tenant:user-export", args=[tenant.slug]) + with_query(request, cursor=""),
        "may_write": request.actor.allows(Permission.USERS_WRITE),
    }
    template = "tenant/users.html#results" if _wants_results(request) else "tenant/users.html"
    return render(request, template, context)


@tenant_view(Permission.USERS_READ)
def user_export(request: Request, tenant: Tenant) -> HttpResponseBase:
    """The users that the filters leave, as CSV."""
    users = find_users(tenant, UserFilterForm(request.GET).wanted()).order_by("email", "pk")
    rows = ([str(value) for value in _cells(user)] for user in users.iterator(chunk_size=500))
    return csv_response(f"{tenant.slug}-users.csv", _COLUMNS, rows)


@tenant_view(Permission.USERS_READ)
def user_detail(request: Request, tenant: Tenant, user_id: uuid.UUID) -> HttpResponseBase:
    """One user: who they are, what they may do, how far Cognito has followed, and what happened to them."""
    user = get_user(tenant, user_id)
    invitation = latest_invitation(user)
    context = {
        "tenant": tenant,
        "person": user,
        "row": user_row(user, _state(tenant, SyncKind.USER, user.pk), actor=request.actor, back=request.path),
        "invitation": invitation,
        "mail": _state(tenant, SyncKind.INVITATION, invitation.pk) if invitation else None,
        "events": events_about(user, _EVENTS),
        "cognito_status": cognito_status_words(user),
        "conflicts": conflict_rows(conflicts_of(user, _EVENTS)),
        "role_form": RoleForm(initial={"role": user.role or NO_ROLE}) if _may_set_role(request, user) else None,
        "may_write": request.actor.allows(Permission.USERS_WRITE),
    }
    return render(request, "tenant/user.html", context)


@tenant_view(Permission.USERS_READ)
def user_sync(request: Request, tenant: Tenant, user_id: uuid.UUID) -> HttpResponseBase:
    """The pill that says how far Cognito has followed; the page asks again until it is settled."""
    try:
        user = get_user(tenant, user_id)
    except NotFound:
        if not request.htmx:
            raise
        # Deleted while the page was open: the pill goes, and nothing asks again.
        return HttpResponse(status=_STOP_POLLING)
    row = user_row(user, reconcile_state(SyncKind.USER, user.pk), actor=request.actor, back="")
    return render(request, "tenant/user_sync.html", {"row": row})


def _state(tenant: Tenant, kind: SyncKind, key: uuid.UUID) -> SyncView | None:
    """How far Cognito has followed, in words that do not tell which pool a tenant shares."""
    state = reconcile_state(kind, key)
    if state is None:
        return None
    return replace(state, detail=discreet(state.detail, tenant), remedy=discreet(state.remedy, tenant))


def _rows(request: Request, users: list[DirectoryUser]) -> list[UserRow]:
    states = reconcile_states(SyncKind.USER, [user.pk for user in users])
    back = request.get_full_path()
    return [user_row(user, states.get(user.pk), actor=request.actor, back=back) for user in users]


def _cells(user: DirectoryUser) -> tuple[object, ...]:
    return (
        user.pk,
        user.email,
        user.name,
        user.status,
        user.role,
        " ".join(user.second_factors),
        user.last_sign_in_at.isoformat() if user.last_sign_in_at else "",
        user.created_at.isoformat(),
    )


def _may_set_role(request: Request, user: DirectoryUser) -> bool:
    return request.actor.allows(Permission.ROLES_WRITE) and request.actor.id != str(user.pk)


def _wants_results(request: HttpRequest) -> bool:
    """Say whether htmx asks for the table alone, as the filters do."""
    return request.headers.get("HX-Target") == "user-results"
