"""Whether an access token that verifies is still good, and whose it is: our own endpoints ask, since they can."""

import uuid

from federation.services.entitlement import in_use
from identity.tokens import AccessTokenClaims, Holder


def holder_of(claims: AccessTokenClaims) -> Holder | None:
    """Return whose a token is; None where family, session, user, tenant or application are not what they were.

    The family is the one that the token's `jti` names, and has to be that of the token's own user.
    """
    try:
        family_id = uuid.UUID(hex=claims.token_id.partition(".")[0])
    except ValueError:
        return None
    found = in_use(family_id)
    if found is None or (found.tenant_id, found.user_id) != (claims.tenant_id, claims.subject):
        return None
    return Holder(
        pk=found.user_id,
        email=found.email,
        role=found.role,
        tenant_id=found.tenant_id,
        tenant_key=found.tenant_key,
        client_id=found.client_id,
        for_dashboard=found.is_builtin,
    )
