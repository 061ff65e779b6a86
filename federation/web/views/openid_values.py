"""The second step for OpenID and social providers."""

from typing import TypeVar

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from federation.connections.settings import OidcSettings, SocialSettings
from federation.fetching.model import FetchError
from federation.models import Connection
from federation.oidc_discovery import DiscoveryError
from federation.sayings import Finding, Severity
from federation.services.connection_values import take_openid, take_social
from federation.web.forms.openid import OpenIdForm, SocialForm
from federation.web.guide_view import where_to_find
from federation.web.stepper import WizardStep, has_values, step_url
from federation.web.views.common import REFUSED, advance, guide_of, name_of, wizard_page
from tenants.errors import ValidationFailed
from tenants.http import Request
from tenants.models import Tenant
from tenants.web.forms import show_faults

_AnyForm = TypeVar("_AnyForm", OpenIdForm, SocialForm)


def openid_page(request: Request, tenant: Tenant, connection: Connection, settings: OidcSettings) -> HttpResponseBase:
    """Ask for issuer, client id and secret."""
    form = OpenIdForm(initial=OpenIdForm.initial_of(settings), has_secret=connection.current.has_secret)
    return _page(request, tenant, connection, _say_where(form, connection))


def save_openid(request: Request, tenant: Tenant, connection: Connection) -> HttpResponseBase:
    """Look the issuer up and keep what was entered."""
    form = _say_where(OpenIdForm(request.POST, has_secret=connection.current.has_secret), connection)
    findings: tuple[Finding, ...] = ()
    if form.is_valid():
        try:
            found = take_openid(tenant, connection.pk, form.given(), actor=request.actor)
        except DiscoveryError as error:
            form.add_error("issuer", f"{error.message} {error.remedy}")
        except FetchError as error:
            form.add_error("issuer", f"{error.message} {_('Cognito, too, has to reach it from the internet.')}")
        except ValidationFailed as error:
            show_faults(form, error)
        else:
            if not any(finding.severity is Severity.ERROR for finding in found.findings):
                return _saved(request, tenant, connection)
            form.add_error(None, _("Nothing was saved: it cannot work like this."))
            findings = found.findings
    return _page(request, tenant, connection, form, findings)


def social_page(request: Request, tenant: Tenant, connection: Connection, settings: SocialSettings) -> HttpResponseBase:
    """Ask for what a social provider knows its application by."""
    kind, has_secret = connection.kind, connection.current.has_secret
    form = SocialForm(initial=SocialForm.initial_of(settings, kind), kind=kind, has_secret=has_secret)
    return _page(request, tenant, connection, _say_where(form, connection))


def save_social(request: Request, tenant: Tenant, connection: Connection) -> HttpResponseBase:
    """Keep what was entered."""
    form = SocialForm(request.POST, kind=connection.kind, has_secret=connection.current.has_secret)
    form = _say_where(form, connection)
    if form.is_valid():
        try:
            take_social(tenant, connection.pk, form.settings(), secret=form.secret, actor=request.actor)
        except ValidationFailed as error:
            show_faults(form, error)
        else:
            return _saved(request, tenant, connection)
    return _page(request, tenant, connection, form)


def _saved(request: Request, tenant: Tenant, connection: Connection) -> HttpResponseBase:
    advance(tenant, connection, WizardStep.MAPPING)
    messages.success(request, _("Saved."))
    return redirect(step_url(connection, tenant.slug, WizardStep.VALUES))


def _page(
    request: Request,
    tenant: Tenant,
    connection: Connection,
    form: OpenIdForm | SocialForm,
    findings: tuple[Finding, ...] = (),
) -> HttpResponseBase:
    settings = connection.settings
    context = {
        "form": form,
        "is_oidc": isinstance(settings, OidcSettings),
        "findings": findings,
        "addresses": _addresses(settings) if isinstance(settings, OidcSettings) and settings.issuer else [],
        "saved": has_values(connection),
        "next_url": step_url(connection, tenant.slug, WizardStep.MAPPING),
    }
    status = REFUSED if form.errors else 200
    return wizard_page(request, tenant, connection, WizardStep.VALUES, "values_oidc.html", context, status=status)


def _addresses(settings: OidcSettings) -> list[dict[str, str]]:
    return [
        {"label": _("Issuer"), "value": settings.issuer},
        {"label": _("People sign in at"), "value": settings.authorize_url},
        {"label": _("Codes are exchanged at"), "value": settings.token_url},
        {"label": _("Attributes are read at"), "value": settings.userinfo_url},
        {"label": _("Its keys are at"), "value": settings.jwks_url},
    ]


def _say_where(form: _AnyForm, connection: Connection) -> _AnyForm:
    """Return a form that says beside each field what the identity provider calls it."""
    guide = guide_of(connection)
    places = where_to_find(guide)
    for name, field in form.fields.items():
        if guide and name in places:
            called = _("At %(name)s: “%(field)s”.") % {"name": name_of(connection), "field": places[name]}
            field.help_text = f"{called} {field.help_text}".strip()
    return form
