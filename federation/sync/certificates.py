"""Looking which certificates Cognito has for a SAML connection. Its key is the connection; it changes nothing there."""

from datetime import timedelta

from federation.metadata import Certificate
from federation.metadata.certificates import read
from federation.models import Connection, ConnectionKind
from federation.services.connection_certificates import keep_certificates
from identity.cells import pool_ref
from identity.cognito.calls import Priority
from identity.cognito.certificates import signing_certificate
from identity.cognito.identity_providers import describe
from identity.sync.attempt import Attempt
from identity.sync.errors import Blocked, NotYet
from tenants.models import SyncKind
from tenants.services.outbox import is_owed

# Nobody waits longer for a certificate than for the identity provider that it belongs to.
_LOOK_AGAIN = timedelta(seconds=5)


def reconcile_certificates(attempt: Attempt) -> None:
    """Keep the certificates that Cognito has now.

    The signing certificate is the pool's. The one for encryption is the identity provider's own, and is there as soon
    as Cognito has that (Developer Guide, "SAML signing and encryption": a key pair for each external SAML provider).

    Raises:
        NotYet: the pool, or the identity provider, is still on its way.
        Blocked: what Cognito answers is no certificate.
    """
    rows = Connection.objects.select_related("tenant__pool__cell").filter(kind=ConnectionKind.SAML)
    connection = rows.filter(pk=attempt.key).first()
    if connection is None or connection.tenant.is_due_for_removal():
        return
    if not connection.tenant.pool.is_provisioned:
        raise NotYet("Waits for the user pool.", delay=_LOOK_AGAIN)
    pool = pool_ref(connection.tenant.pool)
    priority = Priority.BULK if attempt.scheduled else Priority.CONFIGURATION
    is_coming = connection.is_in_cognito and is_owed(SyncKind.TENANT, connection.tenant_id)
    signing = _pem(signing_certificate(pool, priority=priority))
    encryption = ""
    if connection.is_in_cognito and not is_coming:
        found = describe(pool, connection.provider_name, priority=priority)
        encryption = _pem(found.encryption_certificate) if found is not None else ""
    attempt.before_write()
    keep_certificates(connection, signing=signing, encryption=encryption)
    if is_coming:
        raise NotYet("Waits for the identity provider.", delay=_LOOK_AGAIN)


def _pem(text: str) -> str:
    if not text:
        return ""
    found = read(text)
    if isinstance(found, Certificate):
        return found.pem
    raise Blocked(
        "CertificateUnreadable",
        f"Cognito's certificate cannot be read: {found.message}",
        remedy="Look at the certificate in the AWS console; tell the makers of Lifeguard what is different about it.",
    )
