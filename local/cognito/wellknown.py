"""The public documents of a pool: signing keys and OpenID configuration."""

from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.cognito.model import Doc
from local.cognito.store import Store
from local.cognito.tokens import issuer, public_keys


class WellKnown:
    """Serves ``/<pool id>/.well-known/...``, which at AWS is on the host cognito-idp.<region>.amazonaws.com."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def routes(self) -> list[Route]:
        """Routes of both documents."""
        return [
            Route("/{pool_id}/.well-known/jwks.json", self._jwks, methods=["GET"]),
            Route("/{pool_id}/.well-known/openid-configuration", self._configuration, methods=["GET"]),
        ]

    async def _jwks(self, request: Request) -> Response:
        return await self._answer(request, self._keys)

    async def _configuration(self, request: Request) -> Response:
        return await self._answer(request, self._metadata)

    async def _answer(self, request: Request, make: Callable[[str], Doc | None]) -> Response:
        document = await run_in_threadpool(make, str(request.path_params["pool_id"]))
        if document is None:
            return JSONResponse({"message": "User pool does not exist."}, status_code=400)
        return JSONResponse(document)

    def _keys(self, pool_id: str) -> Doc | None:
        with self._store.transaction():
            if self._store.get("pools", id=pool_id) is None:
                return None
            return {"keys": public_keys(self._store, pool_id)}

    def _metadata(self, pool_id: str) -> Doc | None:
        with self._store.transaction():
            pool = self._store.get("pools", id=pool_id)
            domains = self._store.select("domains", pool_id=pool_id)
        if pool is None:
            return None
        document: Doc = {
            "issuer": issuer(pool),
            "jwks_uri": f"{issuer(pool)}/.well-known/jwks.json",
            "id_token_signing_alg_values_supported": ["RS256"],
            "response_types_supported": ["code", "token"],
            "scopes_supported": ["openid", "email", "phone", "profile"],
            "subject_types_supported": ["public"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        }
        return {**document, **_domain_endpoints(pool_id, domains)}


def _domain_endpoints(pool_id: str, domains: list[Doc]) -> Doc:
    """Endpoints on the pool's domain; with both kinds only the custom one is advertised (reference 3.3)."""
    if not domains:
        return {}
    custom = [domain["Domain"] for domain in domains if "CustomDomainConfig" in domain]
    prefix = f"{domains[0]['Domain']}.auth.{pool_id.split('_')[0]}.amazoncognito.com"
    base = f"https://{custom[0] if custom else prefix}"
    paths = {
        "authorization_endpoint": "/oauth2/authorize",
        "token_endpoint": "/oauth2/token",
        "userinfo_endpoint": "/oauth2/userInfo",
        "revocation_endpoint": "/oauth2/revoke",
        "end_session_endpoint": "/logout",
    }
    return {name: f"{base}{path}" for name, path in paths.items()}
