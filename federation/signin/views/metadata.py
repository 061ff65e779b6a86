"""Our SAML metadata, for identity providers that fetch it."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from federation.selectors.service_provider import published_metadata


@require_safe
def saml_metadata(request: HttpRequest, connection_id: uuid.UUID) -> HttpResponse:
    """Answer the metadata that one connection's identity provider is to have. Nothing in it is secret.

    The address has the connection's id in it, which nobody can guess: what it says names the pool, and with it tells
    who shares one.
    """
    document = published_metadata(connection_id)
    # "Metadata for the OASIS SAML V2.0", appendix A.
    return HttpResponse(document, content_type="application/samlmetadata+xml")
