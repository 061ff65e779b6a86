"""Who came by an identity provider: what Cognito's tokens say, believed only where everything fits."""

from federation.connections.names import username_prefix
from federation.signin.cognito import TenantMismatch
from identity import auth
from identity.cognito_tokens import CognitoClaims, CognitoUse, verify_cognito_token
from identity.jwt_checks import TokenInvalid
from identity.models import AppClient
from tenants.models import Tenant


def verified(client: AppClient, tokens: auth.FederatedTokens, *, nonce: str) -> CognitoClaims:
    """Verify both tokens: signature, issuer, use, client, and that they answer the request with just this nonce.

    Raises:
        TenantMismatch: something does not fit.
        KeysUnavailable: the pool's keys cannot be fetched now.
    """
    try:
        access = verify_cognito_token(
            tokens.access_token.get_secret_value(), pool=client.pool, use=CognitoUse.ACCESS, client_id=client.client_id
        )
        identity = verify_cognito_token(
            tokens.id_token.get_secret_value(), pool=client.pool, use=CognitoUse.ID, client_id=client.client_id
        )
    except TokenInvalid as error:
        raise TenantMismatch(f"Cognito's token: {error.reason}") from error
    if (access.subject, access.username) != (identity.subject, identity.username):
        raise TenantMismatch("Cognito's two tokens are about two users")
    if identity.attributes.get("nonce") != nonce:
        raise TenantMismatch("Cognito's token answers another request")
    return identity


def subject_at(provider_name: str, tenant: Tenant, client: AppClient, identity: CognitoClaims) -> str:
    """Return who a person is to the identity provider, having made sure that they came by just this one of this tenant.

    Cognito's own session crosses the app clients of a pool, so that it may hand out somebody who came by another way.

    Raises:
        TenantMismatch: they did not.
    """
    if client.tenant_id != tenant.pk:
        raise TenantMismatch("the app client is another tenant's")
    prefix = username_prefix(provider_name)
    # Pools do not tell upper from lower case in names.
    if not identity.username.lower().startswith(prefix) or len(identity.username) == len(prefix):
        raise TenantMismatch("a user of another identity provider")
    if tenant.pool.is_shared and not prefix.startswith(f"{tenant.key}-"):
        raise TenantMismatch("a user of another tenant")
    named = [each.get("providerName") for each in identity.attributes.get("identities") or [] if isinstance(each, dict)]
    if provider_name not in named:
        raise TenantMismatch("a user whom another identity provider vouched for")
    return identity.username[len(prefix) :]
