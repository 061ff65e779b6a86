"""What AWS's services look at in a token of an OpenID provider, as AWS's documents have it, over our templates."""

import re
import time
from collections.abc import Collection
from typing import Any

import jwt

Claims = dict[str, Any]


class Denied(Exception):
    """A service would not take the token."""


def _read(token: str, keys: dict[str, Any], algorithms: Collection[str]) -> Claims:
    """Verify the signature by the key set: all three know a key by its `kid`."""
    header = jwt.get_unverified_header(token)
    key = next((key for key in keys["keys"] if key["kid"] == header.get("kid")), None)
    if key is None or header["alg"] not in algorithms:
        raise Denied("the key or the algorithm")
    checks: Any = {"verify_aud": False, "verify_iss": False}
    return jwt.decode(token, jwt.PyJWK(key), algorithms=list(algorithms), options=checks)


def _several(audience: Any) -> set[str]:
    """An `aud`, which is one text or a list of them (RFC 7519 section 4.1.3)."""
    return {audience} if isinstance(audience, str) else {*audience}


def api_gateway(token: str, keys: dict[str, Any], settings: dict[str, Any], scopes: Collection[str]) -> Claims:
    """Return the claims as a JWT authorizer passes them on.

    "Control access to HTTP APIs with JWT authorizers", API Gateway developer guide: RSA only; `kid`, `iss`, `exp`,
    `nbf`, `iat`; `aud`, or `client_id` only where there is no `aud`; at least one of the route's scopes.
    """
    claims, now = _read(token, keys, ["RS256", "RS384", "RS512"]), time.time()
    if claims["iss"] != settings["Issuer"]:
        raise Denied("the issuer")
    audience = claims["aud"] if "aud" in claims else claims["client_id"]
    if not _several(audience) & {*settings["Audience"]}:
        raise Denied("the audience")
    if not (claims["exp"] > now >= claims["iat"] and claims.get("nbf", 0) <= now):
        raise Denied("the time")
    if not {*str(claims.get("scope", claims.get("scp", ""))).split()} & {*scopes}:
        raise Denied("the scope")
    return claims


def appsync(token: str, keys: dict[str, Any], settings: dict[str, Any]) -> Claims:
    """Return the claims as AppSync passes them on.

    API reference, OpenIDConnectConfig: `issuer` as discovered, a regular expression for the client identifier, and
    milliseconds since `iat` and since `auth_time`. What it compares the expression with is `azp`, or `aud`.
    """
    claims, now = _read(token, keys, ["RS256", "RS384", "RS512"]), time.time()
    if claims["iss"] != settings["Issuer"]:
        raise Denied("the issuer")
    if not any(re.fullmatch(settings["ClientId"], one) for one in _several(claims.get("azp", claims["aud"]))):
        raise Denied("the client")
    for limit, claim in (("IatTTL", "iat"), ("AuthTTL", "auth_time")):
        if limit in settings and claims[claim] * 1000 + settings[limit] < now * 1000:
            raise Denied("the time")
    return claims


def web_identity(
    token: str, keys: dict[str, Any], provider: dict[str, Any], trust: dict[str, Any], arn: str
) -> dict[str, str]:
    """Return the condition keys with which IAM looks at a role's trust policy.

    STS API reference, AssumeRoleWithWebIdentity, and IAM user guide, "Create an OpenID Connect identity provider": the
    provider is found by `iss`; `aud` must be in its list of clients, or `azp` where that is there; `sub`, `iat` and
    `exp` must be there, times being whole numbers.
    """
    claims = _read(token, keys, ["RS256", "RS384", "RS512", "ES256", "ES384", "ES512"])
    if claims["iss"] != provider["Url"]:
        raise Denied("the issuer")
    party = claims.get("azp", claims["aud"])
    if party not in provider["ClientIdList"]:
        raise Denied("the audience")
    if not all(isinstance(claims[name], int) for name in ("iat", "exp")):
        raise Denied("the times")
    host = claims["iss"].removeprefix("https://")
    told = {f"{host}:aud": party, f"{host}:sub": claims["sub"]}
    [statement] = trust["Statement"]
    wanted = statement["Condition"]["StringEquals"]
    if statement["Principal"]["Federated"] != arn or any(told.get(key) != value for key, value in wanted.items()):
        raise Denied("the trust policy")
    return told
