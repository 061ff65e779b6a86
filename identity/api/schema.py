"""What the OpenAPI description says about how to authenticate. Imported by `identity.api.urls`, which registers it."""

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema


class AccessTokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # its metaclass is untyped
    """Bearer tokens that are JWTs (RFC 9068)."""

    target_class = "identity.api.authentication.AccessTokenAuthentication"
    name = "accessToken"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        """Return the security scheme object (OpenAPI 3.0, 4.7.27)."""
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
