"""What Cognito signs with, and has encrypted for it, at a SAML connection."""

from django.db import models

from federation.models.connection import Connection
from tenants.models.base import TenantOwned


class ConnectionCertificates(TenantOwned):
    """Cognito's certificates for one connection's identity provider, as PEM; empty for what is not known yet.

    A worker reads them (`federation.sync.certificates`): no page asks Cognito. Nothing in them is secret.
    """

    connection = models.OneToOneField(Connection, on_delete=models.CASCADE, related_name="certificates")
    # The user pool's, the same for each of its connections.
    signing = models.TextField(blank=True)
    # This identity provider's own. It comes into being with the identity provider in Cognito.
    encryption = models.TextField(blank=True)
    # When both were last asked for.
    seen_at = models.DateTimeField(null=True, blank=True, db_index=True)

    def __str__(self) -> str:
        return f"certificates for {self.connection}"
