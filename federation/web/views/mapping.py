"""The third step: what is taken over of a person, what groups give, and who is let in."""

import uuid
from typing import Any

from django.contrib import messages
from django.forms import BoundField
from django.http import HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from federation.connections.test_report import Report
from federation.guides import GroupValues
from federation.models import Connection
from federation.selectors.connection_tests import tests_of
from federation.selectors.connections import get_connection
from federation.selectors.email_domains import proved_domains
from federation.services.connection_mapping import save_people
from federation.web.forms.mapping import CUSTOM, MappingForm, RuleForms, Rules, initial_rules
from federation.web.stepper import WizardStep, step_url
from federation.web.views.common import REFUSED, advance, guide_of, wizard_page
from identity.models import Group
from tenants.errors import ValidationFailed
from tenants.http import Request
from tenants.models import Tenant
from tenants.models.pool_settings import options_of
from tenants.permissions import Permission
from tenants.web.access import tenant_view
from tenants.web.forms import show_faults


@tenant_view(Permission.CONNECTIONS_READ)
@require_safe
def connection_mapping(request: Request, tenant: Tenant, connection_id: uuid.UUID) -> HttpResponseBase:
    """Show the mapping; it begins with what the guide recommends."""
    connection = get_connection(tenant, connection_id)
    form = _form(request, tenant, initial=MappingForm.initial_of(connection))
    rules = _rules(request, connection, initial=initial_rules(connection.mapping))
    return _page(request, tenant, connection, form, rules)


@tenant_view(Permission.CONNECTIONS_WRITE)
@require_POST
def connection_mapping_save(request: Request, tenant: Tenant, connection_id: uuid.UUID) -> HttpResponseBase:
    """Keep the mapping, or add an empty rule to the page."""
    connection = get_connection(tenant, connection_id)
    form = _form(request, tenant, request.POST, initial=MappingForm.initial_of(connection))
    rules = _rules(request, connection, request.POST, initial=initial_rules(connection.mapping))
    if "add" in request.POST:
        return _with_another_rule(request, tenant, connection, form, rules)
    if form.is_valid() and rules.is_valid():
        try:
            save_people(tenant, connection_id, form.mapping(rules.rules), form.arrivals, actor=request.actor)
        except ValidationFailed as error:
            show_faults(form, error)
        else:
            advance(tenant, connection, WizardStep.TEST)
            messages.success(request, _("Saved."))
            return redirect(step_url(connection, tenant.slug, WizardStep.TEST))
    return _page(request, tenant, connection, form, rules, status=REFUSED)


def _with_another_rule(
    request: Request, tenant: Tenant, connection: Connection, form: MappingForm, rules: Rules
) -> HttpResponseBase:
    """Show the page as it was filled in, with one empty rule more. Nothing is saved, and nothing refused yet."""
    typed = {name: form[name].value() for name in form.fields}
    typed_rules = [{name: rule[name].value() for name in rule.fields} for rule in rules.forms]
    form = _form(request, tenant, initial=typed)
    return _page(request, tenant, connection, form, _rules(request, connection, initial=typed_rules))


def _form(request: Request, tenant: Tenant, data: QueryDict | None = None, *, initial: dict[str, Any]) -> MappingForm:
    may_grant = request.actor.allows(Permission.ROLES_WRITE)
    attributes = options_of(tenant.pool).custom_attributes
    return MappingForm(data, initial=initial, attributes=attributes, may_grant=may_grant)


def _rules(
    request: Request, connection: Connection, data: QueryDict | None = None, *, initial: list[dict[str, Any]]
) -> Rules:
    guide = guide_of(connection)
    asked = {
        "groups": list(Group.objects.filter(tenant=connection.tenant_id).values_list("name", flat=True)),
        "may_grant": request.actor.allows(Permission.ROLES_WRITE),
        "ids": guide is not None and guide.groups is not None and guide.groups.values is GroupValues.IDS,
    }
    return RuleForms(data, initial=initial, form_kwargs=asked, prefix="rules")


def _page(
    request: Request,
    tenant: Tenant,
    connection: Connection,
    form: MappingForm,
    rules: Rules,
    *,
    status: int = 200,
) -> HttpResponseBase:
    guide = guide_of(connection)
    sources = {hint.target.value: hint.source for hint in guide.attributes} if guide else {}
    tested = tests_of(connection).exclude(report={}).first()
    report = Report.from_json(tested.report) if tested else Report()
    context = {
        "guide": guide,
        "form": form,
        "rows": [
            {
                "field": field,
                "source": sources.get(field.name, ""),
                "came": report.attributes.get(_in_cognito(field), ""),
            }
            for field in form.people_fields
        ],
        "tested": tested,
        "came_groups": ", ".join(report.claimed_groups),
        "rules": rules,
        "proved_domains": proved_domains(tenant),
        "has_groups": Group.objects.filter(tenant=tenant).exists(),
    }
    return wizard_page(request, tenant, connection, WizardStep.MAPPING, "mapping.html", context, status=status)


def _in_cognito(field: BoundField) -> str:
    """Return what the attribute of a field is called in Cognito, and so in the report of a test."""
    return f"custom:{field.name.removeprefix(CUSTOM)}" if field.name.startswith(CUSTOM) else field.name
