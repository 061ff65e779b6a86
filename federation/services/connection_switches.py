"""What Cognito can do besides for a SAML connection: switched on and off, each change as a version."""

import uuid
from dataclasses import dataclass, replace

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from federation.connections.settings import SamlSettings
from federation.models import Connection
from federation.services.connection_certificates import request_certificates
from federation.services.connection_rules import lock_connection
from federation.services.connections import save_settings
from tenants.actor import Actor
from tenants.errors import Conflict, ValidationFailed
from tenants.models import Tenant

LABELS: dict[str, Promise] = {
    "sign_requests": gettext_lazy("signed requests"),
    "encrypt_assertions": gettext_lazy("encrypted assertions"),
    "sign_out_there": gettext_lazy("single logout"),
}


@dataclass(frozen=True, kw_only=True)
class Switches:
    """The switches of a SAML connection; see `SamlSettings`."""

    sign_requests: bool
    encrypt_assertions: bool
    sign_out_there: bool

    @classmethod
    def of(cls, settings: SamlSettings) -> "Switches":
        """Return how they are set."""
        return cls(**{name: getattr(settings, name) for name in LABELS})


@transaction.atomic
def save_switches(tenant: Tenant, connection_id: uuid.UUID, switches: Switches, *, actor: Actor) -> Connection:
    """Set all switches of a SAML connection. As they were makes no version.

    What a test shows does not depend on encryption and sign-out (`SamlSettings.for_test`), so that what passed one
    still counts as tested.

    Raises:
        NotFound: the tenant has no such connection.
        Conflict: it is not SAML.
        PermissionDenied: see `save_settings`.
        ValidationFailed: the identity provider has no address for signing out (field `sign_out_there`).
    """
    connection = lock_connection(tenant, connection_id)
    before = connection.settings
    if not isinstance(before, SamlSettings):
        raise Conflict(_("Cognito has these switches for SAML alone."))
    if switches.sign_out_there and not before.sign_out_there and not before.slo_url:
        message = _(
            "The identity provider's metadata names no address for signing out (SingleLogoutService with the "
            "HTTP-Redirect binding). Switch sign-out on there, then bring its metadata again."
        )
        raise ValidationFailed(message, fields={"sign_out_there": message})
    after = replace(before, **{name: getattr(switches, name) for name in LABELS})
    saved = save_settings(tenant, connection_id, after, change=_in_words(Switches.of(before), switches), actor=actor)
    if after != before:
        request_certificates(saved)
    return saved


def _in_words(before: Switches, after: Switches) -> str:
    changed = [name for name in LABELS if getattr(before, name) != getattr(after, name)]
    on = ", ".join(str(LABELS[name]) for name in changed if getattr(after, name))
    off = ", ".join(str(LABELS[name]) for name in changed if not getattr(after, name))
    words = [_("Switched on: %(names)s") % {"names": on}] if on else []
    if off:
        words.append(_("Switched off: %(names)s") % {"names": off})
    return "; ".join(words) or _("Left the switches as they were")
