"""Our values for the identity provider of one connection."""

from collections.abc import Mapping

from django.urls import reverse

from federation.models import Connection, ConnectionKind
from federation.selectors.service_provider import service_provider_of, sp_metadata_url
from federation.web.guide_view import OurSide
from federation.web.switches_view import CertificateView, downloads_of
from tenants.addresses import sign_in_page
from tenants.models import Tenant


def our_side(tenant: Tenant, connection: Connection, certificates: Mapping[str, CertificateView]) -> OurSide:
    """Return our values, as far as they are known.

    Args:
        tenant: whose.
        connection: which.
        certificates: what is known of Cognito's.
    """
    file_url = reverse("tenant:connection-metadata", args=[tenant.slug, connection.pk])
    is_saml = connection.kind == ConnectionKind.SAML
    return OurSide(
        provider=service_provider_of(tenant),
        metadata_url=sp_metadata_url(connection) if is_saml else "",
        metadata_file_url=file_url if is_saml else "",
        sign_in_url=sign_in_page(tenant.slug),
        certificates=downloads_of(certificates),
    )
