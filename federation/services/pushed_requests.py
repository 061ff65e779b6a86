"""Authorization requests that were pushed: kept for a minute, taken once."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from federation.models import PushedRequest
from federation.tokens import hash_token, new_token
from tenants.models import Application

# RFC 9126 section 2.2.
PREFIX = "urn:ietf:params:oauth:request_uri:"
LIFETIME = timedelta(seconds=60)


def push_request(application: Application, parameters: dict[str, Any]) -> str:
    """Keep a validated request, and return the `request_uri` by which the application's browser brings it."""
    uri = PREFIX + new_token()
    PushedRequest.objects.create(
        uri_hash=hash_token(uri),
        application=application,
        parameters=parameters,
        expires_at=timezone.now() + LIFETIME,
    )
    return uri


def take_request(uri: str, *, client_id: str) -> dict[str, Any] | None:
    """Return a pushed request's parameters and forget it; None for one that is unknown, another client's or too old.

    One DELETE decides between several browsers. Another client's name for it does not use it up.
    """
    rows = PushedRequest.objects.filter(uri_hash=hash_token(uri), application__client_id=client_id)
    found = rows.filter(expires_at__gt=timezone.now()).first()
    if found is None:
        return None
    deleted, _by_model = PushedRequest.objects.filter(pk=found.pk).delete()
    parameters: dict[str, Any] = found.parameters
    return parameters if deleted else None
