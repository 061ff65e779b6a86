"""The second step: what the identity provider gives us."""

import uuid

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from federation.connections.settings import OidcSettings, SamlSettings
from federation.fetching.model import FetchError
from federation.metadata import Choice, MetadataError
from federation.models import Connection
from federation.selectors.connections import get_connection
from federation.services.connection_values import take_metadata, understood_metadata
from federation.web.forms.metadata import FORMS, MetadataForm, initial_of
from federation.web.guide_view import where_to_find
from federation.web.stepper import WizardStep, has_values, step_url
from federation.web.views.common import REFUSED, advance, guide_of, name_of, wizard_page
from federation.web.views.openid_values import openid_page, save_openid, save_social, social_page
from tenants.errors import Conflict, ValidationFailed
from tenants.http import Request
from tenants.models import Tenant
from tenants.permissions import Permission
from tenants.web.access import tenant_view
from tenants.web.forms import show_faults

_WAYS = {
    "url": gettext_lazy("From its address"),
    "file": gettext_lazy("As a file"),
    "paste": gettext_lazy("Pasted"),
    "fields": gettext_lazy("Field by field"),
}
# What a form's field is called in guides.
_IN_GUIDES = {
    "url": "metadata_url",
    "document": "metadata_file",
    "entity_id": "entity_id",
    "sso_url": "sso_url",
    "certificates": "certificate",
}


@tenant_view(Permission.CONNECTIONS_READ)
@require_safe
def connection_values(request: Request, tenant: Tenant, connection_id: uuid.UUID) -> HttpResponseBase:
    """Show what is known of the identity provider, and ask for it."""
    connection = get_connection(tenant, connection_id)
    settings = connection.settings
    if isinstance(settings, SamlSettings):
        by = _way(request, connection, settings)
        form = _say_where(FORMS[by](initial=initial_of(settings, by)), connection)
        return _saml_page(request, tenant, connection, form, {})
    if isinstance(settings, OidcSettings):
        return openid_page(request, tenant, connection, settings)
    return social_page(request, tenant, connection, settings)


@tenant_view(Permission.CONNECTIONS_WRITE)
@require_POST
def connection_values_save(request: Request, tenant: Tenant, connection_id: uuid.UUID) -> HttpResponseBase:
    """Take what the administrator brings."""
    connection = get_connection(tenant, connection_id)
    settings = connection.settings
    if isinstance(settings, SamlSettings):
        return _save_saml(request, tenant, connection, settings)
    if isinstance(settings, OidcSettings):
        return save_openid(request, tenant, connection)
    return save_social(request, tenant, connection)


def _save_saml(request: Request, tenant: Tenant, connection: Connection, settings: SamlSettings) -> HttpResponseBase:
    form = _say_where(FORMS[_way(request, connection, settings)](request.POST, request.FILES), connection)
    refused: dict[str, object] = {"refused": True}
    if form.is_valid():
        try:
            found = take_metadata(tenant, connection.pk, form.given(), actor=request.actor)
        except (MetadataError, FetchError) as error:
            form.add_error(form.about, f"{error.message} {error.remedy}")
        except ValidationFailed as error:
            show_faults(form, error)
        except Conflict as error:
            form.add_error(None, error.message)
        else:
            if isinstance(found, Choice):
                form = form.offer(found)
                refused["choosing"] = not form.errors
            elif found.errors:
                form.add_error(None, _("Nothing was saved: it cannot work like this."))
                refused.update(findings=found.findings, understood=found)
            else:
                return _saved(request, tenant, connection)
    return _saml_page(request, tenant, connection, form, refused)


def _saved(request: Request, tenant: Tenant, connection: Connection) -> HttpResponseBase:
    advance(tenant, connection, WizardStep.MAPPING)
    messages.success(request, _("Saved. Check below whether we understood it."))
    return redirect(step_url(connection, tenant.slug, WizardStep.VALUES))


def _saml_page(
    request: Request, tenant: Tenant, connection: Connection, form: MetadataForm, more: dict[str, object]
) -> HttpResponseBase:
    settings = connection.settings
    known = understood_metadata(settings) if isinstance(settings, SamlSettings) and not more else None
    context: dict[str, object] = {
        "form": form,
        "by": form.by,
        "tabs": _tabs(connection, form.by, step_url(connection, tenant.slug, WizardStep.VALUES)),
        "saved": has_values(connection),
        "asked": bool(more) or "by" in request.GET,
        "understood": known,
        "findings": known.findings if known else (),
        "next_url": step_url(connection, tenant.slug, WizardStep.MAPPING),
        **more,
    }
    status = REFUSED if more else 200
    return wizard_page(request, tenant, connection, WizardStep.VALUES, "values_saml.html", context, status=status)


def _way(request: Request, connection: Connection, settings: SamlSettings) -> str:
    """Return the way that the address names; otherwise as it was given before, or as the guide likes best."""
    guide = guide_of(connection)
    best = guide.metadata_by[0].value if guide and guide.metadata_by else "url"
    asked = request.GET.get("by", "")
    return asked if asked in FORMS else settings.source or best


def _tabs(connection: Connection, current: str, url: str) -> list[dict[str, object]]:
    guide = guide_of(connection)
    best = [way.value for way in guide.metadata_by] if guide else []
    order = list(dict.fromkeys([*best, *_WAYS]))
    return [{"label": _WAYS[way], "url": f"{url}?by={way}", "current": way == current, "count": ""} for way in order]


def _say_where(form: MetadataForm, connection: Connection) -> MetadataForm:
    """Return a form that says beside each field what the identity provider calls it."""
    guide = guide_of(connection)
    places = where_to_find(guide)
    for name, field in form.fields.items():
        place = places.get(_IN_GUIDES.get(name, ""))
        if guide and place and (name != "entity_id" or form.by == "fields"):
            called = _("At %(name)s: “%(field)s”.") % {"name": name_of(connection), "field": place}
            field.help_text = f"{called} {field.help_text}"
    return form
