"""Handing an operator the secret of a native app client."""

from django.db import transaction
from django.utils.translation import gettext as _

from identity.models import AppClient
from tenants.actor import Actor
from tenants.audit_actions import Action
from tenants.errors import NotFound
from tenants.models import Application
from tenants.services import audit


@transaction.atomic
def show_native_secret(application: Application, client: AppClient, *, actor: Actor) -> str:
    """Return the secret of an app client, and record who looked at it.

    Raises:
        NotFound: it is a public client, which has none.
    """
    if not client.secret:
        raise NotFound(_("A public client has no secret."))
    after = {"application": application.name, "tenant": client.tenant.slug, "client_id": client.client_id}
    for chain in (client.tenant, None):
        audit.record(Action.NATIVE_SECRET_SHOWN, actor=actor, tenant=chain, target=application, after=after)
    return client.secret
