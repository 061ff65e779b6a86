"""ID and access tokens as Cognito makes them (DG:amazon-cognito-user-pools-using-tokens-with-identity-providers)."""

import base64
import functools
import hashlib
import json
import uuid
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm
from jwt.types import Options

from local.cognito.client_rules import access_seconds, id_seconds, refresh_seconds
from local.cognito.errors import ServiceError, not_authorized
from local.cognito.model import Doc
from local.cognito.operations import Call
from local.cognito.pre_token import Roles, pre_token
from local.cognito.schema_attributes import STANDARD_NAMES
from local.cognito.scopes import visible_names
from local.cognito.session_tracking import begun
from local.cognito.store import Store
from local.cognito.token_families import issue_refresh_token, new_family
from local.cognito.users import User, load_user

USER_ADMIN_SCOPE = "aws.cognito.signin.user.admin"
_BOOLEANS = frozenset({"email_verified", "phone_number_verified"})
_ACCESS = "access"
_USES = ("id", _ACCESS)
# The pre-token trigger's word for a sign-in that ended with one of these challenges (reference section 6).
_SOURCES = {
    "NEW_PASSWORD_REQUIRED": "NewPasswordChallenge",
    "DEVICE_PASSWORD_VERIFIER": "AuthenticateDevice",
}


def issuer(pool: Doc) -> str:
    """The ``iss`` of a pool's tokens: always AWS's address, wherever the service runs (B:IssuerConfigurationType)."""
    pool_id = str(pool["Id"])
    updated = pool.get("IssuerConfiguration", {}).get("Type") == "UPDATED"
    host = "issuer-cognito-idp" if updated else "cognito-idp"
    return f"https://{host}.{pool_id.split('_')[0]}.amazonaws.com/{pool_id}"


def _signing_key(store: Store, pool_id: str, use: str) -> Doc:
    """The pool's key for ID or access tokens, which differ as at AWS; made on first use."""
    doc = store.get("signing_keys", pool_id=pool_id, token_use=use)
    if doc is None:
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        doc = {"kid": f"{uuid.uuid4().hex}=", "pem": pem.decode()}
        store.insert("signing_keys", doc, pool_id=pool_id, token_use=use)
    return doc


# Loading checks the key's numbers, which takes longer than signing with it.
@functools.lru_cache(maxsize=256)
def _load_private(pem: str) -> rsa.RSAPrivateKey:
    key = serialization.load_pem_private_key(pem.encode(), None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError("a signing key that is not RSA")
    return key


def public_keys(store: Store, pool_id: str) -> list[Doc]:
    """The pool's JWKS entries."""
    keys = []
    for use in _USES:
        doc = _signing_key(store, pool_id, use)
        jwk: dict[str, Any] = json.loads(RSAAlgorithm.to_jwk(_load_private(doc["pem"]).public_key()))
        jwk.pop("key_ops", None)
        keys.append({**jwk, "kid": doc["kid"], "alg": "RS256", "use": "sig"})
    return keys


def _sign(store: Store, pool_id: str, use: str, claims: Doc) -> str:
    key = _signing_key(store, pool_id, use)
    return jwt.encode(claims, _load_private(key["pem"]), algorithm="RS256", headers={"kid": key["kid"]})


def sign_in_result(
    call: Call,
    pool: Doc,
    client: Doc,
    user: User,
    *,
    scopes: list[str] | None = None,
    nonce: str | None = None,
    device: str | None = None,
) -> Doc:
    """Tokens for a completed sign-in: a new family with a refresh token.

    `scopes` and `nonce` are those of the authorization request; a sign-in by the API has neither. `device` is the key
    of the device that it is from.
    """
    now = call.clock.now()
    family_id = str(uuid.uuid4())
    expires = now + refresh_seconds(client)
    session = {**begun(call, str(pool["Id"]), user.sub), "device": device}
    new_family(call.store, family_id, client, user.sub, auth_time=now, expires=expires, scopes=scopes, session=session)
    family = {"id": family_id, "auth_time": now, "scopes": scopes, "device": device}
    refresh = issue_refresh_token(call.store, family_id)
    source = _source(call, scopes)
    return {**token_result(call, pool, client, user, family, nonce=nonce, source=source), "RefreshToken": refresh}


def _source(call: Call, scopes: list[str] | None) -> str:
    """What brings the tokens of a sign-in about, for the pre-token trigger."""
    if scopes is not None:
        return "HostedAuth"
    return _SOURCES.get(str(call.params.get("ChallengeName")), "Authentication")


def token_result(
    call: Call, pool: Doc, client: Doc, user: User, family: Doc, *, source: str, nonce: str | None = None
) -> Doc:
    """An AuthenticationResult with the access token of a family, and the ID token unless its scopes have no openid.

    `source` is what brings them about, for the pre-token trigger.
    """
    now, pool_id, scopes = int(call.clock.now()), str(pool["Id"]), family.get("scopes")
    granted = [USER_ADMIN_SCOPE] if scopes is None else list(scopes)
    roles = _roles(call.store, user)
    changes = pre_token(call, pool, client, user, roles, source=source, scopes=granted)
    roles = changes.roles or roles
    common: Doc = {
        "sub": user.sub,
        "iss": issuer(pool),
        # The family is found by its event id; origin_jti is there only where revocation is on (DG:token-revocation).
        "event_id": family["id"],
        "auth_time": int(family["auth_time"]),
        "iat": now,
        **({"cognito:groups": roles.groups} if roles.groups else {}),
    }
    if client["EnableTokenRevocation"]:
        common["origin_jti"] = str(uuid.uuid5(uuid.UUID(str(family["id"])), "origin"))
    access = {
        **common,
        "client_id": client["ClientId"],
        "token_use": "access",
        "scope": " ".join(changes.access.scopes(granted)),
        "exp": now + access_seconds(client),
        "jti": str(uuid.uuid4()),
        "username": user.username,
        **({"device_key": family["device"]} if family.get("device") else {}),
        **({} if scopes is None else {"version": 2}),
    }
    access_token = _sign(call.store, pool_id, "access", changes.access.of(access))
    result: Doc = {"AccessToken": access_token, "ExpiresIn": access_seconds(client), "TokenType": "Bearer"}
    if scopes is None or "openid" in scopes:
        claims = {**_identity_claims(client, user, scopes, roles), **common, "exp": now + id_seconds(client)}
        claims = {**changes.identity.of(claims), "aud": client["ClientId"]}
        if scopes is not None:
            claims["at_hash"] = _half_hash(access_token)
        if nonce is not None:
            claims["nonce"] = nonce
        result["IdToken"] = _sign(call.store, pool_id, "id", claims)
    return result


def _identity_claims(client: Doc, user: User, scopes: list[str] | None, roles: Roles) -> Doc:
    """What an ID token says beside what both tokens say."""
    return {
        **_attribute_claims(client, user, scopes),
        **({"cognito:roles": roles.roles} if roles.roles else {}),
        **({"cognito:preferred_role": roles.preferred} if roles.preferred else {}),
        "cognito:username": user.username,
        "token_use": "id",
        "jti": str(uuid.uuid4()),
    }


def _half_hash(access_token: str) -> str:
    """``at_hash`` of an RS256 ID token (OpenID Connect Core 3.1.3.6)."""
    digest = hashlib.sha256(access_token.encode()).digest()
    return base64.urlsafe_b64encode(digest[:16]).decode().rstrip("=")


def readable_names(client: Doc) -> set[str]:
    """Attributes the client may read; by default the standard ones (B:CreateUserPoolClientRequest)."""
    return {*client.get("ReadAttributes", STANDARD_NAMES), "sub"}


def visible_attributes(client: Doc, user: User, scopes: list[str] | None) -> dict[str, str]:
    """Attributes that a token for `scopes` shows: what the client may read, limited by the scopes."""
    names = visible_names(readable_names(client), scopes)
    return {name: value for name, value in user.attributes.items() if name in names or name == "identities"}


def _attribute_claims(client: Doc, user: User, scopes: list[str] | None) -> Doc:
    return {name: _claim(name, value) for name, value in visible_attributes(client, user, scopes).items()}


def _claim(name: str, value: str) -> object:
    if name in _BOOLEANS:
        return value == "true"
    if name == "identities":
        # In the token the list itself, whose members are all texts (DG:amazon-cognito-user-pools-using-the-id-token).
        return [
            {**item, "primary": str(item["primary"]).lower(), "dateCreated": str(item["dateCreated"])}
            for item in json.loads(value)
        ]
    return value


def _groups(store: Store, user: User) -> list[Doc]:
    names = [item["GroupName"] for item in store.select("memberships", order="name", sub=user.sub)]
    found = [store.get("groups", pool_id=user.pool_id, name=name) for name in names]
    groups = [group for group in found if group is not None]
    return sorted(groups, key=lambda group: (group.get("Precedence", float("inf")), group["GroupName"]))


def _roles(store: Store, user: User) -> Roles:
    """A user's groups and roles; the preferred one where the lowest precedence names one (B:CreateGroupRequest)."""
    groups = _groups(store, user)
    names, having = [group["GroupName"] for group in groups], [group for group in groups if "RoleArn" in group]
    if not having:
        return Roles(names, [], None)
    best = {group["RoleArn"] for group in having if group.get("Precedence") == having[0].get("Precedence")}
    preferred = having[0]["RoleArn"] if "Precedence" in having[0] and len(best) == 1 else None
    return Roles(names, [group["RoleArn"] for group in having], preferred)


def user_of_access_token(call: Call, token: str, scope: str = USER_ADMIN_SCOPE) -> tuple[Doc, Doc, User]:
    """Pool, claims and user of a valid, unrevoked access token with a scope."""
    claims = _verified_claims(call, token)
    pool = call.pool(pool_id_of(claims))
    family = call.store.get("token_families", id=str(claims["event_id"]))
    user = load_user(call.store, str(claims["sub"]))
    if user is None:
        raise ServiceError("UserNotFoundException", "User does not exist.")
    if family is None or family["revoked"]:
        raise not_authorized("Access Token has been revoked")
    if not user.enabled:
        raise not_authorized("User is disabled.")
    if claims["exp"] <= call.clock.now():
        raise not_authorized("Access Token has expired")
    if scope not in str(claims["scope"]).split():
        raise not_authorized("Access Token does not have required scopes")
    return pool, claims, user


def pool_id_of(claims: Doc) -> str:
    """The pool id at the end of ``iss``."""
    return str(claims.get("iss", "")).rpartition("/")[2]


def _verified_claims(call: Call, token: str) -> Doc:
    bad = not_authorized("Invalid Access Token")
    try:
        unverified = jwt.decode(token, options={"verify_signature": False})
        key = call.store.get("signing_keys", pool_id=pool_id_of(unverified), token_use=_ACCESS)
        if key is None:
            raise bad
        public = _load_private(key["pem"]).public_key()
        # Expiry is checked by the service's own clock, which a test may have moved.
        options: Options = {"verify_aud": False, "verify_exp": False, "verify_iat": False}
        claims: Doc = jwt.decode(token, public, algorithms=["RS256"], options=options)
    except jwt.InvalidTokenError as error:
        raise bad from error
    if claims.get("token_use") != "access":
        raise bad
    return claims
