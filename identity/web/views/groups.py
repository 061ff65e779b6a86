"""A tenant's groups, and who is in them."""

import uuid
from operator import attrgetter

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from identity.models import Group, GroupMember
from identity.selectors import SyncView, discreet
from identity.selectors.groups import (
    GROUP_ORDER,
    MEMBER_ORDER,
    count_missing,
    find_groups,
    get_group,
    members_of,
    trouble_of,
    users_by_email,
)
from identity.services import groups
from identity.web.group_forms import DescriptionForm, GroupForm, MembersForm
from identity.web.user_facts import missing_view
from tenants.errors import Conflict, ValidationFailed
from tenants.http import Request
from tenants.models import Tenant
from tenants.paging import keyset_page
from tenants.permissions import Permission
from tenants.web.access import tenant_view
from tenants.web.csv_export import csv_response
from tenants.web.forms import show_faults
from tenants.web.forms.filters import SearchForm
from tenants.web.tables import CURSOR, PAGE_SIZE, pager, with_query

# What `find_groups` annotates.
_member_count = attrgetter("member_count")
_FORMS = require_http_methods(["GET", "HEAD", "POST"])


@tenant_view(Permission.GROUPS_READ)
@require_safe
def group_list(request: Request, tenant: Tenant) -> HttpResponseBase:
    """The tenant's groups: search and pages, in the address."""
    form = SearchForm(request.GET, label=_("Search groups"), placeholder=_("Name or description"))
    found = find_groups(tenant, form.text())
    page = keyset_page(found, order=GROUP_ORDER, cursor=request.GET.get(CURSOR, ""), size=PAGE_SIZE)
    context = {
        "tenant": tenant,
        "form": form,
        "groups": page.rows,
        "pager": pager(request, page),
        "clear_url": _list_url(tenant) if form.chosen() else "",
        "export_url": f"{reverse('tenant:groups-export', args=[tenant.slug])}{with_query(request, cursor='')}",
        "may_write": request.actor.allows(Permission.GROUPS_WRITE),
    }
    return render(request, "tenant/groups.html#table" if request.htmx else "tenant/groups.html", context)


@tenant_view(Permission.GROUPS_READ)
@require_safe
def group_export(request: Request, tenant: Tenant) -> HttpResponseBase:
    """Download the groups that the search leaves, as CSV."""
    form = SearchForm(request.GET, label="", placeholder="")
    found = find_groups(tenant, form.text()).order_by(*GROUP_ORDER).iterator(chunk_size=500)
    lines = ((row.name, row.description, _member_count(row), row.created_at.isoformat()) for row in found)
    return csv_response(f"{tenant.slug}-groups.csv", ("name", "description", "members", "created"), lines)


@tenant_view(Permission.GROUPS_WRITE)
@_FORMS
def group_new(request: Request, tenant: Tenant) -> HttpResponseBase:
    """Make a group."""
    form = GroupForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            group = groups.create_group(tenant, **form.cleaned_data, actor=request.actor)
        except ValidationFailed as error:
            show_faults(form, error)
        else:
            messages.success(request, _("The group is there. Add its users below."))
            return redirect(_url(group))
    context = {"tenant": tenant, "form": form}
    return render(request, "tenant/group_form.html", context, status=422 if form.errors else 200)


@tenant_view(Permission.GROUPS_READ)
@require_safe
def group_page(request: Request, tenant: Tenant, group_id: uuid.UUID) -> HttpResponseBase:
    """One group and who is in it."""
    return _page(request, get_group(tenant, group_id), MembersForm())


@tenant_view(Permission.GROUPS_WRITE)
@_FORMS
def group_edit(request: Request, tenant: Tenant, group_id: uuid.UUID) -> HttpResponseBase:
    """Describe a group otherwise."""
    group = get_group(tenant, group_id)
    form = DescriptionForm(request.POST or None, initial={"description": group.description})
    if request.method == "POST" and form.is_valid():
        try:
            groups.update_group(tenant, group_id, **form.cleaned_data, actor=request.actor)
        except ValidationFailed as error:
            show_faults(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect(_url(group))
    context = {"tenant": tenant, "group": group, "form": form}
    return render(request, "tenant/group_form.html", context, status=422 if form.errors else 200)


@tenant_view(Permission.GROUPS_WRITE)
@_FORMS
def group_delete(request: Request, tenant: Tenant, group_id: uuid.UUID) -> HttpResponseBase:
    """Delete a group, once its name has been typed."""
    group = get_group(tenant, group_id)
    context: dict[str, object] = {"tenant": tenant, "group": group, "url": _url(group)}
    if request.method != "POST":
        return render(request, "tenant/group_delete.html", context)
    try:
        groups.delete_group(tenant, group_id, confirm_name=request.POST.get("confirm_name", ""), actor=request.actor)
    except ValidationFailed as error:
        return render(request, "tenant/group_delete.html", {**context, "error": error.message}, status=error.status)
    messages.success(request, _("The group %(group)s is deleted. Its members stay users.") % {"group": group.name})
    return redirect(_list_url(tenant))


@tenant_view(Permission.GROUPS_WRITE)
@require_POST
def group_add(request: Request, tenant: Tenant, group_id: uuid.UUID) -> HttpResponseBase:
    """Put users into a group; all of them or, where an address is nobody's, none."""
    group, form = get_group(tenant, group_id), MembersForm(request.POST)
    if form.is_valid():
        users, unknown = users_by_email(tenant, form.cleaned_data["emails"])
        if unknown:
            form.add_error("emails", _("Nobody here has: %(emails)s.") % {"emails": ", ".join(unknown[:10])})
        else:
            try:
                count = groups.add_members(tenant, group_id, [user.pk for user in users], actor=request.actor)
            except Conflict as error:
                form.add_error("emails", error.message)
            else:
                said = ngettext("%(count)d user added.", "%(count)d users added.", count) % {"count": count}
                messages.success(request, said)
                return redirect(_url(group))
    return _page(request, group, form, status=422)


@tenant_view(Permission.GROUPS_WRITE)
@require_POST
def group_remove(request: Request, tenant: Tenant, group_id: uuid.UUID, user_id: uuid.UUID) -> HttpResponseBase:
    """Take a user out of a group."""
    groups.remove_members(tenant, group_id, [user_id], actor=request.actor)
    messages.success(request, _("Taken out of the group."))
    return redirect(reverse("tenant:group", args=[tenant.slug, group_id]))


@tenant_view(Permission.GROUPS_READ)
@require_safe
def member_export(request: Request, tenant: Tenant, group_id: uuid.UUID) -> HttpResponseBase:
    """Download the members that the search leaves, as CSV."""
    group = get_group(tenant, group_id)
    found = members_of(group, _search(request).text()).order_by(*MEMBER_ORDER).iterator(chunk_size=500)
    lines = ((row.user.email, row.user.name, row.user.status, row.created_at.isoformat()) for row in found)
    return csv_response(f"{tenant.slug}-{group.name}.csv", ("email", "name", "status", "added"), lines)


def _search(request: Request) -> SearchForm:
    return SearchForm(request.GET, label=_("Search members"), placeholder=_("Name or e-mail"))


def _page(request: Request, group: Group, members_form: MembersForm, *, status: int = 200) -> HttpResponseBase:
    search, trouble = _search(request), trouble_of(group)
    found = members_of(group, search.text())
    page = keyset_page(found, order=MEMBER_ORDER, cursor=request.GET.get(CURSOR, ""), size=PAGE_SIZE)
    export = reverse("tenant:group-members-export", args=[group.tenant.slug, group.pk])
    context = {
        "tenant": group.tenant,
        "group": group,
        "members": [(row, _missing(row)) for row in page.rows],
        "missing": count_missing(group),
        "missing_url": f"{reverse('tenant:users', args=[group.tenant.slug])}?cognito=missing",
        "trouble": discreet(f"{trouble.detail} {trouble.remedy}".strip(), group.tenant) if trouble else "",
        "pager": pager(request, page),
        "form": search,
        "members_form": members_form,
        "search_url": _url(group),
        "clear_url": _url(group) if search.chosen() else "",
        "export_url": f"{export}{with_query(request, cursor='')}",
        "may_write": request.actor.allows(Permission.GROUPS_WRITE),
    }
    template = "tenant/group.html#table" if request.htmx else "tenant/group.html"
    return render(request, template, context, status=status)


def _missing(member: GroupMember) -> SyncView | None:
    return missing_view(member.user) if member.user.missing_since is not None else None


def _url(group: Group) -> str:
    return reverse("tenant:group", args=[group.tenant.slug, group.pk])


def _list_url(tenant: Tenant) -> str:
    return reverse("tenant:groups", args=[tenant.slug])
