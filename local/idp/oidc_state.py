"""What the demonstration OpenID provider keeps, and the codes and tokens it has given out."""

import base64
import hashlib
import json
import secrets
import time
from dataclasses import dataclass, field
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from local.idp.people import ASSIGNED, DOMAIN, DemoPerson

CODE_SECONDS = 60
TOKEN_SECONDS = 300


@dataclass(frozen=True)
class OidcState:
    """What the admin page changes; one client, as the wizard of a real provider registers one application."""

    key: str
    kid: str
    client_id: str
    client_secret: str
    redirect_uris: list[str] = field(default_factory=list)
    domain: str = DOMAIN
    assigned: list[str] = field(default_factory=lambda: list(ASSIGNED))

    @classmethod
    def new(cls) -> "OidcState":
        """A new key and a new registration without a redirect URI."""
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return cls(pem.decode(), secrets.token_hex(8), f"beacon-{secrets.token_hex(6)}", new_secret())

    def jwks(self) -> dict[str, Any]:
        """The public key."""
        jwk: dict[str, Any] = json.loads(RSAAlgorithm.to_jwk(_loaded(self.key).public_key()))
        jwk.pop("key_ops", None)
        return {"keys": [{**jwk, "kid": self.kid, "use": "sig", "alg": "RS256"}]}

    def claims(self, person: DemoPerson, scopes: list[str]) -> dict[str, Any]:
        """What the scopes let it say of a person."""
        said: dict[str, Any] = {"sub": person.id}
        if "email" in scopes:
            said |= {"email": person.email(self.domain), "email_verified": True}
        if "profile" in scopes:
            names = {"name": person.name, "given_name": person.given_name, "family_name": person.family_name}
            said |= {**names, "preferred_username": person.account, "groups": list(person.groups)}
        return said


def new_secret() -> str:
    """A client secret."""
    return secrets.token_urlsafe(32)


def _loaded(pem: str) -> rsa.RSAPrivateKey:
    key = serialization.load_pem_private_key(pem.encode(), None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError("a signing key that is not RSA")
    return key


@dataclass(frozen=True)
class Grant:
    """What a code or an access token stands for."""

    person: DemoPerson
    scopes: list[str]
    redirect_uri: str
    nonce: str
    challenge: str
    expires: float

    def verifies(self, verifier: str) -> bool:
        """PKCE, where it was begun (RFC 7636 section 4.6)."""
        digest = hashlib.sha256(verifier.encode()).digest()
        return not self.challenge or base64.urlsafe_b64encode(digest).decode().rstrip("=") == self.challenge


class Grants:
    """Codes, good once, and access tokens; a restart forgets them."""

    def __init__(self) -> None:
        self._grants: dict[str, Grant] = {}

    def add(self, grant: Grant) -> str:
        """A name for it that nobody guesses."""
        now = time.time()
        self._grants = {name: kept for name, kept in self._grants.items() if kept.expires > now}
        name = secrets.token_urlsafe(32)
        self._grants[name] = grant
        return name

    def take(self, name: str) -> Grant | None:
        """The grant of a code, which then is gone."""
        return _unless_expired(self._grants.pop(name, None))

    def find(self, name: str) -> Grant | None:
        """The grant of an access token."""
        return _unless_expired(self._grants.get(name))


def _unless_expired(grant: Grant | None) -> Grant | None:
    return grant if grant is not None and grant.expires > time.time() else None


def id_token(state: OidcState, issuer: str, grant: Grant) -> str:
    """The ID token of a grant (OpenID Connect Core, section 2)."""
    now = int(time.time())
    times = {"iss": issuer, "aud": state.client_id, "iat": now, "auth_time": now, "exp": now + TOKEN_SECONDS}
    nonce = {"nonce": grant.nonce} if grant.nonce else {}
    claims = {**state.claims(grant.person, grant.scopes), **times, **nonce}
    return jwt.encode(claims, _loaded(state.key), algorithm="RS256", headers={"kid": state.kid})
