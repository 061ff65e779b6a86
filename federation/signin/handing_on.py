"""Which organization somebody signs in at, found out for an application that signs them in by itself.

An application in native mode sends people to Cognito's own pages, of which each tenant has its own, and so has to know
the tenant first. It sends them to our page that asks for the address. The way through is that of every application that
names no organization, up to where a sign-in at the tenant would begin: from there they are handed on to where the
application begins one ("Initiating Login from a Third Party", OpenID Connect Core section 4).
"""

from collections.abc import Mapping
from typing import Any

from authlib.common.urls import add_params_to_uri
from django.utils.translation import gettext as _

from federation.selectors.opened_requests import HAND_ON
from federation.signin.context import NotReady
from identity.models import AppClient
from identity.sync.native import purpose_of
from tenants.errors import DomainError
from tenants.models import Application, NativeMode, Tenant

# Of an address (RFC 5321), and of a list of languages.
_LONGEST = 254


class HandedOn(DomainError):
    """A tenant was found, and the application begins the sign-in there: nobody signs in here."""

    status = 404
    code = "handed_on"

    def __init__(self, tenant: Tenant, application: Application, address: str) -> None:
        super().__init__(f"{application} begins the sign-in.")
        self.tenant, self.application, self.address = tenant, application, address


def can_be_handed_on(application: Application) -> bool:
    """Say whether organizations are found out for an application: it is in native mode and says where it begins."""
    return bool(application.initiate_login_uri) and NativeMode.objects.filter(application=application).exists()


def parameters_for(application: Application, asked: Mapping[str, str]) -> dict[str, Any]:
    """Return what is kept of a request, in the form of an authorization request.

    What is no address, or no list of languages, is left out: cut off it would be another's, and PostgreSQL keeps no
    NUL.

    Args:
        application: which asks.
        asked: what it said: `login_hint` and `ui_locales` are looked at.
    """
    own = {"client_id": application.client_id, "redirect_uri": application.initiate_login_uri, HAND_ON: "1"}
    said = {name: asked.get(name, "") for name in ("login_hint", "ui_locales")}
    kept = {name: value for name, value in said.items() if value and len(value) <= _LONGEST and "\0" not in value}
    return {**kept, **own}


def is_handed_on(parameters: Mapping[str, Any]) -> bool:
    """Say whether nobody signs in by a request."""
    return HAND_ON in parameters


def handed_on(tenant: Tenant, application: Application, email: str) -> HandedOn:
    """Return where somebody goes on: with the issuer of the tenant's pool, and the application's client ID there.

    Args:
        tenant: that was found.
        application: which asked.
        email: the address that was typed; empty where it is not known.

    Raises:
        NotReady: the application has no app client there yet.
    """
    rows = AppClient.objects.filter(tenant=tenant, purpose=purpose_of(application.pk))
    client = rows.select_related("pool__cell").first()
    if client is None:
        raise NotReady(_("This way to sign in is still being set up. Try again in a minute."))
    told = {"iss": client.issuer, "client_id": client.client_id, "organization": tenant.slug}
    if email:
        told["login_hint"] = email
    return HandedOn(tenant, application, str(add_params_to_uri(application.initiate_login_uri, told)))
