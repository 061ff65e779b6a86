"""The application's request that a browser has open, as far as the first page of a sign-in depends on it."""

import uuid
from dataclasses import dataclass

from django.utils import timezone

from tenants.statements import first_row

# Among the parameters of a request: that nobody signs in by it (`federation.signin.handing_on`).
HAND_ON = "hand_on"
# As `find_request` says it.
_OPENED = """
    SELECT r.application_id::text, r.tenant_id::text, coalesce(r.parameters->>'ui_locales', ''),
        r.parameters->>'redirect_uri', coalesce(r.parameters->>'login_hint', '')
    FROM federation_authorizationrequest r
    WHERE r.id = %(request)s AND r.browser_hash = %(browser)s AND r.completed_at IS NULL AND r.expires_at > %(now)s
        AND NOT r.parameters ? %(hand_on)s
"""


@dataclass(frozen=True, slots=True)
class OpenedRequest:
    """An open request of a browser's. Ids are texts, as they stand in addresses and cookies.

    Args:
        id: of the request.
        application_id: whose it is.
        tenant_id: whose people are meant; None where the application named no tenant.
        ui_locales: the languages that the application asked for.
        redirect_uri: where the application's answer goes.
        login_hint: the address that the application named.
    """

    id: str
    application_id: str
    tenant_id: str | None
    ui_locales: str
    redirect_uri: str
    login_hint: str = ""


def opened_request(request_id: uuid.UUID, browser_hash: str) -> OpenedRequest | None:
    """Return a request; None where it is unknown, another browser's, answered, too old, or one that is handed on.

    Args:
        request_id: that an address names.
        browser_hash: of the browser's token (`federation.tokens.hash_token`).
    """
    values = {"request": request_id, "browser": browser_hash, "now": timezone.now(), "hand_on": HAND_ON}
    found = first_row(_OPENED, values)
    return OpenedRequest(str(request_id), *found) if found is not None else None
